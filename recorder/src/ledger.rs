use model::SegmentId;
use std::collections::BTreeSet;
use wire::recorder::{Command, Event};

/// The segments that are being recorded, as commands and facts tell: for a signaling that was away.
#[derive(Debug, Default)]
pub struct Ledger {
    open: BTreeSet<SegmentId>,
}

impl Ledger {
    /// When a command is handed to the recorder.
    pub fn note_command(&mut self, command: &Command) {
        match command {
            Command::Start(start) => {
                self.open.insert(start.segment);
            }
            Command::Stop { segment } | Command::Delete { segment } => {
                self.open.remove(segment);
            }
            Command::Tell { .. } | Command::SetPaused { .. } | Command::Compose(_) => {}
        }
    }

    /// When the recorder reports something.
    pub fn note_event(&mut self, event: &Event) {
        match event {
            // A shared screen's file may be complete long before the voice's.
            Event::Finished(file) if !file.screen => {
                self.open.remove(&file.segment);
            }
            Event::Failed { segment, .. } => {
                self.open.remove(segment);
            }
            _ => {}
        }
    }

    /// The segments.
    pub fn segments(&self) -> Vec<SegmentId> {
        self.open.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_held_until_it_ends() {
        let mut ledger = Ledger::default();
        let segment = SegmentId::of(1);
        ledger.open.insert(segment);
        ledger.note_event(&Event::Started { segment });
        assert_eq!(ledger.segments(), [segment]);
        ledger.note_event(&Event::Failed { segment, reason: "a test".into() });
        assert!(ledger.segments().is_empty());
        ledger.open.insert(segment);
        ledger.note_command(&Command::Stop { segment });
        assert!(ledger.segments().is_empty());
    }
}
