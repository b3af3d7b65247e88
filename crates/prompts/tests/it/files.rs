//! Every format gives the tone that was put into it; what is no such file is refused with the reason.

use crate::{
    recipes::{a_law, ffmpeg, g711, ircam, little_endian, mu_law, pcm16, voc, voc_sound, wav, wav_of},
    tone::{assert_plays, level, played, share, tone},
};
use prompts::{Problem, from_file, limits};
use std::time::Duration;

const HERTZ: f32 = 440.0;
const LASTS: Duration = Duration::from_millis(1_500);
/// Of a sine of half the full scale.
const LEVEL: f32 = 0.3536;

fn assert_file_plays(name: &str, file: &[u8], what: &str) {
    let prompt = from_file(name, file).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_plays(&prompt, HERTZ, LASTS, LEVEL, what);
}

fn problem(name: &str, file: &[u8]) -> Problem {
    from_file(name, file).expect_err("it is refused").problem
}

#[test]
fn wav_of_every_size_of_sample() {
    let rate = 44_100;
    let tone = tone(rate, HERTZ, LASTS);
    let bytes = |turn: &dyn Fn(f32) -> Vec<u8>| tone.iter().flat_map(|&sample| turn(sample)).collect::<Vec<u8>>();
    let scaled = |sample: f32, full: f64| (f64::from(sample) * full) as i32;
    let cases = [
        ("8 bits", 1, 8, bytes(&|sample| vec![(scaled(sample, 127.0) + 128) as u8])),
        ("16 bits", 1, 16, bytes(&|sample| scaled(sample, 32_767.0).to_le_bytes()[..2].to_vec())),
        ("24 bits", 1, 24, bytes(&|sample| scaled(sample, 8_388_607.0).to_le_bytes()[..3].to_vec())),
        ("32 bits", 1, 32, bytes(&|sample| scaled(sample, 2_147_483_647.0).to_le_bytes().to_vec())),
        ("float", 3, 32, bytes(&|sample| sample.to_le_bytes().to_vec())),
        ("double", 3, 64, bytes(&|sample| f64::from(sample).to_le_bytes().to_vec())),
        ("A-law", 6, 8, g711(&tone, a_law)),
        ("µ-law", 7, 8, g711(&tone, mu_law)),
    ];
    for (what, tag, bits, data) in cases {
        assert_file_plays("prompt.wav", &wav_of(tag, bits, 1, rate, &data), what);
    }
}

#[test]
fn wav_of_every_usual_rate() {
    for rate in [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000] {
        assert_file_plays("PROMPT.WAV", &wav(&tone(rate, HERTZ, LASTS), rate), &format!("{rate} samples a second"));
    }
}

#[test]
fn channels_are_mixed() {
    let (left, right) = (tone(48_000, 440.0, LASTS), tone(48_000, 1_000.0, LASTS));
    let both: Vec<f32> = left.iter().zip(&right).flat_map(|(&left, &right)| [left, right]).collect();
    let stereo = from_file("stereo.wav", &wav_of(1, 16, 2, 48_000, &little_endian(&pcm16(&both)))).expect("a prompt");
    assert!(stereo.duration().abs_diff(LASTS) <= Duration::from_millis(20));
    let heard = &played(&stereo)[2_400..50_400];
    for hertz in [440.0, 1_000.0] {
        let share = share(heard, hertz);
        assert!((share - 0.5).abs() < 0.05, "{share} at {hertz} Hz");
    }
}

#[test]
fn wav_with_adpcm() {
    let source = wav(&tone(22_050, HERTZ, LASTS), 22_050);
    for codec in ["adpcm_ima_wav", "adpcm_ms"] {
        let file = ffmpeg(&source, &format!("-c:a {codec} -block_size 128"), ".wav");
        assert_file_plays("prompt.wav", &file, codec);
    }
}

#[test]
fn a_wav_from_a_pipe_claims_a_length_that_it_does_not_have() {
    let mut file = wav(&tone(22_050, HERTZ, LASTS), 22_050);
    file[4..8].copy_from_slice(&0x7fff_f024_u32.to_le_bytes());
    file[40..44].copy_from_slice(&0x7fff_f000_u32.to_le_bytes());
    assert_file_plays("piped.wav", &file, "a stream");
}

#[test]
fn mp3() {
    let source = wav(&tone(44_100, HERTZ, LASTS), 44_100);
    for arguments in [
        "-b:a 64k",
        "-b:a 192k -af pan=stereo|c0=c0|c1=c0",
        "-q:a 4 -ar 48000",
        "-b:a 32k -ar 16000",
        "-b:a 16k -ar 8000",
    ] {
        assert_file_plays("prompt.mp3", &ffmpeg(&source, arguments, ".mp3"), arguments);
    }
}

#[test]
fn mp3_behind_something_else() {
    let file = ffmpeg(&wav(&tone(44_100, HERTZ, LASTS), 44_100), "-b:a 64k -id3v2_version 0", ".mp3");
    let tag = [&b"ID3\x04\x00\x00\x00\x00\x02\x00"[..], &[0; 256], &file].concat();
    assert_file_plays("tagged.mp3", &tag, "behind a tag");
    assert_file_plays("junk.mp3", &[&b"three, two, one: "[..], &file].concat(), "behind junk");
}

/// Such a file states no length; what the encoder added is heard, but nothing is cut off.
#[test]
fn mp3_without_an_index() {
    let source = wav(&tone(44_100, HERTZ, LASTS), 44_100);
    for arguments in ["-q:a 6 -write_xing 0", "-b:a 48k -write_xing 0"] {
        let prompt = from_file("prompt.mp3", &ffmpeg(&source, arguments, ".mp3")).expect("a prompt");
        let longest = LASTS + Duration::from_millis(100);
        assert!((LASTS..longest).contains(&prompt.duration()), "{arguments}: {:?}", prompt.duration());
        let heard = played(&prompt);
        let end = LASTS.as_millis() as usize * 48;
        assert!(level(&heard[end - 2_400..end]) > 0.9 * LEVEL, "{arguments}: it ends too early");
    }
}

#[test]
fn m4a_and_m4r() {
    let source = wav(&tone(44_100, HERTZ, LASTS), 44_100);
    let aac = ffmpeg(&source, "-c:a aac -b:a 96k", ".m4a");
    assert_file_plays("prompt.m4a", &aac, "AAC");
    assert_file_plays("ringtone.M4R", &aac, "AAC as a ringtone");
    let index_first = ffmpeg(&source, "-c:a aac -af pan=stereo|c0=c0|c1=c0 -b:a 128k -movflags +faststart", ".m4a");
    assert_file_plays("prompt.m4a", &index_first, "AAC stereo, index first");
    assert_file_plays("prompt.m4a", &ffmpeg(&source, "-c:a alac", ".m4a"), "ALAC");
}

#[test]
fn mp2() {
    for (rate, arguments) in [
        (44_100, "-b:a 128k"),
        (48_000, "-b:a 192k -af pan=stereo|c0=c0|c1=c0"),
        (32_000, "-b:a 64k"),
        (44_100, "-b:a 48k"),
        (24_000, "-b:a 64k"),
        (16_000, "-b:a 32k"),
    ] {
        assert_mp2_plays(rate, arguments);
    }
}

/// Bit rates that the standard keeps for another number of channels, which encoders write nevertheless.
#[test]
fn mp2_of_a_bit_rate_that_is_not_for_its_channels() {
    for (rate, arguments) in [
        (44_100, "-b:a 384k"),
        (48_000, "-b:a 384k"),
        (48_000, "-b:a 224k"),
        (44_100, "-b:a 320k"),
        (44_100, "-b:a 56k -af pan=stereo|c0=c0|c1=c0"),
        (48_000, "-b:a 80k -af pan=stereo|c0=c0|c1=c0"),
        (22_050, "-b:a 80k -af pan=stereo|c0=c0|c1=c0"),
        (24_000, "-b:a 32k -af pan=stereo|c0=c0|c1=c0"),
    ] {
        assert_mp2_plays(rate, arguments);
    }
}

/// The format states no length, so that a file ends with a whole frame: so does this one's tone.
fn assert_mp2_plays(rate: u32, arguments: &str) {
    const FRAME: u32 = 1_152;
    let lasts = Duration::from_secs(u64::from(rate * 3 / 2 / FRAME * FRAME)) / rate;
    let file = ffmpeg(&wav(&tone(rate, HERTZ, lasts), rate), arguments, ".mp2");
    let what = format!("{arguments} at {rate} samples a second");
    let prompt = from_file("prompt.mp2", &file).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_plays(&prompt, HERTZ, lasts, LEVEL, &what);
}

#[test]
fn ircam_in_both_byte_orders() {
    let tone = tone(44_100, HERTZ, LASTS);
    let (little, floats) =
        (little_endian(&pcm16(&tone)), tone.iter().flat_map(|sample| sample.to_be_bytes()).collect());
    let big: Vec<u8> = pcm16(&tone).iter().flat_map(|sample| sample.to_be_bytes()).collect();
    let (vax, sun, mips, next) = ([0x64, 0xa3, 1, 0], [0x64, 0xa3, 2, 0], [0, 3, 0xa3, 0x64], [0x64, 0xa3, 4, 0]);
    let cases = [
        ("VAX, 16 bits", vax, false, 2, little),
        ("Sun, 16 bits", sun, true, 2, big),
        ("MIPS, float", mips, true, 4, floats),
        ("NeXT, µ-law", next, true, 0x2_0001, g711(&tone, mu_law)),
        ("NeXT, A-law", next, true, 0x1_0001, g711(&tone, a_law)),
    ];
    for (what, signature, big_endian, coding, data) in cases {
        assert_file_plays("prompt.ircam", &ircam(signature, big_endian, 44_100.0, 1, coding, &data), what);
    }
    let foreign = ffmpeg(&wav(&tone, 44_100), "-f ircam -c:a pcm_s16le", ".ircam");
    assert_file_plays("prompt.ircam", &foreign, "of another program");
}

#[test]
fn voc_of_every_kind_of_sound_block() {
    let tone = tone(11_025, HERTZ, LASTS);
    let unsigned: Vec<u8> = tone.iter().map(|sample| (sample * 127.0 + 128.0) as u8).collect();
    let (first, second) = unsigned.split_at(9_000);
    let cases = [
        // 165 is the divisor that comes nearest to 11,025 samples a second.
        ("8 bits", voc(&[(1, [&[165, 0][..], &unsigned].concat())])),
        ("continued", voc(&[(1, [&[165, 0][..], first].concat()), (5, b"remark\0".to_vec()), (2, second.to_vec())])),
        ("16 bits", voc(&[(9, voc_sound(11_025, 16, 1, 4, &little_endian(&pcm16(&tone))))])),
        ("A-law", voc(&[(9, voc_sound(11_025, 8, 1, 6, &g711(&tone, a_law)))])),
        ("µ-law", voc(&[(9, voc_sound(11_025, 8, 1, 7, &g711(&tone, mu_law)))])),
    ];
    for (what, file) in cases {
        assert_file_plays("prompt.voc", &file, what);
    }
    let foreign = ffmpeg(&wav(&crate::tone::tone(44_100, HERTZ, LASTS), 44_100), "-af pan=stereo|c0=c0|c1=c0", ".voc");
    assert_file_plays("prompt.voc", &foreign, "of another program");
}

#[test]
fn voc_with_stereo_announced_and_silence() {
    let tone = tone(22_050, HERTZ, LASTS);
    let both: Vec<u8> = tone.iter().flat_map(|sample| [(sample * 127.0 + 128.0) as u8; 2]).collect();
    let divisor = 65_536 - 256_000_000 / (2 * 22_050_u32);
    let extension = [&(divisor as u16).to_le_bytes()[..], &[0, 1]].concat();
    let silence = [&7_999_u16.to_le_bytes()[..], &[131]].concat();
    let file = voc(&[(8, extension), (1, [&[0, 0][..], &both].concat()), (3, silence)]);
    let prompt = from_file("prompt.voc", &file).expect("a prompt");
    let whole = LASTS + Duration::from_secs(1);
    assert!(prompt.duration().abs_diff(whole) <= Duration::from_millis(20), "{:?}", prompt.duration());
    let heard = played(&prompt);
    assert!(share(&heard[4_800..52_800], HERTZ) > 0.95);
    assert!(level(&heard[76_800..115_200]) < 0.003, "the second behind the tone is silent");
}

#[test]
fn vox() {
    let file = crate::recipes::vox(&tone(8_000, HERTZ, LASTS));
    assert_file_plays("prompt.vox", &file, "OKI ADPCM");
    // The writer here is our own: another program must hear the same in it.
    let in_wav = wav_of(0x17, 4, 1, 8_000, &file);
    assert_file_plays("prompt.wav", &ffmpeg(&in_wav, "-c:a pcm_s16le", ".wav"), "OKI ADPCM by another program");
}

#[test]
fn every_clone_plays_the_same_frames_and_none_is_larger_than_allowed() {
    let prompt = from_file("noise.wav", &wav(&noise(48_000 * 3), 48_000)).expect("a prompt");
    let clone = prompt.clone();
    assert_eq!((prompt.len(), prompt.duration()), (150, Duration::from_secs(3)));
    assert!(prompt.frames().all(|frame| (2..=limits::FRAME_BYTES).contains(&frame.len())));
    let elsewhere = std::thread::spawn(move || clone.frames().map(<[u8]>::to_vec).collect::<Vec<_>>());
    assert!(elsewhere.join().expect("no panic").iter().map(Vec::as_slice).eq(prompt.frames()));
    assert_eq!(prompt.frame(prompt.len()), None);
}

/// Loud, of all frequencies: the most that an encoder can be asked for.
fn noise(samples: usize) -> Vec<f32> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.cast_signed() as f32 / 2_147_483_648.0
    };
    (0..samples).map(|_| next()).collect()
}

#[test]
fn a_short_click_is_one_frame() {
    let prompt = from_file("click.wav", &wav(&[0.5], 8_000)).expect("a prompt");
    assert_eq!(prompt.len(), 1);
}

#[test]
fn a_name_says_a_format() {
    for name in ["prompt", "prompt.txt", "prompt.wav.exe", "", "wav"] {
        assert_eq!(problem(name, &wav(&[0.0; 800], 8_000)), Problem::Name, "{name}");
    }
    let error = from_file("hold.ogg", b"OggS").expect_err("no such prompts");
    assert_eq!(
        error.to_string(),
        "hold.ogg: a prompt's file name must end in one of .wav, .mp3, .m4a, .m4r, .mp2, .ircam, .voc, .vox"
    );
}

#[test]
fn a_file_is_what_its_name_says() {
    let tone = tone(44_100, HERTZ, LASTS);
    let wav = wav(&tone, 44_100);
    let (mp3, mp2, m4a) = (ffmpeg(&wav, "", ".mp3"), ffmpeg(&wav, "-b:a 128k", ".mp2"), ffmpeg(&wav, "", ".m4a"));
    let voc = voc(&[(9, voc_sound(44_100, 16, 1, 4, &little_endian(&pcm16(&tone))))]);
    let ircam = ircam([0x64, 0xa3, 1, 0], false, 44_100.0, 1, 2, &little_endian(&pcm16(&tone)));
    let ogg = ffmpeg(&wav, "", ".ogg");
    let cases = [
        ("a.wav", ".wav", &mp3, "MP3 data"),
        ("a.mp2", ".mp2", &mp3, "MP3 data"),
        ("a.mp3", ".mp3", &mp2, "MP2 data"),
        ("a.mp3", ".mp3", &m4a, "MP4 (M4A) data"),
        ("a.m4a", ".m4a", &wav, "WAV data"),
        ("a.ircam", ".ircam", &voc, "VOC data"),
        ("a.voc", ".voc", &ircam, "IRCAM data"),
        ("a.vox", ".vox", &wav, "WAV data"),
        ("a.vox", ".vox", &mp3, "MP3 data"),
        ("a.wav", ".wav", &ogg, "Ogg data"),
    ];
    for (name, says, file, is) in cases {
        assert_eq!(problem(name, file), Problem::Mismatch { says, is }, "{name} of {is}");
    }
    assert_eq!(problem("a.m4r", b"%PDF-1.7"), Problem::Mismatch { says: ".m4r", is: "a PDF document" });
    assert_eq!(problem("a.voc", b"hello, world"), Problem::NotWhatItSays { says: ".voc" });
    assert_eq!(
        from_file("greeting.wav", &mp3).expect_err("it is refused").to_string(),
        "greeting.wav: it says it is a .wav but is MP3 data; give it the name of its format, or save it as .wav"
    );
}

#[test]
fn a_file_is_neither_too_large_nor_empty() {
    let too_large = vec![0; limits::FILE_BYTES + 1];
    assert_eq!(problem("a.vox", &too_large), Problem::TooLarge { bytes: limits::FILE_BYTES + 1 });
    assert_eq!(problem("a.vox", b""), Problem::Empty);
    assert_eq!(problem("a.wav", &wav(&[], 8_000)), Problem::Empty);
    assert_eq!(problem("a.voc", &voc(&[])), Problem::Empty);
}

#[test]
fn the_longest_prompt_takes_little_memory_and_a_longer_one_is_refused() {
    // Four bits a sample at 8,000 samples a second.
    let longest = vec![0x80; limits::PROMPT_DURATION.as_secs() as usize * 4_000];
    let prompt = from_file("long.vox", &longest).expect("a prompt");
    assert_eq!(prompt.duration(), limits::PROMPT_DURATION);
    assert!(prompt.bytes() < limits::FILE_BYTES, "{} bytes", prompt.bytes());
    assert_eq!(problem("long.vox", &[&longest[..], &[0x80]].concat()), Problem::TooLong);
}

#[test]
fn what_cannot_be_decoded_is_named() {
    let data = [0x55; 4_000];
    let unsupported = |name: &str, file: &[u8]| match problem(name, file) {
        Problem::Unsupported { what } => what,
        other => panic!("{name}: {other:?}"),
    };
    unsupported("g726.wav", &ffmpeg(&wav(&[0.0; 8_000], 8_000), "-c:a g726 -b:a 32k", ".wav"));
    unsupported("opus.m4a", &ffmpeg(&wav(&[0.0; 48_000], 48_000), "-c:a libopus -f mp4", ".m4a"));
    assert_eq!(unsupported("adpcm.voc", &voc(&[(1, [&[131, 1][..], &data].concat())])), "Creative ADPCM");
    let odd = ircam([0x64, 0xa3, 1, 0], false, 44_100.0, 1, 0x99, &data);
    assert_eq!(unsupported("odd.ircam", &odd), "IRCAM encoding 0x99");
    let fast = ircam([0x64, 0xa3, 1, 0], false, 3e9, 1, 2, &data);
    assert_eq!(unsupported("fast.ircam", &fast), "3000000000 samples a second");
    assert_eq!(unsupported("many.voc", &voc(&[(9, voc_sound(8_000, 16, 9, 4, &data))])), "9 channels");
}

#[test]
fn damage_is_named() {
    let damaged = |name: &str, file: &[u8]| {
        let problem = problem(name, file);
        assert!(matches!(problem, Problem::Damaged { .. }), "{name}: {problem:?}");
    };
    let tone = tone(44_100, HERTZ, LASTS);
    let voc = voc(&[(9, voc_sound(44_100, 16, 1, 4, &little_endian(&pcm16(&tone))))]);
    damaged("cut.voc", &voc[..voc.len() / 2]);
    damaged("cut.ircam", &ircam([0x64, 0xa3, 1, 0], false, 44_100.0, 1, 2, &[])[..1_000]);
    let m4a = ffmpeg(&wav(&tone, 44_100), "-c:a aac", ".m4a");
    damaged("cut.m4a", &m4a[..m4a.len() / 2]);
    let mut m4a = ffmpeg(&wav(&tone, 44_100), "-c:a aac -movflags +faststart", ".m4a");
    let middle = m4a.len() / 2;
    m4a[middle..].fill(0x55);
    damaged("overwritten.m4a", &m4a);
}
