use recording_core::limits::SEARCH_BYTES;
use recording_core::mux::{Container, FinishPlan, LiveIndex, StereoSource, check, write_stereo};
use recording_core::playback::{OpusHead, Search, Step, last_page};

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
    let channel = |offset| vec![StereoSource { from: input, offset }];
    let _ = write_stereo(channel(0), channel(480), |_| Ok(()));
    find(input);
}

/// Looks for a sample in the middle, as whoever plays from there.
fn find(input: &[u8]) {
    let Ok(head) = OpusHead::read(&input[..input.len().min(SEARCH_BYTES)]) else { return };
    let end = last_page(input).map_or(0, |page| page.granule);
    let mut search = Search::new(end / 2, &head, None, input.len() as u64, end);
    while let Step::Read(at) = search.next() {
        let from = (at as usize).min(input.len());
        if search.saw(at, &input[from..input.len().min(from + SEARCH_BYTES)]).is_err() {
            return;
        }
    }
}
