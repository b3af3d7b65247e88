//! Both parties are connected.

use crate::center::Center;
use callcenter_core::command::{Command, CommandError};
use model::{LegId, ParticipantType, TrackKind};
use wire::browser::{LegPhase, MediaState, ServerMessage};
use wire::engine::{Command as Engine, Patch, Playlist};
use wire::prompt::RINGBACK;

#[test]
fn both_are_told_of_each_other_and_patched_both_ways() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    let customers = center.told_customer(talk.customer);
    let agents = center.told_agent(agent);
    let remote = |told: &[ServerMessage]| {
        let established = |message: &ServerMessage| match message {
            ServerMessage::Established { remote, recording, .. } => Some((remote.clone(), *recording)),
            _ => None,
        };
        told.iter().find_map(established).expect("told that it is established")
    };
    let (seen_by_customer, _) = remote(&customers);
    assert_eq!((seen_by_customer.participant, seen_by_customer.display_name.as_str()), (ParticipantType::Agent, "ann"));
    let (seen_by_agent, recording) = remote(&agents);
    assert_eq!(seen_by_agent.identity, "customer-1");
    assert!(!recording, "nothing is recorded unless it is switched on");
    let patches = |source: LegId, sink| TrackKind::ALL.map(|track| Patch { source: source.into(), sink, track });
    let both_ways = [patches(talk.customer, talk.agent), patches(talk.agent, talk.customer)].concat();
    let ringback = Patch { source: Playlist::looped(RINGBACK).into(), sink: talk.customer, track: TrackKind::Audio };
    let said = [vec![ringback], both_ways].map(|patches| Engine::SetPatches { room: talk.call, patches });
    assert_eq!(center.engine(), said, "ringback until the agent is there");
}

#[test]
fn it_is_established_whichever_leg_connects_last() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let link = center.general_link();
    let (call, customer) = center.call_by(link, "customer-1");
    let leg = center.accept(agent);
    center.connect(leg);
    assert_eq!(center.core.leg(leg).expect("live").phase, LegPhase::Connecting);
    center.connect(customer);
    assert_eq!(center.core.leg(leg).expect("live").phase, LegPhase::Established);
    let snapshot = center.core.leg_snapshot(customer, center.now).expect("live");
    assert_eq!(snapshot.remote.map(|remote| remote.display_name), Some("ann".to_owned()));
    assert_eq!((snapshot.call, snapshot.established_at), (call, Some(center.now.wall)));
}

#[test]
fn what_one_turns_on_the_other_is_told() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    center.forget();
    let media = MediaState { muted: true, camera: false, screen_share: true };
    center.must(Command::SetMedia { leg: talk.agent, media });
    let told = ServerMessage::RemoteMedia { leg: talk.customer, media };
    assert_eq!(center.told_customer(talk.customer), [told]);
    let snapshot = center.core.leg_snapshot(talk.customer, center.now).expect("live");
    assert_eq!(snapshot.remote_media, media);
    let unknown = LegId::of(9);
    assert_eq!(center.try_command(Command::SetMedia { leg: unknown, media }), Err(CommandError::UnknownLeg(unknown)));
}

#[test]
fn media_set_before_the_answer_is_told_at_the_answer() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let (_, customer) = center.call("customer-1");
    let media = MediaState { muted: true, ..MediaState::default() };
    center.must(Command::SetMedia { leg: customer, media });
    let leg = center.accept(agent);
    center.connect(leg);
    assert!(center.told_agent(agent).contains(&ServerMessage::RemoteMedia { leg, media }));
}

#[test]
fn a_hang_up_ends_it_for_both() {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    for by_agent in [false, true] {
        let talk = center.talk("customer-1", agent);
        center.forget();
        center.must(Command::Hangup { leg: if by_agent { talk.agent } else { talk.customer } });
        let code = |message: &ServerMessage| match message {
            ServerMessage::Hangup { code, .. } => Some(code.name.clone()),
            _ => None,
        };
        let told = [center.told_customer(talk.customer), center.told_agent(agent)];
        assert!(told.iter().all(|told| told.iter().find_map(code).as_deref() == Some("NORMAL_HANGUP")));
        assert_eq!(center.engine(), [Engine::CloseRoom { room: talk.call }]);
        for leg in [talk.customer, talk.agent] {
            assert_eq!(center.try_command(Command::Hangup { leg }), Err(CommandError::UnknownLeg(leg)));
        }
        center.must(Command::ClearWrapUp { agent });
    }
}
