//! AES-GCM (RFC 7714).

use crate::{
    OpenError, Profile,
    derive::{Label, derive},
    profile::MasterKey,
};
use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// RFC 7714 §13.1.
pub(crate) const TAG: usize = 16;

pub(crate) struct Gcm {
    key: LessSafeKey,
    salt: [u8; 12],
}

impl Gcm {
    pub(crate) fn new(master: &MasterKey, encryption: Label, salt: Label) -> Self {
        let key = match master.profile {
            Profile::AeadAes256Gcm => UnboundKey::new(&AES_256_GCM, &derive::<32>(master, encryption)),
            _ => UnboundKey::new(&AES_128_GCM, &derive::<16>(master, encryption)),
        };
        let key = LessSafeKey::new(key.expect("derived keys have the algorithm's length"));
        Self { key, salt: derive(master, salt) }
    }

    /// Initialization vector: two zero bytes, SSRC, then six bytes that never repeat, all over the salt (RFC 7714 §8.1,
    /// §9.1).
    pub(crate) fn nonce(&self, ssrc: u32, index: u64) -> Nonce {
        let mut nonce = self.salt;
        for (byte, mask) in nonce[2..6].iter_mut().zip(ssrc.to_be_bytes()) {
            *byte ^= mask;
        }
        for (byte, mask) in nonce[6..].iter_mut().zip(&index.to_be_bytes()[2..]) {
            *byte ^= mask;
        }
        Nonce::assume_unique_for_key(nonce)
    }

    /// Encrypts `text` in place; the answer is its tag.
    pub(crate) fn seal(&self, nonce: Nonce, associated: &[u8], text: &mut [u8]) -> [u8; TAG] {
        let sealed = self.key.seal_in_place_separate_tag(nonce, Aad::from(associated), text);
        let tag = sealed.expect("a datagram is far below the limit of GCM");
        let mut bytes = [0; TAG];
        bytes.copy_from_slice(tag.as_ref());
        bytes
    }

    /// Decrypts `text`, which ends with its tag, in place.
    pub(crate) fn open(&self, nonce: Nonce, associated: &[u8], text: &mut [u8]) -> Result<(), OpenError> {
        match self.key.open_in_place(nonce, Aad::from(associated), text) {
            Ok(_) => Ok(()),
            Err(_) => Err(OpenError::Forged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Session key 00 01 02 …, and the salt of RFC 7714 §16 and §17.
    fn gcm(key_bytes: usize) -> Gcm {
        let key: Vec<u8> = (0..key_bytes as u8).collect();
        let algorithm = if key_bytes == 32 { &AES_256_GCM } else { &AES_128_GCM };
        let key = LessSafeKey::new(UnboundKey::new(algorithm, &key).expect("the length fits"));
        Gcm { key, salt: *b"Quid pro quo" }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    const HEADER: [u8; 12] = [0x80, 0x40, 0xf1, 0x7b, 0x80, 0x41, 0xf8, 0xd3, 0x55, 0x01, 0xa0, 0xb2];
    const TEXT: &[u8] = b"Gallia est omnis divisa in partes tres";

    fn sealed_rtp(key_bytes: usize) -> (String, String) {
        let (gcm, mut text) = (gcm(key_bytes), TEXT.to_vec());
        let tag = gcm.seal(gcm.nonce(0x5501_a0b2, 0xf17b), &HEADER, &mut text);
        (hex(&text), hex(&tag))
    }

    /// RFC 7714 §16.1.1.
    #[test]
    fn rtp_with_128_bits_is_as_in_the_standard() {
        let text = "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833";
        assert_eq!(sealed_rtp(16), (text.into(), "899d7f27beb16a9152cf765ee4390cce".into()));
    }

    /// RFC 7714 §16.2.1.
    #[test]
    fn rtp_with_256_bits_is_as_in_the_standard() {
        let text = "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b";
        assert_eq!(sealed_rtp(32), (text.into(), "7aa3db36dfffd6b0f9bb7878d7a76c13".into()));
    }

    /// RFC 7714 §17.1.
    #[test]
    fn rtcp_with_128_bits_is_as_in_the_standard() {
        let gcm = gcm(16);
        let associated = [0x81, 0xc8, 0x00, 0x0d, 0x4d, 0x61, 0x72, 0x73, 0x80, 0x00, 0x05, 0xd4];
        let mut text = b"NTP1NTP2RTP \x00\x00\x04\x2a\x00\x00\xe9\x30Luna".to_vec();
        text.extend([0xde, 0xad, 0xbe, 0xef].repeat(5));
        let tag = gcm.seal(gcm.nonce(0x4d61_7273, 0x5d4), &associated, &mut text);
        let expected = "63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf\
            4d2fc5abf87245d9eade";
        assert_eq!(hex(&text) + &hex(&tag), expected);
    }
}
