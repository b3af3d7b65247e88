//! Webhooks: addresses that are told what happens in an account.
//!
//! Each enabled webhook has a task that reads the event log from the webhook's position on and delivers one event after
//! the other, so that order is kept and nothing is lost over a restart; after a crash the last second may come twice.
//! An event that cannot be delivered holds up those behind it: it is tried again with growing pauses, and after three
//! days the webhook is disabled with the reason.

mod client;
mod deliver;
pub(crate) mod limits;
mod payload;
mod sign;
pub(crate) mod target;

pub(crate) use client::{Client, ClientError};
pub(crate) use payload::TYPES;

use crate::{auth::Auth, clock::Clock, config::Cidr};
use dashmap::DashMap;
use model::{AccountId, WebhookId};
use std::{collections::BTreeMap, sync::Arc};
use store::{Store, WebhookRow};
use tokio::{
    sync::{Notify, watch},
    task::{AbortHandle, JoinSet},
};

/// Says that there is something to deliver, or that webhooks have changed.
#[derive(Clone, Default)]
pub(crate) struct News {
    committed: Arc<DashMap<AccountId, watch::Sender<u64>>>,
    changed: Arc<Notify>,
}

impl News {
    /// Events up to this sequence are in the account's log.
    pub(crate) fn committed(&self, account: AccountId, sequence: u64) {
        if let Some(last) = self.committed.get(&account) {
            last.send_if_modified(|last| {
                let is_newer = *last < sequence;
                *last = sequence.max(*last);
                is_newer
            });
        }
    }

    /// Webhooks were made, changed or deleted.
    pub(crate) fn webhooks_changed(&self) {
        self.changed.notify_one();
    }

    fn of(&self, account: AccountId) -> watch::Receiver<u64> {
        self.committed.entry(account).or_insert_with(|| watch::channel(0).0).subscribe()
    }
}

/// What deliveries reach.
#[derive(Clone)]
pub(crate) struct Outside {
    pub(crate) store: Store,
    pub(crate) auth: Arc<Auth>,
    pub(crate) clock: Clock,
    pub(crate) news: News,
    pub(crate) client: Client,
    /// Inner networks that may be reached.
    pub(crate) allowed: Arc<[Cidr]>,
}

/// Delivers for all webhooks, until it is aborted.
pub(crate) async fn run(outside: Outside) {
    let mut tasks = JoinSet::new();
    let mut running: BTreeMap<(AccountId, WebhookId), (u64, AbortHandle)> = BTreeMap::new();
    loop {
        match wanted(&outside.store).await {
            Ok(wanted) => {
                running.retain(|key, (revision, task)| {
                    let is_same = wanted.get(key).is_some_and(|row| row.revision == *revision);
                    let stays = is_same && !task.is_finished();
                    if !stays {
                        task.abort();
                    }
                    stays
                });
                for (key, row) in wanted {
                    let revision = row.revision;
                    running.entry(key).or_insert_with(|| (revision, tasks.spawn(deliver::run(outside.clone(), row))));
                }
            }
            Err(error) => {
                tracing::warn!(%error, "webhooks cannot be read; trying again");
                tokio::time::sleep(limits::STORE_PAUSE).await;
                continue;
            }
        }
        while tasks.try_join_next().is_some() {}
        outside.news.changed.notified().await;
    }
}

async fn wanted(store: &Store) -> Result<BTreeMap<(AccountId, WebhookId), WebhookRow>, store::Error> {
    let mut wanted = BTreeMap::new();
    for account in store.accounts().await? {
        let rows = store.webhooks(account.id).await?.into_iter().filter(|row| row.enabled);
        wanted.extend(rows.map(|row| ((row.account, row.id), row)));
    }
    Ok(wanted)
}

/// A webhook's secret is sealed for that webhook alone.
pub(crate) fn secret_context(account: AccountId, id: WebhookId) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(account.0.as_bytes());
    bytes[16..].copy_from_slice(id.0.as_bytes());
    bytes
}
