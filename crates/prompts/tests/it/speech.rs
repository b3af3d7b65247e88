//! Text is heard, in the language and at the rate that was asked for, and is made once.

use crate::tone::{level, played};
use prompts::{Speaker, SpeakerConfig, Speech, SpeechError, limits};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};
use tempfile::TempDir;

const SENTENCE: &str = "All our agents are busy. Please hold the line; the next one is yours.";

fn cache() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn speaker(cache: &Path) -> Speaker {
    Speaker::new(SpeakerConfig::new(cache)).expect("the folder can be used")
}

fn speaker_by(program: impl Into<PathBuf>, cache: &Path) -> Speaker {
    Speaker::new(SpeakerConfig { program: program.into(), ..SpeakerConfig::new(cache) })
        .expect("the folder can be used")
}

/// A stand-in for the speech program that runs these lines of shell.
fn program(folder: &Path, lines: &str) -> PathBuf {
    let path = folder.join("program");
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).expect("a file");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("its owner");
    path
}

fn speech(text: &str, rate: f32) -> Speech {
    Speech { text: text.to_owned(), language: "en-US".to_owned(), voice: None, rate }
}

/// Files of the cache that are prompts.
fn kept(cache: &Path) -> Vec<PathBuf> {
    fs::read_dir(cache).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn a_sentence_is_heard() {
    let cache = cache();
    let prompt = speaker(cache.path()).say(&speech(SENTENCE, 1.0)).expect("espeak-ng must be installed for this test");
    let seconds = prompt.duration().as_secs_f32();
    assert!((2.5..8.0).contains(&seconds), "{seconds} s");
    let heard = played(&prompt);
    let loud = heard.chunks(4_800).filter(|piece| level(piece) > 0.02).count();
    assert!(loud > heard.len() / 4_800 / 2, "{loud} tenths of a second of {seconds} s are loud");
}

#[test]
fn twice_the_rate_is_half_as_long() {
    let cache = cache();
    let speaker = speaker(cache.path());
    let lasts = |rate| speaker.say(&speech(SENTENCE, rate)).expect("a prompt").duration().as_secs_f32();
    let (slow, own, fast) = (lasts(0.5), lasts(1.0), lasts(2.0));
    assert!((0.4..0.62).contains(&(fast / own)), "{fast} s instead of {own} s");
    assert!((1.6..2.4).contains(&(slow / own)), "{slow} s instead of {own} s");
}

#[test]
fn languages_and_voices_differ() {
    let cache = cache();
    let speaker = speaker(cache.path());
    let languages = speaker.languages().expect("a list");
    for (tag, name) in [("de", "German"), ("en-us", "English (America)"), ("ar", "Arabic")] {
        assert!(languages.iter().any(|language| language.tag == tag && language.name == name), "{tag} {languages:?}");
    }
    let female = speaker.voices().expect("a list").into_iter().find(|voice| voice.female).expect("there are some");
    let say = |language: &str, voice: Option<&str>| {
        let (language, voice) = (language.to_owned(), voice.map(str::to_owned));
        let speech = Speech { text: "1, 2, 3, 4".to_owned(), language, voice, rate: 1.0 };
        speaker.say(&speech).expect("a prompt")
    };
    let english = say("en", None);
    for other in [say("de-AT", None), say("ja", None), say("en", Some(&female.id))] {
        assert!(other != english);
    }
}

#[test]
fn what_was_said_is_not_made_again() {
    let cache = cache();
    let first = speaker(cache.path()).say(&speech(SENTENCE, 1.0)).expect("a prompt");
    let missing = speaker_by("/nonexistent/espeak-ng", cache.path());
    assert!(missing.say(&speech(SENTENCE, 1.0)).expect("it is kept") == first);
    assert!(missing.say(&speech(&format!("  {SENTENCE}\n"), 1.0)).expect("it is the same text") == first);
    for other in [speech("Something else.", 1.0), speech(SENTENCE, 1.1)] {
        assert!(matches!(missing.say(&other), Err(SpeechError::NotInstalled { .. })));
    }
}

#[test]
fn a_missing_program_is_named_with_what_brings_it() {
    let cache = cache();
    let speaker = speaker_by("no-such-speech-program", cache.path());
    let expected = "text-to-speech needs the program espeak-ng, and no-such-speech-program is not there; install it \
                    (Debian: apt-get install espeak-ng), or upload an audio file";
    assert_eq!(speaker.say(&speech(SENTENCE, 1.0)).expect_err("nobody speaks").to_string(), expected);
    assert_eq!(speaker.languages().expect_err("nobody knows").to_string(), expected);
}

#[test]
fn a_damaged_prompt_is_made_anew() {
    let cache = cache();
    let speaker = speaker(cache.path());
    let first = speaker.say(&speech(SENTENCE, 1.0)).expect("a prompt");
    let [path] = &kept(cache.path())[..] else { panic!("one prompt is kept") };
    let sound = fs::read(path).expect("it can be read");
    let mut changed = sound.clone();
    changed[sound.len() / 2] ^= 1;
    for damaged in [&changed[..], &sound[..sound.len() / 2], b""] {
        fs::write(path, damaged).expect("it can be written");
        assert!(speaker.say(&speech(SENTENCE, 1.0)).expect("a prompt") == first);
        assert!(fs::read(path).expect("it can be read") == sound, "it is whole again");
    }
}

#[test]
fn the_cache_keeps_what_was_used_last() {
    let folder = cache();
    let config = SpeakerConfig { cached_prompts: 3, ..SpeakerConfig::new(folder.path()) };
    let speaker = Speaker::new(config).expect("the folder can be used");
    fs::write(folder.path().join("left-by-a-crash.unfinished"), b"half").expect("a file");
    let age = |minutes: u64| {
        for path in kept(folder.path()) {
            let file = fs::File::options().append(true).open(path).expect("a file");
            let time = file.metadata().and_then(|about| about.modified()).expect("a time");
            file.set_modified(time - Duration::from_secs(60 * minutes)).expect("our file");
        }
    };
    for text in ["one", "two", "three"] {
        speaker.say(&speech(text, 1.0)).expect("a prompt");
        age(10);
    }
    // "one" is used again: now "two" was not used for longest.
    speaker.say(&speech("one", 1.0)).expect("a prompt");
    speaker.say(&speech("four", 1.0)).expect("a prompt");
    let missing = speaker_by("/nonexistent", folder.path());
    for (text, is_kept) in [("one", true), ("two", false), ("three", true), ("four", true)] {
        assert_eq!(missing.say(&speech(text, 1.0)).is_ok(), is_kept, "{text}");
    }
    assert_eq!(kept(folder.path()).len(), 3);

    let size = kept(folder.path()).iter().map(|path| path.metadata().expect("a file").len()).max().expect("some");
    let config = SpeakerConfig { cached_bytes: size * 2, ..SpeakerConfig::new(folder.path()) };
    Speaker::new(config).expect("the folder can be used").say(&speech("five", 1.0)).expect("a prompt");
    let bytes: u64 = kept(folder.path()).iter().map(|path| path.metadata().expect("a file").len()).sum();
    assert!(bytes <= size * 2, "{bytes} bytes are kept");
}

#[test]
fn a_cache_that_cannot_be_written_costs_no_prompt() {
    let folder = cache();
    let inner = folder.path().join("cache");
    let speaker = speaker(&inner);
    fs::remove_dir(&inner).expect("an empty folder");
    fs::write(&inner, b"in the way").expect("a file");
    speaker.say(&speech(SENTENCE, 1.0)).expect("a prompt");
    assert!(Speaker::new(SpeakerConfig::new(&inner)).is_err());
}

#[test]
fn bad_wishes_are_refused_with_the_reason() {
    let cache = cache();
    let speaker = speaker(cache.path());
    let message = |speech: Speech| speaker.say(&speech).expect_err("it is refused").to_string();
    assert_eq!(message(speech("  \n\t\0", 1.0)), "the text to speak is empty");
    assert_eq!(
        message(speech(&"ä".repeat(limits::TEXT_CHARS + 1), 1.0)),
        "the text to speak has 2001 characters, and 2000 are allowed; shorten it"
    );
    for rate in [0.49, 2.01, -1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(
            message(speech("x", rate)),
            format!("a speech rate of {rate} is not possible; choose one from 0.5 to 2")
        );
    }
    let with = |language: &str, voice: Option<&str>| Speech {
        language: language.to_owned(),
        voice: voice.map(str::to_owned),
        ..speech("x", 1.0)
    };
    for language in ["", "xx-XX", "-w/tmp/x", "en -w /tmp/x", "../../etc/passwd", "!v/f2", "en+f2"] {
        let expected = format!("there is no speech in the language {language:?}; choose one of the listed languages");
        assert_eq!(message(with(language, None)), expected);
    }
    for voice in ["", "nobody", "f2 -w /tmp/x", "../f2"] {
        let expected = format!("there is no voice {voice:?}; choose one of the listed voices");
        assert_eq!(message(with("en", Some(voice))), expected);
    }
    assert!(kept(cache.path()).is_empty());
}

/// Text that looks like options, markup or several lines is text.
#[test]
fn text_is_nothing_but_text() {
    let cache = cache();
    let speaker = speaker(cache.path());
    for text in ["--version", "-w /tmp/x", "<break time=\"9s\"/>", "$(id); `id`", "first\n\nsecond", "Grüße, 世界 👋"]
    {
        let prompt = speaker.say(&speech(text, 1.0)).expect(text);
        assert!(prompt.duration() < Duration::from_secs(8), "{text}: {:?}", prompt.duration());
    }
    speaker.say(&speech(&"ä b ".repeat(limits::TEXT_CHARS / 4), 2.0)).expect("as long as is allowed");
}

#[test]
fn a_program_that_hangs_is_ended_with_all_it_started() {
    let folder = cache();
    let pids = folder.path().join("pids");
    let hang = format!("sleep 600 & echo $! $$ > {}; wait", pids.display());
    let config = SpeakerConfig {
        program: program(folder.path(), &hang),
        within: Duration::from_secs(3),
        ..SpeakerConfig::new(folder.path().join("cache"))
    };
    let speaker = Speaker::new(config).expect("the folder can be used");
    let begin = Instant::now();
    let error = speaker.languages().expect_err("it hangs").to_string();
    assert_eq!(error, "espeak-ng was not done within 3s; shorten the text or try again");
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
    let pids = fs::read_to_string(&pids).expect("it ran");
    let deadline = SystemTime::now() + Duration::from_secs(20);
    // A dead process that nobody has waited for yet is a zombie.
    let lives = |pid: &str| fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    while pids.split_whitespace().any(lives) {
        assert!(SystemTime::now() < deadline, "{pids} still run");
        std::thread::yield_now();
    }
}

#[test]
fn a_program_that_misbehaves_is_an_error() {
    let folder = cache();
    let failure = |lines: &str| {
        let speaker = speaker_by(program(folder.path(), lines), &folder.path().join("cache"));
        speaker.languages().expect_err("it failed").to_string()
    };
    let said = failure("echo 'no data here' >&2; exit 3");
    assert_eq!(said, "espeak-ng failed: exit status: 3: no data here");
    let flood = failure("exec cat /dev/zero");
    assert!(flood.starts_with("espeak-ng failed: it wrote more than "), "{flood}");
    let no_permission = folder.path().join("cache");
    let refused = speaker_by(no_permission.clone(), &no_permission).languages().expect_err("a folder is no program");
    assert!(refused.to_string().starts_with("espeak-ng failed: "), "{refused}");
}

/// What the program may know of us: nothing that was not meant for it.
#[test]
fn the_program_sees_no_environment() {
    let folder = cache();
    let seen = folder.path().join("seen");
    let speaker =
        speaker_by(program(folder.path(), &format!("env > {}", seen.display())), &folder.path().join("cache"));
    assert!(speaker.languages().is_ok_and(|languages| languages.is_empty()));
    let seen = fs::read_to_string(seen).expect("it ran");
    // The shell adds these of itself.
    let known = ["PATH=", "LD_LIBRARY_PATH=", "ESPEAK_DATA_PATH=", "PWD=", "_=", "SHLVL=", "OLDPWD="];
    for line in seen.lines() {
        assert!(known.iter().any(|name| line.starts_with(name)), "{line}");
    }
}
