//! Writers of the formats that prompts are made of: our own for simple ones, ffmpeg for the rest.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// 16-bit samples.
pub(crate) fn pcm16(samples: &[f32]) -> Vec<i16> {
    samples.iter().map(|sample| (sample * 32_767.0).round() as i16).collect()
}

pub(crate) fn little_endian(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// A WAV file of any coding.
pub(crate) fn wav_of(tag: u16, bits: u16, channels: u16, rate: u32, data: &[u8]) -> Vec<u8> {
    let block = channels * bits / 8;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + data.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16_u32.to_le_bytes());
    wav.extend([tag, channels].map(u16::to_le_bytes).concat());
    wav.extend([rate, rate * u32::from(block)].map(u32::to_le_bytes).concat());
    wav.extend([block, bits].map(u16::to_le_bytes).concat());
    wav.extend(b"data");
    wav.extend((data.len() as u32).to_le_bytes());
    wav.extend(data);
    wav
}

/// A WAV file of 16-bit PCM, mono.
pub(crate) fn wav(samples: &[f32], rate: u32) -> Vec<u8> {
    wav_of(1, 16, 1, rate, &little_endian(&pcm16(samples)))
}

/// A Creative Voice file: the blocks given, each with its kind.
pub(crate) fn voc(blocks: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut file = b"Creative Voice File\x1a".to_vec();
    file.extend([26_u16, 0x0114, 0x1234_u16.wrapping_add(!0x0114)].map(u16::to_le_bytes).concat());
    for (kind, content) in blocks {
        file.push(*kind);
        file.extend(&(content.len() as u32).to_le_bytes()[..3]);
        file.extend(content);
    }
    file.push(0);
    file
}

/// The content of a block of the newer kind (9).
pub(crate) fn voc_sound(rate: u32, bits: u8, channels: u8, codec: u16, data: &[u8]) -> Vec<u8> {
    [&rate.to_le_bytes()[..], &[bits, channels], &codec.to_le_bytes(), &[0; 4], data].concat()
}

/// An IRCAM file; numbers stand in the order that `big_endian` says, as `data` must.
pub(crate) fn ircam(
    signature: [u8; 4],
    big_endian: bool,
    rate: f32,
    channels: u32,
    coding: u32,
    data: &[u8],
) -> Vec<u8> {
    let word = |word: u32| if big_endian { word.to_be_bytes() } else { word.to_le_bytes() };
    let mut file = signature.to_vec();
    file.extend([rate.to_bits(), channels, coding].map(word).concat());
    file.resize(1_024, 0);
    file.extend(data);
    file
}

/// A Dialogic file: each code is the one that comes nearest to the sample.
pub(crate) fn vox(samples: &[f32]) -> Vec<u8> {
    let (mut level, mut step, mut codes) = (0_i32, 0_i32, Vec::new());
    for sample in samples {
        // The published algorithm's steps grow by a tenth each from 16 on.
        let size = (16.0 * 1.1_f64.powi(step)) as i32;
        let wanted = (sample * 2_048.0) as i32 - level;
        let code = (4 * wanted.abs() / size).min(7);
        let change = (2 * code + 1) * size / 8;
        level = (level + if wanted < 0 { -change } else { change }).clamp(-2_048, 2_047);
        step = (step + [-1, -1, -1, -1, 2, 4, 6, 8][code as usize]).clamp(0, 48);
        codes.push(code as u8 | if wanted < 0 { 8 } else { 0 });
    }
    codes.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

/// ITU-T G.711 by search: the code whose value, by the standard's own formula, is nearest.
pub(crate) fn g711(samples: &[f32], value: fn(u8) -> i32) -> Vec<u8> {
    let table: Vec<i32> = (0..=255).map(value).collect();
    let nearest = |sample: i32| (0..=255_u8).min_by_key(|&code| (table[usize::from(code)] - sample).abs());
    pcm16(samples).into_iter().map(|sample| nearest(i32::from(sample)).expect("there are codes")).collect()
}

/// What an A-law code stands for, 16 bits.
pub(crate) fn a_law(code: u8) -> i32 {
    let code = code ^ 0x55;
    let (exponent, mantissa) = (i32::from(code >> 4 & 7), i32::from(code & 15));
    let size = if exponent == 0 { mantissa * 16 + 8 } else { (mantissa * 16 + 264) << (exponent - 1) };
    if code & 0x80 == 0 { -size } else { size }
}

/// What a µ-law code stands for, 16 bits.
pub(crate) fn mu_law(code: u8) -> i32 {
    let code = !code;
    let size = ((i32::from(code & 15) * 8 + 132) << (code >> 4 & 7)) - 132;
    if code & 0x80 == 0 { size } else { -size }
}

/// What ffmpeg makes of a WAV file. MP4 cannot be written into a pipe, so the output is a file's content.
pub(crate) fn ffmpeg(wav: &[u8], arguments: &str, extension: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("made{extension}"));
    let mut child = Command::new("ffmpeg")
        .args("-hide_banner -loglevel error -f wav -i pipe:0".split(' '))
        .args(arguments.split_whitespace())
        .arg(&path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("ffmpeg must be installed for this test (Debian: apt-get install ffmpeg)");
    child.stdin.take().expect("it was piped").write_all(wav).expect("ffmpeg reads");
    assert!(child.wait().expect("ffmpeg ends").success(), "ffmpeg {arguments}");
    std::fs::read(path).expect("ffmpeg wrote")
}
