//! Music and messages as callers hear them: what plays over and over, and what interrupts it.

use crate::audio::{Message, Music, PromptSource, Span};
use crate::check;
use crate::command::CommandError;
use crate::limits::{ANNOUNCED_POSITIONS, MAX_SPOKEN_TEXT, MAX_WAIT, RATE_PERMILLE};
use crate::prompt::Prompts;
use crate::row::PeriodicMessage;
use crate::settings::ANNOUNCEMENT_INTERVAL;
use model::PromptId;
use std::time::Duration;
use wire::engine::{Announcement, Playlist};
use wire::prompt::MUSIC;

/// Music, and what interrupts it.
#[derive(Debug, Clone)]
pub(crate) struct Sound {
    music: Background,
    announcement: Option<Announced>,
}

/// What plays behind everything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Background {
    Silence,
    /// The music that comes with the program.
    Preset,
    File(PromptId),
}

/// What interrupts the music.
#[derive(Debug, Clone)]
struct Announced {
    /// One for each place from the first on; a single one where the text names no place.
    prompts: Vec<PromptId>,
    names_position: bool,
    interval: Duration,
}

impl Announced {
    fn of(periodic: &PeriodicMessage) -> Option<Self> {
        let prompts: Vec<_> = announced(periodic).map(|source| source.id()).collect();
        let interval = periodic.repeat_interval.map_or(ANNOUNCEMENT_INTERVAL, Span::duration);
        (!prompts.is_empty()).then_some(Self { prompts, names_position: periodic.message.names_position(), interval })
    }

    /// What is said at this place; nothing far behind.
    fn at(&self, position: u32) -> Option<PromptId> {
        let index = if self.names_position { position.saturating_sub(1) } else { 0 };
        usize::try_from(index).ok().and_then(|index| self.prompts.get(index)).copied()
    }
}

impl Sound {
    /// Of what was set: silence where the music is off, the music that comes with the program where nothing was said of it.
    pub(crate) fn of(music: Option<Music>, announcement: Option<&PeriodicMessage>) -> Self {
        let music = match music {
            None => Background::Preset,
            Some(music) if !music.enabled => Background::Silence,
            Some(music) => {
                music.file.map_or(Background::Preset, |file| Background::File(PromptSource::File(file).id()))
            }
        };
        Self { music, announcement: announcement.and_then(Announced::of) }
    }

    /// What can be played of it for a caller at this place; other music where the file is not made yet.
    pub(crate) fn playlist(&self, prompts: &Prompts, position: u32) -> Playlist {
        let music = match self.music {
            Background::Silence => None,
            Background::Preset => Some(MUSIC),
            Background::File(prompt) => Some(prompts.playable(Some(prompt)).unwrap_or(MUSIC)),
        };
        let announcement = self.announcement.as_ref().and_then(|announced| {
            let prompt = prompts.playable(announced.at(position))?;
            let interval_ms = u32::try_from(announced.interval.as_millis()).unwrap_or(u32::MAX);
            Some(Announcement { prompt, interval_ms })
        });
        Playlist { greeting: None, music, announcement }
    }

    /// What is said at this place in the queue.
    pub(crate) fn announced_at(&self, position: u32) -> Option<PromptId> {
        self.announcement.as_ref().and_then(|announced| announced.at(position))
    }

    /// All that a caller at this place may hear of it.
    pub(crate) fn prompts_at(&self, position: u32) -> impl Iterator<Item = PromptId> {
        let music = if let Background::File(prompt) = self.music { Some(prompt) } else { None };
        music.into_iter().chain(self.announced_at(position))
    }
}

/// Everything that music and announcement play.
pub(crate) fn sources(
    music: Option<Music>,
    announcement: Option<&PeriodicMessage>,
) -> impl Iterator<Item = PromptSource> {
    let music = music.filter(|music| music.enabled).and_then(|music| music.file).map(PromptSource::File);
    music.into_iter().chain(announcement.into_iter().flat_map(announced))
}

fn announced(periodic: &PeriodicMessage) -> impl Iterator<Item = PromptSource> {
    let places = if periodic.message.names_position() { ANNOUNCED_POSITIONS } else { 1 };
    (1..=places).filter_map(move |place| periodic.message.source_at(place))
}

pub(crate) fn check_span(field: &'static str, span: Span) -> Result<(), CommandError> {
    let most = MAX_WAIT.as_secs();
    // Checked before it is multiplied.
    let fits = span.value >= 1 && u64::from(span.value) <= most && span.duration() <= MAX_WAIT;
    if fits { Ok(()) } else { Err(check::invalid(field, format!("must be between 1 and {most} seconds"))) }
}

pub(crate) fn check_message(field: &'static str, message: &Message) -> Result<(), CommandError> {
    if message.enabled && message.source().is_none() {
        return Err(check::invalid(field, "needs a ttsAudioSource or a fileAudioSource when it is enabled"));
    }
    let Some(speech) = &message.speech else { return Ok(()) };
    check::at_most(field, &speech.text, MAX_SPOKEN_TEXT)?;
    if message.enabled && speech.text.trim().is_empty() && message.file.is_none() {
        return Err(check::invalid(field, "needs a text when it is enabled"));
    }
    check::in_range(field, speech.rate_permille, RATE_PERMILLE)
}

/// A message for those who stand in no queue, or of which nobody knows where they stand.
pub(crate) fn check_placeless(field: &'static str, message: &Message) -> Result<(), CommandError> {
    check_message(field, message)?;
    if message.names_position() {
        let why = "only the announcement of a waiting strategy can name the place in the queue";
        return Err(check::invalid(field, why));
    }
    Ok(())
}

/// The interval of what interrupts the music, where it is set.
pub(crate) fn check_interval(periodic: &PeriodicMessage) -> Result<(), CommandError> {
    periodic.repeat_interval.map_or(Ok(()), |span| check_span("announcementMessage.repeatInterval", span))
}
