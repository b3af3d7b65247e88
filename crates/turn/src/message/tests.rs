use super::*;
use proptest::prelude::*;

const TRANSACTION: Transaction = *b"transaction!";
const PEER: u16 = kind::XOR_PEER_ADDRESS;

/// RFC 5769 §2.4: a request with long-term authentication. Its method, Binding, is none of ours, so only its signature
/// is checked here.
#[test]
fn the_published_request_is_signed_as_published() {
    let bytes: [u8; 116] = [
        0x00, 0x01, 0x00, 0x60, 0x21, 0x12, 0xa4, 0x42, 0x78, 0xad, 0x34, 0x33, 0xc6, 0xad, 0x72, 0xc0, 0x29, 0xda,
        0x41, 0x2e, 0x00, 0x06, 0x00, 0x12, 0xe3, 0x83, 0x9e, 0xe3, 0x83, 0x88, 0xe3, 0x83, 0xaa, 0xe3, 0x83, 0x83,
        0xe3, 0x82, 0xaf, 0xe3, 0x82, 0xb9, 0x00, 0x00, 0x00, 0x15, 0x00, 0x1c, 0x66, 0x2f, 0x2f, 0x34, 0x39, 0x39,
        0x6b, 0x39, 0x35, 0x34, 0x64, 0x36, 0x4f, 0x4c, 0x33, 0x34, 0x6f, 0x4c, 0x39, 0x46, 0x53, 0x54, 0x76, 0x79,
        0x36, 0x34, 0x73, 0x41, 0x00, 0x14, 0x00, 0x0b, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2e, 0x6f, 0x72,
        0x67, 0x00, 0x00, 0x08, 0x00, 0x14, 0xf6, 0x70, 0x24, 0x65, 0x6d, 0xd6, 0x4a, 0x3e, 0x02, 0xb8, 0xe0, 0x71,
        0x2e, 0x85, 0xc9, 0xa2, 0x8c, 0xa8, 0x96, 0x66,
    ];
    let key = Key::new("\u{30DE}\u{30C8}\u{30EA}\u{30C3}\u{30AF}\u{30B9}", "example.org", "TheMatrIX");
    let (before, signature) = bytes.split_at(bytes.len() - 24);
    assert!(key.verify(before, &signature[4..]));
    assert!(!Key::new("\u{30DE}", "example.org", "TheMatrIX").verify(before, &signature[4..]));
    assert!(Message::parse(&bytes).is_none(), "a method that is none of ours");
}

/// RFC 5769 §2.2 and §2.3: XOR-MAPPED-ADDRESS in both families.
#[test]
fn published_addresses_are_read_and_written() {
    let transaction: Transaction = [0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae];
    let v4 = [0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43];
    let v6 = [
        0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2,
        0xb9, 0xd9,
    ];
    for (value, text) in [(&v4[..], "192.0.2.1:32853"), (&v6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853")] {
        let address = text.parse().expect("an address");
        assert_eq!(address::read(value, &transaction), Some(address));
        assert_eq!(address::write(address, &transaction), value);
        assert_eq!(address::read(&value[..value.len() - 1], &transaction), None);
    }
    assert_eq!(address::read(&[0, 3, 0, 0, 0, 0, 0, 0], &transaction), None, "no such family");
}

fn request() -> Builder {
    Builder::new(Method::CreatePermission, Class::Request, TRANSACTION)
}

#[test]
fn what_was_written_is_read() {
    let peers = [SocketAddr::from(([192, 0, 2, 1], 1)), SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 2))];
    let key = Key::new("ada", "room", "password");
    let bytes = request()
        .with(kind::USERNAME, b"ada")
        .with_address(PEER, peers[0])
        .with_address(PEER, peers[1])
        .with(0x001a, b"")
        .with(0x8022, b"odd")
        .signed(&key);
    let message = Message::parse(&bytes).expect("a message");
    assert_eq!((message.method, message.class), (Method::CreatePermission, Class::Request));
    assert_eq!(message.transaction(), TRANSACTION);
    assert_eq!(message.attribute(kind::USERNAME), Some(&b"ada"[..]));
    assert_eq!(message.addresses(PEER).collect::<Vec<_>>(), peers.map(Some));
    assert_eq!(message.not_understood(), [0x001a], "and 0x8022 may be left alone");
    assert!(message.is_signed_with(&key));
    assert!(!message.is_signed_with(&Key::new("ada", "room", "passwore")));
}

#[test]
fn nothing_counts_behind_the_signature() {
    let key = Key::new("ada", "room", "password");
    let mut bytes = request().with(kind::USERNAME, b"ada").signed(&key);
    bytes.extend([0x00, 0x12, 0x00, 0x08, 0, 1, 0, 0, 0, 0, 0, 0]);
    let length = (bytes.len() - HEADER) as u16;
    bytes[2..4].copy_from_slice(&length.to_be_bytes());
    let message = Message::parse(&bytes).expect("a message");
    assert!(message.is_signed_with(&key));
    assert_eq!(message.address(PEER), None);
}

#[test]
fn responses_and_broken_messages_are_none() {
    let good = request().with(kind::USERNAME, b"ada").unsigned();
    assert!(Message::parse(&good).is_some());
    for length in 0..good.len() {
        assert!(Message::parse(&good[..length]).is_none(), "cut at {length}");
    }
    let changed = |at: usize, to: u8| {
        let mut bytes = good.clone();
        bytes[at] = to;
        Message::parse(&bytes).is_none()
    };
    assert!(changed(0, 0x01), "a success response");
    assert!(changed(0, 0x40), "a channel's data");
    assert!(changed(4, 0x20), "another cookie");
    assert!(changed(23, 9), "an attribute longer than the message");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut bytes = bytes;
        if bytes.len() >= HEADER {
            let length = (bytes.len() - HEADER) as u16;
            bytes[..4].copy_from_slice(&[0, 3, (length >> 8) as u8, length as u8]);
            bytes[4..8].copy_from_slice(&COOKIE);
        }
        if let Some(message) = Message::parse(&bytes) {
            prop_assert!(!message.is_signed_with(&Key::new("a", "b", "c")));
            prop_assert!(message.addresses(PEER).count() <= bytes.len() / 4);
            prop_assert!(message.not_understood().len() <= bytes.len() / 4);
        }
    }
}
