use std::fmt;

/// Bytes of a key.
pub(crate) const KEY_BYTES: usize = 32;

/// The key of one file.
#[derive(Clone, PartialEq, Eq)]
pub struct DataKey(pub(crate) [u8; KEY_BYTES]);

impl DataKey {
    /// A new one.
    pub fn random() -> Self {
        Self(random())
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

/// Random bytes of the system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's random source answers");
    bytes
}
