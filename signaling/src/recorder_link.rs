//! The way to the recorder: commands go out, facts come in.

use crate::{account::Accounts, directory::Directory, engine_link::EngineLink, limits, silence::SilenceWatch};
use callcenter_core::command::{Command as CoreCommand, RecordingCommand};
use link::{Files, LinkState, OpenFile};
use model::{AccountId, SegmentId};
use std::{collections::BTreeSet, fmt, sync::Arc};
use telemetry::Metrics;
use tokio::sync::{mpsc, watch};
use wire::{
    engine,
    recorder::{Command, Event},
};

/// The recorder's two ends, in this process or beyond a connection.
#[derive(Debug)]
pub struct RecorderChannels {
    /// Commands to the recorder.
    pub commands: mpsc::Sender<Command>,
    /// Facts from the recorder.
    pub events: mpsc::Receiver<Event>,
    /// Where it is.
    pub place: RecorderPlace,
}

/// Where the recorder is, and with it its files.
#[derive(Clone)]
pub enum RecorderPlace {
    /// In this process: opens its finished files.
    Here(OpenFile),
    /// In another.
    Apart(RecorderApart),
}

impl fmt::Debug for RecorderPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(_) => f.write_str("Here"),
            Self::Apart(apart) => f.debug_tuple("Apart").field(apart).finish(),
        }
    }
}

impl RecorderPlace {
    /// Whether a recorder beyond a connection is there.
    pub(crate) fn link(&self) -> Option<&watch::Receiver<LinkState>> {
        match self {
            Self::Here(_) => None,
            Self::Apart(apart) => Some(&apart.state),
        }
    }
}

/// A recorder beyond a connection. It outlives this process, and begins every connection with [`Event::Holds`].
#[derive(Debug, Clone)]
pub struct RecorderApart {
    /// Whether it is there.
    pub state: watch::Receiver<LinkState>,
    /// Its files.
    pub files: Files,
}

/// Sends to the recorder. Cheap to clone.
#[derive(Clone)]
pub(crate) struct RecorderLink {
    commands: mpsc::Sender<Command>,
}

impl RecorderLink {
    pub(crate) fn new(commands: mpsc::Sender<Command>) -> Self {
        Self { commands }
    }

    /// Sends a command; a recorder that does not drain its queue is given up on, so that it cannot stop calls.
    pub(crate) async fn command(&self, command: Command) {
        if let Err(error) = self.commands.send_timeout(command, limits::EFFECT_WAIT).await {
            tracing::error!(%error, "the recorder takes no commands; a recording is missing or stays open");
        }
    }
}

/// Carries the recorder's facts to call centers, until the recorder is gone.
pub(crate) async fn listen(
    mut events: mpsc::Receiver<Event>,
    accounts: Accounts,
    directory: Directory,
    recorder: RecorderLink,
    engine: EngineLink,
    metrics: Arc<Metrics>,
    silence: SilenceWatch,
) {
    while let Some(event) = events.recv().await {
        match event {
            Event::Finished(file) => {
                let (account, segment) = (file.account, file.segment);
                if !file.screen {
                    silence.is_over(segment);
                }
                tracing::info!(%account, %segment, duration_ms = file.duration_ms, "a recording is complete");
                state_fact(&accounts, account, CoreCommand::SegmentFinished(file)).await;
            }
            Event::Failed { segment, reason } => {
                tracing::warn!(%segment, reason, "a recording failed");
                silence.is_over(segment);
                match directory.segment(segment) {
                    Some(account) => {
                        state_fact(&accounts, account, CoreCommand::SegmentFailed { segment, reason }).await;
                    }
                    None => tracing::warn!(%segment, "no account knows the recording that failed"),
                }
            }
            Event::Behind { segment, dropped, reason } => {
                metrics.tap_frames_dropped(dropped);
                tracing::warn!(%segment, dropped, reason, "a recording misses frames");
            }
            Event::KeyframeNeeded { leg, track } => {
                let wish = engine.command(engine::Command::RequestKeyframe { leg, track }).await;
                if let Err(stuck) = wish {
                    // The recorder asks again.
                    tracing::warn!(%leg, %stuck, "a recording waits for its keyframe");
                }
            }
            Event::Silent { segment, leg, silent: true } => silence.is_silent(segment, leg),
            Event::Silent { segment, silent: false, .. } => {
                let Some(leg) = silence.is_over(segment) else { continue };
                if let Some(account) = directory.segment(segment) {
                    let command = RecordingCommand::SetSilent { leg, silent: false };
                    state_fact(&accounts, account, CoreCommand::Recording(command)).await;
                }
            }
            Event::Started { segment } => tracing::debug!(%segment, "a recording runs"),
            Event::Deleted { segment } => {
                tracing::info!(%segment, "a recording's files are gone");
                if let Some(account) = directory.segment(segment) {
                    state_fact(&accounts, account, CoreCommand::Recording(RecordingCommand::Deleted { segment })).await;
                }
            }
            Event::Holds { segments } => repair(&segments, &accounts, &directory, &recorder).await,
            Event::Unsupported { command } => {
                tracing::warn!(command, "the recorder is of an earlier release and does not know a command");
                if command == "compose" {
                    give_up_merging(&accounts).await;
                }
            }
        }
    }
    tracing::info!("the recorder is gone");
}

/// The legs' files are all there will be of what the recorder was asked to merge.
async fn give_up_merging(accounts: &Accounts) {
    for account in accounts.all() {
        if let Err(error) = account.handle(CoreCommand::Recording(RecordingCommand::CannotCompose)).await {
            tracing::debug!(%error, "a call center asks for merged recordings again when it is back");
        }
    }
}

/// The recorder was away: both sides learn what they missed.
async fn repair(held: &[SegmentId], accounts: &Accounts, directory: &Directory, recorder: &RecorderLink) {
    let known: BTreeSet<SegmentId> = directory.segments().into_iter().collect();
    if directory.is_complete() {
        for segment in held.iter().filter(|segment| !known.contains(segment)) {
            tracing::info!(%segment, "a recording that nobody wants any more is ended");
            recorder.command(Command::Stop { segment: *segment }).await;
        }
    }
    for account in accounts.all() {
        if let Err(error) = account.handle(CoreCommand::RecorderBack).await {
            tracing::debug!(%error, "a call center says later what it records");
        }
    }
    let open: Vec<SegmentId> = known.into_iter().filter(|segment| !held.contains(segment)).collect();
    for segments in open.chunks(limits::SEGMENTS_ASKED) {
        recorder.command(Command::Tell { segments: segments.to_vec() }).await;
    }
}

/// Hands a fact over, however long the call center is away: facts are told once.
async fn state_fact(accounts: &Accounts, account: AccountId, command: CoreCommand) {
    loop {
        let Some(handle) = accounts.get(account) else {
            tracing::warn!(%account, "the recorder knows an account that is not here");
            return;
        };
        match handle.handle(command.clone()).await {
            Ok(_) => return,
            Err(crate::account::AccountError::Refused(refusal)) => {
                tracing::warn!(%account, %refusal, "a fact of the recorder was refused");
                return;
            }
            Err(crate::account::AccountError::Unavailable) => tokio::time::sleep(limits::REBUILD_PAUSE).await,
        }
    }
}
