//! What customers hear while it rings at another agent (TRM-01..09).

use crate::center::{Center, Talk};
use crate::waiting::{hears, id, make_all, span, spoken};
use callcenter_core::audio::{Music, PromptSource};
use callcenter_core::command::{Command, CommandError};
use callcenter_core::row::{PeriodicMessage, TransferStrategyFields};
use model::AudioFileId;
use wire::engine::{Announcement, Playlist};
use wire::prompt::{MUSIC, RINGBACK};

const FILE: AudioFileId = AudioFileId::of(7);

fn set(center: &mut Center, fields: TransferStrategyFields) {
    center.must(Command::SetTransferStrategy(Box::new(fields)));
}

fn message(text: &str) -> Option<PeriodicMessage> {
    Some(PeriodicMessage { message: spoken(text), repeat_interval: Some(span(15)) })
}

/// A call that rings at another agent after `before`.
fn transferring(before: impl FnOnce(&mut Center)) -> (Center, Talk) {
    let mut center = Center::new();
    let ann = center.free_agent("ann");
    let talk = center.talk("customer-1", ann);
    let to = center.free_agent("bob");
    before(&mut center);
    center.must(Command::TransferToAgent { leg: talk.agent, to });
    (center, talk)
}

fn heard(center: &Center, talk: Talk) -> Playlist {
    hears(center, talk.call, talk.customer)
}

#[test]
fn the_customer_hears_music_and_message_and_then_the_other_agent() {
    let (mut center, talk) = transferring(|center| {
        let music = Some(Music { enabled: true, file: Some(FILE) });
        set(center, TransferStrategyFields { music, announcement: message("We connect you") });
        make_all(center);
    });
    let announcement = Some(Announcement { prompt: id(&spoken("We connect you")), interval_ms: 15_000 });
    let music = Some(PromptSource::File(FILE).id());
    assert_eq!(heard(&center, talk), Playlist { greeting: None, music, announcement });
    set(&mut center, TransferStrategyFields::default());
    assert_eq!(heard(&center, talk), Playlist::looped(MUSIC), "at once, and the music that comes with the program");
}

#[test]
fn nobody_is_left_in_silence_while_it_rings() {
    let off = Some(Music { enabled: false, file: Some(FILE) });
    let (mut center, talk) = transferring(|_| {});
    assert_eq!(heard(&center, talk), Playlist::looped(RINGBACK), "nothing is set");
    set(&mut center, TransferStrategyFields { music: off, announcement: None });
    assert_eq!(heard(&center, talk), Playlist::looped(RINGBACK), "both are off");
    set(&mut center, TransferStrategyFields { music: off, announcement: message("We connect you") });
    assert_eq!(heard(&center, talk), Playlist::looped(RINGBACK), "the message is not made yet");
    make_all(&mut center);
    assert_eq!((heard(&center, talk).music, heard(&center, talk).announcement.is_some()), (None, true));
}

#[test]
fn it_survives_a_restart_and_keeps_its_id() {
    let mut center = Center::new();
    set(&mut center, TransferStrategyFields { music: None, announcement: message("One") });
    let before = center.core.transfer_strategy().cloned().expect("it is set");
    center.pass(crate::center::seconds(60));
    set(&mut center, TransferStrategyFields { music: None, announcement: message("Two") });
    center.restart();
    let after = center.core.transfer_strategy().cloned().expect("it is set still");
    assert_eq!((after.id, after.created_at, after.fields.announcement), (before.id, before.created_at, message("Two")));
    assert!(after.updated_at > before.updated_at);
}

#[test]
fn what_cannot_be_is_refused_by_its_field() {
    let mut center = Center::new();
    let refused = |center: &mut Center, announcement| {
        let fields = TransferStrategyFields { music: None, announcement };
        match center.try_command(Command::SetTransferStrategy(Box::new(fields))) {
            Err(CommandError::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&mut center, message("{{QUEUE_POSITION_DEFAULT}}")), "announcementMessage");
    let never = PeriodicMessage { message: spoken("x"), repeat_interval: Some(span(0)) };
    assert_eq!(refused(&mut center, Some(never)), "announcementMessage.repeatInterval");
    assert_eq!(center.core.transfer_strategy(), None);
}
