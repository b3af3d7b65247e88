//! What pages believe from what they are told.

use callcenter_core::CallCenter;
use model::{AgentId, LegId, Now};
use wire::browser::{AgentState, LegPhase, ServerMessage};

/// An agent's console.
#[derive(Debug, Clone, Default)]
pub(crate) struct AgentPage {
    pub(crate) connected: bool,
    /// Connected, but without signs of life.
    pub(crate) frozen: bool,
    pub(crate) ringing: Option<LegId>,
    pub(crate) talking: Option<LegId>,
    pub(crate) established: bool,
    pub(crate) held: bool,
    pub(crate) transferring: bool,
    pub(crate) remote_connected: bool,
    pub(crate) state: Option<AgentState>,
}

impl AgentPage {
    /// The page begins from what `welcome` says.
    pub(crate) fn welcome(&mut self, core: &CallCenter, agent: AgentId, now: Now) {
        let snapshot = core.leg_of_agent(agent).and_then(|leg| core.leg_snapshot(leg, now));
        let ringing = snapshot.as_ref().is_some_and(|leg| leg.phase == LegPhase::Ringing);
        assert_eq!(ringing, snapshot.as_ref().is_some_and(|leg| leg.incoming.is_some()));
        let leg = snapshot.as_ref().map(|leg| leg.leg);
        self.ringing = leg.filter(|_| ringing);
        self.talking = leg.filter(|_| !ringing);
        self.remote_connected = snapshot.as_ref().is_none_or(|leg| leg.remote_connected);
        self.held = snapshot.as_ref().is_some_and(|leg| leg.held_since.is_some());
        self.transferring = snapshot.as_ref().is_some_and(|leg| leg.transfer.is_some());
        self.established = snapshot.is_some_and(|leg| leg.phase == LegPhase::Established);
        self.state = core.agent_state(agent, now);
    }

    pub(crate) fn read(&mut self, message: &ServerMessage) {
        match message {
            ServerMessage::IncomingCall(incoming) => self.ringing = Some(incoming.leg),
            ServerMessage::IncomingCallGone { leg, .. } if self.ringing == Some(*leg) => self.ringing = None,
            ServerMessage::Established { .. } => {
                (self.established, self.remote_connected) = (true, true);
                (self.held, self.transferring) = (false, false);
            }
            ServerMessage::Held { .. } => self.held = true,
            ServerMessage::Resumed { .. } => self.held = false,
            ServerMessage::Transferring { .. } => (self.held, self.transferring) = (false, true),
            ServerMessage::RemoteConnection { connected, .. } => self.remote_connected = *connected,
            ServerMessage::Hangup { leg, .. } if self.talking == Some(*leg) => {
                (self.talking, self.established) = (None, false);
                (self.held, self.transferring) = (false, false);
            }
            ServerMessage::AgentState(state) => self.state = Some(state.clone()),
            _ => {}
        }
    }
}

/// What a customer's page shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum View {
    #[default]
    Start,
    Called,
    Waiting(u32),
    /// The last message plays.
    Leaving,
    /// It rings here.
    CalledByAgent,
    /// It rings at an agent, or media is being set up.
    Ringing,
    Established,
    Held,
    Transferring,
    Ended(u32),
}

/// A customer's page.
#[derive(Debug, Clone, Default)]
pub(crate) struct CustomerPage {
    pub(crate) identity: String,
    pub(crate) connected: bool,
    pub(crate) leg: Option<LegId>,
    pub(crate) view: View,
    pub(crate) remote_connected: bool,
}

impl CustomerPage {
    pub(crate) fn welcome(&mut self, core: &CallCenter, now: Now) {
        self.leg = core.leg_of_identity(&self.identity);
        let Some(leg) = self.leg.and_then(|leg| core.leg_snapshot(leg, now)) else {
            self.view = View::Start;
            return;
        };
        self.remote_connected = leg.remote_connected;
        self.view = match leg.phase {
            LegPhase::Ringing => View::CalledByAgent,
            LegPhase::Connecting => View::Ringing,
            LegPhase::Established if leg.held_since.is_some() => View::Held,
            LegPhase::Established if leg.transfer.is_some() => View::Transferring,
            LegPhase::Established => View::Established,
            _ => View::Called,
        };
    }

    pub(crate) fn read(&mut self, leg: LegId, message: &ServerMessage) {
        if self.leg != Some(leg) {
            return;
        }
        match message {
            ServerMessage::Waiting { position, .. } => self.view = View::Waiting(*position),
            ServerMessage::WaitingEnds { .. } => self.view = View::Leaving,
            ServerMessage::IncomingCall(_) => self.view = View::CalledByAgent,
            ServerMessage::IncomingCallGone { .. } => (self.view, self.leg) = (View::Start, None),
            ServerMessage::Ringing { .. } => self.view = View::Ringing,
            ServerMessage::Established { .. } => (self.view, self.remote_connected) = (View::Established, true),
            ServerMessage::Held { .. } => self.view = View::Held,
            ServerMessage::Resumed { .. } => self.view = View::Established,
            ServerMessage::Transferring { .. } => self.view = View::Transferring,
            ServerMessage::RemoteConnection { connected, .. } => self.remote_connected = *connected,
            ServerMessage::Hangup { code, .. } => (self.view, self.leg) = (View::Ended(code.id), None),
            _ => {}
        }
    }
}
