use super::unless_taken;
use crate::{
    database::{DbRow, Store, query},
    error::Error,
    records::{Reader, word_of},
};
use model::{AccountId, ImageType, LinkImageId, WallTime};
use sqlx::AssertSqlSafe;

/// What is known of an image of call links' pages, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkImageRow {
    /// Whose.
    pub account: AccountId,
    /// Key.
    pub id: LinkImageId,
    /// As it was uploaded.
    pub name: String,
    /// What it is for.
    pub kind: ImageType,
    /// As HTTP calls its format.
    pub media_type: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Its size.
    pub bytes: u64,
    /// Creation, UTC.
    pub created_at: WallTime,
}

const COLUMNS: &str = "account, id, name, kind, media_type, width, height, bytes, created_at";

impl Store {
    /// A new image with its content, all or nothing; false when the account has `most` already.
    pub async fn create_link_image(&self, image: &LinkImageRow, content: &[u8], most: u32) -> Result<bool, Error> {
        let sql = format!(
            "INSERT INTO link_images ({COLUMNS}, content) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 \
             WHERE (SELECT COUNT(*) FROM link_images WHERE account = $1) < $11"
        );
        let made = query(AssertSqlSafe(sql))
            .bind(image.account.to_string())
            .bind(image.id.to_string())
            .bind(image.name.clone())
            .bind(word_of(&image.kind))
            .bind(image.media_type.clone())
            .bind(i64::from(image.width))
            .bind(i64::from(image.height))
            .bind(i64::try_from(image.bytes).unwrap_or(i64::MAX))
            .bind(image.created_at.0)
            .bind(content)
            .bind(i64::from(most))
            .execute(&self.writer)
            .await
            .map_err(|error| unless_taken(error, "the image"))?;
        Ok(made.rows_affected() == 1)
    }

    /// The account's images, oldest first.
    pub async fn link_images(&self, account: AccountId) -> Result<Vec<LinkImageRow>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM link_images WHERE account = $1 ORDER BY id");
        let found = query(AssertSqlSafe(sql)).bind(account.to_string()).fetch_all(&self.readers).await?;
        found.iter().map(image).collect()
    }

    /// One image.
    pub async fn link_image(&self, account: AccountId, id: LinkImageId) -> Result<Option<LinkImageRow>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM link_images WHERE account = $1 AND id = $2");
        let found = query(AssertSqlSafe(sql)).bind(account.to_string()).bind(id.to_string());
        found.fetch_optional(&self.readers).await?.as_ref().map(image).transpose()
    }

    /// The image as it was uploaded.
    pub async fn link_image_content(&self, account: AccountId, id: LinkImageId) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT content FROM link_images WHERE account = $1 AND id = $2";
        let found = query(sql).bind(account.to_string()).bind(id.to_string());
        found.fetch_optional(&self.readers).await?.map(|row| Reader(&row).bytes("content")).transpose()
    }

    /// Removes an image; true if there was one.
    pub async fn delete_link_image(&self, account: AccountId, id: LinkImageId) -> Result<bool, Error> {
        let gone = query("DELETE FROM link_images WHERE account = $1 AND id = $2")
            .bind(account.to_string())
            .bind(id.to_string())
            .execute(&self.writer)
            .await?;
        Ok(gone.rows_affected() > 0)
    }
}

fn image(row: &DbRow) -> Result<LinkImageRow, Error> {
    let row = Reader(row);
    Ok(LinkImageRow {
        account: row.id("account")?,
        id: row.id("id")?,
        name: row.text("name")?,
        kind: row.word("kind")?,
        media_type: row.text("media_type")?,
        width: row.number("width")?,
        height: row.number("height")?,
        bytes: row.count("bytes")?,
        created_at: row.time("created_at")?,
    })
}
