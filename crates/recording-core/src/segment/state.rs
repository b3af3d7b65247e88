use serde::{Deserialize, Serialize};

/// Where in its life a segment's file is, in the order of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The live file grows.
    Recording,
    /// The live file is complete; the finished file is being written.
    Finishing,
    /// The finished file is whole and the live one gone.
    Finished,
    /// As finished, but completed by a later start of the recorder.
    Recovered,
    /// There is nothing to play.
    Failed,
    /// The files were removed on request.
    Deleted,
}

/// A step that the life of a segment does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a segment cannot go from {from:?} to {to:?}")]
pub struct NotAllowed {
    /// State it was in.
    pub from: State,
    /// State it should have entered.
    pub to: State,
}

impl State {
    /// The next states that are allowed.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Recording => &[Self::Finishing, Self::Recovered, Self::Failed],
            Self::Finishing => &[Self::Finished, Self::Recovered, Self::Failed],
            Self::Finished | Self::Recovered | Self::Failed => &[Self::Deleted],
            Self::Deleted => &[],
        }
    }

    /// Enters `to` if that is allowed.
    pub fn enter(&mut self, to: Self) -> Result<(), NotAllowed> {
        if !self.next().contains(&to) {
            return Err(NotAllowed { from: *self, to });
        }
        *self = to;
        Ok(())
    }

    /// True while a live file belongs to the segment.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Recording | Self::Finishing)
    }

    /// True when a finished file belongs to the segment.
    pub fn has_file(self) -> bool {
        matches!(self, Self::Finished | Self::Recovered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finished_segment_never_records_again() {
        let mut state = State::Recording;
        state.enter(State::Finishing).expect("allowed");
        state.enter(State::Finished).expect("allowed");
        let refused = state.enter(State::Recording);
        assert_eq!(refused, Err(NotAllowed { from: State::Finished, to: State::Recording }));
        state.enter(State::Deleted).expect("allowed");
        assert!(State::Deleted.next().is_empty());
    }
}
