//! Where signaling keeps what must last.

use super::empty_is_none;
use serde::Deserialize;
use std::{fmt, fs, path::Path};
use store::Location;

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Database {
    /// May hold a password: checked, and never shown.
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) url: Option<String>,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) password_file: Option<String>,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("password_file", &self.password_file).finish_non_exhaustive()
    }
}

impl Database {
    /// What is wrong with the address, without repeating it.
    pub(super) fn wrong_url(&self) -> Option<String> {
        self.url.as_ref()?.parse::<Location>().err().map(|error| error.to_string())
    }

    /// The database that the configuration names, or the usual file in the data folder.
    pub(crate) fn location(&self, data: &Path) -> Result<Location, String> {
        let Some(url) = &self.url else { return Ok(Location::File(data.join("switchroom.db"))) };
        let location: Location = url.parse().map_err(|error| format!("database.url: {error}"))?;
        let Some(file) = &self.password_file else { return Ok(location) };
        let password =
            fs::read_to_string(file).map_err(|error| format!("database.password_file: cannot read {file}: {error}"))?;
        match password.trim_end_matches(['\r', '\n']) {
            "" => Err(format!("database.password_file: {file} is empty")),
            password => Ok(location.with_password(password)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(url: Option<&str>, password_file: Option<&Path>) -> Database {
        let password_file = password_file.map(|path| path.display().to_string());
        Database { url: url.map(str::to_owned), password_file }
    }

    #[test]
    fn a_file_in_the_data_folder_is_usual_and_another_database_can_be_named() {
        let shown = |url| database(url, None).location(Path::new("data")).expect("a database").to_string();
        assert_eq!(shown(None), "data/switchroom.db");
        assert_eq!(shown(Some("sqlite:/var/lib/other.db")), "/var/lib/other.db");
        assert_eq!(shown(Some("postgres://ada:secret@db/calls")), "postgres://ada@db:5432/calls");
    }

    #[test]
    fn a_password_file_that_cannot_be_used_is_named_and_no_password_is_shown() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("password");
        let named = database(Some("postgres://ada:secret@db/calls"), Some(&file));
        assert!(!format!("{named:?}").contains("secret"));
        let refused = named.location(folder.path()).expect_err("it is not there");
        assert!(refused.starts_with("database.password_file: cannot read"), "{refused}");
        fs::write(&file, "\n").expect("written");
        assert!(named.location(folder.path()).expect_err("no password").contains("is empty"));
        fs::write(&file, "another secret\n").expect("written");
        let location = named.location(folder.path()).expect("a database");
        assert!(!format!("{location:?} {location}").contains("secret"));
    }
}
