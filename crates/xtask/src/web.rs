//! Packages of the pages, and the pages.

use crate::{
    shell::{Done, Failure, at, command, root, run},
    tools,
};
use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

/// Folders of `web` that do not go into the pages.
const NO_INPUT: &[&str] = &["node_modules", "dist", "e2e", "test"];

/// Builds the pages if anything they are made of changed since the last time.
pub(crate) fn build() -> Done {
    install()?;
    let web = root().join("web");
    let stamp = Stamp::of("pages", &inputs(&web)?)?;
    if stamp.holds() && web.join("dist").is_dir() {
        return Ok(());
    }
    run(command(&web, "npm run build"))?;
    stamp.write()
}

/// Installs npm packages if the lock file changed since the last time.
pub(crate) fn install() -> Done {
    tools::need_node()?;
    let web = root().join("web");
    let stamp = Stamp::of("packages", &[web.join("package-lock.json")])?;
    if stamp.holds() && web.join("node_modules").is_dir() {
        return Ok(());
    }
    run(command(&web, "npm ci --no-audit --no-fund"))?;
    stamp.write()
}

fn inputs(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let path = entry.path();
        if !path.is_dir() {
            files.push(path);
        } else if !NO_INPUT.iter().any(|name| entry.file_name() == *name) {
            files.extend(inputs(&path)?);
        }
    }
    files.sort();
    Ok(files)
}

/// A note in the target folder of what something was made from.
struct Stamp {
    file: PathBuf,
    content: String,
}

impl Stamp {
    fn of(name: &str, inputs: &[PathBuf]) -> Result<Self, Failure> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            input.hash(&mut hasher);
            fs::read(input).map_err(at(input))?.hash(&mut hasher);
        }
        let file = root().join("target/xtask").join(name);
        Ok(Self { file, content: format!("{:016x}", hasher.finish()) })
    }

    fn holds(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|content| content == self.content)
    }

    fn write(&self) -> Done {
        let folder = self.file.parent().expect("a stamp lies in a folder");
        fs::create_dir_all(folder).map_err(at(folder))?;
        fs::write(&self.file, &self.content).map_err(at(&self.file))
    }
}
