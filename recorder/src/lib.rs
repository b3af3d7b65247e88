//! Recorder: tap frames in, crash-safe files out.
//!
//! [`start`] runs four threads: the *writer* takes frames and commands and writes live files, the *syncer* makes
//! them durable, the *finisher* completes what lies there from an earlier run and writes finished files, the *composer*
//! merges finished files. A slow disk never slows a call: the way in is bounded, what does not fit is counted and becomes
//! a stated gap.
//!
//! `docs/recording-storage.md` numbers the invariants of the folder and the order of every step on disk.

mod check;
mod compose;
mod composer;
mod config;
mod disk;
mod export;
mod file;
mod finish;
mod finisher;
mod handle;
mod keys;
mod later;
mod ledger;
mod limits;
mod names;
mod open;
mod recover;
mod rotate;
mod stats;
mod steps;
mod writer;

pub use check::{CheckReport, Problem, check};
pub use config::{RecorderConfig, StartError};
pub use export::{ExportFilter, ExportReport, export};
pub use file::RecordingFile;
pub use handle::{CommandSender, RecorderHandle, TapSender, start};
pub use keys::{KeySource, Keys, KeysError};
pub use ledger::Ledger;
pub use names::file_name;
pub use open::open_file;
pub use recover::{RecoverError, RecoveryReport, recover};
pub use rotate::{RotateError, RotationReport, rotate};
pub use stats::Stats;
#[cfg(feature = "fatal-steps")]
pub use steps::die_at_step;
