use crate::{
    Cipher, OpenError, Profile, Replay,
    derive::Label,
    gcm::{self, Gcm},
    profile::MasterKey,
    sha1::{self, AesCm},
};

/// Header of an RTCP packet with its sender's SSRC: not encrypted.
const HEADER: usize = 8;
/// The E flag and the index behind the packet (RFC 3711 §3.4).
pub(crate) const INDEX: usize = 4;
const ENCRYPTED: u32 = 1 << 31;
/// Sources of a leg's RTCP whose replays are known: a browser has one for each of its tracks.
const SOURCES: usize = 16;

fn cipher(master: &MasterKey) -> Cipher {
    match master.profile {
        Profile::Aes128CmSha1_80 => {
            Cipher::Sha1(AesCm::new(master, Label::RtcpEncryption, Label::RtcpAuthentication, Label::RtcpSalt))
        }
        _ => Cipher::Gcm(Gcm::new(master, Label::RtcpEncryption, Label::RtcpSalt)),
    }
}

/// Protects the RTCP packets of one direction.
#[derive(Debug)]
pub struct RtcpSealer {
    cipher: Cipher,
    next: u32,
}

impl RtcpSealer {
    /// Makes the key schedules.
    pub fn new(master: &MasterKey) -> Self {
        Self { cipher: cipher(master), next: 0 }
    }

    /// Protects in place the compound packet in the first `length` bytes and returns its length with index and tag.
    /// One index serves all SSRCs of the direction.
    ///
    /// # Panics
    ///
    /// When `buffer` has no room for [`crate::RTCP_OVERHEAD`] more bytes, or the packet is shorter than 8 bytes.
    pub fn seal(&mut self, buffer: &mut [u8], length: usize) -> usize {
        assert!(length >= HEADER, "the caller made the header");
        let index = self.next;
        // 2^31 packets are sixty years of one a second.
        self.next = (self.next + 1) & !ENCRYPTED;
        let ssrc = ssrc_of(buffer);
        let word = (index | ENCRYPTED).to_be_bytes();
        match &self.cipher {
            Cipher::Gcm(gcm) => {
                let associated = associated(buffer, word);
                let tag = gcm.seal(gcm.nonce(ssrc, u64::from(index)), &associated, &mut buffer[HEADER..length]);
                buffer[length..length + gcm::TAG].copy_from_slice(&tag);
                let end = length + gcm::TAG + INDEX;
                buffer[end - INDEX..end].copy_from_slice(&word);
                end
            }
            Cipher::Sha1(aes) => {
                aes.cipher(ssrc, u64::from(index), &mut buffer[HEADER..length]);
                buffer[length..length + INDEX].copy_from_slice(&word);
                let tag = aes.tag(&buffer[..length + INDEX], &[]);
                let end = length + INDEX + sha1::TAG;
                buffer[end - sha1::TAG..end].copy_from_slice(&tag);
                end
            }
        }
    }
}

/// Opens the RTCP packets of one direction.
#[derive(Debug)]
pub struct RtcpOpener {
    cipher: Cipher,
    sources: Vec<(u32, Replay)>,
}

impl RtcpOpener {
    /// Makes the key schedules.
    pub fn new(master: &MasterKey) -> Self {
        Self { cipher: cipher(master), sources: Vec::new() }
    }

    /// Opens a compound packet in place; the answer is its length without index and tag. An error leaves the bytes
    /// undefined.
    pub fn open(&mut self, packet: &mut [u8]) -> Result<usize, OpenError> {
        let tag = match self.cipher {
            Cipher::Gcm(_) => gcm::TAG,
            Cipher::Sha1(_) => sha1::TAG,
        };
        let length = packet.len().checked_sub(INDEX + tag).filter(|length| *length >= HEADER);
        let length = length.ok_or(OpenError::Short)?;
        // RFC 7714 §9.3 puts the index last, RFC 3711 §3.4 the tag.
        let at = match self.cipher {
            Cipher::Gcm(_) => length + tag,
            Cipher::Sha1(_) => length,
        };
        let word = [packet[at], packet[at + 1], packet[at + 2], packet[at + 3]];
        let (ssrc, flagged) = (ssrc_of(packet), u32::from_be_bytes(word));
        let (index, is_encrypted) = (u64::from(flagged & !ENCRYPTED), flagged & ENCRYPTED != 0);
        let known = self.sources.iter().position(|(known, _)| *known == ssrc);
        if known.is_some_and(|known| !self.sources[known].1.is_new(index)) {
            return Err(OpenError::Replayed);
        }
        match &self.cipher {
            // DTLS-SRTP always encrypts (RFC 5764 §4.1.2); what is not encrypted is nobody's that we know.
            _ if !is_encrypted => return Err(OpenError::Forged),
            Cipher::Gcm(gcm) => {
                let associated = associated(packet, word);
                gcm.open(gcm.nonce(ssrc, index), &associated, &mut packet[HEADER..length + tag])?;
            }
            Cipher::Sha1(aes) => {
                let (protected, tag) = packet.split_at_mut(length + INDEX);
                if !aes.fits(protected, &[], tag) {
                    return Err(OpenError::Forged);
                }
                aes.cipher(ssrc, index, &mut protected[HEADER..length]);
            }
        }
        self.note(known, ssrc, index);
        Ok(length)
    }

    fn note(&mut self, known: Option<usize>, ssrc: u32, index: u64) {
        let at = known.unwrap_or_else(|| {
            if self.sources.len() >= SOURCES {
                self.sources.remove(0);
            }
            self.sources.push((ssrc, Replay::default()));
            self.sources.len() - 1
        });
        self.sources[at].1.note(index);
    }
}

/// Header, SSRC and the word with the index (RFC 7714 §9.2).
fn associated(packet: &[u8], word: [u8; INDEX]) -> [u8; HEADER + INDEX] {
    let mut bytes = [0; HEADER + INDEX];
    bytes[..HEADER].copy_from_slice(&packet[..HEADER]);
    bytes[HEADER..].copy_from_slice(&word);
    bytes
}

fn ssrc_of(packet: &[u8]) -> u32 {
    u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]])
}
