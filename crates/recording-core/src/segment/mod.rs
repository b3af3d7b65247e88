//! A segment's life and the manifest that is its truth.
//!
//! ```text
//! Recording ─► Finishing ─► Finished
//!     │            │
//!     └────────────┴──────► Recovered     the recorder had died; completed at the next start
//!     │            │
//!     └────────────┴──────► Failed        nothing could be kept
//!                  Finished | Recovered | Failed ─► Deleted      only the manifest is left
//! ```

mod manifest;
mod state;

pub use manifest::{FileRole, Finished, Manifest, ManifestError, Sealed, VERSION, WrappedKey};
pub use state::{NotAllowed, State};
