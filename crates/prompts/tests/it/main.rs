//! Files and texts become Opus frames that sound as they should.

mod files;
mod hostile;
mod presets;
mod recipes;
mod speech;
mod tone;
