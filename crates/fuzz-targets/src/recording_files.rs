use recording_core::mux::{Container, FinishPlan, LiveIndex, check};

/// A damaged or foreign file in the recordings' folder is read or refused, whatever it holds.
pub fn recording_files(input: &[u8]) {
    for container in [Container::Ogg, Container::Webm, Container::Mp4] {
        // Sound or not: it must not panic, hang or take memory by what the file claims.
        let _ = check(container, input);
    }
    let mut index = LiveIndex::default();
    if index.add_part(input).is_ok() {
        let _ = FinishPlan::new(index);
    }
}
