//! Engine and recorder in processes of their own outlive signaling: what each side missed is repaired.

use crate::{
    calls::{Talk, talk},
    support::{Engine, House, Page},
};
use model::{CallId, LegId, MediaTime, SegmentId};
use wire::{
    browser::ServerMessage,
    engine::{Command, Event, HeldLeg, HeldRoom},
    prompt::{MUSIC, RINGBACK},
    recorder,
};

fn connected(leg: LegId) -> HeldLeg {
    HeldLeg { leg, connected: Some(MediaTime(1_000_000)), path_lost: false }
}

fn room(room: CallId, legs: impl IntoIterator<Item = HeldLeg>) -> HeldRoom {
    HeldRoom { room, legs: legs.into_iter().collect() }
}

async fn recorded_talk(house: &mut House) -> Talk {
    house.record_calls().await;
    let agent = house.agent("Ada").await;
    talk(house, agent).await
}

async fn told_to_rejoin(page: &mut Page) -> bool {
    page.until("a lost path", |message| match message {
        ServerMessage::MediaPath { connected: false, rejoin, .. } => Some(rejoin),
        _ => None,
    })
    .await
}

/// The recorder's commands up to the one that is looked for.
async fn recorder_until(house: &mut House, fits: impl Fn(&recorder::Command) -> bool) -> Vec<recorder::Command> {
    let mut heard = Vec::new();
    loop {
        heard.push(house.engine.recorder_command().await);
        if heard.last().is_some_and(&fits) {
            return heard;
        }
    }
}

#[tokio::test]
async fn a_new_signaling_takes_up_what_the_engine_holds_and_nobody_rejoins() {
    let mut house = House::open().await;
    let Talk { started, agent_leg, .. } = recorded_talk(&mut house).await;
    let legs = [started.leg, agent_leg];
    let holds = vec![room(started.call, legs.map(connected))];
    let mut house = house.crash_and_start_with(Engine::apart(holds)).await;
    // Patches and taps are said again as whole states.
    house.engine.expect_patches(started.call, legs).await;
    let taps = loop {
        if let Command::SetTaps { legs, .. } = house.engine.command().await {
            break legs;
        }
    };
    assert_eq!(taps, legs);
    let link = house.link().await;
    let customer = house.customer_page("customer-1", link).await;
    assert_eq!(customer.welcome["leg"]["phase"], "established");
    assert_eq!(customer.welcome["leg"]["media_alive"], true);
    // Recording goes on in the same files.
    house.engine.facts.send(recorder::Event::Holds { segments: Vec::new() }).await.expect("signaling lives");
    let commands = recorder_until(&mut house, |command| matches!(command, recorder::Command::Tell { .. })).await;
    assert!(commands.iter().all(|command| !matches!(command, recorder::Command::Stop { .. })), "{commands:?}");
}

#[tokio::test]
async fn what_nobody_knows_is_ended_in_the_engine() {
    let mut house = House::open().await;
    let Talk { started, agent_leg, .. } = recorded_talk(&mut house).await;
    let (left_over, over) = (LegId::of(77), CallId::of(78));
    let legs = [connected(started.leg), connected(agent_leg), connected(left_over)];
    let rooms = vec![room(started.call, legs), room(over, [connected(LegId::of(79))])];
    house.engine.tell(Event::Holds { rooms, prompts: Vec::new() }).await;
    let (mut removed, mut closed) = (Vec::new(), Vec::new());
    while removed.is_empty() || closed.is_empty() {
        match house.engine.command().await {
            Command::RemoveLeg { leg } => removed.push(leg),
            Command::CloseRoom { room } => closed.push(room),
            _ => {}
        }
    }
    assert_eq!((removed, closed), (vec![left_over], vec![over]));
}

#[tokio::test]
async fn an_engine_that_was_started_anew_has_its_calls_rejoin_and_recorded_in_further_files() {
    let mut house = House::open().await;
    let Talk { mut customer, mut agent, .. } = recorded_talk(&mut house).await;
    house.engine.tell(Event::Holds { rooms: Vec::new(), prompts: Vec::new() }).await;
    assert!(told_to_rejoin(&mut customer).await);
    assert!(told_to_rejoin(&mut agent).await);
    let stopped = recorder_until(&mut house, |command| matches!(command, recorder::Command::Stop { .. })).await;
    assert!(matches!(stopped.last(), Some(recorder::Command::Stop { .. })));
}

#[tokio::test]
async fn a_leg_that_the_engine_lost_meanwhile_rejoins_alone() {
    let mut house = House::open().await;
    let Talk { mut customer, mut agent, started, agent_leg } = recorded_talk(&mut house).await;
    let lost = HeldLeg { path_lost: true, ..connected(agent_leg) };
    house.engine.tell(Event::Holds { rooms: vec![room(started.call, [lost])], prompts: Vec::new() }).await;
    assert!(told_to_rejoin(&mut customer).await, "its transport is gone");
    assert!(!told_to_rejoin(&mut agent).await, "its transport is there, and silent");
}

#[tokio::test]
async fn a_recorder_that_is_back_learns_what_to_record_and_what_not() {
    let mut house = House::open().await;
    let Talk { agent_leg, .. } = recorded_talk(&mut house).await;
    let starts = recorder_until(
        &mut house,
        |command| matches!(command, recorder::Command::Start(start) if start.leg == agent_leg),
    )
    .await;
    let segments: Vec<SegmentId> = starts
        .iter()
        .filter_map(|command| match command {
            recorder::Command::Start(start) => Some(start.segment),
            _ => None,
        })
        .collect();
    assert_eq!(segments.len(), 2);
    let unwanted = SegmentId::of(99);
    let held = vec![segments[0], unwanted];
    house.engine.facts.send(recorder::Event::Holds { segments: held }).await.expect("signaling lives");
    let commands = recorder_until(&mut house, |command| matches!(command, recorder::Command::Tell { .. })).await;
    assert!(commands.contains(&recorder::Command::Stop { segment: unwanted }), "{commands:?}");
    for start in starts {
        assert!(commands.contains(&start), "{start:?} is said again: {commands:?}");
    }
    let asked = recorder::Command::Tell { segments: vec![segments[1]] };
    assert_eq!(commands.last(), Some(&asked), "of what it does not hold the end may have been lost");
    assert_eq!(commands.iter().filter(|command| matches!(command, recorder::Command::Stop { .. })).count(), 1);
}

#[tokio::test]
async fn an_engine_gets_the_prompts_that_it_does_not_hold_before_anything_else() {
    let mut house = House::open().await;
    let Talk { started, agent_leg, .. } = recorded_talk(&mut house).await;
    // A leg that is over, so that the end of what comes before patches shows.
    let rooms = vec![room(started.call, [started.leg, agent_leg, LegId::of(77)].map(connected))];
    // The one in this process got it at the start.
    for (prompts, loaded) in [(vec![], vec![250, 250]), (vec![RINGBACK, MUSIC], vec![])] {
        house.engine.tell(Event::Holds { rooms: rooms.clone(), prompts }).await;
        let mut frames_loaded = Vec::new();
        loop {
            match house.engine.command().await {
                Command::LoadPrompt { prompt: RINGBACK, first: 0, of: 250, frames } => frames_loaded.push(frames.len()),
                Command::LoadPrompt { prompt: MUSIC, .. } if !loaded.is_empty() => {}
                Command::LoadPrompt { prompt, .. } => panic!("{prompt} is nobody's"),
                Command::RemoveLeg { .. } => break,
                _ => {}
            }
        }
        assert_eq!(frames_loaded, loaded, "five seconds, unless they are there");
    }
}
