/// How a codec suffers, on the narrowband scale of ITU-T G.113.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodecImpairment {
    /// Equipment impairment factor Ie at no loss, 0..95.
    pub ie: f64,
    /// Packet-loss robustness factor Bpl, greater than 0: the higher, the less loss hurts.
    pub bpl: f64,
}

/// Opus without forward error correction. G.113 has no Opus values; Ie 0 and Bpl 10 are those of the open
/// `ggarber/rtcscore` (src/score.js), with Ie taken as 0 because Opus at 24 kbit/s and more is transparent on a
/// narrowband scale.
pub const OPUS: CodecImpairment = CodecImpairment { ie: 0.0, bpl: 10.0 };

/// Opus with in-band forward error correction (RFC 6716 §2.1.7). Bpl 20, same source as [`OPUS`].
pub const OPUS_FEC: CodecImpairment = CodecImpairment { ie: 0.0, bpl: 20.0 };

/// G.711 without packet-loss concealment. ITU-T G.113 Appendix I.
pub const G711: CodecImpairment = CodecImpairment { ie: 0.0, bpl: 4.3 };

/// G.711 with the concealment of its Appendix I, random loss. ITU-T G.113 Appendix I.
pub const G711_PLC: CodecImpairment = CodecImpairment { ie: 0.0, bpl: 25.1 };

/// G.729A with voice activity detection. ITU-T G.113 Appendix I.
pub const G729A: CodecImpairment = CodecImpairment { ie: 11.0, bpl: 19.0 };
