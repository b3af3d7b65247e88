//! Two clients that share one clock send clicks at the same instants through a bad network. In the two legs'
//! recordings the clicks stand at the same places.

use crate::{recorded, soak, tone::FRAME};
use model::{AccountId, CallDirection, CallId, ConversationId, MediaTime, ParticipantType, RecordingMedia, SegmentId};
use opus::{Application, Channels, Encoder};
use sfu_core::testing::{Link, World};
use std::{
    collections::BTreeMap,
    f32::consts::TAU,
    path::Path,
    time::{Duration, Instant},
};
use wire::{
    engine::{Command, Event as EngineEvent},
    recorder::{Command as RecorderCommand, Event, SegmentStart},
};

pub(crate) const STEP: Duration = Duration::from_millis(20);
const STEPS_PER_SECOND: u32 = 50;
pub(crate) const LENGTH_SECONDS: u32 = 180;
/// No network between them gets better than this.
pub(crate) const LINK: Link =
    Link { delay: Duration::from_millis(40), jitter: Duration::from_millis(30), loss: 0.04, ..Link::GOOD };
const SCRIPT: Script = Script { seconds: LENGTH_SECONDS };
/// How far the same click may stand apart in the two files.
const TOLERANCE: f64 = 0.020;

/// When who is silent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script {
    pub(crate) seconds: u32,
}

impl Script {
    const CUT_SECONDS: u32 = 5;

    pub(crate) fn steps(&self) -> u32 {
        self.seconds * STEPS_PER_SECOND
    }

    /// How long each is muted.
    fn mute_seconds(&self) -> u32 {
        self.seconds / 18
    }

    /// The leg sends no packets at all.
    pub(crate) fn is_muted(&self, leg: usize, step: u32) -> bool {
        (step / STEPS_PER_SECOND) / self.mute_seconds() == 4 + 2 * leg as u32
    }

    /// Nothing passes to or from the customer.
    pub(crate) fn is_cut(&self, step: u32) -> bool {
        (self.seconds / 2..self.seconds / 2 + Self::CUT_SECONDS).contains(&(step / STEPS_PER_SECOND))
    }

    /// The worst distance of the same click in the files of customer and agent, in seconds.
    pub(crate) fn worst_distance(&self, files: [&Path; 2]) -> f64 {
        let [customer, agent] = files.map(clicks);
        // Repair keeps nearly all that were sent.
        let from_agent = self.seconds - self.mute_seconds();
        let from_customer = from_agent - Self::CUT_SECONDS;
        let share = |found: usize, sent: u32| found as f64 / f64::from(sent);
        assert!(
            share(customer.len(), from_customer) >= 0.9 && share(agent.len(), from_agent) >= 0.9,
            "{} of {from_customer} and {} of {from_agent} clicks found",
            customer.len(),
            agent.len()
        );
        let nearest = |click: &f64| agent.iter().map(|other| (other - click).abs()).fold(f64::INFINITY, f64::min);
        let distances: Vec<f64> = customer.iter().map(nearest).filter(|distance| *distance < 0.5).collect();
        let in_both = from_customer - self.mute_seconds();
        // Where a tenth is missing on either side, and not the same.
        assert!(
            share(distances.len(), in_both) >= 0.8,
            "only {} of {in_both} clicks are in both files",
            distances.len()
        );
        let worst = distances.into_iter().fold(0.0, f64::max);
        assert!(worst <= TOLERANCE, "a click stands {:.1} ms off", worst * 1e3);
        worst
    }
}

/// What a leg sends during a step: a click at each full second, and otherwise silence with DTX.
pub(crate) struct Clicker {
    encoder: Encoder,
    silent_steps: u32,
}

impl Clicker {
    pub(crate) fn new() -> Self {
        Self {
            encoder: Encoder::new(48_000, Channels::Mono, Application::Voip).expect("libopus encodes 48 kHz mono"),
            silent_steps: 0,
        }
    }

    /// The packet of this step; none while DTX holds it back. RFC 7587 §3.1.3: one in 400 ms is still sent.
    pub(crate) fn next(&mut self, step: u32) -> Option<Vec<u8>> {
        let clicks = step.is_multiple_of(STEPS_PER_SECOND);
        let pcm: Vec<f32> = (0..FRAME)
            .map(|at| if clicks { 0.8 * (TAU * 1_000.0 * at as f32 / 48_000.0).sin() } else { 0.0 })
            .collect();
        let packet = self.encoder.encode_vec_float(&pcm, 400).expect("a frame of 20 ms");
        self.silent_steps = if clicks { 0 } else { self.silent_steps + 1 };
        // A few frames of silence follow a click before DTX sets in, so that the decoder comes to rest.
        let is_sent = self.silent_steps < 8 || self.silent_steps.is_multiple_of(20);
        is_sent.then_some(packet)
    }
}

fn segment(leg: usize, epoch: MediaTime) -> SegmentStart {
    let (participant, name) =
        if leg == 0 { (ParticipantType::Customer, "Customer") } else { (ParticipantType::Agent, "Agent") };
    SegmentStart {
        segment: SegmentId::of(leg as u128 + 1),
        account: AccountId::of(7),
        conversation: ConversationId::of(8),
        call: CallId::of(1),
        leg: World::leg(leg),
        participant,
        identity: name.to_lowercase(),
        display_name: name.to_owned(),
        agent_name: "Agent".to_owned(),
        customer_name: "Customer".to_owned(),
        direction: CallDirection::Inbound,
        media: RecordingMedia::Audio,
        started_at: model::WallTime(1_790_000_000_000),
        epoch,
    }
}

/// Runs the call in virtual time and gives the legs' finished files.
fn record_call(dir: &Path, seed: u64) -> BTreeMap<usize, std::path::PathBuf> {
    let recorder = recorder::start(recorder::RecorderConfig::new(dir)).expect("the folder is ours");
    let open = recorder.opener();
    let mut events = recorder.events;
    let mut world = World::pair(Instant::now(), seed);
    let epoch = world
        .events
        .iter()
        .filter_map(|(_, event)| if let EngineEvent::LegConnected { at, .. } = event { Some(*at) } else { None })
        .max()
        .expect("both legs are connected");
    for leg in 0..2 {
        recorder.commands.send(RecorderCommand::Start(Box::new(segment(leg, epoch)))).expect("room for a command");
        world.up[leg] = LINK;
        world.down[leg] = LINK;
    }
    world.command(Command::SetTaps { room: World::room(), legs: vec![World::leg(0), World::leg(1)] });

    let mut clickers = [Clicker::new(), Clicker::new()];
    for step in 0..SCRIPT.steps() {
        world.up[0].is_cut = SCRIPT.is_cut(step);
        world.down[0].is_cut = world.up[0].is_cut;
        for (leg, clicker) in clickers.iter_mut().enumerate() {
            let packet = clicker.next(step);
            if let Some(packet) = packet.filter(|_| !SCRIPT.is_muted(leg, step)) {
                let now = world.now;
                world.clients[leg].send(now, model::TrackKind::Audio, step * FRAME as u32, false, 90, &packet);
            }
        }
        world.run_for(STEP);
        for frame in std::mem::take(&mut world.taps) {
            while !recorder.taps.try_send(frame.clone()) {
                std::thread::yield_now();
            }
        }
    }
    for leg in 0..2 {
        let stop = RecorderCommand::Stop { segment: SegmentId::of(leg + 1) };
        recorder.commands.send(stop).expect("room for a command");
    }
    let mut files = BTreeMap::new();
    while files.len() < 2 {
        match events.blocking_recv().expect("the recorder runs") {
            Event::Finished(file) => {
                let leg = (file.segment.0.as_u128() - 1) as usize;
                files.insert(leg, recorded::plain(&open, &file.path, &dir.join(format!("{leg}.ogg"))));
            }
            Event::Failed { reason, .. } => panic!("a recording failed: {reason}"),
            _ => {}
        }
    }
    files
}

/// When whole clicks begin, in seconds of the file. Of a click whose packet was lost the decoder still gives the tail,
/// which overlaps into the next packet: it is no whole click.
fn clicks(file: &Path) -> Vec<f64> {
    let pcm = recorded::pcm(file);
    let mut found: Vec<f64> = Vec::new();
    let mut next = 0;
    while let Some(offset) = pcm[next..].iter().position(|sample| sample.abs() > 0.3) {
        let start = next + offset;
        let click = &pcm[start..pcm.len().min(start + FRAME * 3 / 4)];
        let energy = click.iter().map(|sample| sample * sample).sum::<f32>() / click.len() as f32;
        if energy > 0.2 {
            found.push(start as f64 / 48_000.0);
        }
        next = pcm.len().min(start + 24_000);
    }
    found
}

#[test]
fn clicks_of_two_legs_stand_within_20_ms_in_their_recordings() {
    let first = soak::seed(20_261_120);
    let worst = (first..first + soak::times()).map(worst_distance).fold(0.0, f64::max);
    soak::figure("worst distance of a click in two recordings", &format!("{:.2} ms", worst * 1e3));
}

/// The worst distance of the same click in the two files of one call, in seconds.
fn worst_distance(seed: u64) -> f64 {
    println!("seed {seed}");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let files = record_call(dir.path(), seed);
    SCRIPT.worst_distance([&files[&0], &files[&1]])
}
