use crate::shell::{Failure, at};
use std::{fs, path::Path};

const FILE: &str = "crates/xtask/tidy-exceptions.txt";

/// What may be larger than the limits, each with its reason.
pub(crate) struct Exceptions(Vec<Exception>);

struct Exception {
    what: String,
    used: bool,
}

impl Exceptions {
    pub(crate) fn read(root: &Path) -> Result<Self, Failure> {
        let path = root.join(FILE);
        let text = fs::read_to_string(&path).map_err(at(&path))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let exceptions = lines.map(|line| match line.split_once(' ') {
            Some((what, reason)) if !reason.trim().is_empty() => Ok(Exception { what: what.to_owned(), used: false }),
            _ => Err(Failure::new(format!("{FILE}: {line} has no reason"))),
        });
        exceptions.collect::<Result<_, _>>().map(Self)
    }

    /// Whether `what` (a path, or `path::function`) is excepted.
    pub(crate) fn cover(&mut self, what: &str) -> bool {
        let exception = self.0.iter_mut().find(|exception| exception.what == what);
        exception.map(|exception| exception.used = true).is_some()
    }

    /// Exceptions that nothing needs any more.
    pub(crate) fn unused(&self) -> impl Iterator<Item = String> {
        let unused = self.0.iter().filter(|exception| !exception.used);
        unused.map(|exception| format!("{FILE}: {} needs no exception", exception.what))
    }
}
