//! What two people who talk would notice.

use model::TrackKind;
use sfu_core::testing::World;
use std::time::{Duration, Instant};

#[test]
fn both_hear_and_see_each_other() {
    let mut world = World::pair(Instant::now(), 1);
    for client in &mut world.clients {
        client.speak(true);
        client.film(TrackKind::Camera, true);
    }
    world.run_for(Duration::from_secs(5));
    for client in &world.clients {
        let sound = client.received(TrackKind::Audio).count();
        assert!((240..=253).contains(&sound), "{sound} packets of sound in 5 s");
        let pictures = client.received(TrackKind::Camera).filter(|packet| packet.marker).count();
        assert!((90..=102).contains(&pictures), "{pictures} pictures in 5 s");
        assert!(client.received(TrackKind::Screen).next().is_none());
        assert!(client.received(TrackKind::Audio).all(|packet| packet.level == Some(90)));
    }
}
