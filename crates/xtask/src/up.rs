//! From a clean clone to a running server.

use crate::{
    shell::{Done, Failure, command, root, run, shown},
    tools, web,
};
use std::os::unix::process::CommandExt;

/// Gets what is missing, builds, and becomes the server.
pub(crate) fn run_server(arguments: &[String]) -> Done {
    tools::get(tools::TO_BUILD)?;
    web::build()?;
    let root = root();
    run(command(&root, "cargo build --release --locked --package switchroom"))?;
    let binary = root.join("target/release/switchroom");
    let mut server = command(&root, &format!("{} up --demo", binary.display()));
    server.args(arguments.iter().filter(|argument| *argument != "--"));
    let shown = shown(&server);
    let error = server.exec();
    Err(Failure::new(format!("{shown}: {error}")))
}
