//! Signs of life: a page that is gone takes no new calls (AST-14).

use crate::call_center::{CallCenter, Turn};
use crate::command::{CommandError, Reply};
use crate::event::Event;
use crate::settings::HEARTBEAT_LEASE;
use crate::timers::Reason;
use model::AgentId;

impl CallCenter {
    pub(crate) fn heartbeat(&mut self, agent: AgentId, turn: &mut Turn) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        self.sign_of_life(agent, turn);
        Ok(Reply::Done)
    }

    pub(crate) fn agent_connected(&mut self, agent: AgentId, turn: &mut Turn) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        self.set_connected(agent, true);
        self.sign_of_life(agent, turn);
        self.edit_agent(agent, turn, |row| row.last_seen = Some(turn.now.wall));
        self.presence_changed(agent, turn);
        Ok(Reply::Done)
    }

    pub(crate) fn agent_disconnected(&mut self, agent: AgentId, turn: &mut Turn) -> Result<Reply, CommandError> {
        self.known_agent(agent)?;
        self.set_connected(agent, false);
        self.presence_changed(agent, turn);
        Ok(Reply::Done)
    }

    pub(crate) fn lease_lapsed(&mut self, agent: AgentId, turn: &mut Turn) {
        self.set_lease(agent, false);
        self.edit_agent(agent, turn, |row| row.last_seen = None);
        self.log(turn, None, None, Event::AgentReachable { agent, reachable: false });
        self.stop_ringing_at_gone_agent(agent, turn);
        self.presence_changed(agent, turn);
    }

    /// Heartbeats come every few seconds from every agent, so a row is written only when something changes by one.
    fn sign_of_life(&mut self, agent: AgentId, turn: &mut Turn) {
        self.timers.arm(Reason::HeartbeatLease(agent), turn.now.mono + HEARTBEAT_LEASE);
        if self.agent_ref(agent).lease_alive {
            return;
        }
        self.set_lease(agent, true);
        self.edit_agent(agent, turn, |row| {
            row.last_seen = Some(turn.now.wall);
            row.idle_since = turn.now.wall;
        });
        self.log(turn, None, None, Event::AgentReachable { agent, reachable: true });
        self.presence_changed(agent, turn);
    }

    /// The leg in a call is lost and comes back with its page.
    fn presence_changed(&mut self, agent: AgentId, turn: &mut Turn) {
        self.untold_agents.insert(agent);
        self.refresh_free(agent);
        let present = self.agent_ref(agent).is_present();
        if let Some(leg) = self.agent_ref(agent).leg {
            self.set_page_gone(leg, !present, turn);
        }
    }

    fn set_connected(&mut self, agent: AgentId, connected: bool) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.connected = connected;
        }
    }

    fn set_lease(&mut self, agent: AgentId, alive: bool) {
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.lease_alive = alive;
        }
    }
}
