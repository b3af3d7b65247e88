//! The API's description is the committed one.

use super::client::{As, Client};
use crate::support::House;
use serde_json::Value;
use signaling::http::openapi;
use std::fs;

/// Compares with a committed file; with `SWITCHROOM_BLESS=1` it is written instead.
pub(super) fn compare_or_bless(path: &str, text: &str) {
    if std::env::var("SWITCHROOM_BLESS").is_ok_and(|value| value == "1") {
        fs::write(path, text).expect("written");
        return;
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    if committed == text {
        return;
    }
    let line = committed.lines().zip(text.lines()).position(|(old, new)| old != new);
    let line = line.unwrap_or(committed.lines().count().min(text.lines().count()));
    panic!(
        "{path} differs from line {} on.\ncommitted: {}\nnow:       {}\nSWITCHROOM_BLESS=1 writes it anew.",
        line + 1,
        committed.lines().nth(line).unwrap_or("(end)"),
        text.lines().nth(line).unwrap_or("(end)"),
    );
}

#[test]
fn the_description_is_the_committed_one() {
    let text = openapi().to_pretty_json().expect("JSON") + "\n";
    compare_or_bless(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json"), &text);
}

#[tokio::test]
async fn the_description_is_served_and_all_its_references_lead_somewhere() {
    let house = House::open().await;
    let answer = Client::of(&house).call("GET", "/openapi.json").by(&As::Nobody).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    let document = answer.json();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", document["openapi"]);
    let mut references = 0;
    check_references(&document, &document, &mut references);
    assert!(references > 50, "{references} references");
    let made = &document["paths"]["/ccaas/1/agents"]["post"]["responses"]["200"];
    assert_eq!(made["links"]["get-agent"]["parameters"]["agentId"], "$response.body#/id");
}

fn check_references(document: &Value, part: &Value, count: &mut usize) {
    match part {
        Value::Object(map) => {
            if let Some(Value::String(target)) = map.get("$ref") {
                let pointer = target.strip_prefix('#').expect("a local reference");
                assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
                *count += 1;
            }
            map.values().for_each(|value| check_references(document, value, count));
        }
        Value::Array(items) => items.iter().for_each(|value| check_references(document, value, count)),
        _ => {}
    }
}
