/// Largest burst ratio that G.107 Table 2 permits.
const BURST_RATIO_MAX: f64 = 8.0;

/// Loss of a packet sequence, run by run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LossRuns {
    received: u64,
    lost: u64,
    runs: u64,
}

impl LossRuns {
    /// `packets` arrived in a row.
    pub fn received(&mut self, packets: u64) {
        self.received += packets;
    }

    /// `packets` in a row are missing between two that arrived. Zero changes nothing.
    pub fn lost_run(&mut self, packets: u64) {
        self.lost += packets;
        self.runs += u64::from(packets > 0);
    }

    /// Share of packets lost, 0..1; 0 when there were none.
    pub fn loss(&self) -> f64 {
        let expected = self.received + self.lost;
        if expected == 0 { 0.0 } else { self.lost as f64 / expected as f64 }
    }

    /// BurstR of G.107 §7.5: mean observed length of loss runs over the mean length 1/(1 − loss) that random loss at
    /// the same rate has. Held within 1..8, the Recommendation's range; 1 when nothing is lost.
    pub fn burst_ratio(&self) -> f64 {
        if self.runs == 0 {
            return 1.0;
        }
        let mean_run = self.lost as f64 / self.runs as f64;
        (mean_run * (1.0 - self.loss())).clamp(1.0, BURST_RATIO_MAX)
    }
}
