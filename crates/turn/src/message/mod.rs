//! STUN messages as TURN uses them (RFC 8489, RFC 8656).

mod address;
mod attribute;
mod build;
mod key;

pub(crate) use attribute::kind;
pub(crate) use build::Builder;
pub(crate) use key::Key;

use std::net::SocketAddr;

pub(crate) const HEADER: usize = 20;
const COOKIE: [u8; 4] = 0x2112_a442_u32.to_be_bytes();
pub(crate) type Transaction = [u8; 12];

/// RFC 8656 §17: what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Allocate = 0x003,
    Refresh = 0x004,
    Send = 0x006,
    Data = 0x007,
    CreatePermission = 0x008,
    ChannelBind = 0x009,
}

const METHODS: [Method; 6] =
    [Method::Allocate, Method::Refresh, Method::Send, Method::Data, Method::CreatePermission, Method::ChannelBind];

/// RFC 8489 §5, as its bits stand in a message's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Request = 0x000,
    Indication = 0x010,
    Success = 0x100,
    Error = 0x110,
}

/// A message whose attributes are all whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    bytes: &'a [u8],
    pub(crate) method: Method,
    pub(crate) class: Class,
}

/// One attribute and where it begins in its message.
struct Attribute<'a> {
    at: usize,
    kind: u16,
    value: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads a request or an indication of a method that we know; anything else is none.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, attributes) = bytes.split_first_chunk::<HEADER>()?;
        let word = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
        if header[4..8] != COOKIE || usize::from(word(2)) != attributes.len() {
            return None;
        }
        let class = [Class::Request, Class::Indication].into_iter().find(|class| word(0) & 0x110 == *class as u16)?;
        let method = METHODS.into_iter().find(|method| word(0) == *method as u16 | class as u16)?;
        let message = Self { bytes, method, class };
        let end = message.all().last().map_or(HEADER, |last| last.at + 4 + last.value.len().next_multiple_of(4));
        (end == bytes.len()).then_some(message)
    }

    pub(crate) fn length(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn transaction(&self) -> Transaction {
        *self.bytes[8..].first_chunk().expect("a message has a header")
    }

    /// The first attribute of this kind that the integrity covers.
    pub(crate) fn attribute(&self, kind: u16) -> Option<&'a [u8]> {
        self.covered().find(|attribute| attribute.kind == kind).map(|attribute| attribute.value)
    }

    /// The address in the first attribute of this kind.
    pub(crate) fn address(&self, kind: u16) -> Option<SocketAddr> {
        self.addresses(kind).next().flatten()
    }

    /// The addresses in all attributes of this kind; none for one that cannot be read.
    pub(crate) fn addresses(&self, kind: u16) -> impl Iterator<Item = Option<SocketAddr>> + use<'a> {
        let transaction = self.transaction();
        let of_kind = self.covered().filter(move |attribute| attribute.kind == kind);
        of_kind.map(move |attribute| address::read(attribute.value, &transaction))
    }

    /// Kinds that must be understood and are not (RFC 8489 §14).
    pub(crate) fn not_understood(&self) -> Vec<u16> {
        let kinds = self.covered().map(|attribute| attribute.kind);
        kinds.filter(|kind| *kind < 0x8000 && !kind::UNDERSTOOD.contains(kind)).collect()
    }

    /// Whether the message is signed with this key.
    pub(crate) fn is_signed_with(&self, key: &Key) -> bool {
        let Some(signature) = self.all().find(|attribute| attribute.kind == kind::MESSAGE_INTEGRITY) else {
            return false;
        };
        key.verify(&self.bytes[..signature.at], signature.value)
    }

    /// Attributes up to the signature: nobody vouches for what stands behind it.
    fn covered(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        self.all().take_while(|attribute| attribute.kind != kind::MESSAGE_INTEGRITY)
    }

    fn all(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let (bytes, mut at) = (self.bytes, HEADER);
        std::iter::from_fn(move || {
            let head = bytes.get(at..at + 4)?;
            let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
            let value = bytes.get(at + 4..at + 4 + length)?;
            let attribute = Attribute { at, kind: u16::from_be_bytes([head[0], head[1]]), value };
            at += 4 + length.next_multiple_of(4);
            Some(attribute)
        })
    }
}

#[cfg(test)]
mod tests;
