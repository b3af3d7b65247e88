//! Music and what interrupts it, as the API writes them.

use super::audio_dto::{self, FileDto, MessageDto, SpanDto};
use crate::http::fields::Fields;
use callcenter_core::audio::Music;
use callcenter_core::row::PeriodicMessage;
use serde::Serialize;
use utoipa::ToSchema;

/// A message that comes again and again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FileOrTtsAudioSourceWithRepeatInterval)]
pub(super) struct PeriodicDto {
    #[serde(flatten)]
    message: MessageDto,
    /// From the end of one to the beginning of the next; ten seconds when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    repeat_interval: Option<SpanDto>,
}

/// The music that comes with the program, or a file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FileAudioSourceWithDefaultOption)]
pub(super) struct MusicOrDefaultDto {
    /// Otherwise there is silence.
    enabled: bool,
    /// The music that comes with the program, whatever file is named.
    #[schema(default = true)]
    use_default: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_audio_source: Option<FileDto>,
}

impl From<PeriodicMessage> for PeriodicDto {
    fn from(periodic: PeriodicMessage) -> Self {
        Self { message: periodic.message.into(), repeat_interval: periodic.repeat_interval.map(SpanDto::from) }
    }
}

impl From<Music> for MusicOrDefaultDto {
    fn from(music: Music) -> Self {
        Self {
            enabled: music.enabled,
            use_default: music.file.is_none(),
            file_audio_source: music.file.map(FileDto::from),
        }
    }
}

/// A message that comes again and again, of an object's fields.
pub(super) fn periodic(fields: &mut Fields) -> PeriodicMessage {
    PeriodicMessage { message: audio_dto::message(fields), repeat_interval: audio_dto::span(fields, "repeatInterval") }
}

/// Music, of an object's fields.
pub(super) fn music_or_default(fields: &mut Fields) -> Music {
    let music = audio_dto::music(fields);
    let use_default = fields.flag("useDefault").unwrap_or(true);
    if music.enabled && !use_default && music.file.is_none() {
        fields.reject("fileAudioSource", "must name an uploaded file where useDefault is false");
    }
    Music { file: music.file.filter(|_| !use_default), ..music }
}
