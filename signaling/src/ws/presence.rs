use crate::{
    account::AccountHandle,
    hub::{Hub, Seat, Seated},
    state::AppState,
};
use callcenter_core::command::Command;
use model::AccountId;

/// A page in its seat. Dropping it gives the seat up and tells the call center, unless another page took it over.
pub(super) struct Presence {
    pub(super) account: AccountId,
    pub(super) handle: AccountHandle,
    pub(super) seat: Seat,
    pub(super) seated: Seated,
    hub: Hub,
}

impl Presence {
    pub(super) fn enter(state: &AppState, account: AccountId, handle: AccountHandle, seat: Seat) -> Self {
        let seated = state.hub.enter(account, seat.clone());
        Self { account, handle, seat, seated, hub: state.hub.clone() }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.hub.leave(self.account, &self.seat, &self.seated, || {
            // A call center that takes no more learns it from the engine, or when the heartbeats stay away.
            let _ = match &self.seat {
                Seat::Agent(agent) => self.handle.submit(Command::AgentDisconnected { agent: *agent }).map(drop),
                Seat::Customer(identity) => self.page_lost(identity.clone()),
            };
        });
    }
}

impl Presence {
    /// The leg is looked up when its turn comes: a call that was just started is found too. A page that has come back
    /// by then is not lost.
    fn page_lost(&self, identity: String) -> Result<(), crate::account::AccountError> {
        let (hub, handle) = (self.hub.clone(), self.handle.clone());
        let (account, seat) = (self.account, self.seat.clone());
        self.handle.look(move |core, _| {
            if let Some(leg) = core.leg_of_identity(&identity)
                && !hub.is_taken(account, &seat)
            {
                let _ = handle.submit(Command::PageLost { leg });
            }
        })
    }
}
