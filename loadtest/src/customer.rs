//! A customer: opens the call link, calls, talks, hangs up.

use crate::{
    api::Link,
    board::{Board, Talked},
    call::{self, Call, Failure},
    limits::{HANG_UP_TIMEOUT, RECONNECT_PAUSE, RECONNECT_TIMEOUT},
    media::{ClientHandle, Condition, Side, Trouble, Voice},
    page::{Page, PageError},
};
use model::{CallMedia, LegId};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout_at};
use wire::browser::{ClientMessage, MediaState, ServerMessage};

/// How often a call is looked at while it is set up, and while it talks. Times are taken by the media threads.
const SETUP_LOOK: Duration = Duration::from_millis(25);
/// See [`SETUP_LOOK`].
const TALK_LOOK: Duration = Duration::from_millis(250);
/// How long the other side's client may take to leave after the call.
const LEAVE_TIMEOUT: Duration = Duration::from_secs(5);

/// A call that was started.
struct Started {
    page: Page,
    token: String,
    client: ClientHandle,
    call: String,
    conversation: String,
    leg: LegId,
    at: Instant,
    is_ringing: bool,
    /// The server said that the call is over.
    is_over: bool,
}

/// Makes one call from its first click to its last, and counts how it went.
pub(crate) async fn make_call(board: &Board, call: &Arc<Call>, link: &Link) {
    board.asked(call);
    let outcome = match start(board, call, link).await {
        Ok(mut started) => {
            let mut talked = None;
            let outcome = carry(board, call, &mut started, &mut talked).await;
            let heard = leave(board, call, started).await;
            if let Some(talked) = talked {
                board.results().talked.push(Talked { heard, failed: outcome.is_err(), ..talked });
            }
            outcome
        }
        Err(failure) => Err(failure),
    };
    if let Err(failure) = outcome {
        board.failed(call.number, &failure);
    }
    board.gone(call);
}

async fn start(board: &Board, call: &Arc<Call>, link: &Link) -> Result<Started, Failure> {
    let token = board.api.guest_token(link).await.map_err(|error| Failure::new("guest_refused", error))?;
    let (mut page, _) = Page::connect(board.api.http().origin(), token.clone()).await.map_err(page_failed)?;
    let script = call.script;
    let voice = Voice { call: call.number, side: Side::Customer, video: script.video, lines: Arc::clone(&call.lines) };
    let (client, offer) = board.media.join(voice).await.map_err(|error| Failure::new("media_client", error))?;
    let request = page.number();
    let media = if script.video { CallMedia::Video } else { CallMedia::Audio };
    let custom_data = call::custom_data(board.run, call.number);
    let at = Instant::now();
    page.send(&ClientMessage::StartCall { request, media, offer, custom_data }).await.map_err(page_failed)?;
    let limit = at + setup_limit(board);
    loop {
        let next = timeout_at(limit.into(), page.next()).await;
        match next.map_err(|_| Failure::new("setup_timeout", "start_call was not answered"))?.map_err(page_failed)? {
            ServerMessage::CallStarted { call, conversation, leg, answer, .. } => {
                client.take_answer(answer).await.map_err(|error| Failure::new("bad_answer", error))?;
                page.send(&set_media(leg, script.video)).await.map_err(page_failed)?;
                let (call, conversation) = (call.to_string(), conversation.to_string());
                let (is_ringing, is_over) = (false, false);
                return Ok(Started { page, token, client, call, conversation, leg, at, is_ringing, is_over });
            }
            ServerMessage::Error { error, .. } => {
                return Err(Failure::new(&refused(&error.name), error.description));
            }
            _ => {}
        }
    }
}

/// From the start to the hang-up. `talked` is set when the call was established.
async fn carry(board: &Board, call: &Call, started: &mut Started, talked: &mut Option<Talked>) -> Result<(), Failure> {
    let is_set_up = set_up(board, call, started).await;
    if std::mem::take(&mut started.is_ringing) {
        board.results().counts.ringing -= 1;
    }
    let answered = match is_set_up {
        Ok(Some(answered)) => answered,
        // The run is being stopped: this call is neither established nor failed.
        Ok(None) => return hang_up(call, started, false).await,
        Err(failure) => {
            end_failed(call, started).await;
            return Err(failure);
        }
    };
    let begun = Instant::now();
    board.results().counts.talking += 1;
    let mut outcome = talk(board, call, started, begun).await;
    *talked = Some(Talked {
        number: call.number,
        conversation: started.conversation.clone(),
        call: started.call.clone(),
        video: call.script.video,
        at_least: answered.elapsed(),
        at_most: Duration::ZERO,
        heard: [0; 2],
        failed: false,
    });
    board.results().counts.talking -= 1;
    if outcome.is_ok() {
        outcome = hang_up(call, started, call.script.agent_hangs_up).await;
    } else {
        end_failed(call, started).await;
    }
    if let Some(talked) = talked {
        talked.at_most = answered.elapsed();
    }
    board.results().counts.ended += u64::from(outcome.is_ok());
    outcome
}

/// Waits until both sides hear each other, and see each other where there is video. `None` when the run is stopped
/// before; otherwise when the agent answered, as far as this side can tell.
async fn set_up(board: &Board, call: &Call, started: &mut Started) -> Result<Option<Instant>, Failure> {
    let mut answered = None;
    loop {
        let own = started.client.told().condition();
        let agent = call.agent_told().map(|told| told.condition()).unwrap_or_default();
        check(call, &own, &agent)?;
        if let (Some(answered), Some(heard)) = (answered, heard_at(call, &own, &agent)) {
            let setup = heard.saturating_duration_since(started.at).saturating_sub(call.rang());
            let mut results = board.results();
            results.established += 1;
            results.setup_ms.push(setup.as_secs_f64() * 1_000.0);
            return Ok(Some(answered));
        }
        if started.at.elapsed() > setup_limit(board) {
            return Err(Failure::new("setup_timeout", missing(&own, &agent, started.is_ringing)));
        }
        if board.is_over() {
            return Ok(None);
        }
        tokio::select! {
            () = sleep(SETUP_LOOK) => {}
            message = started.page.next() => match message.map_err(page_failed)? {
                ServerMessage::Ringing { .. } if !started.is_ringing => {
                    started.is_ringing = true;
                    board.results().counts.ringing += 1;
                }
                ServerMessage::Established { .. } => answered = Some(Instant::now()),
                message => unexpected(started, message)?,
            },
        }
    }
}

/// When the last of the sides heard (and saw) the other.
fn heard_at(call: &Call, own: &Condition, agent: &Condition) -> Option<Instant> {
    let heard = own.hears?.max(agent.hears?);
    if call.script.video { Some(heard.max(own.sees?).max(agent.sees?)) } else { Some(heard) }
}

fn missing(own: &Condition, agent: &Condition, is_ringing: bool) -> String {
    let word = |is: bool| if is { "yes" } else { "no" };
    format!(
        "rings: {}; customer hears: {}, sees: {}; agent hears: {}, sees: {}",
        word(is_ringing),
        word(own.hears.is_some()),
        word(own.sees.is_some()),
        word(agent.hears.is_some()),
        word(agent.sees.is_some()),
    )
}

/// Talks as long as the script says and the run lasts.
async fn talk(board: &Board, call: &Call, started: &mut Started, begun: Instant) -> Result<(), Failure> {
    let told = started.client.told();
    let agent = call.agent_told().unwrap_or_default();
    let mut end = board.end.clone();
    loop {
        check(call, &told.condition(), &agent.condition())?;
        let until = (begun + call.script.talk).min(*end.borrow_and_update());
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        tokio::select! {
            () = sleep(left.min(TALK_LOOK)) => {}
            changed = end.changed() => if changed.is_err() { return Ok(()) },
            message = started.page.next() => match message {
                Ok(message) => unexpected(started, message)?,
                Err(_) => come_back(board, started).await?,
            },
        }
    }
}

/// A WebSocket that broke is opened again, as pages do. The call must have gone on meanwhile.
async fn come_back(board: &Board, started: &mut Started) -> Result<(), Failure> {
    let limit = Instant::now() + RECONNECT_TIMEOUT;
    loop {
        match Page::connect(board.api.http().origin(), started.token.clone()).await {
            Ok((page, found)) if found.talks_on(started.leg) => {
                started.page = page;
                board.results().reconnections += 1;
                return Ok(());
            }
            Ok(_) => {
                return Err(Failure::new("call_lost", "the customer's page came back, and its call did not go on"));
            }
            Err(error) if Instant::now() > limit => return Err(page_failed(error)),
            Err(_) => sleep(RECONNECT_PAUSE).await,
        }
    }
}

/// What must not happen in the middle of a call.
fn check(call: &Call, own: &Condition, agent: &Condition) -> Result<(), Failure> {
    let of = |side: &str, trouble: &Trouble| Failure::new(trouble.cause(), format!("the {side}: {trouble}"));
    let trouble = own.trouble.as_ref().map(|trouble| of("customer", trouble));
    let trouble = trouble.or_else(|| agent.trouble.as_ref().map(|trouble| of("agent", trouble)));
    trouble.or_else(|| call.agent_failure()).map_or(Ok(()), Err)
}

fn unexpected(started: &mut Started, message: ServerMessage) -> Result<(), Failure> {
    match message {
        ServerMessage::Hangup { code, ended_by, .. } => {
            started.is_over = true;
            let detail = format!("{} (ended by {ended_by:?})", code.description);
            Err(Failure::new(&format!("hangup_{}", code.name.to_lowercase()), detail))
        }
        ServerMessage::MediaPath { connected: false, .. } => {
            Err(Failure::new("path_lost", "the server hears nothing of the customer"))
        }
        ServerMessage::Renegotiate { .. } => {
            Err(Failure::new("renegotiate", "the server asked for another codec order, although both sides have VP8"))
        }
        _ => Ok(()),
    }
}

/// Ends a call that failed. What failed first is told; that it cannot be ended either is no news.
async fn end_failed(call: &Call, started: &mut Started) {
    if !started.is_over {
        let _ = hang_up(call, started, false).await;
    }
}

/// Ends the call and waits until the server says that it is over.
async fn hang_up(call: &Call, started: &mut Started, by_agent: bool) -> Result<(), Failure> {
    if by_agent {
        call.hang_up.notify_one();
    } else {
        let (request, leg) = (started.page.number(), started.leg);
        started.page.send(&ClientMessage::Hangup { request, leg }).await.map_err(page_failed)?;
    }
    let limit = Instant::now() + HANG_UP_TIMEOUT;
    loop {
        let next = timeout_at(limit.into(), started.page.next()).await;
        let late = |_| Failure::new("hang_up_timeout", "the server did not say that the call is over");
        match next.map_err(late)?.map_err(page_failed)? {
            ServerMessage::Hangup { .. } => {
                started.is_over = true;
                return Ok(());
            }
            ServerMessage::Error { error, .. } => return Err(Failure::new(&refused(&error.name), error.description)),
            _ => {}
        }
    }
}

/// Both clients leave; what they heard is counted. Told is how many audio packets of customer and agent were heard.
async fn leave(board: &Board, call: &Call, started: Started) -> [u64; 2] {
    let Started { page, client, .. } = started;
    let by_customer = client.leave().await;
    if call.agent_told().is_some() {
        let limit = Instant::now() + LEAVE_TIMEOUT;
        while call.agent_measured().is_none() && Instant::now() < limit {
            sleep(SETUP_LOOK).await;
        }
    }
    let by_agent = call.agent_measured().unwrap_or_default();
    let heard = [by_agent.heard, by_customer.heard];
    board.measured(by_customer);
    board.measured(by_agent);
    page.close().await;
    heard
}

/// What a page tells of its sources.
pub(crate) fn set_media(leg: LegId, camera: bool) -> ClientMessage {
    ClientMessage::SetMedia { leg, media: MediaState { muted: false, camera, screen_share: false } }
}

fn setup_limit(board: &Board) -> Duration {
    let calls = &board.plan.calls;
    Duration::from_secs_f64(calls.setup_timeout_seconds + calls.ring_seconds)
}

/// The cause of a request that was refused with this code.
pub(crate) fn refused(code: &str) -> String {
    format!("refused_{}", code.to_lowercase())
}

fn page_failed(error: PageError) -> Failure {
    Failure::new("websocket", error)
}
