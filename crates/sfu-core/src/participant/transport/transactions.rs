//! Which binding requests came already.

use crate::limits::TRANSACTIONS_PER_TRANSPORT;
use std::collections::VecDeque;
use str0m::ice::TransId;

/// The last transactions of a transport. A request names no address, so whoever overhears one could send it again from
/// his own and be taken for the page (RFC 8445 §19.2): a transaction validates the first address that it comes from.
#[derive(Debug, Default)]
pub(crate) struct Transactions(VecDeque<TransId>);

impl Transactions {
    /// Notes an authentic request; the answer is whether its transaction is new.
    pub(crate) fn note(&mut self, id: TransId) -> bool {
        // Repeats follow soon, if at all.
        if self.0.iter().rev().any(|seen| *seen == id) {
            return false;
        }
        if self.0.len() >= TRANSACTIONS_PER_TRANSPORT {
            self.0.pop_front();
        }
        self.0.push_back(id);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_new_once_and_memory_is_bounded() {
        let mut transactions = Transactions::default();
        let ids: Vec<TransId> = (0..=TRANSACTIONS_PER_TRANSPORT).map(|_| TransId::new()).collect();
        assert!(ids.iter().all(|id| transactions.note(*id)));
        assert_eq!(transactions.0.len(), TRANSACTIONS_PER_TRANSPORT);
        assert!(!transactions.note(ids[1]) && !transactions.note(ids[TRANSACTIONS_PER_TRANSPORT]));
    }
}
