//! Messages, music and lengths of time as the API writes them.

use crate::http::errors::ApiError;
use crate::http::fields::Fields;
use crate::state::AppState;
use callcenter_core::audio::{AudioSourceType, Message, Music, PromptSource, Span, SpanUnit, SpokenText, VoiceName};
use model::{AccountId, AudioFileId};
use serde::Serialize;
use utoipa::ToSchema;

const TEXT_MAX: usize = 1400;
const WORD_MAX: usize = 36;
const DESCRIPTOR_MAX: usize = 128;

/// A length of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Duration)]
pub(super) struct SpanDto {
    #[schema(value_type = Unit)]
    unit: SpanUnit,
    #[schema(minimum = 1)]
    value: u32,
}

/// Unit of a length of time.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "describes `SpanUnit`")]
pub(super) enum Unit {
    Seconds,
    Minutes,
    Hours,
}

/// Text that is spoken.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TtsAudioSource)]
pub(super) struct SpeechDto {
    /// An announcement may name the caller's place by a placeholder.
    #[schema(max_length = 1400)]
    text: String,
    /// BCP 47 tag.
    #[schema(min_length = 1, max_length = 36)]
    language: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_language_selected_manually: Option<bool>,
    voice: VoiceDto,
    /// 1 is the voice's own rate.
    #[schema(minimum = 0.5, maximum = 2.0)]
    speech_rate: f64,
}

/// A voice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Voice)]
pub(super) struct VoiceDto {
    /// A name from `/tts/3/voices/{language}`.
    #[schema(min_length = 1, max_length = 36)]
    name: String,
    #[schema(min_length = 1, max_length = 36)]
    gender: String,
}

/// An uploaded file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FileAudioSource)]
pub(super) struct FileDto {
    /// Id of an uploaded file.
    #[schema(max_length = 128)]
    file_descriptor: String,
}

/// A message that is spoken or comes from a file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OptionWithFileOrTtsAudioSource)]
pub(super) struct MessageDto {
    enabled: bool,
    /// Which source counts; the one that is there when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SourceType>)]
    audio_source_type: Option<AudioSourceType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tts_audio_source: Option<SpeechDto>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_audio_source: Option<FileDto>,
}

/// Which source of a message counts.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE", as = AudioSourceType)]
#[expect(dead_code, reason = "describes `AudioSourceType`")]
pub(super) enum SourceType {
    Tts,
    File,
}

/// Music.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OptionWithFileAudioSource)]
pub(super) struct MusicDto {
    enabled: bool,
    /// The music that comes with the program when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_audio_source: Option<FileDto>,
}

impl From<Span> for SpanDto {
    fn from(span: Span) -> Self {
        Self { unit: span.unit, value: span.value }
    }
}

impl From<SpokenText> for SpeechDto {
    fn from(speech: SpokenText) -> Self {
        Self {
            text: speech.text,
            language: speech.language,
            is_language_selected_manually: speech.language_selected_manually,
            voice: VoiceDto { name: speech.voice.name, gender: speech.voice.gender },
            speech_rate: f64::from(speech.rate_permille) / 1000.0,
        }
    }
}

impl From<AudioFileId> for FileDto {
    fn from(file: AudioFileId) -> Self {
        Self { file_descriptor: file.to_string() }
    }
}

impl From<Message> for MessageDto {
    fn from(message: Message) -> Self {
        Self {
            enabled: message.enabled,
            audio_source_type: message.source_type,
            tts_audio_source: message.speech.map(SpeechDto::from),
            file_audio_source: message.file.map(FileDto::from),
        }
    }
}

impl From<Music> for MusicDto {
    fn from(music: Music) -> Self {
        Self { enabled: music.enabled, file_audio_source: music.file.map(FileDto::from) }
    }
}

/// A length of time that may be absent.
pub(super) fn span(fields: &mut Fields, name: &str) -> Option<Span> {
    let read = fields.object(name, |inner| {
        inner.require("unit");
        inner.require("value");
        let unit = inner.one_of("unit", "SECONDS, MINUTES, HOURS");
        let value = inner.number("value", 1..=i64::from(i32::MAX)).and_then(|value| u32::try_from(value).ok());
        unit.zip(value).map(|(unit, value)| Span { unit, value })
    });
    read.flatten()
}

/// A message, of an object's fields.
pub(super) fn message(fields: &mut Fields) -> Message {
    const NAMES: &str = "TTS, FILE";
    // The public description has the type under its label, its examples under a name like all others.
    let source_type = fields.one_of("audioSourceType", NAMES).or_else(|| fields.one_of("Audio source type", NAMES));
    Message {
        enabled: fields.flag("enabled").unwrap_or(false),
        source_type,
        speech: fields.object("ttsAudioSource", speech).flatten(),
        file: file(fields),
    }
}

/// Music, of an object's fields.
pub(super) fn music(fields: &mut Fields) -> Music {
    Music { enabled: fields.flag("enabled").unwrap_or(false), file: file(fields) }
}

fn speech(fields: &mut Fields) -> Option<SpokenText> {
    for name in ["text", "language", "speechRate", "voice"] {
        fields.require(name);
    }
    let text = fields.text("text", 0..=TEXT_MAX);
    let language = fields.text("language", 1..=WORD_MAX);
    let language_selected_manually = fields.flag("isLanguageSelectedManually");
    let rate_permille = rate(fields);
    let voice = fields.object("voice", |voice| {
        voice.require("name");
        voice.require("gender");
        let (name, gender) = (voice.text("name", 1..=WORD_MAX), voice.text("gender", 1..=WORD_MAX));
        name.zip(gender).map(|(name, gender)| VoiceName { name, gender })
    });
    Some(SpokenText {
        text: text?,
        language: language?,
        language_selected_manually,
        voice: voice.flatten()?,
        rate_permille: rate_permille?,
    })
}

fn rate(fields: &mut Fields) -> Option<u32> {
    let value = fields.raw("speechRate")?;
    let rate = value.as_f64().filter(|rate| (0.5..=2.0).contains(rate));
    if rate.is_none() {
        fields.reject("speechRate", "must be a number between 0.5 and 2.0");
    }
    rate.map(|rate| (rate * 1000.0).round() as u32)
}

fn file(fields: &mut Fields) -> Option<AudioFileId> {
    let read = fields.object("fileAudioSource", |inner| {
        let descriptor = inner.text("fileDescriptor", 0..=DESCRIPTOR_MAX).filter(|text| !text.is_empty())?;
        let id = descriptor.parse().ok();
        if id.is_none() {
            inner.reject("fileDescriptor", NO_FILE);
        }
        id
    });
    read.flatten()
}

const NO_FILE: &str = "there is no such audio file: upload it first, and give its id";

/// Where a message was read, with it.
pub(super) type Named<'a> = (&'a str, &'a Message);

/// That files are there and texts can be spoken: what is set can be heard. Texts that are off are not spoken.
pub(super) async fn check_audible(
    state: &AppState,
    account: AccountId,
    messages: &[Named<'_>],
    music: Option<(&str, &Music)>,
) -> Result<(), ApiError> {
    for (name, message) in messages {
        check_file(state, account, name, message.file).await?;
        if let Some(PromptSource::Speech(speech)) = message.source_at(1) {
            let spoken = state.maker.speech(&speech).await;
            spoken.map_err(|error| ApiError::invalid(&format!("{name}.ttsAudioSource"), error.to_string()))?;
        }
    }
    match music {
        Some((name, music)) => check_file(state, account, name, music.file).await,
        None => Ok(()),
    }
}

async fn check_file(
    state: &AppState,
    account: AccountId,
    name: &str,
    file: Option<AudioFileId>,
) -> Result<(), ApiError> {
    let Some(file) = file else { return Ok(()) };
    match state.store.audio_file(account, file).await? {
        Some(_) => Ok(()),
        None => Err(ApiError::invalid(&format!("{name}.fileAudioSource.fileDescriptor"), NO_FILE)),
    }
}
