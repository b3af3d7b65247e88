//! A recorder that only keeps count.

use callcenter_core::command::Command as CoreCommand;
use model::{LegId, SegmentId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use wire::recorder::{Command, ComposeOrder, SegmentFile, SegmentStart};

#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder {
    pub(crate) open: BTreeMap<SegmentId, SegmentStart>,
    pub(crate) known: BTreeSet<SegmentId>,
    /// Open files of which nothing is kept at present.
    pub(crate) paused: BTreeSet<SegmentId>,
    /// Facts on their way to the core.
    pub(crate) facts: VecDeque<CoreCommand>,
}

impl Recorder {
    pub(crate) fn carry_out(&mut self, command: &Command) {
        match command {
            Command::Start(start) => {
                if self.known.insert(start.segment) {
                    self.open.insert(start.segment, (**start).clone());
                }
            }
            Command::Stop { segment } => self.finish(*segment, false),
            Command::SetPaused { segment, paused: true } if self.open.contains_key(segment) => {
                self.paused.insert(*segment);
            }
            Command::SetPaused { segment, .. } => {
                self.paused.remove(segment);
            }
            Command::Compose(order) => self.facts.push_back(composed(order)),
            other => panic!("the core leaves {other:?} to the shell"),
        }
    }

    fn finish(&mut self, segment: SegmentId, recovered: bool) {
        self.paused.remove(&segment);
        let Some(start) = self.open.remove(&segment) else { return };
        // Every other leg shared a screen.
        if start.leg.0.as_u128().is_multiple_of(2) {
            self.facts.push_back(CoreCommand::SegmentFinished(Box::new(file(&start, true, recovered))));
        }
        self.facts.push_back(CoreCommand::SegmentFinished(Box::new(file(&start, false, recovered))));
    }

    /// A shared screen was turned off: its file is complete before the voice's.
    pub(crate) fn finish_screen(&mut self, segment: SegmentId) {
        if let Some(start) = self.open.get(&segment) {
            self.facts.push_back(CoreCommand::SegmentFinished(Box::new(file(start, true, false))));
        }
    }

    pub(crate) fn fail(&mut self, segment: SegmentId) {
        self.paused.remove(&segment);
        if self.open.remove(&segment).is_some() {
            self.facts.push_back(CoreCommand::SegmentFailed { segment, reason: "disk full".to_owned() });
        }
    }

    /// The process died and was started again: it completes what lies there.
    pub(crate) fn restart(&mut self) {
        let open: Vec<SegmentId> = self.open.keys().copied().collect();
        open.into_iter().for_each(|segment| self.finish(segment, true));
    }
}

/// Every fifth cannot be merged.
fn composed(order: &ComposeOrder) -> CoreCommand {
    let segment = order.segment;
    if segment.0.as_u128().is_multiple_of(5) {
        return CoreCommand::SegmentFailed { segment, reason: "needs ffmpeg".to_owned() };
    }
    CoreCommand::SegmentFinished(Box::new(SegmentFile {
        segment,
        account: order.account,
        call: order.call,
        leg: LegId(segment.0),
        screen: false,
        media: order.media,
        path: format!("{}/{segment}", order.call),
        file_name: format!("{}-{}.ogg", order.agent_name, order.customer_name),
        mime: "audio/ogg".to_owned(),
        bytes: 1,
        duration_ms: 1,
        gaps_ms: 0,
        sha256: String::new(),
        recovered: false,
    }))
}

fn file(start: &SegmentStart, screen: bool, recovered: bool) -> SegmentFile {
    SegmentFile {
        segment: start.segment,
        account: start.account,
        call: start.call,
        leg: start.leg,
        screen,
        media: start.media,
        path: format!("{}/{}", start.call, start.segment),
        file_name: format!("{}-{}.webm", start.agent_name, start.customer_name),
        mime: "video/webm".to_owned(),
        bytes: 1,
        duration_ms: 1,
        gaps_ms: 0,
        sha256: String::new(),
        recovered,
    }
}
