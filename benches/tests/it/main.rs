//! The bench itself, small and of the tests' build: figures mean nothing, but packets must flow.

use std::process::Command;

#[test]
fn floor_and_engine_forward_every_packet_both_ways() {
    let bench = Command::new(env!("CARGO_BIN_EXE_bench")).arg("quick").output().expect("cargo built it");
    let said = String::from_utf8_lossy(&bench.stderr);
    assert!(bench.status.success(), "{said}");
    assert!(said.contains("flood of") && said.contains("came and went"), "{said}");
    assert!(said.contains("SQLite: ") && said.contains("PostgreSQL: "), "{said}");
    // Floor, engine, and engine with taps, with audio and with video.
    // Then the floor once more, beside legs that hear a prompt.
    assert_eq!(said.lines().filter(|line| line.contains("ns a packet")).count(), 7, "{said}");
    assert_eq!(said.lines().filter(|line| line.contains("held legs")).count(), 1, "{said}");
}
