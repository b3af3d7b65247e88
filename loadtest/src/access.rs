//! Who the load tester is to the server: an API key, which comes from the environment or a file and nowhere else.

use serde_json::Value;
use std::{env, fs, path::Path};

/// The environment variable that holds an API key.
pub const KEY_VARIABLE: &str = "SWITCHROOM_API_KEY";

/// Why there is no API key.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Neither a file nor the variable.
    #[error(
        "no API key is given; put one with the scope conversations:manage into the environment variable \
         {KEY_VARIABLE} or into a file named by --access. A demo server tells its own: \
         `switchroom up --demo --print-json > FILE`"
    )]
    Missing,
    /// The file.
    #[error("cannot read an API key from {file}: {reason}")]
    File {
        /// Its path.
        file: String,
        /// What is wrong.
        reason: String,
    },
}

/// How the server is reached.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) key: String,
    /// The server's address, where the file tells it.
    pub(crate) server: Option<String>,
}

/// Reads the file, or the environment where there is none.
pub(crate) fn read(file: Option<&Path>) -> Result<Access, AccessError> {
    let Some(file) = file else {
        let key = env::var(KEY_VARIABLE).ok().filter(|key| !key.trim().is_empty()).ok_or(AccessError::Missing)?;
        return Ok(Access { key: key.trim().to_owned(), server: None });
    };
    let named = |reason: String| AccessError::File { file: file.display().to_string(), reason };
    let text = fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
    parse(&text).ok_or_else(|| {
        named("it must hold the key alone, or what `switchroom up --demo --print-json` prints".to_owned())
    })
}

/// The key alone, or the line of JSON among what a demo server prints.
fn parse(text: &str) -> Option<Access> {
    if let Some(line) = text.lines().rev().find(|line| line.starts_with('{')) {
        let told: Value = serde_json::from_str(line).ok()?;
        let server = told["console"].as_str().map(str::to_owned);
        return Some(Access { key: told["api_key"].as_str()?.to_owned(), server });
    }
    let key = text.trim();
    (!key.is_empty() && !key.contains(char::is_whitespace)).then(|| Access { key: key.to_owned(), server: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_alone_and_what_a_demo_server_prints_are_read() {
        let key = |text: &str| parse(text).map(|access| (access.key, access.server));
        assert_eq!(key("  secret\n"), Some(("secret".to_owned(), None)));
        let printed = "\nSwitchroom is running.\n\n{\"console\": \"http://127.0.0.1:1/\", \"api_key\": \"k\"}\nmore\n";
        assert_eq!(key(printed), Some(("k".to_owned(), Some("http://127.0.0.1:1/".to_owned()))));
        for wrong in ["", " \n", "two words", "{\"console\": \"x\"}", "{"] {
            assert_eq!(key(wrong), None, "{wrong:?}");
        }
    }
}
