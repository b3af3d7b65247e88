use crate::limits;
use callcenter_core::audio::PromptSource;
use model::{AccountId, PromptId};
use prompts::Prompt;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

/// What accounts want, what is at hand of it, and what is to be done.
#[derive(Default)]
pub(super) struct Wanted {
    by_account: BTreeMap<AccountId, BTreeMap<PromptId, PromptSource>>,
    at_hand: BTreeMap<PromptId, Prompt>,
    bytes: usize,
    to_do: BTreeSet<(Instant, AccountId, PromptId)>,
    /// Those that could not be made at least once.
    failed: BTreeSet<(AccountId, PromptId)>,
}

/// What is to be done next.
pub(super) enum Next {
    /// Make it unless it is at hand, and tell the account.
    Provide(AccountId, PromptSource),
    /// Not before then.
    At(Instant),
    /// Nothing until something changes.
    Nothing,
}

impl Wanted {
    pub(super) fn keep(&mut self, account: AccountId, sources: Vec<PromptSource>, now: Instant) {
        let sources: BTreeMap<PromptId, PromptSource> =
            sources.into_iter().map(|source| (source.id(), source)).collect();
        self.to_do.retain(|(_, own, _)| *own != account);
        self.to_do.extend(sources.keys().map(|prompt| (now, account, *prompt)));
        self.failed.retain(|(own, prompt)| *own != account || sources.contains_key(prompt));
        if sources.is_empty() {
            self.by_account.remove(&account);
        } else {
            self.by_account.insert(account, sources);
        }
        let by_account = &self.by_account;
        self.at_hand.retain(|prompt, _| by_account.values().any(|sources| sources.contains_key(prompt)));
        self.bytes = self.at_hand.values().map(Prompt::bytes).sum();
    }

    pub(super) fn next(&mut self, now: Instant) -> Next {
        while let Some((due, account, prompt)) = self.to_do.first().copied() {
            if due > now {
                return Next::At(due);
            }
            self.to_do.pop_first();
            if let Some(source) = self.source(account, prompt) {
                return Next::Provide(account, source);
            }
        }
        Next::Nothing
    }

    fn source(&self, account: AccountId, prompt: PromptId) -> Option<PromptSource> {
        self.by_account.get(&account)?.get(&prompt).cloned()
    }

    pub(super) fn get(&self, prompt: PromptId) -> Option<Prompt> {
        self.at_hand.get(&prompt).cloned()
    }

    /// It is at hand from now on; otherwise names the limit that is in the way.
    pub(super) fn put(&mut self, prompt: PromptId, made: Prompt) -> Result<(), &'static str> {
        if self.at_hand.len() >= limits::PROMPTS_AT_HAND {
            return Err("PROMPTS_AT_HAND");
        }
        if self.bytes + made.bytes() > limits::PROMPTS_AT_HAND_BYTES {
            return Err("PROMPTS_AT_HAND_BYTES");
        }
        self.failed.retain(|(_, failed)| *failed != prompt);
        self.bytes += made.bytes();
        self.at_hand.insert(prompt, made);
        Ok(())
    }

    /// Tries it again then, if it is still wanted. True when it failed for the first time.
    pub(super) fn again(&mut self, account: AccountId, source: PromptSource, due: Instant) -> bool {
        let prompt = source.id();
        if self.source(account, prompt).is_none() {
            return false;
        }
        self.to_do.insert((due, account, prompt));
        self.failed.insert((account, prompt))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::AudioFileId;
    use std::time::Duration;

    const ACCOUNT: AccountId = AccountId::of(1);
    const NEIGHBOUR: AccountId = AccountId::of(2);

    fn file(number: u128) -> PromptSource {
        PromptSource::File(AudioFileId::of(number))
    }

    fn provided(wanted: &mut Wanted, now: Instant) -> Vec<(AccountId, PromptId)> {
        let mut all = Vec::new();
        while let Next::Provide(account, source) = wanted.next(now) {
            all.push((account, source.id()));
        }
        all
    }

    #[test]
    fn what_nobody_wants_is_neither_made_nor_kept() {
        let (mut wanted, now) = (Wanted::default(), Instant::now());
        let [one, two] = [1, 2].map(|number| file(number).id());
        wanted.keep(ACCOUNT, vec![file(1), file(2)], now);
        wanted.keep(NEIGHBOUR, vec![file(2)], now);
        assert_eq!(provided(&mut wanted, now), [(ACCOUNT, one), (ACCOUNT, two), (NEIGHBOUR, two)]);
        for prompt in [one, two] {
            wanted.put(prompt, prompts::ringback()).expect("there is room");
        }
        wanted.keep(ACCOUNT, Vec::new(), now);
        assert!(wanted.get(one).is_none() && wanted.get(two).is_some(), "the neighbour still wants the second");
        assert_eq!(provided(&mut wanted, now), []);
        wanted.keep(NEIGHBOUR, Vec::new(), now);
        assert!(wanted.get(two).is_none());
    }

    #[test]
    fn what_fails_is_tried_again_later_while_it_is_wanted() {
        let (mut wanted, now) = (Wanted::default(), Instant::now());
        wanted.keep(ACCOUNT, vec![file(1)], now);
        assert_eq!(provided(&mut wanted, now).len(), 1);
        let later = now + Duration::from_secs(60);
        assert!(wanted.again(ACCOUNT, file(1), later), "said once");
        assert_eq!(provided(&mut wanted, now), []);
        assert_eq!(provided(&mut wanted, later).len(), 1);
        assert!(!wanted.again(ACCOUNT, file(1), later), "and not again");
        wanted.keep(ACCOUNT, Vec::new(), now);
        assert!(!wanted.again(ACCOUNT, file(1), later));
        assert_eq!(provided(&mut wanted, later), []);
    }
}
