//! An agent: waits for calls, lets them ring, answers, talks, writes notes, is free again.

use crate::{
    board::Board,
    call::{self, Call, Failure},
    customer::{refused, set_media},
    limits::{FREE_TIMEOUT, RECONNECT_PAUSE},
    media::{ClientHandle, Side, Voice},
    page::{Found, Page, PageError},
    stage::StagedAgent,
};
use model::{AgentStatus, VoiceStatus};
use std::{
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, watch},
    time::{sleep, sleep_until},
};
use wire::browser::{AgentState, ClientMessage, IncomingCall, ServerMessage};

/// An agent at work.
pub(crate) struct Agent {
    board: Arc<Board>,
    staged: StagedAgent,
    /// Where the agent says that it is free.
    free: mpsc::Sender<usize>,
    index: usize,
    /// The agent counts as busy from its first call until it is free again.
    is_free: bool,
    ringing: Option<Ringing>,
    talk: Option<Talk>,
    /// When to end the wrap-up.
    clear_at: Option<Instant>,
}

/// A call that rings.
struct Ringing {
    call: Arc<Call>,
    incoming: IncomingCall,
    began: Instant,
}

/// A call that the agent is in.
struct Talk {
    call: Arc<Call>,
    client: ClientHandle,
    incoming: IncomingCall,
}

/// How a turn of the agent's day ended.
enum Next {
    Message(Box<ServerMessage>),
    Answer,
    HangUp,
    WrapUpOver,
    GoHome,
}

impl Agent {
    pub(crate) fn new(board: Arc<Board>, staged: StagedAgent, index: usize, free: mpsc::Sender<usize>) -> Self {
        Self { board, staged, free, index, is_free: false, ringing: None, talk: None, clear_at: None }
    }

    /// Works until told to go home, whatever happens to the connection.
    pub(crate) async fn work(mut self, mut home: watch::Receiver<bool>) {
        loop {
            match self.shift(&mut home).await {
                Ok(()) => return,
                Err(error) => eprintln!("loadtest: agent {} connects again: {error}", self.index + 1),
            }
            tokio::select! {
                () = sleep(RECONNECT_PAUSE) => {}
                () = told(&mut home) => return,
            }
        }
    }

    /// One connection's time.
    async fn shift(&mut self, home: &mut watch::Receiver<bool>) -> Result<(), PageError> {
        let (mut page, found) = Page::connect(self.board.api.http().origin(), self.staged.token.clone()).await?;
        let state = found.agent.clone();
        self.take_up(&mut page, found).await?;
        if let Err(error) = self.board.api.set_status(&self.staged.id, "ACTIVE").await {
            return Err(PageError::Closed(format!(": the agent could not become active: {error}")));
        }
        if let Some(state) = state {
            self.state(&state).await;
        }
        loop {
            match self.next(&mut page, home).await? {
                Next::Message(message) => self.take(&mut page, *message).await?,
                Next::Answer => self.accept(&mut page).await?,
                Next::HangUp => {
                    if let Some(talk) = &self.talk {
                        let (request, leg) = (page.number(), talk.incoming.leg);
                        page.send(&ClientMessage::Hangup { request, leg }).await?;
                    }
                }
                Next::WrapUpOver => {
                    self.clear_at = None;
                    // It may have run out by itself a moment ago; the state that follows tells.
                    let _ = self.board.api.clear_wrap_up(&self.staged.id).await;
                }
                Next::GoHome => {
                    self.drop_talk(&Failure::new("interrupted", "the run is over")).await;
                    page.close().await;
                    return Ok(());
                }
            }
        }
    }

    /// The call must have gone on while the page was away, or still ring.
    async fn take_up(&mut self, page: &mut Page, found: Found) -> Result<(), PageError> {
        if let Some(talk) = &self.talk {
            if found.talks_on(talk.incoming.leg) {
                self.board.results().reconnections += 1;
            } else {
                let lost = Failure::new("call_lost", "the agent's page came back, and its call did not go on");
                self.drop_talk(&lost).await;
            }
        }
        self.ringing = None;
        match found.leg.and_then(|leg| leg.incoming) {
            Some(incoming) => self.ring(page, incoming).await,
            None => Ok(()),
        }
    }

    async fn next(&self, page: &mut Page, home: &mut watch::Receiver<bool>) -> Result<Next, PageError> {
        let hang_up = async {
            match &self.talk {
                Some(talk) => talk.call.hang_up.notified().await,
                None => pending().await,
            }
        };
        let wrap_up_over = async {
            match self.clear_at {
                Some(at) => sleep_until(at.into()).await,
                None => pending().await,
            }
        };
        let ring = Duration::from_secs_f64(self.board.plan.calls.ring_seconds);
        let answer = async {
            match &self.ringing {
                Some(ringing) => sleep_until((ringing.began + ring).into()).await,
                None => pending().await,
            }
        };
        tokio::select! {
            message = page.next() => Ok(Next::Message(Box::new(message?))),
            () = answer => Ok(Next::Answer),
            () = hang_up => Ok(Next::HangUp),
            () = wrap_up_over => Ok(Next::WrapUpOver),
            () = told(home) => Ok(Next::GoHome),
        }
    }

    async fn take(&mut self, page: &mut Page, message: ServerMessage) -> Result<(), PageError> {
        match message {
            ServerMessage::IncomingCall(incoming) => self.ring(page, incoming).await?,
            ServerMessage::Answer { sdp, .. } => self.answered(page, sdp).await?,
            ServerMessage::Error { error, .. } => {
                self.drop_talk(&Failure::new(&refused(&error.name), &error.description)).await;
            }
            ServerMessage::MediaPath { connected: false, .. } => {
                if let Some(talk) = &self.talk {
                    talk.call.agent_failed(Failure::new("path_lost", "the server hears nothing of the agent"));
                }
            }
            ServerMessage::IncomingCallGone { .. } => self.ringing = None,
            // The customer judges whether it was meant to end.
            ServerMessage::Hangup { .. } => self.leave().await,
            ServerMessage::AgentState(state) => self.state(&state).await,
            _ => {}
        }
        Ok(())
    }

    /// Lets it ring, if it is a call of this run.
    async fn ring(&mut self, page: &mut Page, incoming: IncomingCall) -> Result<(), PageError> {
        let number = call::number_of(self.board.run, &incoming.custom_data);
        let Some(call) = number.and_then(|number| self.board.call(number)) else {
            let (request, leg) = (page.number(), incoming.leg);
            return page.send(&ClientMessage::Decline { request, leg }).await;
        };
        self.is_free = false;
        self.ringing = Some(Ringing { call, incoming, began: Instant::now() });
        Ok(())
    }

    async fn accept(&mut self, page: &mut Page) -> Result<(), PageError> {
        let Some(Ringing { call, incoming, began }) = self.ringing.take() else { return Ok(()) };
        let (side, video, lines) = (Side::Agent, call.script.video, Arc::clone(&call.lines));
        match self.board.media.join(Voice { call: call.number, side, video, lines }).await {
            Ok((client, offer)) => {
                call.agent_answers(client.told(), began.elapsed());
                let (request, leg) = (page.number(), incoming.leg);
                self.talk = Some(Talk { call, client, incoming });
                page.send(&ClientMessage::Accept { request, leg, offer }).await
            }
            Err(error) => {
                call.agent_failed(Failure::new("media_client", error));
                Ok(())
            }
        }
    }

    async fn answered(&mut self, page: &mut Page, sdp: String) -> Result<(), PageError> {
        let Some(talk) = &self.talk else { return Ok(()) };
        if let Err(error) = talk.client.take_answer(sdp).await {
            talk.call.agent_failed(Failure::new("bad_answer", error));
        }
        page.send(&set_media(talk.incoming.leg, talk.call.script.video)).await
    }

    async fn leave(&mut self) {
        self.ringing = None;
        if let Some(talk) = self.talk.take() {
            talk.call.agent_left(talk.client.leave().await);
        }
    }

    async fn drop_talk(&mut self, failure: &Failure) {
        if let Some(talk) = &self.talk {
            talk.call.agent_failed(failure.clone());
        }
        self.leave().await;
    }

    /// Begins and ends wrap-ups; tells when the agent is free for the next call.
    async fn state(&mut self, state: &AgentState) {
        let is_wrapping = state.voice == VoiceStatus::Wrapping && state.wrap_up.is_some();
        if is_wrapping && self.clear_at.is_none() {
            self.clear_at = Some(Instant::now() + Duration::from_secs_f64(self.board.plan.calls.wrap_up_seconds));
        }
        let can_take = state.voice == VoiceStatus::Idle && state.availability == AgentStatus::Active;
        if can_take && !self.is_free && self.talk.is_none() && self.ringing.is_none() {
            self.clear_at = None;
            self.is_free = true;
            // There is room for every agent; without a reader nobody calls any more.
            let _ = self.free.send(self.index).await;
        }
    }
}

/// Waits until agents are told to go home.
async fn told(home: &mut watch::Receiver<bool>) {
    // Where nobody can tell any more, the run is over as well.
    let _ = home.wait_for(|is_over| *is_over).await;
}

/// Waits for an agent that is free.
pub(crate) async fn wait_for_free(free: &mut mpsc::Receiver<usize>) -> Option<usize> {
    tokio::time::timeout(FREE_TIMEOUT, free.recv()).await.ok().flatten()
}
