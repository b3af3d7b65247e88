//! Music and messages as an account sets them, and what they are made of.

use model::{AudioFileId, PromptId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use uuid::Builder;

/// Unit of a [`Span`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SpanUnit {
    /// One second.
    Seconds,
    /// 60 seconds.
    Minutes,
    /// 3600 seconds.
    Hours,
}

/// A length of time in the unit in which it was set, at least one of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The unit.
    pub unit: SpanUnit,
    /// How many of it, 1 or more.
    pub value: u32,
}

impl Span {
    /// How long it is.
    pub fn duration(self) -> Duration {
        let unit = match self.unit {
            SpanUnit::Seconds => 1,
            SpanUnit::Minutes => 60,
            SpanUnit::Hours => 3600,
        };
        Duration::from_secs(u64::from(self.value) * unit)
    }
}

/// A voice by the names that the speech program gives it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VoiceName {
    /// Its name.
    pub name: String,
    /// As it was set, for example `FEMALE`.
    pub gender: String,
}

/// Text that is spoken.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SpokenText {
    /// The text.
    pub text: String,
    /// BCP 47 tag, for example `en-GB`.
    pub language: String,
    /// Somebody chose the language, rather than a program.
    pub language_selected_manually: Option<bool>,
    /// The voice.
    pub voice: VoiceName,
    /// Thousandths of the voice's own rate, 500 to 2000.
    pub rate_permille: u32,
}

/// Which of a message's two sources counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AudioSourceType {
    /// The text.
    Tts,
    /// The file.
    File,
}

/// A message that may be switched on, with both of its sources as they were set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Message {
    /// It is played.
    pub enabled: bool,
    /// Which source counts; where nothing was set, the one that is there.
    pub source_type: Option<AudioSourceType>,
    /// The text.
    pub speech: Option<SpokenText>,
    /// The file.
    pub file: Option<AudioFileId>,
}

impl Message {
    /// What is played; nothing when it is off.
    pub fn source(&self) -> Option<PromptSource> {
        self.speaks().map(|speech| PromptSource::speech(speech, &speech.text)).or_else(|| self.plays_file())
    }

    /// What is spoken where the caller is at this place; for a text that does not name it, or a file, always the same.
    pub fn source_at(&self, position: u32) -> Option<PromptSource> {
        let speech = self.speaks().map(|speech| PromptSource::speech(speech, &position::said(speech, position)));
        speech.or_else(|| self.plays_file())
    }

    /// It is on, and its text names the caller's place in the queue.
    pub fn names_position(&self) -> bool {
        self.speaks().is_some_and(|speech| position::is_named(&speech.text))
    }

    fn speaks(&self) -> Option<&SpokenText> {
        let is_spoken = self.enabled && self.source_type != Some(AudioSourceType::File);
        self.speech.as_ref().filter(|_| is_spoken)
    }

    fn plays_file(&self) -> Option<PromptSource> {
        let is_played = self.enabled && self.source_type != Some(AudioSourceType::Tts);
        self.file.filter(|_| is_played).map(PromptSource::File)
    }
}

/// Music that may be switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Music {
    /// It is played.
    pub enabled: bool,
    /// The file; the music that comes with the program when absent.
    pub file: Option<AudioFileId>,
}

/// What a prompt is made of. The shell makes it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PromptSource {
    /// An uploaded file.
    File(AudioFileId),
    /// Spoken text.
    Speech(Speech),
}

/// Everything by which spoken text sounds as it does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Speech {
    /// The text, without placeholders.
    pub text: String,
    /// BCP 47 tag.
    pub language: String,
    /// Name of the voice.
    pub voice: String,
    /// Thousandths of the voice's own rate, 500 to 2000.
    pub rate_permille: u32,
}

impl PromptSource {
    fn speech(speech: &SpokenText, text: &str) -> Self {
        Self::Speech(Speech {
            text: text.to_owned(),
            language: speech.language.clone(),
            voice: speech.voice.name.clone(),
            rate_permille: speech.rate_permille,
        })
    }

    /// The prompt's id. It names the content: a file's never changes, and of speech it is a hash (RFC 9562 §5.8).
    pub fn id(&self) -> PromptId {
        let Speech { text, language, voice, rate_permille } = match self {
            Self::File(file) => return PromptId(file.0),
            Self::Speech(speech) => speech,
        };
        let mut hash = Sha256::new();
        for part in [text, language, voice, &rate_permille.to_string()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let bytes: [u8; 32] = hash.finalize().into();
        let (first, _) = bytes.split_first_chunk().expect("a hash is longer than an id");
        PromptId(Builder::from_custom_bytes(*first).into_uuid())
    }
}

/// The caller's place in the queue, as texts name it.
pub mod position {
    use super::SpokenText;

    /// Stands for the place as a number is said in the text's language.
    pub const DEFAULT: &str = "{{QUEUE_POSITION_DEFAULT}}";
    /// Stands for it as a cardinal number: three.
    pub const CARDINAL: &str = "{{QUEUE_POSITION_CARDINAL}}";
    /// Stands for it as an ordinal number: third.
    pub const ORDINAL: &str = "{{QUEUE_POSITION_ORDINAL}}";

    /// The text names the place.
    pub fn is_named(text: &str) -> bool {
        [DEFAULT, CARDINAL, ORDINAL].iter().any(|token| text.contains(token))
    }

    /// The text at this place.
    pub(super) fn said(speech: &SpokenText, position: u32) -> String {
        let number = position.to_string();
        let text = speech.text.replace(DEFAULT, &number).replace(CARDINAL, &number);
        text.replace(ORDINAL, &ordinal(&speech.language, position))
    }

    /// English writes ordinals with letters; most other languages that have a short form write a point.
    fn ordinal(language: &str, position: u32) -> String {
        let is_english = language.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("en"));
        let letters = match (is_english, position % 10, position % 100) {
            (false, ..) => ".",
            (true, _, 11..=13) => "th",
            (true, 1, _) => "st",
            (true, 2, _) => "nd",
            (true, 3, _) => "rd",
            (true, ..) => "th",
        };
        format!("{position}{letters}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(text: &str, language: &str) -> Message {
        let voice = VoiceName { name: "f2".to_owned(), gender: "FEMALE".to_owned() };
        let speech = SpokenText {
            text: text.to_owned(),
            language: language.to_owned(),
            language_selected_manually: None,
            voice,
            rate_permille: 1000,
        };
        Message { enabled: true, source_type: None, speech: Some(speech), file: None }
    }

    fn text_at(message: &Message, position: u32) -> String {
        match message.source_at(position) {
            Some(PromptSource::Speech(speech)) => speech.text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_place_is_said_where_the_text_asks_for_it() {
        let plain = spoken("You are number {{QUEUE_POSITION_DEFAULT}}.", "en");
        assert_eq!(text_at(&plain, 4), "You are number 4.");
        let ordinal = spoken("You are {{QUEUE_POSITION_ORDINAL}}.", "en-GB");
        let said = [1, 2, 3, 4, 11, 12, 13, 21].map(|position| text_at(&ordinal, position));
        let expected = ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st"];
        assert_eq!(said, expected.map(|word| format!("You are {word}.")));
        assert_eq!(text_at(&spoken("Sie sind {{QUEUE_POSITION_ORDINAL}}", "de"), 3), "Sie sind 3.");
        assert!(plain.names_position() && !spoken("Please hold.", "en").names_position());
    }

    #[test]
    fn one_source_counts_and_none_when_it_is_off() {
        let file = AudioFileId::of(7);
        let both = Message { file: Some(file), ..spoken("Hello", "en") };
        let of = |source_type| Message { source_type, ..both.clone() }.source();
        assert_eq!(of(Some(AudioSourceType::File)), Some(PromptSource::File(file)));
        assert!(matches!(of(Some(AudioSourceType::Tts)), Some(PromptSource::Speech(_))));
        assert_eq!(Message { speech: None, ..both.clone() }.source(), Some(PromptSource::File(file)));
        assert_eq!(Message { enabled: false, ..both }.source(), None);
    }

    #[test]
    fn an_id_names_the_content() {
        let id = |message: &Message| message.source().expect("it is on").id();
        let hello = spoken("Hello", "en");
        assert_eq!(id(&hello), id(&Message { source_type: Some(AudioSourceType::Tts), ..hello.clone() }));
        assert_ne!(id(&hello), id(&spoken("Hello", "de")));
        assert_ne!(id(&spoken("ab", "en")), id(&spoken("a", "ben")), "parts do not run into each other");
        assert_eq!(id(&hello).0.get_version_num(), 8);
    }
}
