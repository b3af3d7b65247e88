//! How legs join an engine: offer, answer, ICE, DTLS.

use super::{Generator, leg_ip};
use crate::{
    client::{Client, Identity},
    server::Server,
};
use model::{CallId, CommandId, LegId, PromptId, TrackKind};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    time::{Duration, Instant},
};
use wire::engine::{Command, Event, Patch, Playlist, Request};

/// Legs that join at a time: more would only wait for each other.
const AT_A_TIME: usize = 16;
/// How long a handshake may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// The engine's name of a leg.
pub(crate) fn leg_id(leg: usize) -> LegId {
    LegId::of(leg as u128 + 1)
}

/// The engine's name of a leg's call.
pub(crate) fn room_of(leg: usize) -> CallId {
    CallId::of(leg as u128 / 2 + 1)
}

impl Generator {
    /// All legs join.
    pub(crate) fn join(&mut self, server: &mut Server) -> Result<(), String> {
        let identity = Identity::new();
        let mut joining: BTreeMap<usize, Instant> = BTreeMap::new();
        let mut next = 0;
        while next < self.legs.len() || !joining.is_empty() {
            while next < self.legs.len() && joining.len() < AT_A_TIME {
                self.offer(next, &identity, server)?;
                joining.insert(next, Instant::now());
                next += 1;
            }
            while let Some(event) = server.event()? {
                self.take_event(event)?;
            }
            self.receive(Instant::now() + Duration::from_millis(1));
            let now = Instant::now();
            for &index in joining.keys() {
                self.let_client_work(index, now);
            }
            self.look_at_timers(now);
            for &index in joining.keys() {
                self.take_keys(index)?;
            }
            joining.retain(|&index, _| !self.is_joined(index));
            if let Some((index, _)) = joining.iter().find(|(_, since)| since.elapsed() > PATIENCE) {
                return Err(format!("leg {index} did not connect within {PATIENCE:?}"));
            }
        }
        Ok(())
    }

    /// Each leg hears the other leg of its call.
    pub(crate) fn talk(&self, server: &mut Server) -> Result<(), String> {
        (0..self.load.calls).try_for_each(|call| self.patch(call, server))
    }

    /// Each leg hears a prompt, which is handed over before, over and over.
    pub(crate) fn hold<'a>(
        &self,
        frames: impl IntoIterator<Item = &'a [u8]>,
        server: &mut Server,
    ) -> Result<(), String> {
        let prompt = PromptId::of(1);
        wire::prompt::load(prompt, frames).into_iter().try_for_each(|part| server.request(command(0, part)))?;
        let source = Playlist::looped(prompt).into();
        (0..self.load.calls).try_for_each(|call| {
            let legs = [2 * call, 2 * call + 1];
            let patches = legs.map(|leg| Patch { source, sink: leg_id(leg), track: TrackKind::Audio }).to_vec();
            server.request(command(legs[0], Command::SetPatches { room: room_of(legs[0]), patches }))
        })
    }

    fn offer(&mut self, index: usize, identity: &Identity, server: &mut Server) -> Result<(), String> {
        let address = SocketAddr::new(leg_ip(index), self.port());
        let (client, offer) = Client::offer(identity, address, self.load, Instant::now());
        self.legs[index].client = Some(client);
        server.request(command(index, Command::AddLeg { room: room_of(index), leg: leg_id(index), offer }))
    }

    fn take_event(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Answer { leg, sdp, .. } => {
                let index = (0..self.legs.len()).rev().find(|index| leg_id(*index) == leg);
                let index = index.ok_or("an answer for a leg that is not ours")?;
                let first_report = self.first_report(index);
                let leg = &mut self.legs[index];
                let client = leg.client.as_mut().ok_or("an answer without an offer")?;
                let settled = client.accept(&sdp, Instant::now())?;
                leg.settle(settled, first_report);
                Ok(())
            }
            Event::Refused { reason, .. } => Err(format!("the engine refused: {reason}")),
            Event::LegClosed { leg, reason } => Err(format!("the engine closed {leg:?}: {reason}")),
            _ => Ok(()),
        }
    }

    fn take_keys(&mut self, index: usize) -> Result<(), String> {
        let leg = &mut self.legs[index];
        if let Some(keys) = leg.client.as_mut().and_then(|client| client.keys.take()) {
            leg.set_keys(keys?);
        }
        Ok(())
    }

    fn is_joined(&self, index: usize) -> bool {
        let leg = &self.legs[index];
        leg.has_keys() && leg.client.as_ref().is_some_and(|client| client.is_connected)
    }

    /// Joins the two legs of a call both ways.
    fn patch(&self, call: usize, server: &mut Server) -> Result<(), String> {
        let tracks: &[TrackKind] =
            if self.load.video { &[TrackKind::Audio, TrackKind::Camera] } else { &[TrackKind::Audio] };
        let legs = [2 * call, 2 * call + 1];
        let both_ways = [(legs[0], legs[1]), (legs[1], legs[0])];
        let patches = tracks.iter().flat_map(|&track| {
            both_ways.map(|(source, sink)| Patch { source: leg_id(source).into(), sink: leg_id(sink), track })
        });
        server.request(command(legs[0], Command::SetPatches { room: room_of(legs[0]), patches: patches.collect() }))
    }

    /// The engine copies what all legs send to its recorder from now on.
    pub(crate) fn tap(&self, server: &mut Server) -> Result<(), String> {
        (0..self.load.calls).try_for_each(|call| {
            let legs = [2 * call, 2 * call + 1];
            let taps = Command::SetTaps { room: room_of(legs[0]), legs: legs.map(leg_id).to_vec() };
            server.request(command(legs[0], taps))
        })
    }
}

fn command(leg: usize, command: Command) -> Request {
    Request { id: CommandId::of(leg as u128 + 1), command }
}
