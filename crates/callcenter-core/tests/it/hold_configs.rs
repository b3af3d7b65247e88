//! What customers on hold hear: music and announcement by queue (HLD-05..16).

use crate::center::{Center, Talk, seconds};
use crate::waiting::{hears, id, make_all, span, spoken, wanted};
use callcenter_core::audio::{Music, PromptSource};
use callcenter_core::command::{Command, CommandError, Reply};
use callcenter_core::row::{HoldConfigFields, PeriodicMessage};
use model::{AudioFileId, HoldConfigId, QueueId};
use wire::engine::{Announcement, Playlist};
use wire::prompt::MUSIC;

const FILE: AudioFileId = AudioFileId::of(7);

fn file() -> model::PromptId {
    PromptSource::File(FILE).id()
}

/// A file as music, and an announcement at the default interval.
fn full(queues: Vec<QueueId>) -> HoldConfigFields {
    HoldConfigFields {
        name: "Calm".to_owned(),
        music: Some(Music { enabled: true, file: Some(FILE) }),
        announcement: Some(PeriodicMessage { message: spoken("One moment"), repeat_interval: None }),
        queues,
        enabled: true,
        is_default: false,
    }
}

fn plain(name: &str, text: &str, queues: Vec<QueueId>) -> HoldConfigFields {
    let announcement = PeriodicMessage { message: spoken(text), repeat_interval: Some(span(30)) };
    HoldConfigFields { name: name.to_owned(), music: None, announcement: Some(announcement), ..full(queues) }
}

fn put(center: &mut Center, fields: HoldConfigFields) -> HoldConfigId {
    match center.must(Command::PutHoldConfig { config: None, fields: Box::new(fields) }) {
        Reply::HoldConfig(row) => row.id,
        other => panic!("{other:?}"),
    }
}

fn change(center: &mut Center, config: HoldConfigId, fields: HoldConfigFields) {
    center.must(Command::PutHoldConfig { config: Some(config), fields: Box::new(fields) });
}

fn says(text: &str, interval_ms: u32) -> Option<Announcement> {
    Some(Announcement { prompt: id(&spoken(text)), interval_ms })
}

/// A call in the default queue.
fn talk() -> (Center, Talk, QueueId) {
    let mut center = Center::new();
    let agent = center.free_agent("ann");
    let talk = center.talk("customer-1", agent);
    let queue = center.core.default_queue();
    (center, talk, queue)
}

fn hold(center: &mut Center, talk: Talk) -> Playlist {
    center.must(Command::Hold { leg: talk.agent });
    hears(center, talk.call, talk.customer)
}

#[test]
fn a_customer_on_hold_hears_what_is_set_for_the_queue() {
    let (mut center, talk, queue) = talk();
    put(&mut center, full(vec![queue]));
    make_all(&mut center);
    let expected = Playlist { greeting: None, music: Some(file()), announcement: says("One moment", 10_000) };
    assert_eq!(hold(&mut center, talk), expected, "every ten seconds unless set");
    center.must(Command::Resume { leg: talk.agent });
    let sales = center.queue("Sales");
    let other = put(&mut center, plain("Sales", "Soon", vec![sales]));
    make_all(&mut center);
    assert_eq!(hold(&mut center, talk), expected, "another queue's is not heard");
    center.must(Command::DeleteHoldConfig(other));
}

#[test]
fn queues_without_an_enabled_one_have_the_default() {
    let (mut center, talk, queue) = talk();
    let own = put(&mut center, full(vec![queue]));
    put(&mut center, HoldConfigFields { is_default: true, ..plain("Default", "Patience", Vec::new()) });
    make_all(&mut center);
    let default = Playlist { greeting: None, music: Some(MUSIC), announcement: says("Patience", 30_000) };
    assert_eq!(hold(&mut center, talk).music, Some(file()));
    change(&mut center, own, HoldConfigFields { enabled: false, ..full(vec![queue]) });
    assert_eq!(hears(&center, talk.call, talk.customer), default, "at once, on hold already");
    center.must(Command::DeleteHoldConfig(own));
    assert_eq!(hears(&center, talk.call, talk.customer), default);
}

#[test]
fn music_that_is_off_is_silence_and_a_default_that_is_off_is_the_usual_music() {
    let (mut center, talk, queue) = talk();
    let music = Some(Music { enabled: false, file: Some(FILE) });
    let silent = HoldConfigFields { music, announcement: None, is_default: true, ..full(vec![queue]) };
    let config = put(&mut center, silent.clone());
    assert_eq!(hold(&mut center, talk), Playlist::default());
    change(&mut center, config, HoldConfigFields { enabled: false, ..silent });
    assert_eq!(hears(&center, talk.call, talk.customer), Playlist::looped(MUSIC));
}

#[test]
fn what_is_not_made_yet_is_heard_once_it_is() {
    let (mut center, talk, queue) = talk();
    put(&mut center, full(vec![queue]));
    assert_eq!(hold(&mut center, talk), Playlist::looped(MUSIC), "there is music at least");
    center.must(Command::PromptMade { prompt: file(), length: seconds(4) });
    assert_eq!(hears(&center, talk.call, talk.customer), Playlist::looped(file()));
    let prompt = id(&spoken("One moment"));
    center.forget();
    center.must(Command::PromptFailed { prompt });
    assert_eq!(center.engine(), [], "nothing else is heard");
    center.must(Command::PromptMade { prompt, length: seconds(4) });
    assert_eq!(hears(&center, talk.call, talk.customer).announcement, says("One moment", 10_000));
    center.must(Command::Resume { leg: talk.agent });
    center.forget();
    center.must(Command::PromptMade { prompt, length: seconds(4) });
    assert_eq!(center.engine(), [], "who talks is left alone");
}

#[test]
fn a_restart_of_signaling_alone_does_not_interrupt_the_music() {
    let (mut center, talk, queue) = talk();
    put(&mut center, full(vec![queue]));
    make_all(&mut center);
    let before = hold(&mut center, talk);
    center.restart();
    let sources = wanted(&center);
    center.forget();
    center.must(Command::PageBack { leg: talk.customer });
    assert!(!center.engine().iter().any(|command| matches!(command, wire::engine::Command::SetPatches { .. })));
    for source in sources {
        center.must(Command::PromptMade { prompt: source.id(), length: seconds(4) });
    }
    assert_eq!(hears(&center, talk.call, talk.customer), before);
}

#[test]
fn nobody_is_overheard_where_a_crash_came_between_a_hold_and_the_engine() {
    let (mut center, talk, queue) = talk();
    put(&mut center, full(vec![queue]));
    make_all(&mut center);
    hold(&mut center, talk);
    let part = wire::engine::Command::PartLegs { room: talk.call };
    center.forget();
    center.restart();
    assert!(center.engine().contains(&part), "the engine may never have been told of the hold");

    // A customer whom the engine does not have hears nobody either, whenever they come back.
    let (mut center, talk, _) = self::talk();
    center.must(Command::EngineRestarted);
    center.connect(talk.agent);
    center.forget();
    center.must(Command::Hold { leg: talk.agent });
    assert_eq!(center.engine(), [wire::engine::Command::PartLegs { room: talk.call }]);
}

#[test]
fn a_talk_after_a_restart_is_held_at_once() {
    let (mut center, talk, queue) = talk();
    put(&mut center, full(vec![queue]));
    center.restart();
    center.must(Command::PageBack { leg: talk.customer });
    let agent = center.core.leg(talk.agent).and_then(|leg| leg.agent).expect("the agent's leg");
    center.open_page(agent);
    center.forget();
    assert_eq!(hold(&mut center, talk), Playlist::looped(MUSIC), "whatever is made by then, nobody is overheard");
}

#[test]
fn what_cannot_be_is_refused_by_its_field() {
    let (mut center, _, queue) = talk();
    put(&mut center, HoldConfigFields { is_default: true, ..full(vec![queue]) });
    let sales = center.queue("Sales");
    let refused = |center: &mut Center, change: &dyn Fn(&mut HoldConfigFields)| {
        let mut fields = full(vec![sales]);
        change(&mut fields);
        match center.try_command(Command::PutHoldConfig { config: None, fields: Box::new(fields) }) {
            Err(CommandError::Invalid { field, reason }) => (field, reason),
            other => panic!("{other:?}"),
        }
    };
    let field = |center: &mut Center, change: &dyn Fn(&mut HoldConfigFields)| refused(center, change).0;
    assert_eq!(field(&mut center, &|fields| fields.name = " ".to_owned()), "name");
    assert_eq!(field(&mut center, &|fields| fields.name = "x".repeat(129)), "name");
    assert_eq!(field(&mut center, &|fields| fields.queues.clear()), "queueIds");
    let placed = PeriodicMessage { message: spoken("{{QUEUE_POSITION_DEFAULT}}"), repeat_interval: None };
    let place = |fields: &mut HoldConfigFields| fields.announcement = Some(placed.clone());
    assert_eq!(field(&mut center, &place), "announcementMessage");
    let never = PeriodicMessage { message: spoken("x"), repeat_interval: Some(span(0)) };
    let interval = |fields: &mut HoldConfigFields| fields.announcement = Some(never.clone());
    assert_eq!(field(&mut center, &interval), "announcementMessage.repeatInterval");
    let (at, why) = refused(&mut center, &|fields| fields.queues = vec![queue]);
    assert!(at == "queueIds" && why.contains("\"Calm\""), "{why}");
    let (at, why) = refused(&mut center, &|fields| fields.is_default = true);
    assert!(at == "default" && why.contains("\"Calm\""), "{why}");
    let unknown = full(vec![QueueId::of(9)]);
    let answer = center.try_command(Command::PutHoldConfig { config: None, fields: Box::new(unknown) });
    assert_eq!(answer, Err(CommandError::UnknownQueue(QueueId::of(9))));
    let unknown = HoldConfigId::of(9);
    let answer = center.try_command(Command::DeleteHoldConfig(unknown));
    assert_eq!(answer, Err(CommandError::UnknownHoldConfig(unknown)));
}

#[test]
fn configurations_survive_a_restart() {
    let (mut center, talk, queue) = talk();
    put(&mut center, full(vec![queue]));
    let gone = put(&mut center, HoldConfigFields { is_default: true, ..plain("Default", "Patience", Vec::new()) });
    center.must(Command::DeleteHoldConfig(gone));
    center.restart();
    assert_eq!(wanted(&center).len(), 2, "music and announcement of the one that is left");
    make_all(&mut center);
    center.must(Command::PageBack { leg: talk.customer });
    assert_eq!(hold(&mut center, talk).music, Some(file()));
}
