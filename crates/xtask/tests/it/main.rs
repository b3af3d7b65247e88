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

#[test]
fn no_bug_can_be_planted_in_the_program() {
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--locked", "--offline", "--package", "switchroom", "--edges", "features,no-dev"]);
    let output = tree.current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("cargo starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let tree = String::from_utf8(output.stdout).expect("cargo prints text");
    assert!(tree.contains("callcenter-core feature"), "the tree shows features of the core");
    for feature in ["planted-bugs", "fatal-steps"] {
        assert!(!tree.contains(feature), "the program is built with {feature}, which is for tests alone");
    }
}
