//! Delivers to one webhook, event after event.

use super::client::Post;
use super::limits::{BATCH, ERROR_CHARS, FIRST_PAUSE, LONGEST_PAUSE, LOOK_EVERY, PATIENCE, SAVE_EVERY, STORE_PAUSE};
use super::target::Target;
use super::{Outside, payload, sign};
use crate::auth::keys;
use callcenter_core::event::EventRecord;
use model::WallTime;
use std::time::Duration;
use store::{WebhookFailure, WebhookRow};
use tokio::sync::watch;
use tokio::time::Instant;

/// What a look at the log came to.
enum Look {
    /// Everything is delivered.
    Done,
    /// There may be more.
    More,
    /// Somebody changed the webhook, or it was disabled: this task is over.
    Over,
}

struct Delivering {
    outside: Outside,
    row: WebhookRow,
    /// The position moved and is not kept yet.
    is_unsaved: bool,
    /// It is to be kept at once.
    is_urgent: bool,
    saved_at: Instant,
}

pub(super) async fn run(outside: Outside, row: WebhookRow) {
    let mut news = outside.news.of(row.account);
    let mut delivering = Delivering { outside, row, is_unsaved: false, is_urgent: false, saved_at: Instant::now() };
    loop {
        delivering.wait_for_next_try().await;
        news.mark_unchanged();
        match delivering.look().await {
            Ok(Look::More) => {}
            Ok(Look::Done) => delivering.wait_for_news(&mut news).await,
            Ok(Look::Over) => return,
            Err(error) => {
                tracing::warn!(webhook = %delivering.row.id, %error, "a webhook waits for the database");
                tokio::time::sleep(STORE_PAUSE).await;
            }
        }
    }
}

impl Delivering {
    async fn wait_for_next_try(&self) {
        if let Some(failure) = &self.row.failure {
            tokio::time::sleep(failure.next_attempt_at.since(self.outside.clock.wall())).await;
        }
    }

    async fn wait_for_news(&self, news: &mut watch::Receiver<u64>) {
        let wait = if self.is_unsaved { SAVE_EVERY } else { LOOK_EVERY };
        // The sender lives as long as the process; that the time is over is as good as news.
        let _ = tokio::time::timeout(wait, news.changed()).await;
    }

    async fn look(&mut self) -> Result<Look, store::Error> {
        let events = self.outside.store.events_after(self.row.account, self.row.position, BATCH).await?;
        let is_all = events.len() < BATCH as usize;
        for record in events {
            match self.tell(&record).await? {
                Ok(()) => {
                    self.row.position = record.sequence;
                    self.is_unsaved = true;
                    if self.row.failure.take().is_some() {
                        self.is_urgent = true;
                        tracing::info!(webhook = %self.row.id, "a webhook is delivered to again");
                    }
                }
                Err(error) => return self.failed(error).await,
            }
            if !self.save_if_due().await? {
                return Ok(Look::Over);
            }
        }
        if !self.save_if_due().await? {
            return Ok(Look::Over);
        }
        Ok(if is_all { Look::Done } else { Look::More })
    }

    /// Delivers an event, unless the webhook does not want it.
    async fn tell(&mut self, record: &EventRecord) -> Result<Result<(), String>, store::Error> {
        let kind = payload::type_of(&record.event);
        let Some(kind) =
            kind.filter(|kind| self.row.events.is_empty() || self.row.events.iter().any(|one| one.as_str() == *kind))
        else {
            return Ok(Ok(()));
        };
        let Some(body) = payload::body(&self.outside.store, self.row.account, record, kind).await? else {
            return Ok(Ok(()));
        };
        let sent = self.send(body).await;
        if sent.is_ok() {
            self.row.delivered_at = Some(self.outside.clock.wall());
        }
        Ok(sent)
    }

    async fn send(&self, body: Vec<u8>) -> Result<(), String> {
        let target = Target::parse(&self.row.url, &self.outside.allowed).map_err(|error| error.to_string())?;
        let now = self.outside.clock.wall();
        let signature = sign::signature(&self.secrets(now)?, now, &body);
        let post = Post { target: &target, signature, body };
        self.outside.client.send(post, &self.outside.allowed).await
    }

    /// The secrets that sign now, the newest first.
    fn secrets(&self, now: WallTime) -> Result<Vec<String>, String> {
        let old = self.row.old_secret.as_ref().filter(|(_, until)| *until > now).map(|(secret, _)| secret);
        let open = |sealed: &String| {
            let context = super::secret_context(self.row.account, self.row.id);
            let secret = self.outside.auth.sealer.open(&context, sealed).map_err(|error| error.to_string())?;
            String::from_utf8(secret).map_err(|error| error.to_string())
        };
        [Some(&self.row.secret), old].into_iter().flatten().map(open).collect()
    }

    async fn failed(&mut self, error: String) -> Result<Look, store::Error> {
        let now = self.outside.clock.wall();
        let (since, attempts) = match &self.row.failure {
            Some(before) => (before.since, before.attempts.saturating_add(1)),
            None => (now, 1),
        };
        let error: String = error.chars().take(ERROR_CHARS).collect();
        if attempts == 1 {
            tracing::warn!(webhook = %self.row.id, %error, "a webhook cannot be delivered to; trying again");
        }
        let next_attempt_at = now.after(pause(attempts));
        self.row.failure = Some(WebhookFailure { since, attempts, next_attempt_at, error: error.clone() });
        if now.since(since) >= PATIENCE {
            return self.disable(&error, now).await;
        }
        Ok(if self.save().await? { Look::More } else { Look::Over })
    }

    async fn disable(&mut self, error: &str, now: WallTime) -> Result<Look, store::Error> {
        let hours = PATIENCE.as_secs() / 3600;
        self.row.enabled = false;
        self.row.disabled_reason =
            Some(format!("It could not be delivered to for {hours} hours. The last try: {error}"));
        self.row.revision += 1;
        self.row.updated_at = now;
        self.outside.store.update_webhook(&self.row).await?;
        tracing::warn!(webhook = %self.row.id, "a webhook was disabled after failing for {hours} hours");
        self.outside.news.webhooks_changed();
        Ok(Look::Over)
    }

    async fn save_if_due(&mut self) -> Result<bool, store::Error> {
        if !self.is_unsaved || !(self.is_urgent || self.saved_at.elapsed() >= SAVE_EVERY) {
            return Ok(true);
        }
        self.save().await
    }

    /// False when the webhook has changed meanwhile.
    async fn save(&mut self) -> Result<bool, store::Error> {
        let is_current = self.outside.store.note_delivery(&self.row).await?;
        (self.is_unsaved, self.is_urgent) = (false, false);
        self.saved_at = Instant::now();
        Ok(is_current)
    }
}

/// Twice as long after each try, and a fifth shorter or longer by chance, so that receivers that come back are not
/// stormed.
fn pause(attempts: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << attempts.saturating_sub(1).min(16)).min(LONGEST_PAUSE);
    let chance = f64::from(u16::from_be_bytes(keys::random::<2>())) / f64::from(u16::MAX);
    doubled.mul_f64(0.8 + 0.4 * chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_vary() {
        for (attempts, seconds) in [(1, 1.0), (2, 2.0), (5, 16.0), (12, 2048.0), (13, 3600.0), (u32::MAX, 3600.0)] {
            for _ in 0..50 {
                let pause = pause(attempts).as_secs_f64();
                assert!((seconds * 0.79..=seconds * 1.21).contains(&pause), "{attempts}: {pause}");
            }
        }
        assert!((0..50).any(|_| pause(5) != pause(5)), "by chance");
    }
}
