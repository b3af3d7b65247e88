//! The folder of built pages must exist for them to be embedded; without Node it stays empty and a page that says how
//! to build them is served instead.

use std::path::Path;

fn main() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist");
    // A failure shows itself in the embedding's own error, which names the folder.
    let _ = std::fs::create_dir_all(&pages);
    println!("cargo::rerun-if-changed=../web/dist");
}
