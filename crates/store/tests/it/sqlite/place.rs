use std::path::{Path, PathBuf};
use store::{Location, Store};
use tempfile::TempDir;

/// A database of its own.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// As a configuration names it.
    pub(crate) fn address(&self) -> String {
        format!("sqlite:{}", self.file().display())
    }

    pub(crate) async fn open(&self) -> Store {
        let location: Location = self.address().parse().expect("an address");
        Store::open_at(&location).await.expect("a database")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder().join("test.db")
    }
}
