//! Session keys from master keys (RFC 3711 §4.3), without a key derivation rate, as DTLS-SRTP has it.

use crate::profile::MasterKey;
use aws_lc_rs::{
    cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey},
    iv::FixedLength,
};

/// What a session key is for (RFC 3711 §4.3.2).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Label {
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}

/// Bytes of the keystream that the master key gives for a label.
pub(crate) fn derive<const N: usize>(master: &MasterKey, label: Label) -> [u8; N] {
    // A salt of 96 bits stands to the left of RFC 3711's 112 (RFC 7714 §11).
    let mut counter = [0; 16];
    counter[..master.salt.len()].copy_from_slice(&master.salt);
    counter[7] ^= label as u8;
    let mut key = [0; N];
    keystream(&ctr_key(&master.key), counter, &mut key);
    key
}

/// AES in counter mode with this key, of 16 or 32 bytes.
pub(crate) fn ctr_key(key: &[u8]) -> EncryptingKey {
    let algorithm = if key.len() == 32 { &AES_256 } else { &AES_128 };
    UnboundCipherKey::new(algorithm, key).and_then(EncryptingKey::ctr).expect("profiles have keys of AES's lengths")
}

/// XORs the keystream that begins with this counter block into `bytes`.
pub(crate) fn keystream(key: &EncryptingKey, counter: [u8; 16], bytes: &mut [u8]) {
    let context = EncryptionContext::Iv128(FixedLength::from(counter));
    key.less_safe_encrypt(bytes, context).expect("counter mode takes any length");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal digits"))
    }

    /// RFC 3711 §B.3.
    #[test]
    fn session_keys_are_those_of_the_standard() {
        let key: [u8; 16] = bytes("E1F97A0D3E018BE0D64FA32C06DE4139");
        let salt: [u8; 14] = bytes("0EC675AD498AFEEBB6960B3AABE6");
        let master = MasterKey::new(Profile::Aes128CmSha1_80, &key, &salt).expect("lengths fit");
        assert_eq!(derive::<16>(&master, Label::RtpEncryption), bytes("C61E7A93744F39EE10734AFE3FF7A087"));
        assert_eq!(derive::<14>(&master, Label::RtpSalt), bytes("30CBBC08863D8C85D49DB34A9AE1"));
        let authentication: [u8; 20] = bytes("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4");
        assert_eq!(derive::<20>(&master, Label::RtpAuthentication), authentication);
    }
}
