//! A damaged or foreign file in the recordings' folder is read or refused, whatever it holds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use recording_core::mux::{Container, FinishPlan, LiveIndex, check};

fuzz_target!(|input: &[u8]| {
    for container in [Container::Ogg, Container::Webm, Container::Mp4] {
        // Sound or not: it must not panic, hang or take memory by what the file claims.
        let _ = check(container, input);
    }
    let mut index = LiveIndex::default();
    if index.add_part(input).is_ok() {
        let _ = FinishPlan::new(index);
    }
});
