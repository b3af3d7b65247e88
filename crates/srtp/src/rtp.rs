use crate::{
    Cipher, OpenError, Profile, Replay,
    derive::Label,
    gcm::{self, Gcm},
    profile::MasterKey,
    sha1::{self, AesCm},
};

const SHORTEST_HEADER: usize = 12;

fn cipher(master: &MasterKey) -> Cipher {
    match master.profile {
        Profile::Aes128CmSha1_80 => {
            Cipher::Sha1(AesCm::new(master, Label::RtpEncryption, Label::RtpAuthentication, Label::RtpSalt))
        }
        _ => Cipher::Gcm(Gcm::new(master, Label::RtpEncryption, Label::RtpSalt)),
    }
}

/// Protects the RTP packets of one direction.
#[derive(Debug)]
pub struct RtpSealer(Cipher);

impl RtpSealer {
    /// Makes the key schedules.
    pub fn new(master: &MasterKey) -> Self {
        Self(cipher(master))
    }

    /// Protects in place the packet in the first `length` bytes, whose header is `header` bytes long, and returns the
    /// length with its tag. `index` is the sequence number extended by its roll-overs; with one SSRC it is never used
    /// twice.
    ///
    /// # Panics
    ///
    /// When `buffer` has no room for [`crate::RTP_OVERHEAD`] more bytes, or the header is shorter than 12 bytes or longer
    /// than the packet.
    pub fn seal(&self, index: u64, header: usize, buffer: &mut [u8], length: usize) -> usize {
        assert!(header >= SHORTEST_HEADER && header <= length, "the caller made the header");
        let ssrc = ssrc_of(buffer);
        match &self.0 {
            Cipher::Gcm(gcm) => {
                let (associated, text) = buffer[..length].split_at_mut(header);
                let tag = gcm.seal(gcm.nonce(ssrc, index), associated, text);
                buffer[length..length + gcm::TAG].copy_from_slice(&tag);
                length + gcm::TAG
            }
            Cipher::Sha1(aes) => {
                aes.cipher(ssrc, index, &mut buffer[header..length]);
                let tag = aes.tag(&buffer[..length], &roll_overs(index));
                buffer[length..length + sha1::TAG].copy_from_slice(&tag);
                length + sha1::TAG
            }
        }
    }
}

/// Opens the RTP packets of one direction.
#[derive(Debug)]
pub struct RtpOpener(Cipher);

impl RtpOpener {
    /// Makes the key schedules.
    pub fn new(master: &MasterKey) -> Self {
        Self(cipher(master))
    }

    /// Opens a packet in place; `header` is the length of its header. The answer is its index and its length without
    /// the tag. An error leaves the bytes undefined, and `replay` as it was.
    pub fn open(&self, replay: &mut Replay, header: usize, packet: &mut [u8]) -> Result<(u64, usize), OpenError> {
        if header < SHORTEST_HEADER || packet.len() < header + self.tag_bytes() {
            return Err(OpenError::Short);
        }
        let length = packet.len() - self.tag_bytes();
        let index = replay.index_of(u16::from_be_bytes([packet[2], packet[3]]));
        if !replay.is_new(index) {
            return Err(OpenError::Replayed);
        }
        let ssrc = ssrc_of(packet);
        match &self.0 {
            Cipher::Gcm(gcm) => {
                let (associated, text) = packet.split_at_mut(header);
                gcm.open(gcm.nonce(ssrc, index), associated, text)?;
            }
            Cipher::Sha1(aes) => {
                let (protected, tag) = packet.split_at_mut(length);
                if !aes.fits(protected, &roll_overs(index), tag) {
                    return Err(OpenError::Forged);
                }
                aes.cipher(ssrc, index, &mut protected[header..]);
            }
        }
        replay.note(index);
        Ok((index, length))
    }

    fn tag_bytes(&self) -> usize {
        match self.0 {
            Cipher::Gcm(_) => gcm::TAG,
            Cipher::Sha1(_) => sha1::TAG,
        }
    }
}

fn ssrc_of(packet: &[u8]) -> u32 {
    u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]])
}

/// The roll-over counter, as it stands behind the packet for authentication (RFC 3711 §4.2).
fn roll_overs(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}
