use super::place::Place;
use callcenter_core::row::{ConversationRow, ConversationStatus, Priority, RowChange};
use model::{AccountId, ConversationId, WallTime};
use store::{AccountRow, Epoch, Store, Unit};

pub(crate) const ACCOUNT: AccountId = AccountId::of(1);

/// A store over a database of its own, with an account whose epoch is claimed.
pub(crate) struct Open {
    pub(crate) store: Store,
    pub(crate) epoch: Epoch,
    pub(crate) place: Place,
}

impl Open {
    pub(crate) async fn new() -> Self {
        Self::at(Place::new()).await
    }

    /// In this database, which nobody has used.
    pub(crate) async fn at(place: Place) -> Self {
        let store = place.open().await;
        create_account(&store, ACCOUNT).await;
        let epoch = store.claim_epoch(ACCOUNT).await.expect("an epoch");
        Self { store, epoch, place }
    }

    /// Writes one unit of changes.
    pub(crate) async fn write(&self, changes: Vec<RowChange>) {
        let unit = Unit { changes, events: Vec::new() };
        self.store.commit(ACCOUNT, self.epoch, &[unit]).await.expect("committed");
    }

    /// Closes the database and opens it again.
    pub(crate) async fn reopen(self) -> Self {
        self.store.close().await;
        let store = self.place.open().await;
        Self { store, ..self }
    }
}

pub(crate) async fn create_account(store: &Store, id: AccountId) {
    let row = AccountRow { id, name: "Test".into(), created_at: WallTime(1) };
    store.create_account(&row).await.expect("an account");
}

pub(crate) fn conversation(number: u128) -> ConversationRow {
    let at = WallTime(1_000 + i64::try_from(number).expect("small"));
    ConversationRow {
        id: ConversationId::of(number),
        customer: None,
        topic: None,
        summary: None,
        status: ConversationStatus::Open,
        priority: Priority::Normal,
        queue: None,
        agent: None,
        channel: "CALLS".into(),
        created_at: at,
        updated_at: at,
        closed_at: None,
    }
}
