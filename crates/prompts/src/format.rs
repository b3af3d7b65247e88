//! What a file says it is, and what it is.

use crate::{
    Problem, Prompt, PromptError,
    decode::{self, mpeg},
    limits,
};

/// Ends of the names that prompts' files may have.
pub const EXTENSIONS: [&str; 8] = [".wav", ".mp3", ".m4a", ".m4r", ".mp2", ".ircam", ".voc", ".vox"];

/// Kinds of audio files that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Wav,
    /// MPEG-1 and MPEG-2 layer II.
    Mp2,
    /// MPEG-1, MPEG-2 and MPEG-2.5 layer III.
    Mp3,
    /// .m4a and .m4r.
    Mp4,
    Ircam,
    Voc,
    /// Without a signature: known by its name alone.
    Vox,
}

/// Makes a prompt of an audio file.
///
/// `name` tells the format by its end (one of [`EXTENSIONS`], in any case of letters); the content must be of that format.
/// The audio is mixed down to one channel. It may last up to [`limits::PROMPT_DURATION`].
///
/// # Errors
/// [`PromptError`] names the file, what is wrong with it, and the way out.
pub fn from_file(name: &str, bytes: &[u8]) -> Result<Prompt, PromptError> {
    read(name, bytes).map_err(|problem| problem.of(name))
}

fn read(name: &str, bytes: &[u8]) -> Result<Prompt, Problem> {
    let (says, format) = declared(name).ok_or(Problem::Name)?;
    if bytes.len() > limits::FILE_BYTES {
        return Err(Problem::TooLarge { bytes: bytes.len() });
    }
    if bytes.is_empty() {
        return Err(Problem::Empty);
    }
    match Content::of(bytes) {
        Content::Known(found) if found == format => {}
        // A layer III file may begin with bytes that are none; nothing of .vox is ever known.
        Content::Unknown if format == Format::Vox || mpeg::find(bytes, format).is_some() => {}
        Content::Unknown => return Err(Problem::NotWhatItSays { says }),
        Content::Known(found) => return Err(Problem::Mismatch { says, is: found.data() }),
        Content::Foreign(is) => return Err(Problem::Mismatch { says, is }),
    }
    decode::decode(format, bytes)
}

/// The end of the name and the format that it stands for.
fn declared(name: &str) -> Option<(&'static str, Format)> {
    let name = name.to_ascii_lowercase();
    let says = EXTENSIONS.into_iter().find(|extension| name.ends_with(extension))?;
    let format = match says {
        ".wav" => Format::Wav,
        ".mp2" => Format::Mp2,
        ".mp3" => Format::Mp3,
        ".ircam" => Format::Ircam,
        ".voc" => Format::Voc,
        ".vox" => Format::Vox,
        _ => Format::Mp4,
    };
    Some((says, format))
}

impl Format {
    /// What people call its content.
    fn data(self) -> &'static str {
        match self {
            Self::Wav => "WAV data",
            Self::Mp2 => "MP2 data",
            Self::Mp3 => "MP3 data",
            Self::Mp4 => "MP4 (M4A) data",
            Self::Ircam => "IRCAM data",
            Self::Voc => "VOC data",
            Self::Vox => "VOX data",
        }
    }
}

/// What the bytes themselves say.
enum Content {
    Known(Format),
    /// Something else that has a name.
    Foreign(&'static str),
    Unknown,
}

/// Signatures at the start of files that people confuse with audio that is read here.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"OggS", "Ogg data"),
    (b"fLaC", "FLAC data"),
    (b"FORM", "AIFF data"),
    (b".snd", "AU data"),
    (b"#!AMR", "AMR data"),
    (b"RF64", "RF64 data"),
    (b"RIFX", "RIFX data"),
    (b"caff", "CAF data"),
    (b"wvpk", "WavPack data"),
    (b"\x1a\x45\xdf\xa3", "Matroska or WebM data"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media data"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
];

impl Content {
    fn of(bytes: &[u8]) -> Self {
        let known = if bytes.starts_with(b"RIFF") {
            if bytes.get(8..12) != Some(b"WAVE") {
                return Self::Foreign("RIFF data other than WAV");
            }
            Some(Format::Wav)
        } else if bytes.get(4..8) == Some(b"ftyp") {
            Some(Format::Mp4)
        } else if bytes.starts_with(decode::VOC_SIGNATURE) {
            Some(Format::Voc)
        } else if decode::is_ircam(bytes) {
            Some(Format::Ircam)
        } else {
            None
        };
        if let Some(format) = known {
            return Self::Known(format);
        }
        if let Some((_, name)) = FOREIGN.iter().find(|(signature, _)| bytes.starts_with(signature)) {
            return Self::Foreign(name);
        }
        mpeg::detect(bytes).map_or(Self::Unknown, Self::Known)
    }
}
