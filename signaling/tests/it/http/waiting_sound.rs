//! What waiting callers hear is at the engine before it is told to play it.

use super::{client::Client, waiting::uploaded};
use crate::{
    calls::start_call,
    support::{Engine, House},
};
use callcenter_core::{
    audio::{Message, Music, PromptSource, Span, SpanUnit},
    command::Command as CoreCommand,
    row::{WaitingCondition, WaitingStrategyFields},
};
use model::{AudioFileId, CallId, LegId, PromptId};
use std::collections::BTreeMap;
use wire::{
    browser::ServerMessage,
    engine::{Command, Event, HeldLeg, HeldRoom, Playlist, Source},
    prompt::MUSIC,
};

async fn strategy(house: &House, seconds: u32, file: AudioFileId) {
    let queue = house.center().query(|core, _| core.default_queue()).await.expect("a queue");
    let fields = WaitingStrategyFields {
        name: None,
        maximum_wait: Span { unit: SpanUnit::Seconds, value: seconds },
        greeting: None,
        music: Some(Music { enabled: true, file: Some(file) }),
        announcement: None,
        last_message: Some(Message { enabled: true, source_type: None, speech: None, file: Some(file) }),
        condition: WaitingCondition::Queue(vec![queue]),
    };
    house.does(CoreCommand::PutWaitingStrategy { strategy: None, fields: Box::new(fields) }).await;
}

pub(super) async fn file(house: &House) -> AudioFileId {
    let client = Client::of(house);
    let key = client.key().await;
    uploaded(&client, &key).await.parse().expect("an id")
}

/// What the engine was given of prompts, and what it is to play at last.
#[derive(Default)]
pub(super) struct Heard {
    frames: BTreeMap<PromptId, usize>,
}

impl Heard {
    /// Takes commands until this call's patches fit. Whatever they name must be there.
    pub(super) async fn until(&mut self, engine: &mut Engine, call: CallId, wanted: Playlist) {
        loop {
            match engine.command().await {
                Command::LoadPrompt { prompt, first, frames, .. } => {
                    let loaded = self.frames.entry(prompt).or_default();
                    assert_eq!(*loaded, first as usize, "parts of {prompt} come in order, once");
                    *loaded += frames.len();
                }
                Command::SetPatches { room, patches } if room == call => {
                    for patch in patches {
                        let Source::Prompts(playlist) = patch.source else { continue };
                        assert!(playlist.prompts().all(|prompt| self.frames.contains_key(&prompt)), "{playlist:?}");
                        if playlist == wanted {
                            return;
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn connected(leg: LegId) -> HeldLeg {
    HeldLeg { leg, connected: Some(model::MediaTime(1_000_000)), path_lost: false }
}

#[tokio::test]
async fn music_of_a_file_is_handed_over_before_it_is_played_and_again_to_a_new_engine() {
    let mut house = House::open().await;
    let file = file(&house).await;
    strategy(&house, 3600, file).await;
    let music = PromptSource::File(file).id();
    let link = house.link().await;
    let mut customer = house.customer_page("customer-1", link).await;
    let started = start_call(&mut house, &mut customer).await;
    house.engine.connect(started.leg).await;
    let mut heard = Heard::default();
    heard.until(&mut house.engine, started.call, Playlist::looped(music)).await;
    assert_eq!(heard.frames[&music], 25, "half a second");
    // An engine that holds the call, but none of the prompts.
    let rooms = vec![HeldRoom { room: started.call, legs: vec![connected(started.leg)] }];
    house.engine.tell(Event::Holds { rooms, prompts: Vec::new() }).await;
    let mut again = Heard::default();
    again.until(&mut house.engine, started.call, Playlist::looped(music)).await;
    assert_eq!(again.frames[&music], 25);
    let rooms = vec![HeldRoom { room: started.call, legs: vec![connected(started.leg)] }];
    house.engine.tell(Event::Holds { rooms, prompts: vec![music, wire::prompt::RINGBACK] }).await;
    let mut held = Heard { frames: BTreeMap::from([(music, 0)]) };
    held.until(&mut house.engine, started.call, Playlist::looped(music)).await;
    assert_eq!(held.frames[&music], 0, "what it holds is not sent");
}

#[tokio::test]
async fn a_new_signaling_knows_the_music_again() {
    let house = House::open().await;
    let file = file(&house).await;
    strategy(&house, 3600, file).await;
    let music = PromptSource::File(file).id();
    let mut house = house.crash_and_start().await;
    let link = house.link().await;
    let mut customer = house.customer_page("customer-1", link).await;
    let started = start_call(&mut house, &mut customer).await;
    house.engine.connect(started.leg).await;
    Heard::default().until(&mut house.engine, started.call, Playlist::looped(music)).await;
}

#[tokio::test]
async fn where_a_file_is_gone_there_is_other_music() {
    let mut house = House::open().await;
    strategy(&house, 3600, AudioFileId::of(7)).await;
    let link = house.link().await;
    let mut customer = house.customer_page("customer-1", link).await;
    let started = start_call(&mut house, &mut customer).await;
    house.engine.connect(started.leg).await;
    Heard::default().until(&mut house.engine, started.call, Playlist::looped(MUSIC)).await;
}

#[tokio::test]
async fn a_caller_who_waited_too_long_hears_the_last_message_and_is_told() {
    let mut house = House::open().await;
    let file = file(&house).await;
    strategy(&house, 3, file).await;
    let prompt = PromptSource::File(file).id();
    let link = house.link().await;
    let mut customer = house.customer_page("customer-1", link).await;
    let started = start_call(&mut house, &mut customer).await;
    house.engine.connect(started.leg).await;
    Heard::default().until(&mut house.engine, started.call, Playlist::once(prompt)).await;
    let ends = |message: ServerMessage| matches!(message, ServerMessage::WaitingEnds { .. }).then_some(());
    customer.until("the end of waiting", ends).await;
    let code = |message: ServerMessage| match message {
        ServerMessage::Hangup { code, .. } => Some(code.name),
        _ => None,
    };
    assert_eq!(customer.until("a hang-up", code).await, "NO_ANSWER");
}
