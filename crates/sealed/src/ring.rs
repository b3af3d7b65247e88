use crate::keys::{KEY_BYTES, random};
use crate::{DataKey, KeyError, limits};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use std::fmt;

/// Bytes of a key's digest that are its id.
const ID_BYTES: usize = 4;

/// The keys that data keys are wrapped with: the first wraps, all unwrap.
pub struct KeyRing {
    keys: Vec<RingKey>,
}

struct RingKey {
    id: String,
    bytes: [u8; KEY_BYTES],
}

/// A data key that only a ring with the named key unwraps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// Id of the key that wrapped it.
    pub key: String,
    /// Nonce, ciphertext and tag in lower-case hex.
    pub sealed: String,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ids()).finish()
    }
}

impl KeyRing {
    /// No key: opens and seals nothing.
    pub fn empty() -> Self {
        Self { keys: Vec::new() }
    }

    /// The same keys, and a new one before them.
    pub fn with_new_key(&self) -> Self {
        let fresh = RingKey::new(random());
        let old = self.keys.iter().map(|key| RingKey::new(key.bytes));
        Self { keys: std::iter::once(fresh).chain(old).collect() }
    }

    /// Reads keys, parted by spaces, commas or lines; what follows a `#` in a line is left out. A key is its id, a colon
    /// and 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let words = lines.flat_map(|line| line.split([' ', '\t', ',', '\r'])).filter(|word| !word.is_empty());
        let mut keys: Vec<RingKey> = Vec::new();
        for (at, word) in words.enumerate() {
            if keys.len() == limits::KEYS {
                return Err(KeyError::TooMany);
            }
            let key = RingKey::parse(word).ok_or(KeyError::Damaged(at + 1))?;
            // Lines joined from two files may have one twice.
            if !keys.iter().any(|known| known.id == key.id) {
                keys.push(key);
            }
        }
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(Self { keys }) }
    }

    /// The keys as [`KeyRing::parse`] reads them, a line each. A secret.
    pub fn to_text(&self) -> String {
        self.keys.iter().map(|key| format!("{}:{}\n", key.id, hex(&key.bytes))).collect()
    }

    /// Ids, of the key that wraps first. They tell nothing of the keys.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| key.id.as_str())
    }

    /// True when there is no key.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Wraps a data key for a context, which is not part of the result. `None`: there is no key.
    pub fn wrap(&self, context: &str, data: &DataKey) -> Option<Wrapped> {
        let key = self.keys.first()?;
        // A random nonce is safe up to 2^32 of them under one key (NIST SP 800-38D §8.3).
        let nonce = random::<NONCE_LEN>();
        let mut sealed = data.0.to_vec();
        key.key()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut sealed)
            .expect("a key is far shorter than what AES-GCM takes");
        Some(Wrapped { key: key.id.clone(), sealed: hex(&nonce) + &hex(&sealed) })
    }

    /// Unwraps what was wrapped for this context.
    pub fn unwrap_key(&self, context: &str, wrapped: &Wrapped) -> Result<DataKey, KeyError> {
        let key = self.keys.iter().find(|key| key.id == wrapped.key);
        let key = key.ok_or_else(|| KeyError::Missing(wrapped.key.clone()))?;
        let damaged = || KeyError::Wrapped(wrapped.key.clone());
        let mut whole =
            unhex(&wrapped.sealed).filter(|bytes| bytes.len() <= limits::WRAPPED_BYTES).ok_or_else(damaged)?;
        let (nonce, body) = whole.split_at_mut_checked(NONCE_LEN).ok_or_else(damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let plain = key.key().open_in_place(nonce, Aad::from(context), body).map_err(|_| damaged())?;
        <[u8; KEY_BYTES]>::try_from(&*plain).map(DataKey).map_err(|_| damaged())
    }
}

impl RingKey {
    fn new(bytes: [u8; KEY_BYTES]) -> Self {
        let id = hex(&digest(&SHA256, &bytes).as_ref()[..ID_BYTES]);
        Self { id, bytes }
    }

    fn parse(word: &str) -> Option<Self> {
        let (id, digits) = word.split_once(':')?;
        let key = Self::new(unhex(digits)?.try_into().ok()?);
        key.id.eq_ignore_ascii_case(id).then_some(key)
    }

    fn key(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.bytes).expect("AES-256 keys have 32 bytes"))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrapped_opens_for_its_own_file_alone() {
        let ring = KeyRing::empty().with_new_key();
        let data = DataKey::random();
        let wrapped = ring.wrap("a", &data).expect("there is a key");
        assert_eq!(ring.unwrap_key("a", &wrapped), Ok(data.clone()));
        let id = wrapped.key.clone();
        assert_eq!(ring.unwrap_key("b", &wrapped), Err(KeyError::Wrapped(id.clone())));
        let cut = Wrapped { sealed: wrapped.sealed[2..].to_owned(), ..wrapped.clone() };
        assert_eq!(ring.unwrap_key("a", &cut), Err(KeyError::Wrapped(id.clone())));
        let other = KeyRing::empty().with_new_key();
        assert_eq!(other.unwrap_key("a", &wrapped), Err(KeyError::Missing(id)));
        assert_eq!(KeyRing::empty().wrap("a", &data), None);
    }

    #[test]
    fn a_new_key_wraps_and_the_old_ones_unwrap() {
        let old = KeyRing::empty().with_new_key();
        let data = DataKey::random();
        let wrapped = old.wrap("a", &data).expect("there is a key");
        let ring = KeyRing::parse(&old.with_new_key().to_text()).expect("as it was written");
        assert_eq!(ring.unwrap_key("a", &wrapped), Ok(data.clone()));
        let again = ring.wrap("a", &data).expect("there is a key");
        assert_ne!(again.key, wrapped.key);
        assert!(matches!(old.unwrap_key("a", &again), Err(KeyError::Missing(_))));
    }

    #[test]
    fn keys_are_read_from_files_that_people_join_and_a_wrong_digit_is_noticed() {
        let one = KeyRing::empty().with_new_key();
        let text = one.to_text();
        let joined = format!("# a comment\r\n\n{}  # made in spring\n{},{}", text.trim(), text.trim(), text.trim());
        assert_eq!(KeyRing::parse(&joined).expect("keys").ids().collect::<Vec<_>>(), one.ids().collect::<Vec<_>>());
        let digit = if text.ends_with("0\n") { "1" } else { "0" };
        let wrong = format!("{text}{}{digit}", &text[..text.len() - 2]);
        assert_eq!(KeyRing::parse(&wrong).map(|_| ()), Err(KeyError::Damaged(2)));
        assert_eq!(KeyRing::parse("# nothing\n").map(|_| ()), Err(KeyError::Empty));
        assert_eq!(KeyRing::parse("secret").map(|_| ()), Err(KeyError::Damaged(1)));
        assert!(!format!("{one:?}").contains(&text[9..20]), "debugging tells no key");
    }
}
