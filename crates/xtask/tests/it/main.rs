//! The tree keeps its own rules.

use std::process::Command;

fn xtask(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments).output().expect("xtask starts");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).expect("xtask prints text"))
}

#[test]
fn the_tree_is_tidy() {
    let (tidy, said) = xtask(&["tidy"]);
    assert!(tidy, "{said}");
}

#[test]
fn an_unknown_task_is_answered_with_those_there_are() {
    for arguments in [&[][..], &["dance"], &["fuzz"], &["tidy", "more"]] {
        let (done, said) = xtask(arguments);
        assert!(!done && said.starts_with("Usage: cargo xtask TASK"), "{arguments:?}: {said}");
    }
}
