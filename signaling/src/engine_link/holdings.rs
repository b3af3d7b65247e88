//! What an engine in another process holds, against what this process knows.

use super::events::Listener;
use crate::{
    directory::{Directory, EngineSide, LegEntry},
    limits,
};
use callcenter_core::command::Command;
use model::{AccountId, CallId, LegId, PromptId};
use std::collections::{BTreeMap, BTreeSet};
use tokio::{sync::mpsc, time::Instant};
use wire::engine::{Command as EngineCommand, Event, HeldLeg, HeldRoom};

/// Waits for the engine to say what it holds, so that the directory knows it before call centers are built and pages
/// are let in. Gives everything that came, to be heard once they are. Without an engine it gives up after
/// [`limits::FIRST_HOLDINGS_TIME`]: its legs then count as gone until it is there.
pub(crate) async fn first_holdings(events: &mut mpsc::Receiver<Event>, directory: &Directory) -> Vec<Event> {
    let until = Instant::now() + limits::FIRST_HOLDINGS_TIME;
    let mut heard = Vec::new();
    while heard.len() < limits::EVENTS_BEFORE_HOLDINGS {
        let Ok(Some(event)) = tokio::time::timeout_at(until, events.recv()).await else {
            tracing::warn!("the media engine is not there; calls that it holds are taken up when it is");
            return heard;
        };
        heard.push(event);
        if let Some(Event::Holds { rooms, .. }) = heard.last() {
            for held in rooms.iter().flat_map(|room| &room.legs) {
                directory.expect_leg(held.leg, side(held));
            }
            return heard;
        }
    }
    heard
}

fn side(held: &HeldLeg) -> EngineSide {
    match held.connected {
        None => EngineSide::Negotiated,
        Some(at) if held.path_lost => EngineSide::Lost(at),
        Some(at) => EngineSide::Connected(at),
    }
}

impl Listener {
    /// Makes both sides agree: prompts that are missing there are handed over, before patches name them; what nobody knows
    /// here is ended there, what is missing there rejoins, and of the rest patches and taps are said again by the call
    /// centers.
    pub(super) async fn repair(&self, rooms: &[HeldRoom], prompts: &[PromptId]) {
        if let Err(stuck) = self.link.load_prompts(prompts).await {
            tracing::warn!(%stuck, "the media engine gets its prompts at its next connection");
        }
        self.end_unknown(rooms).await;
        let held: BTreeMap<LegId, EngineSide> =
            rooms.iter().flat_map(|room| &room.legs).map(|held| (held.leg, side(held))).collect();
        let mut by_account: BTreeMap<AccountId, Vec<(LegId, LegEntry)>> = BTreeMap::new();
        for (leg, entry) in self.directory.legs() {
            by_account.entry(entry.account).or_default().push((leg, entry));
        }
        for legs in by_account.into_values() {
            self.repair_account(legs, &held).await;
        }
    }

    async fn end_unknown(&self, rooms: &[HeldRoom]) {
        if !self.directory.is_complete() {
            tracing::warn!("a call center is not built yet: the media engine keeps what nobody knows");
            return;
        }
        let known: BTreeMap<LegId, CallId> =
            self.directory.legs().into_iter().map(|(leg, entry)| (leg, entry.call)).collect();
        let calls: BTreeSet<CallId> = known.values().copied().collect();
        for HeldRoom { room, legs } in rooms {
            if !calls.contains(room) {
                tracing::info!(%room, "the media engine holds a call that is over: it is closed");
                self.order(EngineCommand::CloseRoom { room: *room }).await;
                continue;
            }
            for held in legs.iter().filter(|held| known.get(&held.leg) != Some(room)) {
                tracing::info!(leg = %held.leg, "the media engine holds a leg that is over: it is removed");
                self.order(EngineCommand::RemoveLeg { leg: held.leg }).await;
            }
        }
    }

    async fn order(&self, command: EngineCommand) {
        if let Err(stuck) = self.link.command(command).await {
            tracing::warn!(%stuck, "the media engine is repaired at its next connection");
        }
    }

    async fn repair_account(&self, legs: Vec<(LegId, LegEntry)>, held: &BTreeMap<LegId, EngineSide>) {
        let had = legs.iter().filter(|(_, entry)| entry.media != EngineSide::Absent);
        let (there, gone): (Vec<_>, Vec<_>) = had.partition(|(leg, _)| held.contains_key(leg));
        if let Some((_, first)) = gone.first().filter(|_| there.is_empty()) {
            tracing::warn!(account = %first.account, legs = gone.len(), "the media engine was started anew: calls rejoin");
            self.post(first, Command::EngineRestarted).await;
        }
        for (leg, entry) in &gone {
            self.directory.set_media(*leg, |_| EngineSide::Absent);
            if !there.is_empty() {
                self.post(entry, Command::PathLost { leg: *leg }).await;
            }
            self.tell_path(entry, *leg, false, true);
        }
        for (leg, before) in &legs {
            let Some(side) = held.get(leg).copied() else { continue };
            self.directory.set_media(*leg, |_| side);
            match side {
                EngineSide::Connected(at) => {
                    self.post(before, Command::LegConnected { leg: *leg, at }).await;
                    if matches!(before.media, EngineSide::Lost(_)) {
                        self.tell_path(before, *leg, true, false);
                    }
                }
                EngineSide::Lost(_) => {
                    self.post(before, Command::PathLost { leg: *leg }).await;
                    self.tell_path(before, *leg, false, false);
                }
                EngineSide::Negotiated | EngineSide::Absent => {}
            }
        }
    }
}
