use sqlx::postgres::PgConnectOptions;
use std::{fmt, path::PathBuf, str::FromStr};

/// Parameters that an address may have. Others would be ignored without a word.
const PARAMETERS: &[&str] =
    &["host", "port", "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "options"];

/// Where a database is. Shown without passwords.
#[derive(Debug, Clone)]
pub enum Location {
    /// A SQLite file.
    File(PathBuf),
    /// A database of a PostgreSQL server.
    Server(Box<PostgresUrl>),
}

/// Address of a PostgreSQL database. Shown without its password and what else may be secret.
#[derive(Clone)]
pub struct PostgresUrl(PgConnectOptions);

/// Why a text names no database. Does not repeat the text, which may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// Neither scheme.
    #[error("must begin with sqlite:, postgres:// or postgresql://")]
    Scheme,
    /// No file.
    #[error("sqlite: needs the path of a file behind it")]
    NoFile,
    /// No database of the server.
    #[error("needs the name of the database: postgres://USER@HOST/NAME")]
    NoDatabase,
    /// An unknown parameter.
    #[error("the parameter {0:?} is unknown; known are {list}", list = PARAMETERS.join(", "))]
    Parameter(String),
    /// A malformed address.
    #[error("is no address of a PostgreSQL database: {0}")]
    Malformed(String),
}

impl FromStr for Location {
    type Err = LocationError;

    /// Reads `sqlite:PATH` or `postgres://[USER[:PASSWORD]@][HOST[:PORT]]/NAME[?PARAMETER=VALUE&…]`.
    fn from_str(text: &str) -> Result<Self, LocationError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return if path.is_empty() { Err(LocationError::NoFile) } else { Ok(Self::File(path.into())) };
        }
        text.parse().map(Box::new).map(Self::Server)
    }
}

impl FromStr for PostgresUrl {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(LocationError::Scheme);
        }
        let (_, parameters) = text.split_once('?').unwrap_or_default();
        let names = parameters.split('&').filter_map(|parameter| parameter.split('=').next());
        if let Some(unknown) = names.filter(|name| !name.is_empty()).find(|name| !PARAMETERS.contains(name)) {
            return Err(LocationError::Parameter(unknown.to_owned()));
        }
        let options: PgConnectOptions =
            text.parse().map_err(|error: sqlx::Error| LocationError::Malformed(error.to_string()))?;
        match options.get_database() {
            Some(name) if !name.is_empty() => Ok(Self(options)),
            _ => Err(LocationError::NoDatabase),
        }
    }
}

impl Location {
    /// The same with a password that is kept apart from the address; a file needs none.
    pub fn with_password(self, password: &str) -> Self {
        match self {
            Self::File(path) => Self::File(path),
            Self::Server(url) => Self::Server(Box::new(PostgresUrl(url.0.password(password)))),
        }
    }
}

impl PostgresUrl {
    pub(crate) fn options(&self) -> PgConnectOptions {
        self.0.clone()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Server(url) => write!(f, "{url}"),
        }
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, port) = (self.0.get_username(), self.0.get_port());
        let database = self.0.get_database().unwrap_or_default();
        let socket = self.0.get_socket().map(|folder| folder.display().to_string());
        match socket.or_else(|| Some(self.0.get_host().to_owned()).filter(|host| host.starts_with('/'))) {
            Some(folder) => write!(f, "postgres:///{database}?host={folder}&port={port}&user={user}"),
            None => write!(f, "postgres://{user}@{}:{port}/{database}", self.0.get_host()),
        }
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        let text = "postgres://ada:top%2Fsecret@db.example.com:6432/calls?sslmode=verify-full&options=-cwork_mem=4MB";
        let location: Location = text.parse().expect("an address");
        assert_eq!(location.to_string(), "postgres://ada@db.example.com:6432/calls");
        let location = location.with_password("also secret");
        assert!(!format!("{location:?} {location}").contains("secret"));
        let socket: Location = "postgresql:///calls?host=/run/postgresql&user=ada".parse().expect("an address");
        assert_eq!(socket.to_string(), "postgres:///calls?host=/run/postgresql&port=5432&user=ada");
        let file: Location = "sqlite:a/b.db".parse().expect("a file");
        assert_eq!(file.to_string(), "a/b.db");
    }

    #[test]
    fn what_names_no_database_is_refused_and_not_repeated() {
        for (text, says) in [
            ("data/switchroom.db", "must begin with"),
            ("mysql://ada:secret@h/d", "must begin with"),
            ("sqlite:", "path of a file"),
            ("postgres://ada:secret@h", "name of the database"),
            ("postgres://ada:secret@h/", "name of the database"),
            ("postgres://ada:secret@h:port/d", "no address"),
            ("postgres://ada:secret@h/d?sslmode=perhaps", "no address"),
            ("postgres://ada:secret@h/d?sslmode=require&pasword=secret", "\"pasword\" is unknown"),
        ] {
            let refused = text.parse::<Location>().expect_err(text).to_string();
            assert!(refused.contains(says) && !refused.contains("secret"), "{text}: {refused}");
        }
    }
}
