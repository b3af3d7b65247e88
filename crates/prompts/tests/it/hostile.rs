//! Whatever bytes come, they become a prompt or an error: no panic leaves, nothing hangs, and memory stays small.

use crate::{
    recipes::{ffmpeg, ircam, little_endian, pcm16, voc, voc_sound, vox, wav},
    tone::tone,
};
use prompts::{EXTENSIONS, Prompt, PromptError, from_file, limits};
use proptest::prelude::*;
use std::{
    env,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Time of a processor that a file may take: the longest prompt needs some seconds of it.
const WITHIN: Duration = Duration::from_secs(60);

/// What all of these tests together may take.
const PEAK_KB: usize = 200_000;

fn read(name: &str, bytes: &[u8]) -> Result<Prompt, PromptError> {
    let begin = worked();
    let made = from_file(name, bytes);
    let took = worked() - begin;
    assert!(took < WITHIN, "{name}: {took:?}");
    if let Ok(prompt) = &made {
        assert!(prompt.duration() <= limits::PROMPT_DURATION);
        assert!(prompt.frames().all(|frame| frame.len() <= limits::FRAME_BYTES));
    }
    made
}

/// Time of a processor that this thread had: other than the clock, it does not depend on what else the machine does.
fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts a thread's time");
    let nanos = stat.split(' ').next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("the time comes first"))
}

/// One valid file of each kind, as short as decoders like.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let tone = tone(16_000, 440.0, Duration::from_millis(100));
    let source = wav(&tone, 16_000);
    let data = little_endian(&pcm16(&tone));
    let made = |arguments, extension| ffmpeg(&source, arguments, extension);
    vec![
        (".wav", source.clone()),
        (".wav", made("-c:a adpcm_ms", ".wav")),
        (".wav", made("-c:a adpcm_ima_wav -ac 2", ".wav")),
        (".mp3", made("-b:a 32k", ".mp3")),
        (".mp2", made("-b:a 32k", ".mp2")),
        (".mp2", made("-b:a 384k -ar 44100", ".mp2")),
        (".m4a", made("-c:a aac", ".m4a")),
        (".m4r", made("-c:a alac -f mp4 -movflags +faststart", ".m4r")),
        (".ircam", ircam([0x64, 0xa3, 1, 0], false, 16_000.0, 1, 2, &data)),
        (".voc", voc(&[(9, voc_sound(16_000, 16, 1, 4, &data)), (3, vec![0, 4, 131]), (4, vec![1, 0])])),
        (".vox", vox(&tone)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Random bytes, behind what lets each format's reader begin.
    #[test]
    fn any_bytes(format in 0..START.len(), bytes in proptest::collection::vec(any::<u8>(), 0..3_000)) {
        let (extension, start) = START[format];
        let _ = read(extension, &[start, &bytes].concat());
    }
}

const START: [(&str, &[u8]); 10] = [
    (".vox", b""),
    (".mp3", b"\xff\xfb\x90\x00"),
    (".mp2", b"\xff\xfd\x80\xc0"),
    (".mp2", b"\xff\xfd\xe0\xc0"),
    (".mp3", b"ID3\x04\x00\x00\x00\x00\x00\x10"),
    (".wav", b"RIFF\x00\x10\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00"),
    (".m4a", b"\x00\x00\x00\x10ftypM4A \x00\x00\x00\x00"),
    (".voc", b"Creative Voice File\x1a\x1a\x00\x14\x01\x1f\x11\x09"),
    (".ircam", b"\x64\xa3\x01\x00\x00\x40\x9c\x45"),
    (".m4r", b"\x00\x00\x00\x10ftypM4A \x00\x00\x00\x00\x00\x00\x02\x00moov"),
];

#[test]
fn cut_files() {
    for (extension, file) in samples() {
        for length in (0..file.len()).step_by(file.len().div_ceil(80)) {
            let _ = read(extension, &file[..length]);
        }
        assert!(read(extension, &file).is_ok(), "{extension}");
    }
}

#[test]
fn changed_files() {
    let mut random = Random::from_environment();
    for (extension, file) in samples() {
        for _ in 0..100 {
            let mut changed = file.clone();
            // Half of the changes go to where the numbers stand that say how much there is.
            let within = if random.below(2) == 0 { file.len() } else { file.len().min(1_200) };
            for _ in 0..=random.below(8) {
                changed[random.below(within)] = [0, 0x7f, 0x80, 0xff, random.below(256) as u8][random.below(5)];
            }
            let _ = read(extension, &changed);
        }
    }
}

#[test]
fn one_format_under_the_name_of_another() {
    for (_, file) in samples() {
        for extension in EXTENSIONS {
            let _ = read(extension, &file);
        }
    }
}

/// Files that claim more than there is, as far as their fields go.
#[test]
fn claims() {
    let everything = [0xff; 4];
    for (extension, file) in samples() {
        // Headers are looked at closely; of the rest, a place here and there.
        let places = (4..file.len()).filter(|at| if *at < 120 { at % 2 == 0 } else { at % 31 == 0 });
        for at in places {
            let mut claims = file.clone();
            let end = claims.len().min(at + 4);
            claims[at..end].copy_from_slice(&everything[..end - at]);
            let _ = read(extension, &claims);
        }
    }
    let silence = voc(&[(9, voc_sound(192_000, 8, 1, 0, &[128])), (3, vec![0xff, 0xff, 0])]);
    let repeated = [&silence[..silence.len() - 1], &[3, 3, 0, 0, 0xff, 0xff, 0].repeat(500_000)].concat();
    assert!(read(".voc", &repeated).is_err(), "2,000 hours of silence in 3.5 MB");
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says what a process takes");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let peak: usize = peak.and_then(|peak| peak.parse().ok()).expect("the most that was resident");
    assert!(peak < PEAK_KB, "{peak} kB for files of a few");
}

/// The generator of Numerical Recipes' "quick and dirty" kind is random enough here.
struct Random(u64);

impl Random {
    fn from_environment() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970");
        let seed = env::var("SWITCHROOM_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or(since_1970.as_nanos() as u64);
        println!("SWITCHROOM_SEED={seed}");
        Self(seed)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}
