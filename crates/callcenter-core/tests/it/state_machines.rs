//! `docs/state-machines.md` shows the tables that the code asserts.

use callcenter_core::transitions::{CALL, LEG, VOICE, mermaid};

#[test]
fn the_documented_diagrams_are_the_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/state-machines.md");
    let document = std::fs::read_to_string(path).expect("docs/state-machines.md is there");
    for (name, diagram) in [("Call", mermaid(CALL)), ("Leg", mermaid(LEG)), ("Agent's voice", mermaid(VOICE))] {
        let section = format!("## {name}\n\n```mermaid\n{diagram}```\n");
        assert!(document.contains(&section), "docs/state-machines.md should have this section:\n{section}");
    }
}
