use std::env;

/// Chances from a seed.
pub(super) struct Random(u64);

impl Random {
    /// From SWITCHROOM_SEED, or the test's own; printed, so that a failure shows it.
    pub(super) fn seeded(own: u64) -> Self {
        let seed = env::var("SWITCHROOM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(own);
        println!("replay with SWITCHROOM_SEED={seed}");
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Below `end`.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 16) % end
    }

    /// 0 to 1.
    pub(super) fn chance(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
