use crate::DataKey;
use crate::head::{HEAD_BYTES, Head};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use std::fmt;

/// Bytes by which a sealed chunk is longer than its plaintext.
pub(crate) const TAG_BYTES: usize = 16;
const PURPOSE: &[&[u8]] = &[b"switchroom sealed chunks 1"];

/// Seals and opens the chunks of one file.
pub(crate) struct ChunkKey {
    key: LessSafeKey,
    head: Head,
}

impl fmt::Debug for ChunkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChunkKey")
    }
}

impl ChunkKey {
    pub(crate) fn new(data: &DataKey, head: Head) -> Self {
        let derived = Salt::new(HKDF_SHA256, head.file_id()).extract(&data.0);
        let derived = derived.expand(PURPOSE, &AES_256_GCM).expect("one key is short of what HKDF gives");
        Self { key: LessSafeKey::new(UnboundKey::from(derived)), head }
    }

    /// The bytes become ciphertext and tag. A number is used once in the life of a file.
    pub(crate) fn seal(&self, number: u64, last: bool, bytes: &mut Vec<u8>) {
        self.key
            .seal_in_place_append_tag(nonce(number), self.context(number, last), bytes)
            .expect("a chunk is far shorter than what AES-GCM takes");
    }

    /// The bytes become plaintext; nothing is left of a chunk that does not open.
    #[must_use]
    pub(crate) fn open(&self, number: u64, last: bool, bytes: &mut Vec<u8>) -> bool {
        match self.key.open_in_place(nonce(number), self.context(number, last), bytes) {
            Ok(plain) => {
                let length = plain.len();
                bytes.truncate(length);
                true
            }
            Err(_) => {
                bytes.clear();
                false
            }
        }
    }

    fn context(&self, number: u64, last: bool) -> Aad<[u8; HEAD_BYTES + 9]> {
        let mut context = [0; HEAD_BYTES + 9];
        context[..HEAD_BYTES].copy_from_slice(&self.head.0);
        context[HEAD_BYTES..HEAD_BYTES + 8].copy_from_slice(&number.to_be_bytes());
        context[HEAD_BYTES + 8] = u8::from(last);
        Aad::from(context)
    }
}

fn nonce(number: u64) -> Nonce {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&number.to_be_bytes());
    Nonce::assume_unique_for_key(nonce)
}
