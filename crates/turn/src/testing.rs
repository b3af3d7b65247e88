//! What tests and fuzz targets need to speak to a [`crate::Server`] as a page does, with attributes of any content.

use crate::{
    Credentials,
    message::{Builder, Class, HEADER, Key, Method, kind},
    server::REALM,
};

/// Requests by number; numbers beyond the last begin anew.
const METHODS: [Method; 4] = [Method::Allocate, Method::Refresh, Method::CreatePermission, Method::ChannelBind];

/// A signed request. `attributes` is what stands before the user's name, as bytes of any content.
pub fn request(method: u8, attributes: &[u8], credentials: &Credentials, nonce: &[u8]) -> Vec<u8> {
    let method = METHODS[usize::from(method) % METHODS.len()];
    let builder = Builder::new(method, Class::Request, [method as u8; 12]).with_raw(attributes);
    let builder = builder.with(kind::USERNAME, credentials.username.as_bytes()).with(kind::REALM, REALM.as_bytes());
    builder.with(kind::NONCE, nonce).signed(&Key::new(&credentials.username, REALM, &credentials.password))
}

/// A request that asks for a relay, unsigned.
pub fn first_request() -> Vec<u8> {
    let builder = Builder::new(Method::Allocate, Class::Request, [0; 12]);
    builder.with(kind::REQUESTED_TRANSPORT, &[17, 0, 0, 0]).unsigned()
}

/// The nonce in the answer to [`first_request`].
pub fn nonce_of(answer: &[u8]) -> Vec<u8> {
    let mut rest = &answer[HEADER..];
    loop {
        let (head, after) = rest.split_at(4);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if head[..2] == kind::NONCE.to_be_bytes() {
            return after[..length].to_vec();
        }
        rest = &after[length.next_multiple_of(4)..];
    }
}
