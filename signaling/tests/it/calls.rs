//! A call from its start to the wrap-up, and what may happen in between.

use crate::support::{ANSWER, BAD_OFFER, House, Page};
use callcenter_core::{
    command::Command as CoreCommand,
    row::{CallState, SegmentState},
};
use model::{AgentId, AgentStatus, CallId, CallMedia, Codec, EndedBy, LegId, ParticipantType, TrackKind, VoiceStatus};
use wire::{
    browser::{ClientMessage, LegPhase, MediaState, OfferReason, RingEnd, ServerMessage},
    engine::{Command, Event, LegStats},
    quality::LegQuality,
    recorder,
};

/// What the customer's page learns of the call it started.
pub(crate) struct Started {
    pub(crate) call: CallId,
    pub(crate) leg: LegId,
}

pub(crate) async fn start_call(house: &mut House, customer: &mut Page) -> Started {
    let request = customer.next_request();
    let offer = "v=0 an offer".to_owned();
    let message = ClientMessage::StartCall { request, media: CallMedia::Audio, offer, custom_data: [].into() };
    customer.send(&message).await;
    house.engine.answer_offer().await;
    let mut early = Vec::new();
    let started = customer.until("call_started", |message| match message {
        ServerMessage::CallStarted { request: of, call, leg, answer, .. } if of == request => {
            assert_eq!(answer, ANSWER);
            Some(Started { call, leg })
        }
        ServerMessage::Error { error, .. } => panic!("refused: {error:?}"),
        other => {
            early.push(serde_json::to_value(other).expect("JSON"));
            None
        }
    });
    let started = started.await;
    // A page cannot know the leg of a call whose start was not answered yet.
    let own = early.iter().filter(|message| message["leg"] == started.leg.to_string()).count();
    assert_eq!(own, 0, "{early:?} before call_started");
    started
}

pub(crate) async fn accept(house: &mut House, agent: &mut Page) -> LegId {
    let ringing = agent.incoming().await;
    let request = agent.next_request();
    agent.send(&ClientMessage::Accept { request, leg: ringing.leg, offer: "v=0 an offer".into() }).await;
    house.engine.answer_offer().await;
    assert_eq!(agent.answer(request).await, ANSWER);
    ringing.leg
}

/// An established call of a new customer and this agent.
pub(crate) struct Talk {
    pub(crate) customer: Page,
    pub(crate) started: Started,
    pub(crate) agent: Page,
    pub(crate) agent_leg: LegId,
}

pub(crate) async fn talk(house: &mut House, agent: AgentId) -> Talk {
    talk_with(house, agent, "customer-1").await
}

/// The same with a customer of this identity.
pub(crate) async fn talk_with(house: &mut House, agent: AgentId, customer: &str) -> Talk {
    let link = house.link().await;
    let mut agent = house.agent_page(agent).await;
    let mut customer = house.customer_page(customer, link).await;
    let started = start_call(house, &mut customer).await;
    let agent_leg = accept(house, &mut agent).await;
    house.engine.connect(started.leg).await;
    house.engine.connect(agent_leg).await;
    customer.established().await;
    agent.established().await;
    Talk { customer, started, agent, agent_leg }
}

#[tokio::test]
async fn a_call_goes_from_its_start_to_the_wrap_up() {
    let mut house = House::open().await;
    house.record_calls().await;
    let link = house.link().await;
    let agent_id = house.agent("Ada").await;
    let mut agent = house.agent_page(agent_id).await;
    assert_eq!(agent.welcome["agent"]["availability"], "ACTIVE");
    assert_eq!(agent.welcome["leg"], serde_json::Value::Null);
    let mut customer = house.customer_page("customer-1", link).await;

    let started = start_call(&mut house, &mut customer).await;
    customer.until("ringing", |message| matches!(message, ServerMessage::Ringing { .. }).then_some(())).await;
    let agent_leg = accept(&mut house, &mut agent).await;
    house.engine.connect(started.leg).await;
    house.engine.connect(agent_leg).await;
    let ServerMessage::Established { remote, recording, .. } = customer.established().await else { unreachable!() };
    assert_eq!((remote.display_name.as_str(), recording), ("Ada", true));
    let ServerMessage::Established { remote, .. } = agent.established().await else { unreachable!() };
    assert_eq!(remote.display_name, "A Customer");
    house.engine.expect_patches(started.call, [started.leg, agent_leg]).await;
    let mut starts = Vec::new();
    while starts.len() < 2 {
        match house.engine.recorder_command().await {
            recorder::Command::Start(start) => starts.push(start),
            other => panic!("{other:?} before both legs are recorded"),
        }
    }
    let mut recorded: Vec<LegId> = starts.iter().map(|start| start.leg).collect();
    recorded.sort();
    assert_eq!(recorded, [started.leg.min(agent_leg), started.leg.max(agent_leg)]);

    let request = customer.next_request();
    customer.send(&ClientMessage::Hangup { request, leg: started.leg }).await;
    customer.done(request).await;
    let ended = agent.until("hangup", |message| match message {
        ServerMessage::Hangup { leg, code, ended_by, .. } if leg == agent_leg => Some((code.name, ended_by)),
        _ => None,
    });
    assert_eq!(ended.await, ("NORMAL_HANGUP".to_owned(), EndedBy::Customer));
    let wrap_up = agent.until("wrap-up", |message| match message {
        ServerMessage::AgentState(state) if state.voice == VoiceStatus::Wrapping => state.wrap_up,
        _ => None,
    });
    assert_eq!(wrap_up.await.call, started.call);
    let stored = house.server.state.store.call(house.account, started.call).await.expect("readable");
    assert_eq!(stored.expect("stored").state, CallState::Ended);
    for start in &starts {
        recording_finishes(&house, start).await;
    }
    let metrics = house.server.state.metrics.encode();
    assert!(metrics.contains("switchroom_calls_total{outcome=\"answered\"} 1"), "{metrics}");
}

async fn recording_finishes(house: &House, start: &recorder::SegmentStart) {
    let file = recorder::SegmentFile {
        segment: start.segment,
        account: start.account,
        call: start.call,
        leg: start.leg,
        screen: false,
        media: start.media,
        path: "a/b.webm".into(),
        file_name: "Maria.webm".into(),
        mime: "video/webm".into(),
        bytes: 4711,
        duration_ms: 61_500,
        gaps_ms: 0,
        sha256: "00".into(),
        recovered: false,
    };
    house.engine.facts.send(recorder::Event::Finished(Box::new(file))).await.expect("signaling lives");
    let stored = async {
        loop {
            let rows = house.server.state.store.segment(house.account, start.segment).await.expect("readable");
            if rows.iter().any(|row| row.state == SegmentState::Finished && row.bytes == Some(4711)) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, stored).await.expect("the file is stored as finished");
}

#[tokio::test]
async fn a_declined_call_rings_at_the_next_agent() {
    let mut house = House::open().await;
    let link = house.link().await;
    let (ada, bob) = (house.agent("Ada").await, house.agent("Bob").await);
    let mut pages = [house.agent_page(ada).await, house.agent_page(bob).await];
    let mut customer = house.customer_page("customer-1", link).await;
    start_call(&mut house, &mut customer).await;

    let [first, second] = &mut pages;
    let (decliner, other, ringing) = tokio::select! {
        ringing = first.incoming() => (first, second, ringing),
        ringing = second.incoming() => (second, first, ringing),
    };
    let request = decliner.next_request();
    decliner.send(&ClientMessage::Decline { request, leg: ringing.leg }).await;
    let gone = decliner.until("the end of ringing", |message| match message {
        ServerMessage::IncomingCallGone { leg, reason } if leg == ringing.leg => Some(reason),
        _ => None,
    });
    assert_eq!(gone.await, RingEnd::Declined);
    let again = other.incoming().await;
    assert_eq!(again.call, ringing.call);
    assert_ne!(again.leg, ringing.leg);
}

#[tokio::test]
async fn a_page_that_drops_comes_back_to_its_call() {
    let mut house = House::open().await;
    let agent_id = house.agent("Ada").await;
    let talk = talk(&mut house, agent_id).await;
    let Talk { mut customer, started, agent, agent_leg } = talk;
    drop(agent);
    let remote = |connected: bool| {
        move |message| match message {
            ServerMessage::RemoteConnection { connected: is, .. } if is == connected => Some(()),
            _ => None,
        }
    };
    customer.until("the agent being away", remote(false)).await;
    let mut agent = house.agent_page(agent_id).await;
    assert_eq!(agent.welcome["leg"]["leg"], agent_leg.to_string());
    assert_eq!(agent.welcome["leg"]["phase"], "established");
    assert_eq!(agent.welcome["leg"]["media_alive"], true);
    customer.until("the agent being back", remote(true)).await;

    // A reloaded page has lost its PeerConnection, so it rejoins with a new one.
    let request = agent.next_request();
    let (leg, reason, sdp) = (agent_leg, OfferReason::Rejoin, "v=0 new".to_owned());
    agent.send(&ClientMessage::Offer { request, leg, reason, sdp }).await;
    let command = house.engine.answer_offer().await;
    assert_eq!(command, Command::AddLeg { room: started.call, leg, offer: "v=0 new".into() });
    assert_eq!(agent.answer(request).await, ANSWER);
}

#[tokio::test]
async fn a_customer_that_reloads_while_waiting_keeps_its_place() {
    let mut house = House::open().await;
    let link = house.link().await;
    let mut customer = house.customer_page("customer-1", link).await;
    let started = start_call(&mut house, &mut customer).await;
    drop(customer);
    let customer = house.customer_page("customer-1", link).await;
    assert_eq!(customer.welcome["leg"]["leg"], started.leg.to_string());
    assert_eq!(customer.welcome["leg"]["phase"], "waiting");
}

#[tokio::test]
async fn an_engine_that_lost_a_leg_makes_its_page_rejoin() {
    let mut house = House::open().await;
    let agent_id = house.agent("Ada").await;
    let Talk { mut customer, started, .. } = talk(&mut house, agent_id).await;
    let path = |message| match message {
        ServerMessage::MediaPath { connected, rejoin, .. } => Some((connected, rejoin)),
        _ => None,
    };
    house.engine.tell(Event::PathLost { leg: started.leg }).await;
    assert_eq!(customer.until("a lost path", path).await, (false, false));
    house.engine.tell(Event::PathBack { leg: started.leg }).await;
    assert_eq!(customer.until("the path", path).await, (true, false));
    house.engine.tell(Event::LegClosed { leg: started.leg, reason: "a test".into() }).await;
    assert_eq!(customer.until("a closed leg", path).await, (false, true));
    drop(customer);
    let link = house.link().await;
    let customer = house.customer_page("customer-1", link).await;
    assert_eq!(customer.welcome["leg"]["media_alive"], false);
}

#[tokio::test]
async fn an_offer_that_the_engine_refuses_ends_the_call() {
    let mut house = House::open().await;
    let link = house.link().await;
    let mut customer = house.customer_page("customer-1", link).await;
    let request = customer.next_request();
    let offer = BAD_OFFER.to_owned();
    let message = ClientMessage::StartCall { request, media: CallMedia::Video, offer, custom_data: [].into() };
    customer.send(&message).await;
    house.engine.answer_offer().await;
    let error = customer.error(Some(request)).await;
    assert_eq!(error.name, "MEDIA_ERROR");
    assert!(error.description.contains("it has no m-lines"), "{}", error.description);
    // Nothing is left of it: the next call starts.
    start_call(&mut house, &mut customer).await;
}

#[tokio::test]
async fn a_second_call_at_once_is_refused() {
    let mut house = House::open().await;
    let link = house.link().await;
    let agent_id = house.agent("Ada").await;
    let Talk { mut customer, mut agent, .. } = talk(&mut house, agent_id).await;
    let request = customer.next_request();
    let offer = "v=0 an offer".to_owned();
    let message = ClientMessage::StartCall { request, media: CallMedia::Audio, offer, custom_data: [].into() };
    customer.send(&message).await;
    assert_eq!(customer.error(Some(request)).await.name, "BUSY");

    // Another customer waits: the agent in a call is not rung.
    let mut other = house.customer_page("customer-2", link).await;
    start_call(&mut house, &mut other).await;
    other
        .until("a place in the queue", |message| {
            matches!(message, ServerMessage::Waiting { position: 1, .. }).then_some(())
        })
        .await;
    agent.send(&ClientMessage::Ping { sequence: 9 }).await;
    agent
        .until("pong", |message| match message {
            ServerMessage::IncomingCall(call) => panic!("an agent in a call was rung: {call:?}"),
            ServerMessage::Pong { sequence: 9 } => Some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn what_one_side_turns_on_the_other_is_told() {
    let mut house = House::open().await;
    let agent_id = house.agent("Ada").await;
    let Talk { mut customer, started, mut agent, .. } = talk(&mut house, agent_id).await;
    let media = MediaState { muted: true, camera: true, screen_share: false };
    customer.send(&ClientMessage::SetMedia { leg: started.leg, media }).await;
    let told = agent.until("the customer's sources", |message| match message {
        ServerMessage::RemoteMedia { media, .. } if media.muted => Some(media),
        _ => None,
    });
    assert_eq!(told.await, media);
    customer.send(&ClientMessage::NetworkQualityChanged { leg: started.leg, network_quality: 2 }).await;
    let told = agent.until("the customer's quality", |message| match message {
        ServerMessage::RemoteNetworkQuality { network_quality, .. } => Some(network_quality),
        _ => None,
    });
    assert_eq!(told.await, 2);
}

#[tokio::test]
async fn quality_reaches_the_right_pages() {
    let mut house = House::open().await;
    let agent_id = house.agent("Ada").await;
    let Talk { mut customer, started, mut agent, agent_leg } = talk(&mut house, agent_id).await;
    let stats = |leg, mos| LegStats {
        leg,
        at: Default::default(),
        quality: LegQuality { heard_mos: Some(mos), ..Default::default() },
        receiving: vec![TrackKind::Audio],
        one_way: false,
        audio_level: 30,
    };
    let legs = vec![stats(started.leg, 3.1), stats(agent_leg, 4.4), stats(LegId::of(99), 1.0)];
    house.engine.tell(Event::Stats { legs }).await;
    let quality = |message| match message {
        ServerMessage::Quality { leg, own, remote } => Some((leg, own.heard_mos, remote.map(|other| other.heard_mos))),
        _ => None,
    };
    assert_eq!(customer.until("quality", quality).await, (started.leg, Some(3.1), None));
    assert_eq!(agent.until("quality", quality).await, (agent_leg, Some(4.4), Some(Some(3.1))));
}

#[tokio::test]
async fn wishes_pass_between_engine_recorder_and_pages() {
    let mut house = House::open().await;
    let agent_id = house.agent("Ada").await;
    let Talk { mut customer, started, .. } = talk(&mut house, agent_id).await;
    let video_codecs = vec![Codec::H264];
    house.engine.tell(Event::RenegotiationNeeded { leg: started.leg, video_codecs: video_codecs.clone() }).await;
    let asked = customer.until("renegotiate", |message| match message {
        ServerMessage::Renegotiate { leg, video_codecs } if leg == started.leg => Some(video_codecs),
        _ => None,
    });
    assert_eq!(asked.await, video_codecs);
    let request = customer.next_request();
    let (leg, reason, sdp) = (started.leg, OfferReason::Renegotiate, "v=0 h264".to_owned());
    customer.send(&ClientMessage::Offer { request, leg, reason, sdp: sdp.clone() }).await;
    assert_eq!(house.engine.answer_offer().await, Command::Negotiate { leg, offer: sdp });
    assert_eq!(customer.answer(request).await, ANSWER);

    let wish = recorder::Event::KeyframeNeeded { leg, track: TrackKind::Camera };
    house.engine.facts.send(wish).await.expect("signaling lives");
    loop {
        if let Command::RequestKeyframe { leg: of, track } = house.engine.command().await {
            assert_eq!((of, track), (leg, TrackKind::Camera));
            return;
        }
    }
}

#[tokio::test]
async fn a_ringing_agent_cannot_get_media_before_accepting() {
    let mut house = House::open().await;
    let link = house.link().await;
    let agent_id = house.agent("Ada").await;
    let mut agent = house.agent_page(agent_id).await;
    let mut customer = house.customer_page("customer-1", link).await;
    start_call(&mut house, &mut customer).await;
    let ringing = agent.incoming().await;
    let request = agent.next_request();
    let (leg, reason, sdp) = (ringing.leg, OfferReason::Rejoin, "v=0".to_owned());
    agent.send(&ClientMessage::Offer { request, leg, reason, sdp }).await;
    assert_eq!(agent.error(Some(request)).await.name, "INVALID_REQUEST");
    let phase = house.center().query(move |core, _| core.leg(leg).map(|row| row.phase)).await.expect("an answer");
    assert_eq!(phase, Some(LegPhase::Ringing));
}

#[tokio::test]
async fn an_agent_who_is_away_is_told_of_nothing() {
    let house = House::open().await;
    let agent_id = house.agent("Ada").await;
    let mut agent = house.agent_page(agent_id).await;
    house.does(CoreCommand::SetStatus { agent: agent_id, status: AgentStatus::Away }).await;
    let state = agent.until("the new state", |message| match message {
        ServerMessage::AgentState(state) if state.status == AgentStatus::Away => Some(state.availability),
        _ => None,
    });
    assert_eq!(state.await, AgentStatus::Away);
}

#[tokio::test]
async fn an_agent_is_told_that_the_recording_holds_nothing_of_a_customer_who_talks() {
    let mut house = House::open().await;
    house.record_calls().await;
    let agent_id = house.agent("Ada").await;
    let Talk { started, mut agent, agent_leg, .. } = talk(&mut house, agent_id).await;
    let segment = loop {
        match house.engine.recorder_command().await {
            recorder::Command::Start(start) if start.leg == started.leg => break start.segment,
            _ => {}
        }
    };
    let silent = |silent| recorder::Event::Silent { segment, leg: started.leg, silent };
    house.engine.facts.send(silent(true)).await.expect("signaling lives");
    let stats = |leg, audio_level| LegStats {
        leg,
        at: Default::default(),
        quality: LegQuality::default(),
        receiving: vec![TrackKind::Audio],
        one_way: false,
        audio_level,
    };
    // The recorder's word and the engine's come by two ways: levels are told until the alarm is there.
    let mut alarm = None;
    for _ in 0..500 {
        let legs = vec![stats(started.leg, 100), stats(agent_leg, 0)];
        house.engine.tell(Event::Stats { legs }).await;
        let told = agent.until("quality or the alarm", |message| match message {
            ServerMessage::RecordingSilent { leg, participant, silent } => Some(Some((leg, participant, silent))),
            ServerMessage::Quality { .. } => Some(None),
            _ => None,
        });
        alarm = told.await;
        if alarm.is_some() {
            break;
        }
    }
    assert_eq!(alarm, Some((agent_leg, ParticipantType::Customer, true)));
    assert!(house.server.state.metrics.encode().contains("switchroom_silent_recordings 1\n"));
    house.engine.facts.send(silent(false)).await.expect("signaling lives");
    let over = agent.until("the end of the alarm", |message| match message {
        ServerMessage::RecordingSilent { silent, .. } => Some(silent),
        _ => None,
    });
    assert!(!over.await);
    assert!(house.server.state.metrics.encode().contains("switchroom_silent_recordings 0\n"));
}
