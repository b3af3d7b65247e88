//! Sound that comes with the program, and prompts that are kept.

use crate::tone::{level, played};
use prompts::{Prompt, music, ringback};
use std::time::Duration;

#[test]
fn music_is_heard_all_the_time_and_is_not_louder_than_speech() {
    let music = music();
    assert_eq!(music.duration(), Duration::from_secs(16));
    let heard = played(&music);
    for (second, pcm) in heard.chunks(48_000).enumerate() {
        let level = level(pcm);
        assert!((0.01..0.12).contains(&level), "second {second} has a level of {level}");
    }
    assert!(heard.iter().all(|sample| sample.abs() < 0.5), "it is never near full scale");
}

#[test]
fn a_prompt_that_was_kept_is_the_same_and_a_damaged_one_is_none() {
    let prompt = ringback();
    let kept = prompt.to_bytes();
    assert!(Prompt::from_bytes(&kept) == Some(prompt));
    let mut damaged = kept.clone();
    damaged[40] ^= 1;
    for bytes in [&damaged[..], &kept[..kept.len() - 1], &kept[..10], &[]] {
        assert!(Prompt::from_bytes(bytes).is_none());
    }
}
