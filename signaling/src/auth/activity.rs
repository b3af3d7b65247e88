//! When identities were connected: a short memory of this process.

use super::limits::{ACTIVITIES_PER_IDENTITY, ACTIVITY_IDENTITIES};
use model::{AccountId, WallTime};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// A connection began or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// The connection.
    pub connection: Uuid,
    /// It began; false: it ended.
    pub connected: bool,
    /// When.
    pub at: WallTime,
}

type Key = (AccountId, String);

/// Remembers the newest of each identity.
#[derive(Debug, Default)]
pub struct Activities {
    seen: Mutex<BTreeMap<Key, VecDeque<Activity>>>,
}

impl Activities {
    /// Notes that a connection of this identity began or ended.
    pub fn note(&self, account: AccountId, identity: &str, activity: Activity) {
        let mut seen = self.lock();
        let key = (account, identity.to_owned());
        if !seen.contains_key(&key) && seen.len() >= ACTIVITY_IDENTITIES {
            forget_oldest(&mut seen);
        }
        let own = seen.entry(key).or_default();
        if own.len() >= ACTIVITIES_PER_IDENTITY {
            own.pop_front();
        }
        own.push_back(activity);
    }

    /// What is known of an identity, newest first.
    pub fn of(&self, account: AccountId, identity: &str) -> Vec<Activity> {
        let seen = self.lock();
        seen.get(&(account, identity.to_owned())).map(|own| own.iter().rev().copied().collect()).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, VecDeque<Activity>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_oldest(seen: &mut BTreeMap<Key, VecDeque<Activity>>) {
    let newest = |own: &VecDeque<Activity>| own.back().map(|activity| activity.at);
    let oldest = seen.iter().min_by_key(|(_, own)| newest(own)).map(|(key, _)| key.clone());
    if let Some(key) = oldest {
        seen.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_come_first_and_accounts_do_not_see_each_other() {
        let activities = Activities::default();
        let (ours, theirs) = (AccountId::of(1), AccountId::of(2));
        for at in 0..=i64::try_from(ACTIVITIES_PER_IDENTITY).expect("small") {
            let activity = Activity { connection: Uuid::nil(), connected: true, at: WallTime(at) };
            activities.note(ours, "ana", activity);
        }
        let known = activities.of(ours, "ana");
        assert_eq!(known.len(), ACTIVITIES_PER_IDENTITY);
        assert_eq!(known.last().map(|oldest| oldest.at), Some(WallTime(1)));
        assert!(known[0].at > known[1].at);
        assert!(activities.of(theirs, "ana").is_empty() && activities.of(ours, "ben").is_empty());
    }
}
