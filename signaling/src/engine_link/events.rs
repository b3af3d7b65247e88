use super::{EngineLink, quality};
use crate::{
    account::Accounts,
    directory::{Directory, EngineSide, LegEntry},
    hub::Hub,
    silence::SilenceWatch,
};
use callcenter_core::command::{Command, RecordingCommand};
use model::LegId;
use tokio::sync::mpsc;
use wire::{browser::ServerMessage, engine::Event};

/// Carries what the engine reports to call centers and pages, until the engine is gone. `first` are events that were
/// taken off the channel already.
pub(crate) async fn listen(
    first: Vec<Event>,
    mut events: mpsc::Receiver<Event>,
    link: EngineLink,
    accounts: Accounts,
    directory: Directory,
    hub: Hub,
    silence: SilenceWatch,
) {
    let listener = Listener { link, accounts, directory, hub, silence };
    for event in first {
        listener.hear(event).await;
    }
    while let Some(event) = events.recv().await {
        listener.hear(event).await;
    }
    tracing::info!("the media engine is gone");
}

pub(super) struct Listener {
    pub(super) link: EngineLink,
    pub(super) accounts: Accounts,
    pub(super) directory: Directory,
    pub(super) hub: Hub,
    pub(super) silence: SilenceWatch,
}

impl Listener {
    async fn hear(&self, event: Event) {
        match event {
            Event::Answer { id, leg, sdp } => {
                self.directory.set_media(leg, negotiated);
                if !self.link.pending.answer(id, Ok(sdp)) {
                    tracing::debug!(%leg, "an SDP answer came too late");
                }
            }
            Event::Refused { id, reason } => {
                self.link.note_refusal(&reason).await;
                if !self.link.pending.answer(id, Err(reason.clone())) {
                    tracing::warn!(%id, %reason, "the media engine refused a command");
                }
            }
            Event::LegConnected { leg, at } => {
                if let Some(entry) = self.directory.set_media(leg, |_| EngineSide::Connected(at)) {
                    self.post(&entry, Command::LegConnected { leg, at }).await;
                    self.tell_path(&entry, leg, true, false);
                }
            }
            Event::PathLost { leg } => {
                if let Some(entry) = self.directory.set_media(leg, lost) {
                    self.post(&entry, Command::PathLost { leg }).await;
                    self.tell_path(&entry, leg, false, false);
                }
            }
            Event::PathBack { leg } => {
                if let Some(entry) = self.directory.set_media(leg, found) {
                    self.post(&entry, Command::PathBack { leg }).await;
                    self.tell_path(&entry, leg, true, false);
                }
            }
            Event::LegClosed { leg, reason } => {
                tracing::info!(%leg, reason, "the media engine let a leg go");
                if let Some(entry) = self.directory.set_media(leg, |_| EngineSide::Absent) {
                    self.post(&entry, Command::PathLost { leg }).await;
                    self.tell_path(&entry, leg, false, true);
                }
            }
            Event::Holds { rooms, prompts } => self.repair(&rooms, &prompts).await,
            Event::RenegotiationNeeded { leg, video_codecs } => {
                if let Some(entry) = self.directory.leg(leg) {
                    let message = ServerMessage::Renegotiate { leg, video_codecs };
                    self.hub.tell(entry.account, &entry.seat, message);
                }
            }
            Event::Stats { legs } => {
                quality::tell(&legs, &self.directory, &self.hub);
                for leg in self.silence.hear(&legs) {
                    tracing::warn!(%leg, "a leg talks, and its recording holds nothing of it");
                    if let Some(entry) = self.directory.leg(leg) {
                        let command = RecordingCommand::SetSilent { leg, silent: true };
                        self.post(&entry, Command::Recording(command)).await;
                    }
                }
            }
        }
    }

    /// Hands a command to the leg's call center. If that cannot take it now, the directory remembers the engine's
    /// side, and the call center is told when it is built again.
    pub(super) async fn post(&self, entry: &LegEntry, command: Command) {
        let Some(account) = self.accounts.get(entry.account) else { return };
        if let Err(error) = account.handle(command).await {
            tracing::debug!(account = %entry.account, %error, "an engine event was not taken");
        }
    }

    pub(super) fn tell_path(&self, entry: &LegEntry, leg: LegId, connected: bool, rejoin: bool) {
        self.hub.tell(entry.account, &entry.seat, ServerMessage::MediaPath { leg, connected, rejoin });
    }
}

fn negotiated(before: EngineSide) -> EngineSide {
    match before {
        EngineSide::Absent => EngineSide::Negotiated,
        held => held,
    }
}

fn lost(before: EngineSide) -> EngineSide {
    match before {
        EngineSide::Connected(at) => EngineSide::Lost(at),
        other => other,
    }
}

fn found(before: EngineSide) -> EngineSide {
    match before {
        EngineSide::Lost(at) => EngineSide::Connected(at),
        other => other,
    }
}
