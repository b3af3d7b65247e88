use super::{
    handle::AccountError,
    outcome::Outcomes,
    turn::{Order, Out, Turn},
};
use crate::{
    clock::Clock,
    directory::{Directory, EngineSide},
    engine_link::{EngineLink, EngineStuck},
    hub::{Ending, Hub},
    limits,
    recorder_link::RecorderLink,
    supply::Supply,
    webhooks::News,
};
use callcenter_core::{CallCenter, command::Command, effect::Effect};
use futures_util::FutureExt;
use model::{AccountId, CommandId, Now};
use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Epoch, Store};
use telemetry::Metrics;
use tokio::sync::mpsc;

/// What an account's task reaches beyond its core.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) store: Store,
    pub(crate) hub: Hub,
    pub(crate) directory: Directory,
    pub(crate) engine: EngineLink,
    pub(crate) supply: Supply,
    pub(crate) recorder: RecorderLink,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) clock: Clock,
    pub(crate) news: News,
}

/// Why a core was dropped.
#[derive(Debug, thiserror::Error)]
enum Dropped {
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Built again, the core says anew what the engine is to hold.
    #[error("the media engine does not take its commands")]
    EngineStuck(#[from] EngineStuck),
    #[error("the call center failed on a bug of ours")]
    Bug,
    #[error("nobody can ask any more")]
    Unused,
}

/// Owns the account's core for as long as there are handles, building it again whenever it had to be dropped.
pub(super) async fn run(account: AccountId, mut orders: mpsc::Receiver<Order>, outside: Outside) {
    loop {
        let live = AssertUnwindSafe(live(account, &mut orders, &outside)).catch_unwind().await;
        match live.unwrap_or(Dropped::Bug) {
            Dropped::Unused => return,
            Dropped::Store(store::Error::StaleEpoch { held, .. }) => {
                tracing::error!(%account, epoch = held, "another process took this account over: this one leaves it");
                outside.hub.end_pages(account, Ending::Rebuilt);
                return refuse_for_ever(&mut orders).await;
            }
            failure => {
                tracing::error!(%account, %failure, "the call center is built again from the database");
                outside.hub.end_pages(account, Ending::Rebuilt);
                refuse_for(limits::REBUILD_PAUSE, &mut orders).await;
            }
        }
    }
}

async fn live(account: AccountId, orders: &mut mpsc::Receiver<Order>, outside: &Outside) -> Dropped {
    match Owner::build(account, outside).await {
        // What pages know may be from a core that is gone: they ask again.
        Ok(owner) => {
            outside.hub.end_pages(account, Ending::Rebuilt);
            owner.work(orders).await
        }
        Err(dropped) => dropped,
    }
}

async fn refuse_for_ever(orders: &mut mpsc::Receiver<Order>) {
    while let Some(order) = orders.recv().await {
        refuse(order);
    }
}

async fn refuse_for(pause: Duration, orders: &mut mpsc::Receiver<Order>) {
    // Ending early when there are no handles is fine: the caller sees that next.
    let _ = tokio::time::timeout(pause, refuse_for_ever(orders)).await;
}

fn refuse(order: Order) {
    match order {
        Order::Command { reply, .. } => {
            let _ = reply.send(Err(AccountError::Unavailable));
        }
        // Who asked sees that the answer will not come.
        Order::Query(query) => drop(query),
    }
}

struct Owner<'a> {
    account: AccountId,
    epoch: Epoch,
    core: CallCenter,
    outcomes: Outcomes,
    outside: &'a Outside,
}

impl<'a> Owner<'a> {
    async fn build(account: AccountId, outside: &'a Outside) -> Result<Self, Dropped> {
        let epoch = outside.store.claim_epoch(account).await?;
        let snapshot = outside.store.snapshot(account).await?;
        outside.directory.replace_legs(account, &snapshot.legs);
        snapshot.segments.iter().for_each(|row| outside.directory.put_segment(account, row.id));
        let news = news_of_the_engine(&snapshot.legs, &outside.directory);
        let now = outside.clock.now();
        let outcomes = Outcomes::of(&snapshot);
        let core = CallCenter::new(account, snapshot, seed(), now);
        let mut owner = Self { account, epoch, core, outcomes, outside };
        let mut turn = Turn::default();
        turn.drain(&mut owner.core);
        for command in news {
            // A leg that ended by an earlier one of these is refused.
            let _ = owner.core.handle(command, CommandId::fresh(), now);
            turn.drain(&mut owner.core);
            if turn.is_full() {
                owner.finish(std::mem::take(&mut turn), now).await?;
            }
        }
        owner.finish(turn, now).await?;
        Ok(owner)
    }

    async fn work(mut self, orders: &mut mpsc::Receiver<Order>) -> Dropped {
        loop {
            let first = tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => Some(order),
                    None => return Dropped::Unused,
                },
                () = sleep_until(self.core.poll_timeout().map(|(at, _)| at)) => None,
            };
            let now = self.outside.clock.now();
            let mut turn = Turn::default();
            if self.core.poll_timeout().is_some_and(|(at, _)| at <= now.mono) {
                self.core.handle_timeout(CommandId::fresh(), now);
                turn.drain(&mut self.core);
            }
            self.gather(first, orders, &mut turn, now);
            if let Err(dropped) = self.finish(turn, now).await {
                return dropped;
            }
        }
    }

    /// Decides on what waits: all that came while the last group was committed, up to the limit of a group.
    fn gather(&mut self, first: Option<Order>, orders: &mut mpsc::Receiver<Order>, turn: &mut Turn, now: Now) {
        let mut next = first;
        while let Some(order) = next {
            match order {
                Order::Command { command, reply } => {
                    let answer = self.core.handle(*command, CommandId::fresh(), now);
                    turn.out.push(Out::Reply(reply, answer));
                    turn.drain(&mut self.core);
                }
                Order::Query(query) => turn.out.push(Out::Query(query)),
            }
            next = if turn.is_full() { None } else { orders.try_recv().ok() };
        }
    }

    /// Commits the turn, then lets out what it decided, in order. When the commit fails, those who wait are told.
    async fn finish(&mut self, turn: Turn, now: Now) -> Result<(), Dropped> {
        if !turn.units.is_empty()
            && let Err(error) = self.outside.store.commit(self.account, self.epoch, &turn.units).await
        {
            turn.out.into_iter().for_each(Out::refuse);
            return Err(error.into());
        }
        if let Some(last) = turn.units.iter().flat_map(|unit| &unit.events).next_back() {
            self.outside.news.committed(self.account, last.sequence);
        }
        let over = self.outcomes.note(self.account, &turn.units, self.outside);
        for out in turn.out {
            match out {
                // Who asked may have gone.
                Out::Reply(reply, answer) => drop(reply.send(answer.map_err(AccountError::Refused))),
                Out::Query(query) => query(&self.core, now),
                Out::Effect(effect) => self.carry_out(*effect).await?,
            }
        }
        over.into_iter().for_each(|leg| self.outside.directory.remove_leg(leg));
        Ok(())
    }

    async fn carry_out(&self, effect: Effect) -> Result<(), EngineStuck> {
        match effect {
            Effect::TellAgent { agent, message } => {
                self.outside.hub.tell(self.account, &crate::hub::Seat::Agent(agent), message);
            }
            Effect::TellLeg { leg, message } => {
                if let Some(entry) = self.outside.directory.leg(leg) {
                    self.outside.hub.tell(self.account, &entry.seat, message);
                }
            }
            Effect::Engine(command) => self.outside.engine.command(command).await?,
            Effect::KeepPrompts(sources) => self.outside.supply.keep(self.account, sources),
            Effect::Recorder(command) => {
                match &command {
                    wire::recorder::Command::Start(start) => {
                        self.outside.directory.put_segment(self.account, start.segment);
                    }
                    wire::recorder::Command::Delete { segment } => {
                        self.outside.directory.put_segment(self.account, *segment);
                    }
                    wire::recorder::Command::Compose(order) => {
                        self.outside.directory.put_segment(self.account, order.segment);
                    }
                    wire::recorder::Command::Stop { .. }
                    | wire::recorder::Command::SetPaused { .. }
                    | wire::recorder::Command::Tell { .. } => {}
                }
                self.outside.recorder.command(command).await;
            }
        }
        Ok(())
    }
}

/// What a core that was just built must hear of the engine: everything, or that it is a new one.
fn news_of_the_engine(legs: &[callcenter_core::row::LegRow], directory: &Directory) -> Vec<Command> {
    let held: Vec<_> = legs.iter().filter_map(|row| Some((row, directory.leg(row.id)?.media))).collect();
    if held.iter().all(|(_, media)| *media == EngineSide::Absent) {
        return if legs.is_empty() { Vec::new() } else { vec![Command::EngineRestarted] };
    }
    held.into_iter()
        .filter_map(|(row, media)| match media {
            EngineSide::Connected(at) => Some(Command::LegConnected { leg: row.id, at }),
            EngineSide::Lost(_) | EngineSide::Absent if row.connected_at.is_some() => {
                Some(Command::PathLost { leg: row.id })
            }
            _ => None,
        })
        .collect()
}

/// For tie-breaks alone.
fn seed() -> u64 {
    let (_, low) = CommandId::fresh().0.as_u64_pair();
    low
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}
