//! What the engine plays by itself: music while a leg is held (HLD-05), announcements, ringback, greetings.

use crate::{
    calls::assert_one_numbering,
    tones::{heard, is_speech, load},
};
use model::{PromptId, TrackKind};
use sfu_core::testing::{ClientOptions, Received, World};
use std::time::{Duration, Instant};
use wire::{
    engine::{Announcement, Command, Event, Patch, Playlist, Refusal, Source},
    prompt::Frames,
};

const MUSIC: PromptId = PromptId::of(1);
const ANNOUNCEMENT: PromptId = PromptId::of(2);
const RINGBACK: PromptId = PromptId::of(3);
const MUSIC_TONE: f64 = 440.0;
const ANNOUNCEMENT_TONE: f64 = 1000.0;
const RINGBACK_TONE: f64 = 425.0;

fn into(source: impl Into<Source>, sink: usize) -> Patch {
    Patch { source: source.into(), sink: World::leg(sink), track: TrackKind::Audio }
}

fn clients(count: usize, seed: u64) -> World {
    let mut world = World::new(Instant::now(), seed);
    for client in 0..count {
        world.join(ClientOptions::new(World::client_address(client, 6000)));
    }
    let connected = |world: &World| world.clients.iter().all(|client| client.is_connected);
    assert!(world.run_until(Duration::from_secs(3), connected), "all connect");
    world
}

fn sound(world: &World, client: usize) -> Vec<&Received> {
    world.clients[client].received(TrackKind::Audio).collect()
}

fn refusals(world: &World) -> Vec<Refusal> {
    let reason = |event: &Event| match event {
        Event::Refused { reason, .. } => Some(reason.clone()),
        _ => None,
    };
    world.events.iter().filter_map(|(_, event)| reason(event)).collect()
}

fn assert_nobody_is_one_way(world: &World) {
    for (_, event) in &world.events {
        if let Event::Stats { legs } = event {
            assert!(legs.iter().all(|leg| !leg.one_way), "{legs:?}");
        }
    }
}

/// RTP time keeps to real time from packet to packet.
fn assert_even_time(packets: &[&Received]) {
    for pair in packets.windows(2) {
        let stamps = f64::from(pair[1].timestamp.wrapping_sub(pair[0].timestamp)) / 48_000.0;
        let passed = pair[1].at.duration_since(pair[0].at).as_secs_f64();
        assert!((stamps - passed).abs() < 0.045, "RTP time passed {stamps} s in {passed} s");
    }
}

#[test]
fn on_hold_music_plays_an_announcement_interrupts_it_and_afterwards_both_talk() {
    let mut world = World::pair(Instant::now(), 1);
    load(&mut world, MUSIC, MUSIC_TONE, Duration::from_secs(3));
    load(&mut world, ANNOUNCEMENT, ANNOUNCEMENT_TONE, Duration::from_secs(2));
    world.command(Command::SetTaps { room: World::room(), legs: vec![World::leg(0), World::leg(1)] });
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.run_for(Duration::from_secs(2));
    let announcement = Some(Announcement { prompt: ANNOUNCEMENT, interval_ms: 10_000 });
    let hold = Playlist { greeting: None, music: Some(MUSIC), announcement };
    world.set_patches(vec![into(hold, 1)]);
    world.run_for(Duration::from_secs(14));
    // Said once more it changes nothing: the music does not begin anew.
    world.set_patches(vec![into(hold, 1)]);
    world.run_for(Duration::from_secs(14));
    let talked = sound(&world, 0).len();
    world.patch_all();
    world.run_for(Duration::from_secs(3));

    let customer = sound(&world, 1);
    assert_one_numbering(customer.iter().copied());
    assert_even_time(&customer);
    let begin = customer.iter().position(|packet| !is_speech(packet)).expect("music came");
    let end = customer.iter().rposition(|packet| !is_speech(packet)).expect("music came");
    let held = &customer[begin..=end];
    assert!((1398..=1401).contains(&held.len()), "{} packets in 28 s", held.len());
    assert!(customer[begin].marker && customer[end + 1].marker, "the receiver is told of both changes");
    assert!(held.iter().all(|packet| packet.level.is_none()), "nobody speaks");
    let tones = heard(held.iter().copied(), &[MUSIC_TONE, ANNOUNCEMENT_TONE]);
    let during = |from: f64, to: f64| &tones[(from * 5.0) as usize..(to * 5.0) as usize];
    for (from, to, tone) in [
        (0.2, 10.0, MUSIC_TONE),
        (10.2, 12.0, ANNOUNCEMENT_TONE),
        (12.2, 22.0, MUSIC_TONE),
        (22.2, 24.0, ANNOUNCEMENT_TONE),
        (24.2, 27.8, MUSIC_TONE),
    ] {
        let heard = during(from, to);
        let right = heard.iter().filter(|heard| **heard == Some(tone)).count();
        // Where music begins anew an encoder of a test leaves a click.
        assert!(right * 10 >= heard.len() * 9, "{from} to {to} s: {heard:?}");
    }
    let after = &customer[end + 1..];
    assert!((145..=153).contains(&after.len()) && after.iter().all(|packet| is_speech(packet)));
    let agent = sound(&world, 0);
    assert_one_numbering(agent.iter().copied());
    assert!((145..=153).contains(&(agent.len() - talked)), "the agent hears the customer again");
    assert_nobody_is_one_way(&world);
    assert!(world.taps.iter().all(|frame| frame.payload.len() == 80), "recordings have what legs send");
    assert!(world.taps.len() > 3000);
    assert_eq!(refusals(&world), []);
}

#[test]
fn another_announcement_is_heard_when_one_comes_next_and_the_greeting_only_once() {
    let mut world = clients(1, 7);
    for (prompt, tone) in [(MUSIC, MUSIC_TONE), (ANNOUNCEMENT, ANNOUNCEMENT_TONE), (RINGBACK, 700.0)] {
        load(&mut world, prompt, tone, Duration::from_secs(2));
    }
    let waiting = |prompt| Playlist {
        greeting: Some(ANNOUNCEMENT),
        music: Some(MUSIC),
        announcement: Some(Announcement { prompt, interval_ms: 4_000 }),
    };
    world.set_patches(vec![into(waiting(ANNOUNCEMENT), 0)]);
    world.run_for(Duration::from_secs(4));
    world.set_patches(vec![into(waiting(RINGBACK), 0)]);
    world.run_for(Duration::from_secs(5));

    let caller = sound(&world, 0);
    assert_one_numbering(caller.iter().copied());
    assert_even_time(&caller);
    let tones = heard(caller.iter().copied(), &[MUSIC_TONE, ANNOUNCEMENT_TONE, 700.0]);
    for (from, to, tone) in
        [(0.2, 2.0, ANNOUNCEMENT_TONE), (2.2, 6.0, MUSIC_TONE), (6.2, 8.0, 700.0), (8.2, 8.8, MUSIC_TONE)]
    {
        let heard = &tones[(from * 5.0) as usize..(to * 5.0) as usize];
        let right = heard.iter().filter(|heard| **heard == Some(tone)).count();
        assert!(right * 10 >= heard.len() * 9, "{from} to {to} s: {heard:?}");
    }
    assert_eq!(refusals(&world), []);
}

#[test]
fn legs_that_are_parted_hear_nobody_and_music_plays_on() {
    let mut world = World::pair(Instant::now(), 9);
    load(&mut world, MUSIC, MUSIC_TONE, Duration::from_secs(1));
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.set_patches(vec![into(World::leg(1), 0), into(Playlist::looped(MUSIC), 1)]);
    world.run_for(Duration::from_secs(2));
    let before = (sound(&world, 0).len(), sound(&world, 1).len());
    assert!(before.0 > 90 && before.1 > 90, "{before:?}");
    world.command(Command::PartLegs { room: World::room() });
    world.run_for(Duration::from_secs(2));
    let after = (sound(&world, 0).len(), sound(&world, 1).len());
    // What was on its way when it was said may still arrive.
    assert!(after.0 - before.0 <= 3, "{} packets after the parting", after.0 - before.0);
    assert!((98..=102).contains(&(after.1 - before.1)), "{} packets of music", after.1 - before.1);
    assert_one_numbering(sound(&world, 1).iter().copied());
    world.command(Command::PartLegs { room: model::CallId::of(4711) });
    world.patch_all();
    world.run_for(Duration::from_secs(2));
    assert!(sound(&world, 0).len() > after.0 + 90 && sound(&world, 1).len() > after.1 + 90, "both talk again");
    assert_eq!(refusals(&world), [], "a room that is not there is no fault");
}

#[test]
fn after_twelve_minutes_of_music_both_hear_each_other_at_once() {
    let mut world = World::pair(Instant::now(), 2);
    load(&mut world, MUSIC, MUSIC_TONE, Duration::from_secs(3));
    world.clients.iter_mut().for_each(|client| client.speak(true));
    world.run_for(Duration::from_secs(1));
    world.set_patches(vec![into(Playlist::looped(MUSIC), 1)]);
    world.run_for(Duration::from_mins(12));
    let before = [0, 1].map(|client| sound(&world, client).len());
    assert!(before[1] > 35_900, "{} packets of music in 12 min", before[1]);
    world.patch_all();
    world.run_for(Duration::from_secs(2));
    for (client, before) in before.into_iter().enumerate() {
        let packets = sound(&world, client);
        assert!((95..=103).contains(&(packets.len() - before)), "client {client}");
        assert_one_numbering(packets.iter().copied());
        assert!(packets[before + 3..].iter().all(|packet| is_speech(packet)));
    }
    assert_nobody_is_one_way(&world);
}

#[test]
fn a_customer_hears_ringback_from_its_beginning_and_then_the_agent() {
    let mut world = World::new(Instant::now(), 3);
    let frames = load(&mut world, RINGBACK, RINGBACK_TONE, Duration::from_secs(1));
    world.set_patches(vec![into(Playlist::looped(RINGBACK), 0)]);
    world.join(ClientOptions::new(World::client_address(0, 6000)));
    assert!(world.run_until(Duration::from_secs(3), |world| world.clients[0].is_connected));
    world.run_for(Duration::from_secs(4));
    world.join(ClientOptions::new(World::client_address(1, 6000)));
    assert!(world.run_until(Duration::from_secs(3), |world| world.clients[1].is_connected));
    world.clients.iter_mut().for_each(|client| client.speak(true));
    let rung = sound(&world, 0).len();
    assert!(rung >= 4 * frames, "{rung} packets in more than 4 s");
    let tones = heard(sound(&world, 0), &[RINGBACK_TONE]);
    assert!(tones.iter().filter(|tone| **tone == Some(RINGBACK_TONE)).count() * 10 >= tones.len() * 9, "{tones:?}");
    world.patch_all();
    world.run_for(Duration::from_secs(2));
    let customer = sound(&world, 0);
    assert_one_numbering(customer.iter().copied());
    assert_even_time(&customer);
    assert!((95..=103).contains(&customer[rung..].iter().filter(|packet| is_speech(packet)).count()));
    assert!(sound(&world, 1).len() >= 95, "the agent hears the customer");
    assert_nobody_is_one_way(&world);
}

#[test]
fn a_customer_goes_from_one_agent_over_music_to_the_next() {
    let mut world = clients(3, 4);
    load(&mut world, MUSIC, MUSIC_TONE, Duration::from_secs(2));
    world.clients.iter_mut().for_each(|client| client.speak(true));
    let both = |agent: usize| vec![into(World::leg(agent), 0), into(World::leg(0), agent)];
    world.set_patches(both(1));
    world.run_for(Duration::from_secs(2));
    world.set_patches(vec![into(Playlist::looped(MUSIC), 0)]);
    world.run_for(Duration::from_secs(2));
    world.set_patches(both(2));
    world.run_for(Duration::from_secs(2));
    let customer = sound(&world, 0);
    assert!((295..=306).contains(&customer.len()), "{} packets in 6 s", customer.len());
    assert_one_numbering(customer.iter().copied());
    assert_even_time(&customer);
    let speech = customer.iter().filter(|packet| is_speech(packet)).count();
    assert!((195..=204).contains(&speech), "{speech} packets of two agents");
    for agent in [1, 2] {
        let heard = sound(&world, agent).len();
        assert!((97..=103).contains(&heard), "agent {agent} heard {heard} packets of the customer");
    }
    assert_nobody_is_one_way(&world);
}

#[test]
fn a_greeting_is_heard_whole_and_once() {
    let mut world = World::new(Instant::now(), 5);
    let frames = load(&mut world, ANNOUNCEMENT, ANNOUNCEMENT_TONE, Duration::from_secs(2));
    world.set_patches(vec![into(Playlist::once(ANNOUNCEMENT), 0)]);
    // Nobody is there for a while.
    world.run_for(Duration::from_secs(5));
    world.join(ClientOptions::new(World::client_address(0, 6000)));
    world.run_for(Duration::from_secs(6));
    let heard = sound(&world, 0);
    assert_eq!(heard.len(), frames);
    assert_one_numbering(heard.iter().copied());
}

#[test]
fn loss_of_a_prompt_takes_what_was_lost_and_nothing_else() {
    let seed = 6;
    let mut world = clients(1, seed);
    load(&mut world, MUSIC, MUSIC_TONE, Duration::from_secs(2));
    world.down[0].loss = 0.2;
    world.set_patches(vec![into(Playlist::looped(MUSIC), 0)]);
    world.run_for(Duration::from_secs(20));
    let packets = sound(&world, 0);
    assert!((700..=900).contains(&packets.len()), "seed {seed}: {} of 1000", packets.len());
    for pair in packets.windows(2) {
        let steps = pair[1].sequence - pair[0].sequence;
        assert_eq!(u64::from(pair[1].timestamp.wrapping_sub(pair[0].timestamp)), steps * 960, "seed {seed}");
    }
    let tones = heard(packets, &[MUSIC_TONE]);
    assert!(tones.iter().filter(|tone| tone.is_some()).count() * 10 >= tones.len() * 8, "seed {seed}: {tones:?}");
}

#[test]
fn music_goes_on_for_a_page_that_is_loaded_anew_and_after_the_prompt_was_unloaded() {
    let mut world = clients(2, 7);
    load(&mut world, MUSIC, MUSIC_TONE, Duration::from_secs(1));
    world.set_patches(vec![into(Playlist::looped(MUSIC), 0)]);
    world.run_for(Duration::from_secs(1));
    world.command(Command::UnloadPrompt { prompt: MUSIC });
    world.run_for(Duration::from_secs(2));
    assert!(sound(&world, 0).len() >= 145, "where it plays it plays on");
    world.rejoin(0, ClientOptions::new(World::client_address(0, 6001)));
    world.run_for(Duration::from_secs(3));
    let packets = sound(&world, 0);
    assert!((100..=151).contains(&packets.len()), "{} packets in 3 s", packets.len());
    assert_one_numbering(packets.iter().copied());
    world.set_patches(vec![into(Playlist::looped(MUSIC), 1)]);
    assert_eq!(refusals(&world), [Refusal::UnknownPrompt { prompt: MUSIC }]);
    let before = sound(&world, 0).len();
    world.run_for(Duration::from_secs(1));
    assert!(sound(&world, 0).len() > before + 45, "what was refused changed nothing");
    world.set_patches(Vec::new());
    world.command(Command::CloseRoom { room: World::room() });
    assert_eq!(world.sfu.poll_timeout(), None, "an empty shard sleeps");
}

#[test]
fn what_cannot_be_played_is_refused_by_its_name() {
    let mut world = clients(1, 8);
    let unknown = PromptId::of(99);
    let patch = |prompt, track| Patch { track, ..into(Playlist::looped(prompt), 0) };
    load(&mut world, MUSIC, MUSIC_TONE, Duration::from_millis(100));
    world.set_patches(vec![patch(MUSIC, TrackKind::Camera)]);
    world.set_patches(vec![patch(unknown, TrackKind::Audio)]);
    let frames = Frames::new([[1; 10].as_slice()]);
    world.command(Command::LoadPrompt { prompt: unknown, first: 0, of: 2, frames: frames.clone() });
    world.set_patches(vec![patch(unknown, TrackKind::Audio)]);
    world.command(Command::LoadPrompt { prompt: unknown, first: 0, of: 1_000_000, frames: frames.clone() });
    let expected = [
        Refusal::PromptsAreSound { track: TrackKind::Camera },
        Refusal::UnknownPrompt { prompt: unknown },
        Refusal::UnknownPrompt { prompt: unknown },
        Refusal::PromptTooLong { prompt: unknown, limit: "PROMPT_FRAMES".into() },
    ];
    assert_eq!(refusals(&world), expected);
    world.run_for(Duration::from_secs(1));
    assert!(sound(&world, 0).is_empty());
}
