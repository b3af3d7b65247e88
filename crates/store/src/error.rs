use model::AccountId;
use std::path::PathBuf;

/// Why a query or commit failed. Nothing was written, but for a commit whose server was lost before it answered: then all
/// or nothing was, and what is stored says which.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk is full, broken or locked, or the server is away, busy or silent: try again later.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// Another owner claimed the account: this one must stop.
    #[error("account {account} has another owner now: epoch {held} is over")]
    StaleEpoch {
        /// The account.
        account: AccountId,
        /// The epoch of the commit.
        held: i64,
    },
    /// A unique value (a login name, a key's hash) exists already.
    #[error("{0} exists already")]
    Exists(&'static str),
    /// The account has as many of them as it may have.
    #[error("the account has reached its limit of {most} {what}")]
    Full {
        /// What there are so many of.
        what: &'static str,
        /// The limit.
        most: i64,
    },
    /// A row cannot be read: the file was changed by another program or is damaged.
    #[error("the database holds a value that cannot be read: {0}")]
    Damaged(String),
    /// A filter names too many ids.
    #[error("a filter takes at most {0} ids")]
    TooManyIds(usize),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::Decode(_) => {
                Self::Damaged(error.to_string())
            }
            sqlx::Error::PoolTimedOut => {
                Self::Unavailable("no connection became free or could be made in time".to_owned())
            }
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be opened or created.
    #[error("cannot open the database {path}: {reason}; check that the folder exists and is writable")]
    Unavailable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The server cannot be reached, or lets nobody in with this address.
    #[error("cannot reach the database {database}: {reason}; check the address, the password and that the server runs")]
    Unreachable {
        /// The database, without its password.
        database: String,
        /// What the system or the server says.
        reason: String,
    },
    /// The server cannot keep what it would be given.
    #[error("cannot use the database {database}: {reason}")]
    Unsuitable {
        /// The database, without its password.
        database: String,
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// The database was written by a newer release.
    #[error(
        "the database {database} has schema version {found}, this release knows {known}: install the newer release \
         again, or restore the copy that was made before the upgrade"
    )]
    Newer {
        /// The file, or the server's database without its password.
        database: String,
        /// Version in the database.
        found: i64,
        /// Newest version that this release knows.
        known: i64,
    },
    /// A migration failed; the database is as it was.
    #[error("cannot bring the database {database} to this release's schema: {reason}")]
    Migration {
        /// The file, or the server's database without its password.
        database: String,
        /// What went wrong.
        reason: String,
    },
}
