//! Whether the calls' recordings are there, readable, of the right length, and of the right people.

use crate::{
    api::Recording,
    board::{Board, Talked},
    limits::{RECORDING_BYTES, RECORDINGS_AT_ONCE, RECORDINGS_POLL, RECORDINGS_TIMEOUT},
    media::{STAMP_BYTES, Side, Stamper, Track},
};
use futures_util::stream::{self, StreamExt as _};
use recording_core::mux::{self, Checked, Container};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// Bad recordings that are told in words on stderr.
const TOLD: usize = 20;
/// Least share of the packets that the other side heard that must be in a recording. It may begin a moment later, and
/// a container may cut a packet in two, which then does not count.
const LEAST_FILLED: f64 = 0.9;

/// How many recordings were looked at, and how many of them are not as they should be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) checked: u64,
    pub(crate) bad: u64,
}

/// Checks the recordings of the calls that were carried through.
pub(crate) async fn check(board: &Board, calls: &[Talked], stamper: &Stamper) -> Verdict {
    let until = Instant::now() + RECORDINGS_TIMEOUT;
    let whole = calls.iter().filter(|call| !call.failed).take(board.plan.recordings.at_most);
    let faults: Vec<Vec<String>> = stream::iter(whole)
        .map(|call| faults_of(board, call, stamper, until))
        .buffer_unordered(RECORDINGS_AT_ONCE)
        .collect()
        .await;
    // A call has a recording of each leg; what is missing was looked for, too.
    let checked = faults.len() as u64 * 2;
    let told: Vec<String> = faults.into_iter().flatten().collect();
    for fault in told.iter().take(TOLD) {
        eprintln!("loadtest: {fault}");
    }
    Verdict { checked, bad: told.len() as u64 }
}

/// At most one fault for each leg.
async fn faults_of(board: &Board, call: &Talked, stamper: &Stamper, until: Instant) -> Vec<String> {
    let files = match finished(board, call, until).await {
        Ok(files) => files,
        Err(reason) => {
            let sides = [Side::Customer, Side::Agent];
            return sides.map(|side| format!("call {}, {}: {reason}", call.number, name(side))).to_vec();
        }
    };
    let mut faults = Vec::new();
    for side in [Side::Customer, Side::Agent] {
        let file = files.iter().find(|file| file.participant_type == name(side) && !file.screen);
        let checked = match file {
            None => Err("there is no recording of this leg".to_owned()),
            Some(file) => check_file(board, call, file, side, stamper).await,
        };
        if let Err(reason) = checked {
            faults.push(format!("recording of call {}, {}: {reason}", call.number, name(side)));
        }
    }
    faults
}

/// The call's files, once all of them are complete.
async fn finished(board: &Board, call: &Talked, until: Instant) -> Result<Vec<Recording>, String> {
    loop {
        let mut files = board.api.recordings(&call.conversation).await.map_err(|error| error.to_string())?;
        files.retain(|file| file.call_id == call.call);
        let failed = files.iter().find(|file| file.status == "FAILED");
        if let Some(file) = failed {
            return Err(format!("it failed: {}", file.reason.as_deref().unwrap_or("no reason is told")));
        }
        let done = files.len() >= 2 && files.iter().all(|file| file.status == "FINISHED");
        if done {
            return Ok(files);
        }
        if Instant::now() > until {
            return Err(format!("not complete after {} s: {} files", RECORDINGS_TIMEOUT.as_secs(), files.len()));
        }
        sleep(RECORDINGS_POLL).await;
    }
}

async fn check_file(
    board: &Board,
    call: &Talked,
    file: &Recording,
    side: Side,
    stamper: &Stamper,
) -> Result<(), String> {
    let container = match file.mime.as_deref() {
        Some("audio/ogg") if !call.video => Container::Ogg,
        Some("video/webm") if call.video => Container::Webm,
        other => return Err(format!("a file of type {other:?} is not what this call makes")),
    };
    let url = file.url.as_deref().ok_or("it has no address")?;
    let bytes = board.api.file(url, RECORDING_BYTES).await.map_err(|error| error.to_string())?;
    let checked = mux::check(container, &bytes[..]).map_err(|error| format!("the file is not sound: {error}"))?;
    check_length(&checked, file, call, board.plan.recordings.tolerance_ms)?;
    check_voice(&bytes, call, side, stamper)
}

fn check_length(checked: &Checked, file: &Recording, call: &Talked, tolerance_ms: u64) -> Result<(), String> {
    let tolerance = Duration::from_millis(tolerance_ms);
    let length = Duration::from_millis(checked.duration_ms);
    if length + tolerance < call.at_least || length > call.at_most + tolerance {
        let [length, least, most] = [length, call.at_least, call.at_most].map(|time| time.as_secs_f64());
        return Err(format!("it lasts {length:.2} s, the call between {least:.2} s and {most:.2} s"));
    }
    let told = Duration::from_millis(file.duration_ms.unwrap_or_default());
    if told.abs_diff(length) > tolerance {
        return Err(format!("it lasts {length:?}, the API says {told:?}"));
    }
    if call.video && checked.keyframes == 0 {
        return Err("no picture in it can be shown: there is no keyframe".to_owned());
    }
    Ok(())
}

/// Looks for the stamps in the file: they are all of this leg, and what the other side heard is there.
fn check_voice(bytes: &[u8], call: &Talked, side: Side, stamper: &Stamper) -> Result<(), String> {
    let mark = stamper.mark();
    let mut heard = 0_u64;
    for at in bytes.windows(STAMP_BYTES).enumerate().filter(|(_, part)| part.starts_with(&mark)).map(|(at, _)| at) {
        // A mark whose stamp does not read is one that the container cut, at the end of a page.
        let Some(stamp) = stamper.read_stamp(&bytes[at..]) else { continue };
        if stamp.call != call.number || stamp.side != side {
            return Err(format!("it holds {:?} of call {}", stamp.side, stamp.call));
        }
        heard += u64::from(stamp.track == Track::Audio);
    }
    let other_heard = call.heard[side as usize];
    if (heard as f64) < other_heard as f64 * LEAST_FILLED {
        return Err(format!("{heard} packets of this leg's voice are in it; the other side heard {other_heard}"));
    }
    Ok(())
}

fn name(side: Side) -> &'static str {
    match side {
        Side::Customer => "CUSTOMER",
        Side::Agent => "AGENT",
    }
}
