use std::fmt;

/// A protection profile as DTLS-SRTP negotiates it (RFC 5764 §4.1.2, RFC 7714 §14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// SRTP_AEAD_AES_256_GCM.
    AeadAes256Gcm,
    /// SRTP_AEAD_AES_128_GCM.
    AeadAes128Gcm,
    /// SRTP_AES128_CM_HMAC_SHA1_80.
    Aes128CmSha1_80,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::AeadAes256Gcm, Self::AeadAes128Gcm, Self::Aes128CmSha1_80];

    /// Bytes of the master key and of each encryption key.
    pub const fn key_bytes(self) -> usize {
        match self {
            Self::AeadAes256Gcm => 32,
            Self::AeadAes128Gcm | Self::Aes128CmSha1_80 => 16,
        }
    }

    /// Bytes of the master salt and of each session salt.
    pub const fn salt_bytes(self) -> usize {
        match self {
            Self::AeadAes256Gcm | Self::AeadAes128Gcm => 12,
            Self::Aes128CmSha1_80 => 14,
        }
    }
}

/// Master key and salt of one direction.
#[derive(Clone)]
pub struct MasterKey {
    pub(crate) profile: Profile,
    pub(crate) key: Vec<u8>,
    pub(crate) salt: Vec<u8>,
}

impl MasterKey {
    /// `None` when key or salt has another length than the profile's.
    pub fn new(profile: Profile, key: &[u8], salt: &[u8]) -> Option<Self> {
        let fits = key.len() == profile.key_bytes() && salt.len() == profile.salt_bytes();
        fits.then(|| Self { profile, key: key.to_vec(), salt: salt.to_vec() })
    }

    /// The DTLS client's and the server's write keys from exported keying material (RFC 5764 §4.2).
    pub fn pair(profile: Profile, exported: &[u8]) -> Option<(Self, Self)> {
        let (key, salt) = (profile.key_bytes(), profile.salt_bytes());
        if exported.len() != 2 * (key + salt) {
            return None;
        }
        let (keys, salts) = exported.split_at(2 * key);
        let client = Self::new(profile, &keys[..key], &salts[..salt])?;
        let server = Self::new(profile, &keys[key..], &salts[salt..])?;
        Some((client, server))
    }

    /// The profile that it is for.
    pub fn profile(&self) -> Profile {
        self.profile
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").field("profile", &self.profile).finish_non_exhaustive()
    }
}
