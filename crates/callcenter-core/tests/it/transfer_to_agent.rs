//! An agent hands a call over to another one of the same queue.

use crate::center::{Center, Talk, both_ways, only_music, seconds};
use callcenter_core::command::{Command, CommandError, TransferRefusal};
use callcenter_core::event::Event;
use callcenter_core::row::CallState;
use model::{AgentId, AgentStatus, LegId, RecordingMedia, TransferFailure, VoiceStatus};
use wire::browser::{CallKind, RingEnd, ServerMessage};
use wire::engine::{Command as Engine, Playlist};
use wire::prompt::{MUSIC, RINGBACK};
use wire::recorder::Command as Recorder;

/// Ann hands a call over to Bob, where it rings.
struct Handover {
    center: Center,
    ann: AgentId,
    bob: AgentId,
    talk: Talk,
    target: LegId,
}

impl Handover {
    fn begin() -> Self {
        Self::begin_after(|_, _| {})
    }

    fn begin_after(before: impl FnOnce(&mut Center, Talk)) -> Self {
        let mut center = Center::new();
        center.record(RecordingMedia::Audio);
        let ann = center.free_agent("ann");
        let talk = center.talk("customer-1", ann);
        let bob = center.free_agent("bob");
        before(&mut center, talk);
        center.pass(seconds(30));
        center.forget();
        center.must(Command::TransferToAgent { leg: talk.agent, to: bob });
        let target = center.ringing(bob);
        Self { center, ann, bob, talk, target }
    }

    fn state(&self) -> CallState {
        self.center.state(self.talk.call)
    }

    fn accept(&mut self) {
        self.center.accept(self.bob);
    }

    fn failed(&self) -> Option<TransferFailure> {
        let reason = |message| match message {
            ServerMessage::TransferFailed { reason, to, .. } if to.display_name == "bob" => Some(reason),
            _ => None,
        };
        self.center.told_agent(self.ann).into_iter().find_map(reason)
    }

    fn assert_returned(&self, reason: TransferFailure) {
        assert_eq!(self.state(), CallState::Established);
        assert_eq!(self.center.voice(self.ann), VoiceStatus::InCall);
        assert_eq!(self.center.voice(self.bob), VoiceStatus::Idle);
        assert_eq!(self.failed(), Some(reason));
        let logged = Event::CallTransferFailed { agent: self.ann, to_agent: self.bob, reason };
        assert!(self.center.logged().contains(&logged));
        assert_eq!(self.last_patches(), both_ways(self.talk.call, self.talk.customer, self.talk.agent));
        let told = self.center.told_customer(self.talk.customer);
        assert!(matches!(told.iter().rev().find(|told| is_established(told)), Some(ServerMessage::Established { .. })));
    }

    fn last_patches(&self) -> Engine {
        let patches = |command: &Engine| matches!(command, Engine::SetPatches { .. });
        self.center.engine().into_iter().rev().find(patches).expect("the engine was told what to play")
    }
}

fn is_established(message: &ServerMessage) -> bool {
    matches!(message, ServerMessage::Established { .. })
}

#[test]
fn tra_01_to_07_it_rings_at_the_other_agent_and_the_customer_hears_that() {
    let Handover { center, ann, bob, talk, target } = Handover::begin();
    assert_eq!(center.state(talk.call), CallState::Transferring);
    let voices = [ann, bob].map(|agent| center.voice(agent));
    assert_eq!(voices, [VoiceStatus::Transferring, VoiceStatus::Ringing]);
    let ringing = only_music(talk.call, talk.customer, Playlist::looped(RINGBACK));
    assert_eq!(center.engine()[0], ringing, "the transferor is deaf and mute");
    let incoming = center.core.leg_snapshot(target, center.now).and_then(|leg| leg.incoming).expect("it rings");
    assert_eq!((incoming.kind, incoming.from.identity.as_str()), (CallKind::Transferred, "customer-1"));
    assert_eq!(incoming.rings_for_ms, 30_000);
    assert_eq!(
        center.logged(),
        [Event::CallTransferStarted { agent: ann, to_agent: bob }, Event::CallRinging { agent: bob, leg: target }]
    );
    let transfer_of = |leg| center.core.leg_snapshot(leg, center.now).and_then(|leg| leg.transfer);
    let seen = transfer_of(talk.agent).expect("under way");
    assert_eq!(seen.to.as_ref().map(|to| to.display_name.as_str()), Some("bob"));
    assert_eq!(transfer_of(talk.customer).expect("under way").to, None, "customers are not told to whom");
    let told = ServerMessage::Transferring { leg: talk.agent, transfer: seen };
    assert!(center.told_agent(ann).contains(&told));
    assert_eq!(transfer_of(target), None);
}

#[test]
fn tra_06_and_09_once_the_target_is_connected_the_transferor_wraps_up() {
    let mut handover = Handover::begin();
    handover.accept();
    assert_eq!(handover.state(), CallState::Transferring, "their media is not up yet");
    assert_eq!(handover.center.voice(handover.ann), VoiceStatus::Transferring);
    handover.center.forget();
    handover.center.connect(handover.target);
    let Handover { center, ann, bob, talk, target } = &mut handover;
    assert_eq!(center.state(talk.call), CallState::Established);
    assert_eq!((center.voice(*ann), center.voice(*bob)), (VoiceStatus::Wrapping, VoiceStatus::InCall));
    let hung_up = |message: &ServerMessage| match message {
        ServerMessage::Hangup { leg, code, .. } => *leg == talk.agent && code.id == 10_000,
        _ => false,
    };
    assert!(center.told_agent(*ann).iter().any(hung_up));
    let transferred = Event::CallTransferred { agent: *ann, to_agent: *bob, duration_ms: 31_000 };
    assert!(center.logged().contains(&transferred), "{:?}", center.logged());
    assert!(center.engine().contains(&Engine::RemoveLeg { leg: talk.agent }));
    assert!(center.engine().contains(&both_ways(talk.call, talk.customer, *target)));
    let conversation = center.core.call(talk.call).expect("live").conversation;
    assert_eq!(center.core.conversation(conversation).and_then(|row| row.agent), Some(*bob));
    for told in [center.told_customer(talk.customer), center.told_agent(*bob)] {
        assert!(told.iter().any(is_established));
    }
    center.must(Command::Hold { leg: *target });
    center.must(Command::Resume { leg: *target });
    center.must(Command::Hangup { leg: *target });
    assert_eq!(center.voice(*bob), VoiceStatus::Wrapping);
}

#[test]
fn rec_07_the_recording_goes_on_in_two_new_files() {
    let mut handover = Handover::begin();
    assert_eq!(handover.center.recorder(), [], "until it is decided nothing changes");
    handover.accept();
    handover.center.connect(handover.target);
    let (mut stopped, mut started) = (0, Vec::new());
    for command in handover.center.recorder() {
        match command {
            Recorder::Stop { .. } => stopped += 1,
            Recorder::Start(start) => started.push((start.leg, start.agent_name)),
            other => panic!("{other:?}"),
        }
    }
    let bobs = "bob".to_owned();
    assert_eq!((stopped, started), (2, vec![(handover.talk.customer, bobs.clone()), (handover.target, bobs)]));
    let taps = Engine::SetTaps { room: handover.talk.call, legs: vec![handover.talk.customer, handover.target] };
    assert_eq!(handover.center.engine().last(), Some(&taps));
}

#[test]
fn declined_it_is_the_transferors_again() {
    let mut handover = Handover::begin();
    handover.center.decline(handover.bob);
    handover.assert_returned(TransferFailure::Declined);
    let target = handover.target;
    let gone = ServerMessage::IncomingCallGone { leg: target, reason: RingEnd::Declined };
    assert!(handover.center.told_agent(handover.bob).contains(&gone));
}

#[test]
fn tmo_01_not_answered_in_time_it_is_the_transferors_again() {
    let mut handover = Handover::begin();
    handover.center.pass(seconds(29));
    assert_eq!(handover.state(), CallState::Transferring);
    handover.center.pass(seconds(1));
    handover.assert_returned(TransferFailure::NoAnswer);
}

#[test]
fn a_target_whose_page_goes_away_does_not_get_it() {
    let mut handover = Handover::begin();
    handover.center.close_page(handover.bob);
    handover.center.pass(seconds(15));
    assert_eq!(handover.state(), CallState::Established);
    assert_eq!(handover.failed(), Some(TransferFailure::AgentGone));
    assert_eq!(handover.last_patches(), both_ways(handover.talk.call, handover.talk.customer, handover.talk.agent));
}

#[test]
fn a_target_whose_media_does_not_come_up_does_not_get_it() {
    let mut handover = Handover::begin();
    handover.accept();
    handover.center.pass(seconds(20));
    handover.assert_returned(TransferFailure::NotConnected);
    assert!(handover.center.engine().contains(&Engine::RemoveLeg { leg: handover.target }));
    let mut refused = Handover::begin();
    refused.accept();
    refused.center.must(Command::LegRefused { leg: refused.target, reason: "no audio".to_owned() });
    refused.assert_returned(TransferFailure::NotConnected);
    let mut hung_up = Handover::begin();
    hung_up.accept();
    hung_up.center.must(Command::Hangup { leg: hung_up.target });
    hung_up.assert_returned(TransferFailure::NotConnected);
}

#[test]
fn a_target_that_is_lost_while_it_connects_has_the_call_once_it_is_back() {
    let mut handover = Handover::begin();
    handover.accept();
    let Handover { center, ann, bob, talk, target } = &mut handover;
    center.must(Command::EngineRestarted);
    center.connect(*target);
    center.must(Command::PathLost { leg: *target });
    center.connect(talk.customer);
    assert_eq!(center.state(talk.call), CallState::Transferring, "nobody lets go while the target is away");
    assert_eq!(center.voice(*ann), VoiceStatus::Transferring);
    center.must(Command::PathBack { leg: *target });
    assert_eq!(center.state(talk.call), CallState::Established);
    assert_eq!((center.voice(*ann), center.voice(*bob)), (VoiceStatus::Wrapping, VoiceStatus::InCall));
}

#[test]
fn returned_it_can_be_handed_over_again() {
    let mut handover = Handover::begin();
    handover.center.decline(handover.bob);
    let again = Command::TransferToAgent { leg: handover.talk.agent, to: handover.bob };
    handover.center.must(again);
    let target = handover.center.accept(handover.bob);
    handover.center.connect(target);
    assert_eq!(handover.center.voice(handover.bob), VoiceStatus::InCall);
}

#[test]
fn begun_on_hold_and_failed_it_is_on_hold_again() {
    let mut handover = Handover::begin_after(|center, talk| {
        center.must(Command::Hold { leg: talk.agent });
    });
    handover.center.decline(handover.bob);
    assert_eq!(handover.state(), CallState::Held);
    assert_eq!(handover.center.voice(handover.ann), VoiceStatus::OnHold);
    let music = only_music(handover.talk.call, handover.talk.customer, Playlist::looped(MUSIC));
    assert_eq!(handover.last_patches(), music);
    let leg = handover.talk.customer;
    let told = handover.center.told_customer(leg);
    assert!(matches!(told.last(), Some(ServerMessage::Held { .. })), "{told:?}");
    handover.center.must(Command::Resume { leg: handover.talk.agent });
    assert!(handover.center.logged().contains(&Event::CallResumed { agent: handover.ann, held_ms: 30_000 }));
}

#[test]
fn begun_on_hold_and_taken_the_hold_is_over() {
    let mut handover = Handover::begin_after(|center, talk| {
        center.must(Command::Hold { leg: talk.agent });
    });
    handover.accept();
    handover.center.connect(handover.target);
    assert_eq!(handover.state(), CallState::Established);
    assert!(handover.center.logged().contains(&Event::CallResumed { agent: handover.ann, held_ms: 30_000 }));
    let snapshot = handover.center.core.leg_snapshot(handover.talk.customer, handover.center.now).expect("live");
    assert_eq!((snapshot.held_since, snapshot.transfer), (None, None));
}

#[test]
fn tra_08_hanging_up_ends_it_for_all() {
    for by_agent in [true, false] {
        for answered in [true, false] {
            let mut handover = Handover::begin();
            if answered {
                handover.accept();
            }
            let leg = if by_agent { handover.talk.agent } else { handover.talk.customer };
            handover.center.must(Command::Hangup { leg });
            assert_eq!(handover.state(), CallState::Ended);
            let voices = [handover.ann, handover.bob].map(|agent| handover.center.voice(agent));
            let targets = if answered { VoiceStatus::Wrapping } else { VoiceStatus::Idle };
            assert_eq!(voices, [VoiceStatus::Wrapping, targets]);
            assert!(handover.center.engine().contains(&Engine::CloseRoom { room: handover.talk.call }));
        }
    }
}

#[test]
fn the_transferor_neither_holds_nor_hands_over_meanwhile() {
    let mut handover = Handover::begin();
    let leg = handover.talk.agent;
    let commands = [
        Command::Hold { leg },
        Command::Resume { leg },
        Command::TransferToAgent { leg, to: handover.bob },
        Command::TransferToQueue { leg, to: None },
    ];
    for command in commands {
        assert_eq!(handover.center.try_command(command), Err(CommandError::BeingTransferred));
    }
}

#[test]
fn a_lost_transferor_gets_nothing_back_and_the_customer_goes_to_the_front() {
    let mut handover = Handover::begin();
    let Handover { center, ann, bob, talk, .. } = &mut handover;
    center.close_page(*ann);
    center.must(Command::SetStatus { agent: *bob, status: AgentStatus::Away });
    let (waiting, _) = center.call("customer-2");
    center.decline(*bob);
    assert_eq!(center.state(talk.call), CallState::Waiting);
    assert_eq!(center.voice(*ann), VoiceStatus::Wrapping);
    assert!(matches!(center.told_customer(talk.customer).last(), Some(ServerMessage::Waiting { position: 1, .. })));
    let row = center.core.call(talk.call).expect("live");
    assert_eq!((row.kind, row.transfer, row.answered_at.is_some()), (CallKind::Transferred, None, true));
    let cid = center.free_agent("cid");
    assert_eq!(center.core.leg(center.ringing(cid)).expect("rings").call, talk.call, "before who waits longer");
    assert_eq!(center.state(waiting), CallState::Waiting);
    let leg = center.accept(cid);
    center.connect(leg);
    assert_eq!(center.state(talk.call), CallState::Established);
    assert!(center.engine().contains(&both_ways(talk.call, talk.customer, leg)));
}

#[test]
fn a_transferor_who_is_gone_for_good_does_not_stop_the_target() {
    let mut handover = Handover::begin();
    let Handover { center, ann, bob, talk, target } = &mut handover;
    center.set(|settings| settings.ring_inbound_seconds = 60);
    center.decline(*bob);
    center.must(Command::TransferToAgent { leg: talk.agent, to: *bob });
    *target = center.ringing(*bob);
    center.close_page(*ann);
    center.pass(seconds(30));
    assert_eq!(center.state(talk.call), CallState::Transferring);
    assert_eq!(center.voice(*ann), VoiceStatus::Wrapping);
    center.accept(*bob);
    center.connect(*target);
    assert_eq!(center.state(talk.call), CallState::Established);
    let last = center.engine();
    assert!(last.contains(&both_ways(talk.call, talk.customer, *target)));
}

#[test]
fn a_transferor_who_is_gone_for_good_and_a_target_who_declines_leave_the_customer_in_front() {
    let mut handover = Handover::begin();
    let Handover { center, ann, bob, talk, .. } = &mut handover;
    center.set(|settings| settings.ring_inbound_seconds = 60);
    center.decline(*bob);
    center.must(Command::TransferToAgent { leg: talk.agent, to: *bob });
    center.close_page(*ann);
    center.pass(seconds(40));
    center.decline(*bob);
    assert_eq!(center.state(talk.call), CallState::Waiting);
    let ringing = only_music(talk.call, talk.customer, Playlist::looped(RINGBACK));
    assert_eq!(center.engine().into_iter().rev().find(|command| *command == ringing), Some(ringing));
    center.pass(seconds(5));
    assert!(center.rings(*bob), "the only agent is asked again");
}

#[test]
fn a_customer_who_is_gone_for_good_ends_it() {
    let mut handover = Handover::begin();
    handover.center.set(|settings| settings.ring_inbound_seconds = 60);
    handover.center.must(Command::PageLost { leg: handover.talk.customer });
    handover.center.pass(seconds(29));
    assert_eq!(handover.failed(), None);
    handover.center.pass(seconds(1));
    assert_eq!(handover.center.voice(handover.bob), VoiceStatus::Idle);
    assert!(matches!(handover.state(), CallState::Ended));
}

#[test]
fn only_available_agents_of_the_queue_can_be_picked() {
    let mut center = Center::new();
    let ann = center.free_agent("ann");
    let talk = center.talk("customer-1", ann);
    let sales = center.queue("Sales");
    let queue = center.core.default_queue();
    let (offline, away, other, busy) =
        (center.agent("offline"), center.free_agent("away"), center.free_agent("other"), center.free_agent("busy"));
    center.must(Command::SetStatus { agent: away, status: AgentStatus::Away });
    center.must(Command::LinkAgentQueue { agent: other, queue: sales });
    center.must(Command::UnlinkAgentQueue { agent: other, queue });
    center.talk("customer-2", busy);
    let refusal = |center: &mut Center, to| center.try_command(Command::TransferToAgent { leg: talk.agent, to });
    let cannot = |why| Err(CommandError::CannotTransfer(why));
    assert_eq!(refusal(&mut center, ann), cannot(TransferRefusal::ToOneself));
    assert_eq!(refusal(&mut center, other), cannot(TransferRefusal::OtherQueue));
    for agent in [offline, away, busy] {
        assert_eq!(refusal(&mut center, agent), cannot(TransferRefusal::AgentUnavailable));
        assert!(!center.core.takes_transfers(agent, queue));
    }
    let nobody = AgentId::of(97);
    assert_eq!(refusal(&mut center, nobody), Err(CommandError::UnknownAgent(nobody)));
    let to = other;
    let by_customer = center.try_command(Command::TransferToAgent { leg: talk.customer, to });
    assert_eq!(by_customer, Err(CommandError::NotTheAgents));
    assert_eq!(center.state(talk.call), CallState::Established, "the call goes on");
}

#[test]
fn a_restart_of_the_core_while_it_rings_goes_on_ringing() {
    let mut handover = Handover::begin();
    let Handover { center, ann, bob, talk, target } = &mut handover;
    center.pass(seconds(10));
    center.restart();
    assert_eq!(center.state(talk.call), CallState::Transferring);
    assert_eq!(center.core.leg_of_agent(*bob), Some(*target));
    center.forget();
    center.must(Command::PageBack { leg: talk.customer });
    let ringing = only_music(talk.call, talk.customer, Playlist::looped(RINGBACK));
    assert_eq!(center.engine()[0], ringing, "said again");
    center.open_page(*ann);
    center.open_page(*bob);
    center.pass(seconds(19));
    assert!(center.rings(*bob));
    center.pass(seconds(1));
    assert_eq!(center.state(talk.call), CallState::Established, "the ring ends at its time");
    assert_eq!(center.voice(*ann), VoiceStatus::InCall);
    assert_eq!(
        center.engine().last(),
        Some(&Engine::SetTaps { room: talk.call, legs: vec![talk.customer, talk.agent] })
    );
}

#[test]
fn a_restart_of_the_core_after_the_answer_completes_it_all_the_same() {
    let mut handover = Handover::begin();
    handover.accept();
    let Handover { center, ann, bob, talk, target } = &mut handover;
    center.restart();
    center.must(Command::PageBack { leg: talk.customer });
    center.open_page(*ann);
    center.open_page(*bob);
    center.connect(*target);
    assert_eq!(center.state(talk.call), CallState::Established);
    assert_eq!(center.voice(*ann), VoiceStatus::Wrapping);
}

#[test]
fn a_restart_of_the_engine_while_it_rings_brings_the_ringing_back() {
    let mut handover = Handover::begin();
    let Handover { center, bob, talk, target, .. } = &mut handover;
    center.must(Command::EngineRestarted);
    center.forget();
    center.connect(talk.customer);
    let ringing = only_music(talk.call, talk.customer, Playlist::looped(RINGBACK));
    assert_eq!(center.engine(), [ringing]);
    center.accept(*bob);
    center.connect(*target);
    assert_eq!(center.state(talk.call), CallState::Established);
}

#[test]
fn a_restart_of_the_engine_after_the_answer_waits_for_customer_and_target() {
    let mut handover = Handover::begin();
    handover.accept();
    let Handover { center, ann, talk, target, .. } = &mut handover;
    center.must(Command::EngineRestarted);
    center.connect(*target);
    assert_eq!(center.state(talk.call), CallState::Transferring);
    assert_eq!(center.voice(*ann), VoiceStatus::Transferring);
    center.connect(talk.customer);
    assert_eq!(center.state(talk.call), CallState::Established);
    assert!(center.engine().contains(&both_ways(talk.call, talk.customer, *target)));
}
