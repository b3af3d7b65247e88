//! Calls that a transfer brings back to waiting.

use crate::center::{Center, Talk, seconds};
use crate::waiting::{LAST, center_with_strategy, full, hangup, hears, id, make_all, place, put, spoken};
use callcenter_core::command::Command;
use callcenter_core::event::Event;
use callcenter_core::row::{CallState, WaitingStrategyFields};
use model::{AgentId, AgentStatus, EndedBy};
use wire::engine::Playlist;
use wire::prompt::MUSIC;

/// Ann talks to who came by the default queue and its strategy.
fn talking() -> (Center, AgentId, Talk) {
    let (mut center, _) = center_with_strategy();
    let ann = center.free_agent("ann");
    let talk = center.talk("customer-1", ann);
    center.pass(seconds(300));
    (center, ann, talk)
}

fn music_and_place() -> Playlist {
    Playlist { greeting: None, music: Some(MUSIC), announcement: place(1) }
}

#[test]
fn back_in_its_queue_it_waits_anew_without_the_greeting() {
    let (mut center, ann, talk) = talking();
    center.must(Command::TransferToQueue { leg: talk.agent, to: None });
    center.must(Command::SetStatus { agent: ann, status: AgentStatus::Away });
    assert_eq!(hears(&center, talk.call, talk.customer), music_and_place());
    center.forget();
    center.pass(seconds(59));
    assert_eq!(center.state(talk.call), CallState::Waiting);
    center.pass(seconds(1));
    assert_eq!(hears(&center, talk.call, talk.customer), Playlist::once(id(&spoken("Goodbye"))));
    assert!(center.logged().contains(&Event::MaximumWaitPassed { waiting_ms: 60_000 }), "since the transfer");
    center.pass(LAST);
    assert_eq!(hangup(&center, talk.customer), Some((10_200, EndedBy::Platform)));
}

#[test]
fn in_another_queue_it_waits_by_that_ones_strategy() {
    let (mut center, _, talk) = talking();
    let sales = center.queue("Sales");
    put(&mut center, WaitingStrategyFields { greeting: Some(spoken("Sales here")), ..full(vec![sales]) });
    make_all(&mut center);
    center.must(Command::TransferToQueue { leg: talk.agent, to: Some(sales) });
    let greeting = Some(id(&spoken("Sales here")));
    assert_eq!(hears(&center, talk.call, talk.customer), Playlist { greeting, ..music_and_place() });
}

#[test]
fn a_transfer_that_reaches_nobody_leads_to_the_strategy_of_its_queue() {
    let (mut center, ann, talk) = talking();
    let bob = center.free_agent("bob");
    center.must(Command::TransferToAgent { leg: talk.agent, to: bob });
    center.close_page(ann);
    center.decline(bob);
    assert_eq!(center.state(talk.call), CallState::Waiting);
    assert_eq!(hears(&center, talk.call, talk.customer), music_and_place());
    center.must(Command::SetStatus { agent: bob, status: AgentStatus::Away });
    center.pass(seconds(60));
    assert_eq!(hears(&center, talk.call, talk.customer), Playlist::once(id(&spoken("Goodbye"))));
}

#[test]
fn what_it_hears_is_known_although_signaling_was_started_anew_during_the_talk() {
    let (mut center, ann, talk) = talking();
    center.restart();
    center.open_page(ann);
    center.must(Command::PageBack { leg: talk.customer });
    center.forget();
    center.must(Command::TransferToQueue { leg: talk.agent, to: None });
    assert_eq!(hears(&center, talk.call, talk.customer), Playlist::looped(MUSIC), "there is music at least");
}
