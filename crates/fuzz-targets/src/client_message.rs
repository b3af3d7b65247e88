use wire::browser::ClientMessage;

/// What a page sends over its WebSocket is refused or understood, and what is understood can be said again.
pub fn client_message(input: &[u8]) {
    let Ok(message) = serde_json::from_slice::<ClientMessage>(input) else { return };
    let again = serde_json::to_vec(&message).expect("a message can be written");
    assert_eq!(serde_json::from_slice::<ClientMessage>(&again).expect("what we write we read"), message);
}
