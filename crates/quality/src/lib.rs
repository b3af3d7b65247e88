//! Loss, jitter and round-trip time to R-factor and MOS.
