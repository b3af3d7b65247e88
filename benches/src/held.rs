//! Legs on hold: all of them hear a prompt that the engine plays, and say nothing.

use crate::{
    generator::Generator,
    load::{AUDIO_BYTES, Load},
    measure::{Percentiles, apart},
    server::{Program, Server},
};
use std::time::{Duration, Instant};

/// Frames of the prompt: five seconds.
const FRAMES: usize = 250;

/// What to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// Whose legs.
    pub(crate) load: Load,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
    /// See [`crate::measure::Run::spin`].
    pub(crate) spin: bool,
}

/// What a window cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prompted {
    /// Processor time of the media thread per packet of the prompt, nanoseconds.
    pub(crate) cpu_ns: f64,
    /// Share of its processor that the media thread used.
    pub(crate) busy: f64,
    /// Memory that a leg adds, bytes.
    pub(crate) leg_bytes: f64,
    /// By their RTP times, against the fastest of each leg.
    pub(crate) late: Percentiles,
    /// Packets that came in the window.
    pub(crate) packets: u64,
    /// Since the start, by their numbers.
    pub(crate) lost: u64,
    /// Packets that did not decrypt.
    pub(crate) bad: u64,
    /// Legs that heard the prompt.
    pub(crate) hearing: usize,
}

impl Held {
    /// Runs it on a thread of the second processor, where there is one; the server takes the first.
    pub(crate) fn measure(self) -> Result<Prompted, String> {
        apart(Program::Engine, |server| self.listen(server))
    }

    fn listen(self, server: &mut Server) -> Result<Prompted, String> {
        let empty = server.resident()?;
        let generator = Generator::new(self.load, server.media, self.spin);
        let mut generator = generator.map_err(|error| format!("the callers' socket: {error}"))?;
        generator.join(server)?;
        let frame = [0x55; AUDIO_BYTES];
        generator.hold(std::iter::repeat_n(frame.as_slice(), FRAMES), server)?;
        generator.drain(self.warm_up);
        generator.take_lateness();
        let (cpu, start, first) = (server.cpu()?, Instant::now(), generator.take_seen());
        generator.drain(self.window);
        let (cpu, took, last) = (server.cpu()? - cpu, start.elapsed(), generator.take_seen());
        let packets = last.received - first.received;
        Ok(Prompted {
            cpu_ns: cpu.as_nanos() as f64 / packets.max(1) as f64,
            busy: cpu.as_secs_f64() / took.as_secs_f64(),
            leg_bytes: server.resident()?.saturating_sub(empty) as f64 / self.load.legs() as f64,
            late: Percentiles::of(generator.take_lateness()),
            packets,
            lost: generator.lost(),
            bad: first.bad + last.bad,
            hearing: generator.legs_that_hear(),
        })
    }
}
