//! One reader for each format; all of them give samples to an [`Encoding`](crate::encoding::Encoding).

mod containers;
mod ircam;
mod mp4;
pub(crate) mod mpeg;
mod mpeg_layer_two;
mod samples;
mod voc;
mod vox;
mod wav;

use crate::{Problem, Prompt, format::Format};
use containers::Adjustment;

pub(crate) use ircam::is_ircam;
pub(crate) use voc::SIGNATURE as VOC_SIGNATURE;

/// Reads all audio of a file that looks like this format.
pub(crate) fn decode(format: Format, bytes: &[u8]) -> Result<Prompt, Problem> {
    match format {
        Format::Wav => containers::decode(format, &wav::standardise(bytes), &Adjustment::default()),
        Format::Mp3 => containers::decode(format, bytes, &Adjustment::default()),
        Format::Mp4 if !mp4::has_index(bytes) => {
            Err(Problem::damaged("its index is not there, as in a file that was cut"))
        }
        Format::Mp4 => containers::decode(format, bytes, &mp4::heard(bytes)),
        Format::Mp2 => {
            let (stream, adjustment) = mpeg_layer_two::standardise(bytes)?;
            containers::decode(format, &stream, &adjustment)
        }
        Format::Ircam => ircam::decode(bytes),
        Format::Voc => voc::decode(bytes),
        Format::Vox => vox::decode(bytes),
    }
}

/// Reads a WAV file of any size.
pub(crate) fn decode_wav(bytes: &[u8]) -> Result<Prompt, Problem> {
    decode(Format::Wav, bytes)
}
