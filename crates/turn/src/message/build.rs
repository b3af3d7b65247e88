use super::{COOKIE, Class, HEADER, Key, Message, Method, Transaction, address, kind};
use std::net::SocketAddr;

/// A message being written.
#[derive(Debug)]
pub(crate) struct Builder {
    bytes: Vec<u8>,
    transaction: Transaction,
}

impl Builder {
    pub(crate) fn new(method: Method, class: Class, transaction: Transaction) -> Self {
        let mut bytes = Vec::with_capacity(128);
        bytes.extend((method as u16 | class as u16).to_be_bytes());
        bytes.extend([0; 2]);
        bytes.extend(COOKIE);
        bytes.extend(transaction);
        Self { bytes, transaction }
    }

    /// Adds attributes as they would stand in a message, of any content.
    #[cfg(feature = "testing")]
    pub(crate) fn with_raw(mut self, attributes: &[u8]) -> Self {
        self.bytes.extend(attributes);
        self
    }

    /// The answer that a request was carried out.
    pub(crate) fn success(request: &Message<'_>) -> Self {
        Self::new(request.method, Class::Success, request.transaction())
    }

    /// The answer that it was not.
    pub(crate) fn error(request: &Message<'_>, code: u16) -> Self {
        Self::new(request.method, Class::Error, request.transaction()).with_error(code)
    }

    /// Adds why it was not (RFC 8489 §14.8). Without words: programs read it.
    pub(crate) fn with_error(self, code: u16) -> Self {
        let class = u8::try_from(code / 100).expect("codes have three digits");
        let number = u8::try_from(code % 100).expect("below a hundred");
        self.with(kind::ERROR_CODE, &[0, 0, class, number])
    }

    /// Adds an attribute.
    pub(crate) fn with(mut self, kind: u16, value: &[u8]) -> Self {
        let length = u16::try_from(value.len()).expect("a value is shorter than a datagram");
        self.bytes.extend(kind.to_be_bytes());
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend(value);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self
    }

    /// Adds an attribute that holds an address.
    pub(crate) fn with_address(self, kind: u16, address: SocketAddr) -> Self {
        let value = address::write(address, &self.transaction);
        self.with(kind, &value)
    }

    /// Ends the message with a signature.
    pub(crate) fn signed(self, key: &Key) -> Vec<u8> {
        let signature = key.sign(&self.bytes);
        self.with(kind::MESSAGE_INTEGRITY, &signature).unsigned()
    }

    /// Ends the message.
    pub(crate) fn unsigned(mut self) -> Vec<u8> {
        let length = u16::try_from(self.bytes.len() - HEADER).expect("a message is a datagram");
        self.bytes[2..4].copy_from_slice(&length.to_be_bytes());
        self.bytes
    }
}
