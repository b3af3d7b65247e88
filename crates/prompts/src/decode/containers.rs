//! WAV, MP2, MP3 and MP4 by way of the symphonia library.

use crate::{Problem, Prompt, encoding::Encoding, format::Format, limits};
use std::{
    io::{Cursor, ErrorKind},
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};
use symphonia::{
    core::{
        audio::GenericAudioBufferRef,
        codecs::audio::AudioDecoderOptions,
        errors::Error,
        formats::{FormatOptions, FormatReader, TrackType},
        io::{MediaSourceStream, MediaSourceStreamOptions},
    },
    default::{
        formats::{IsoMp4Reader, MpaReader, WavReader},
        get_codecs,
    },
};

/// What must be done to decoded audio.
#[derive(Debug, Default)]
pub(super) struct Adjustment {
    /// The sample rate is this and not what the stream says.
    pub(super) rate: Option<u32>,
    /// Other channels are there for form's sake.
    pub(super) first_channel_only: bool,
    /// At the start.
    pub(super) skip: Duration,
    /// Behind what is skipped; all of it where nothing is said.
    pub(super) keep: Option<Duration>,
}

pub(super) fn decode(format: Format, bytes: &[u8], adjustment: &Adjustment) -> Result<Prompt, Problem> {
    // A file that trips the library up costs that file, as any other damage does.
    catch_unwind(AssertUnwindSafe(|| {
        let mut reader = open(format, bytes).map_err(problem)?;
        read(&mut *reader, adjustment)
    }))
    .unwrap_or_else(|_| Err(Problem::damaged("its decoder gave up")))
}

fn open(format: Format, bytes: &[u8]) -> Result<Box<dyn FormatReader + '_>, Error> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let options = FormatOptions::default();
    Ok(match format {
        Format::Wav => Box::new(WavReader::try_new(stream, options)?),
        Format::Mp4 => Box::new(IsoMp4Reader::try_new(stream, options)?),
        _ => Box::new(MpaReader::try_new(stream, options)?),
    })
}

fn read(reader: &mut dyn FormatReader, adjustment: &Adjustment) -> Result<Prompt, Problem> {
    let track = reader.default_track(TrackType::Audio).ok_or(Problem::Empty)?;
    let codec = track.codec_params.as_ref().and_then(|codec| codec.audio());
    let codec = codec.ok_or_else(|| Problem::unsupported("an unknown codec"))?;
    let id = track.id;
    // Without a statement about what the encoder added, the reader guesses the length from the bit rate and cuts there.
    let options = AudioDecoderOptions::default().gapless(track.delay.is_some());
    let mut decoder = get_codecs().make_audio_decoder(codec, &options).map_err(problem)?;
    let mut sound = Sound { adjustment, audio: None, place: 0, samples: Vec::new() };
    let (mut packets, mut bad) = (0, 0);
    loop {
        let packet = match reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) | Err(Error::ResetRequired) => break,
            // What programs write into a pipe claims a length that it does not have.
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(problem(error)),
        };
        packets += 1;
        if packets > limits::PACKETS {
            return Err(Problem::TooLong);
        }
        if packet.track_id != id {
            continue;
        }
        match decoder.decode(&packet) {
            Ok(decoded) => sound.push(decoded)?,
            Err(_) => bad += 1,
        }
        if bad > limits::BAD_PACKETS + packets / limits::BAD_PACKETS_ONE_IN {
            return Err(Problem::damaged("too much of its audio cannot be decoded"));
        }
    }
    match sound.audio {
        Some(audio) => audio.finish(),
        None if bad > 0 => Err(Problem::damaged("none of its audio can be decoded")),
        None => Err(Problem::Empty),
    }
}

/// Decoded audio on its way to be encoded.
struct Sound<'a> {
    adjustment: &'a Adjustment,
    /// From the first decoded packet on, which says more surely than the container what it holds.
    audio: Option<Encoding>,
    /// Samples a channel so far.
    place: u64,
    /// Of one packet, channels taking turns.
    samples: Vec<f32>,
}

impl Sound<'_> {
    fn push(&mut self, decoded: GenericAudioBufferRef<'_>) -> Result<(), Problem> {
        let inside = decoded.spec().channels().count();
        let rate = self.adjustment.rate.unwrap_or(decoded.spec().rate());
        let channels = if self.adjustment.first_channel_only { 1 } else { inside };
        let audio = match &mut self.audio {
            Some(audio) => audio,
            None => self.audio.insert(Encoding::new(rate, channels)?),
        };
        if !audio.fits(rate, channels) {
            return Err(Problem::unsupported("its sample rate or number of channels changes"));
        }
        decoded.copy_to_vec_interleaved(&mut self.samples);
        if self.adjustment.first_channel_only {
            let mut at = 0;
            self.samples.retain(|_| {
                at += 1;
                (at - 1) % inside == 0
            });
        }
        let count = (self.samples.len() / channels) as u64;
        let heard = self.adjustment.heard(rate);
        let start = heard.start.saturating_sub(self.place).min(count) as usize;
        let end = heard.end.saturating_sub(self.place).min(count) as usize;
        self.place += count;
        audio.push(&self.samples[start * channels..end.max(start) * channels])
    }
}

impl Adjustment {
    /// Places of the samples that are kept.
    fn heard(&self, rate: u32) -> Range<u64> {
        let samples = |time: Duration| (time.as_secs_f64() * f64::from(rate)).round() as u64;
        let start = samples(self.skip);
        start..self.keep.map_or(u64::MAX, |keep| start.saturating_add(samples(keep)))
    }
}

fn problem(error: Error) -> Problem {
    match error {
        Error::Unsupported(what) => Problem::unsupported(what),
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => Problem::damaged("it ends too early"),
        error => Problem::damaged(error.to_string()),
    }
}
