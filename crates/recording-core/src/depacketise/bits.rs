use super::DepacketiseError;

/// Reads bits and Exp-Golomb numbers of an H.264 parameter set whose emulation prevention was removed.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn bit(&mut self) -> Result<u32, DepacketiseError> {
        let byte = *self.bytes.get(self.at / 8).ok_or(DepacketiseError::Header)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Ok(u32::from(bit))
    }

    pub(super) fn bits(&mut self, count: u32) -> Result<u32, DepacketiseError> {
        (0..count).try_fold(0, |value, _| Ok(value << 1 | self.bit()?))
    }

    /// ue(v), ITU-T H.264 §9.1.
    pub(super) fn unsigned(&mut self) -> Result<u32, DepacketiseError> {
        let mut zeros = 0;
        while self.bit()? == 0 {
            zeros += 1;
            if zeros > 31 {
                return Err(DepacketiseError::Header);
            }
        }
        Ok((1u32 << zeros) - 1 + self.bits(zeros)?)
    }

    /// se(v), ITU-T H.264 §9.1.1.
    pub(super) fn signed(&mut self) -> Result<i64, DepacketiseError> {
        let code = i64::from(self.unsigned()?);
        Ok(if code % 2 == 1 { (code + 1) / 2 } else { -(code / 2) })
    }
}
