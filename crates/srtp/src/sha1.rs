//! AES in counter mode with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1).

use crate::{
    derive::{Label, ctr_key, derive, keystream},
    profile::MasterKey,
};
use aws_lc_rs::{cipher::EncryptingKey, constant_time::verify_slices_are_equal, hmac};

/// RFC 3711 §5.2: 80 bits for RTP and RTCP.
pub(crate) const TAG: usize = 10;

pub(crate) struct AesCm {
    encryption: EncryptingKey,
    authentication: hmac::Key,
    salt: [u8; 14],
}

impl AesCm {
    pub(crate) fn new(master: &MasterKey, encryption: Label, authentication: Label, salt: Label) -> Self {
        let authentication = derive::<20>(master, authentication);
        Self {
            encryption: ctr_key(&derive::<16>(master, encryption)),
            authentication: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &authentication),
            salt: derive(master, salt),
        }
    }

    /// Encrypts or decrypts in place.
    pub(crate) fn cipher(&self, ssrc: u32, index: u64, text: &mut [u8]) {
        let mut counter = [0; 16];
        counter[..14].copy_from_slice(&self.salt);
        for (byte, mask) in counter[4..8].iter_mut().zip(ssrc.to_be_bytes()) {
            *byte ^= mask;
        }
        for (byte, mask) in counter[8..14].iter_mut().zip(&index.to_be_bytes()[2..]) {
            *byte ^= mask;
        }
        keystream(&self.encryption, counter, text);
    }

    /// The tag of a packet and what stands behind it: the roll-over counter, or nothing more for RTCP.
    pub(crate) fn tag(&self, packet: &[u8], behind: &[u8]) -> [u8; TAG] {
        let mut context = hmac::Context::with_key(&self.authentication);
        context.update(packet);
        context.update(behind);
        let mut tag = [0; TAG];
        tag.copy_from_slice(&context.sign().as_ref()[..TAG]);
        tag
    }

    pub(crate) fn fits(&self, packet: &[u8], behind: &[u8], tag: &[u8]) -> bool {
        verify_slices_are_equal(&self.tag(packet, behind), tag).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3711 §B.2.
    #[test]
    fn the_keystream_is_that_of_the_standard() {
        let key = 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c_u128.to_be_bytes();
        let salt = [0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd];
        let authentication = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &[0; 20]);
        let aes = AesCm { encryption: ctr_key(&key), authentication, salt };
        let mut stream = [0; 48];
        aes.cipher(0, 0, &mut stream);
        let block = |at: usize| u128::from_be_bytes(stream[at..at + 16].try_into().expect("16 bytes"));
        assert_eq!(block(0), 0xe03e_ad09_35c9_5e80_e166_b16d_d92b_4eb4);
        assert_eq!(block(16), 0xd235_1316_2b02_d0f7_2a43_a2fe_4a5f_97ab);
        assert_eq!(block(32), 0x41e9_5b3b_b0a2_e8dd_4779_01e4_fca8_94c0);
    }
}
