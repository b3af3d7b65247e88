//! Text made into prompts by espeak-ng, and kept on disk.

mod cache;
mod catalog;
mod espeak;

use crate::{Problem, Prompt, decode, limits};
use cache::{Cache, Key};
use catalog::Catalog;
use espeak::Espeak;
use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

pub use catalog::{Language, Voice};

/// Something to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Speech {
    /// Up to [`limits::TEXT_CHARS`] characters. No markup.
    pub text: String,
    /// A BCP 47 tag such as `en-GB`. Where a region is not known, its language is taken.
    pub language: String,
    /// The id of a [`Voice`]; the language's own voice where nothing is said.
    pub voice: Option<String>,
    /// 1 is the voice's own rate, 2 twice as fast; within [`limits::SPEECH_RATES`].
    pub rate: f32,
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// The speech program is not there.
    #[error(
        "text-to-speech needs the program espeak-ng, and {} is not there; install it (Debian: apt-get install \
         espeak-ng), or upload an audio file",
        program.display()
    )]
    NotInstalled {
        /// What was looked for.
        program: PathBuf,
    },
    /// The program speaks no such language.
    #[error("there is no speech in the language {language:?}; choose one of the listed languages")]
    UnknownLanguage {
        /// What was asked for.
        language: String,
    },
    /// The program has no such voice.
    #[error("there is no voice {voice:?}; choose one of the listed voices")]
    UnknownVoice {
        /// What was asked for.
        voice: String,
    },
    /// Out of [`limits::SPEECH_RATES`].
    #[error(
        "a speech rate of {rate} is not possible; choose one from {} to {}",
        limits::SPEECH_RATES.start(),
        limits::SPEECH_RATES.end()
    )]
    Rate {
        /// What was asked for.
        rate: f32,
    },
    /// There is nothing to say.
    #[error("the text to speak is empty")]
    EmptyText,
    /// More than [`limits::TEXT_CHARS`].
    #[error("the text to speak has {chars} characters, and {} are allowed; shorten it", limits::TEXT_CHARS)]
    TextTooLong {
        /// Its length.
        chars: usize,
    },
    /// The program was not done in time, and was ended.
    #[error("espeak-ng was not done within {within:?}; shorten the text or try again")]
    TimedOut {
        /// How long it had.
        within: Duration,
    },
    /// The program said no.
    #[error("espeak-ng failed: {reason}")]
    Failed {
        /// In its words.
        reason: String,
    },
    /// What the program said is no prompt: silent, or too long.
    #[error("this text cannot be made into a prompt: {0}")]
    NoPrompt(Problem),
}

/// How to speak.
#[derive(Debug, Clone)]
pub struct SpeakerConfig {
    /// The speech program: a path, or a name that is looked for in `PATH`.
    pub program: PathBuf,
    /// How long it may take for one text.
    pub within: Duration,
    /// Where prompts are kept. The folder belongs to the speaker alone: it removes what is too much.
    pub cache: PathBuf,
    /// Prompts that are kept; those that were not used for longest go first.
    pub cached_prompts: usize,
    /// Bytes that are kept.
    pub cached_bytes: u64,
}

impl SpeakerConfig {
    /// espeak-ng, with the bounds in [`limits`].
    #[must_use]
    pub fn new(cache: impl Into<PathBuf>) -> Self {
        Self {
            program: PathBuf::from("espeak-ng"),
            within: limits::SPEAK_WITHIN,
            cache: cache.into(),
            cached_prompts: limits::CACHED_PROMPTS,
            cached_bytes: limits::CACHED_BYTES,
        }
    }
}

/// Makes prompts of text. May be shared between threads, and several may share a cache.
#[derive(Debug)]
pub struct Speaker {
    espeak: Espeak,
    cache: Cache,
    /// Once it was read: a program that is installed later is found then.
    catalog: Mutex<Option<Arc<Catalog>>>,
    /// Held while something is said: one program at a time bounds what they take together.
    speaking: Mutex<()>,
}

impl Speaker {
    /// Makes the cache's folder where there is none.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(config: SpeakerConfig) -> io::Result<Self> {
        let SpeakerConfig { program, within, cache, cached_prompts, cached_bytes } = config;
        let cache = Cache::open(cache, cached_prompts, cached_bytes)?;
        Ok(Self { espeak: Espeak::new(program, within), cache, catalog: Mutex::default(), speaking: Mutex::default() })
    }

    /// Says it, or takes what was said before from the cache, for which the program need not be there.
    ///
    /// # Errors
    /// [`SpeechError`] says what to change. A cache that cannot be written is no error but a warning in the log.
    pub fn say(&self, speech: &Speech) -> Result<Prompt, SpeechError> {
        let text = speakable(&speech.text)?;
        if !limits::SPEECH_RATES.contains(&speech.rate) {
            return Err(SpeechError::Rate { rate: speech.rate });
        }
        let words_per_minute = espeak::words_per_minute(speech.rate);
        let key = Key::new(&[
            &speech.language.to_ascii_lowercase(),
            speech.voice.as_deref().unwrap_or_default(),
            &words_per_minute.to_string(),
            &text,
        ]);
        if let Some(prompt) = self.cache.get(&key) {
            return Ok(prompt);
        }
        let voice = self.catalog()?.resolve(&speech.language, speech.voice.as_deref())?;
        let speaking = self.speaking.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever asked for the same was first perhaps.
        if let Some(prompt) = self.cache.get(&key) {
            return Ok(prompt);
        }
        let wav = self.espeak.speak(&voice, words_per_minute, &text)?;
        let prompt = decode::decode_wav(&wav).map_err(SpeechError::NoPrompt)?;
        if let Err(error) = self.cache.put(&key, &prompt) {
            tracing::warn!(folder = %self.cache.folder().display(), %error, "speech is not kept and will be made again");
        }
        drop(speaking);
        Ok(prompt)
    }

    /// Languages that can be spoken, by name.
    ///
    /// # Errors
    /// [`SpeechError::NotInstalled`], or the program does not work.
    pub fn languages(&self) -> Result<Vec<Language>, SpeechError> {
        Ok(self.catalog()?.languages.clone())
    }

    /// Voices that every language can be spoken in, by name.
    ///
    /// # Errors
    /// As [`Self::languages`].
    pub fn voices(&self) -> Result<Vec<Voice>, SpeechError> {
        Ok(self.catalog()?.voices.clone())
    }

    /// The listed tag that this one leads to.
    ///
    /// # Errors
    /// As [`Self::languages`], and [`SpeechError::UnknownLanguage`].
    pub fn tag(&self, language: &str) -> Result<String, SpeechError> {
        self.catalog()?.resolve(language, None)
    }

    fn catalog(&self) -> Result<Arc<Catalog>, SpeechError> {
        let mut known = self.catalog.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(catalog) = &*known {
            return Ok(Arc::clone(catalog));
        }
        let catalog = Catalog::read(&self.espeak.list("--voices")?, &self.espeak.list("--voices=variant")?);
        Ok(Arc::clone(known.insert(Arc::new(catalog))))
    }
}

/// The text in the form that is spoken and that names it in the cache: nothing around it, no control characters.
fn speakable(text: &str) -> Result<String, SpeechError> {
    let chars = text.trim().chars().count();
    if chars > limits::TEXT_CHARS {
        return Err(SpeechError::TextTooLong { chars });
    }
    let plain: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    match plain.trim() {
        "" => Err(SpeechError::EmptyText),
        plain => Ok(plain.to_owned()),
    }
}
