//! Simulated callers and agents against a reference model.
