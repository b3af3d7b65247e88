//! The rules of the tree that no compiler checks.

mod cores;
mod exceptions;
mod rust_text;
mod sizes;
mod text;

use crate::{
    fuzz,
    shell::{self, Done, Failure, at, command, root},
};
use exceptions::Exceptions;
use std::{fs, path::Path};

/// A file that git keeps or would keep.
pub(crate) struct File {
    /// From the workspace's root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}

/// Checks every rule and fails with all that is broken.
pub(crate) fn run() -> Done {
    let root = root();
    let files = files(&root)?;
    let mut exceptions = Exceptions::read(&root)?;
    let mut broken = Vec::new();
    for file in &files {
        text::check(file, &mut broken);
        sizes::check(file, &mut exceptions, &mut broken);
        if file.is_rust() {
            cores::check_source(file, &mut broken);
        }
        cores::check_manifest(file, &mut broken);
    }
    broken.extend(exceptions.unused());
    for target in fuzz::targets(&root.join("crates/fuzz"))? {
        let path = format!("crates/fuzz/fuzz_targets/{target}.rs");
        if !root.join(&path).is_file() {
            broken.push(format!("{path}: the manifest names this fuzz target, but it is not there"));
        }
    }
    if broken.is_empty() {
        println!("{} files are tidy", files.len());
        return Ok(());
    }
    broken.sort();
    Err(Failure::new(format!("{}\n{} rules are broken", broken.join("\n"), broken.len())))
}

/// Files of the tree that are text, tracked or about to be.
fn files(root: &Path) -> Result<Vec<File>, Failure> {
    let list = shell::output(command(root, "git ls-files --cached --others --exclude-standard"));
    let list = list.ok_or_else(|| Failure::new("git cannot list the files of this tree"))?;
    let mut files = Vec::new();
    for path in list.lines() {
        let full = root.join(path);
        // A file that is deleted and not yet committed so is listed, but not there.
        if !full.is_file() {
            continue;
        }
        if let Ok(text) = String::from_utf8(fs::read(&full).map_err(at(&full))?) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    Ok(files)
}
