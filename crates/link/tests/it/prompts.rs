//! Prompts between processes.

use crate::rig::{Authority, Relay, anywhere, dial, listen, soon, until_free};
use link::{Control, ControlSettings, Listening, Node, WhenFull, control};
use model::{CommandId, PromptId};
use std::net::SocketAddr;
use wire::{
    engine::{Command, Event, Request},
    link::Role,
    prompt,
};

/// What an engine has of a prompt.
#[derive(Default)]
struct Loaded {
    frames: Vec<Vec<u8>>,
    of: usize,
}

impl Loaded {
    async fn take(&mut self, engine: &mut Control<Event, Request>) {
        let request = soon("a part", engine.incoming.recv()).await.expect("the line lives");
        let Command::LoadPrompt { first, of, frames, .. } = request.command else { panic!("{request:?}") };
        if first == 0 {
            self.frames.clear();
        }
        // A process that starts anew is sent what the one before did not acknowledge; an engine refuses those parts.
        if first as usize == self.frames.len() {
            self.of = of as usize;
            self.frames.extend(frames.iter().map(<[u8]>::to_vec));
        }
    }

    fn is_whole(&self) -> bool {
        self.of > 0 && self.frames.len() == self.of
    }
}

fn settings<Out>(greeting: Option<Box<dyn Fn() -> Out + Send>>) -> ControlSettings<Out> {
    ControlSettings {
        when_full: WhenFull::Wait,
        is_passing: |_| false,
        greeting,
        unsupported: |value| panic!("{value}"),
        files: None,
    }
}

fn engine(node: &Node, at: SocketAddr) -> (Control<Event, Request>, Listening, SocketAddr) {
    let listener = listen(node, at);
    let address = listener.local_addr();
    let ([line], listening) = listener.serve([Role::Signaling]);
    let holds = || Event::Holds { rooms: Vec::new(), prompts: Vec::new() };
    (control(line, settings(Some(Box::new(holds)))), listening, address)
}

/// Ten minutes at the most bytes a second that a prompt of speech or music has: more than 4 MB in all.
fn music() -> Vec<Vec<u8>> {
    (0..30_000_u32)
        .map(|number| (0..140).map(|byte| (number.wrapping_mul(31) >> (byte % 24)) as u8).collect())
        .collect()
}

async fn load(signaling: &Control<Request, Event>, music: &[Vec<u8>]) {
    for (number, command) in prompt::load(PromptId::of(1), music.iter().map(Vec::as_slice)).into_iter().enumerate() {
        let request = Request { id: CommandId::of(number as u128), command };
        signaling.messages.send(request).await.expect("the line lives");
    }
}

#[tokio::test]
async fn four_megabytes_of_music_arrive_over_a_torn_connection_and_again_at_an_engine_that_starts_anew() {
    let authority = Authority::new();
    let node = authority.node(Role::Engine);
    let (mut before, listening, address) = engine(&node, anywhere());
    let relay = Relay::open(address).await;
    let line = dial(&authority.node(Role::Signaling), Role::Engine, relay.address);
    let mut signaling: Control<Request, Event> = control(line, settings(None));
    let music = music();
    assert!(music.iter().map(Vec::len).sum::<usize>() > 4 << 20);
    assert!(matches!(soon("holdings", signaling.incoming.recv()).await, Some(Event::Holds { .. })));
    load(&signaling, &music).await;
    let mut loaded = Loaded::default();
    while !loaded.is_whole() {
        loaded.take(&mut before).await;
        if loaded.frames.len() == 10_000 {
            relay.cut(true);
            soon("the silence to be noticed", signaling.state.wait_for(|state| !state.is_up()))
                .await
                .expect("it lives");
            relay.cut(false);
        }
    }
    assert!(loaded.frames == music, "every frame as it was");

    drop(before);
    listening.close().await;
    until_free(address).await;
    let (mut after, _listening, _) = engine(&node, address);
    let holds_none = |event: &Event| matches!(event, Event::Holds { prompts, .. } if prompts.is_empty());
    while !holds_none(&soon("holdings", signaling.incoming.recv()).await.expect("the line lives")) {}
    load(&signaling, &music).await;
    let mut loaded = Loaded::default();
    while !loaded.is_whole() {
        loaded.take(&mut after).await;
    }
    assert!(loaded.frames == music, "every frame as it was");
}
