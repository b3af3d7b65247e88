//! Recorder: tap frames in, crash-safe files out.
