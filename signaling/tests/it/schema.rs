//! The documented schema is the one that is spoken.

use serde_json::{Value, json};
use std::path::Path;
use wire::browser::{ClientMessage, ServerMessage};

fn current() -> Value {
    json!({
        "description": "Messages of the signaling WebSocket, JSON Schema 2020-12. See signaling.md.",
        "client": schemars::schema_for!(ClientMessage),
        "server": schemars::schema_for!(ServerMessage),
    })
}

/// `SWITCHROOM_BLESS=1 cargo nextest run -p signaling schema` writes the file anew.
#[test]
fn the_schema_of_messages_is_committed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/signaling.schema.json");
    let text = format!("{:#}\n", current());
    if std::env::var_os("SWITCHROOM_BLESS").is_some() {
        std::fs::write(&file, &text).expect("docs can be written");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == text, "docs/signaling.schema.json is out of date: run with SWITCHROOM_BLESS=1 and look at it");
}

fn documentation() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/signaling.md");
    std::fs::read_to_string(file).expect("docs/signaling.md")
}

/// The JSON examples of the page, in order.
fn examples(text: &str) -> Vec<Value> {
    let blocks = text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.map(|block| serde_json::from_str(block).unwrap_or_else(|error| panic!("{error} in {block}"))).collect()
}

#[test]
fn every_message_has_an_example_that_is_valid() {
    let examples = examples(&documentation());
    let mut named = Vec::new();
    for example in &examples {
        let Some(kind) = example.get("type").and_then(Value::as_str) else { continue };
        let client = serde_json::from_value::<ClientMessage>(example.clone());
        let server = serde_json::from_value::<ServerMessage>(example.clone());
        assert!(client.is_ok() || server.is_ok(), "{kind}: {:?} {:?}", client.err(), server.err());
        named.push(kind.to_owned());
    }
    let schema = current();
    let of_pages = schema["client"]["oneOf"].as_array().expect("an enum").iter();
    let of_server = schema["server"]["oneOf"].as_array().expect("an enum").iter();
    for one in of_pages.chain(of_server) {
        let kind = one["properties"]["type"]["const"].as_str().expect("a tag");
        assert!(named.iter().any(|name| name == kind), "docs/signaling.md has no example of {kind}");
    }
}

#[test]
fn every_code_is_documented() {
    let text = documentation();
    for code in signaling::ws::errors::ALL {
        assert!(text.contains(&format!("| {} | `{}` |", code.id, code.name)), "{} {}", code.id, code.name);
    }
}
