//! From a source's packets to a sink's: one SSRC and one unbroken sequence and timestamp space, whatever plays into it.

mod keyframe;
mod munge;
mod vp8;

pub(crate) use keyframe::{KeyframeRequests, starts_keyframe};
pub(crate) use munge::Sink;
pub(crate) use vp8::Rewrite as Vp8Rewrite;
