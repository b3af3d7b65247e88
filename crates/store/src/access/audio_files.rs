use super::unless_taken;
use crate::{
    database::{DbRow, Store, query},
    error::Error,
    records::Reader,
};
use model::{AccountId, AudioFileId, WallTime};
use sqlx::AssertSqlSafe;

/// What is known of an uploaded audio file, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioFileRow {
    /// Whose.
    pub account: AccountId,
    /// Key.
    pub id: AudioFileId,
    /// As it was uploaded.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// How long it plays.
    pub duration_ms: u64,
    /// Creation, UTC.
    pub created_at: WallTime,
}

const COLUMNS: &str = "account, id, name, bytes, duration_ms, created_at";

impl Store {
    /// A new file with its content and the prompt made of it, all or nothing; false when the account has `most` already.
    pub async fn create_audio_file(
        &self,
        file: &AudioFileRow,
        content: &[u8],
        prompt: &[u8],
        most: u32,
    ) -> Result<bool, Error> {
        let sql = format!(
            "INSERT INTO audio_files ({COLUMNS}, content, prompt) SELECT $1, $2, $3, $4, $5, $6, $7, $8 \
             WHERE (SELECT COUNT(*) FROM audio_files WHERE account = $1) < $9"
        );
        let made = query(AssertSqlSafe(sql))
            .bind(file.account.to_string())
            .bind(file.id.to_string())
            .bind(file.name.clone())
            .bind(i64::try_from(file.bytes).unwrap_or(i64::MAX))
            .bind(i64::try_from(file.duration_ms).unwrap_or(i64::MAX))
            .bind(file.created_at.0)
            .bind(content)
            .bind(prompt)
            .bind(i64::from(most))
            .execute(&self.writer)
            .await
            .map_err(|error| unless_taken(error, "the audio file"))?;
        Ok(made.rows_affected() == 1)
    }

    /// The account's files, oldest first.
    pub async fn audio_files(&self, account: AccountId) -> Result<Vec<AudioFileRow>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM audio_files WHERE account = $1 ORDER BY id");
        let found = query(AssertSqlSafe(sql)).bind(account.to_string()).fetch_all(&self.readers).await?;
        found.iter().map(file).collect()
    }

    /// One file.
    pub async fn audio_file(&self, account: AccountId, id: AudioFileId) -> Result<Option<AudioFileRow>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM audio_files WHERE account = $1 AND id = $2");
        let found = query(AssertSqlSafe(sql)).bind(account.to_string()).bind(id.to_string());
        found.fetch_optional(&self.readers).await?.as_ref().map(file).transpose()
    }

    /// The file as it was uploaded.
    pub async fn audio_file_content(&self, account: AccountId, id: AudioFileId) -> Result<Option<Vec<u8>>, Error> {
        self.audio_file_part(account, id, "content").await
    }

    /// The prompt that was made of it.
    pub async fn audio_file_prompt(&self, account: AccountId, id: AudioFileId) -> Result<Option<Vec<u8>>, Error> {
        self.audio_file_part(account, id, "prompt").await
    }

    async fn audio_file_part(
        &self,
        account: AccountId,
        id: AudioFileId,
        column: &str,
    ) -> Result<Option<Vec<u8>>, Error> {
        let sql = format!("SELECT {column} FROM audio_files WHERE account = $1 AND id = $2");
        let found = query(AssertSqlSafe(sql)).bind(account.to_string()).bind(id.to_string());
        found.fetch_optional(&self.readers).await?.map(|row| Reader(&row).bytes(column)).transpose()
    }

    /// Removes a file; true if there was one.
    pub async fn delete_audio_file(&self, account: AccountId, id: AudioFileId) -> Result<bool, Error> {
        let gone = query("DELETE FROM audio_files WHERE account = $1 AND id = $2")
            .bind(account.to_string())
            .bind(id.to_string())
            .execute(&self.writer)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}

fn file(row: &DbRow) -> Result<AudioFileRow, Error> {
    let row = Reader(row);
    Ok(AudioFileRow {
        account: row.id("account")?,
        id: row.id("id")?,
        name: row.text("name")?,
        bytes: row.count("bytes")?,
        duration_ms: row.count("duration_ms")?,
        created_at: row.time("created_at")?,
    })
}
