use crate::{database::Store, error::Error, queries::select::bounded};
use callcenter_core::row::{CallRow, LegRow};
use model::{AccountId, CallId, ConversationId, LegId};

impl Store {
    /// A conversation's calls, oldest first.
    pub async fn calls_of(&self, account: AccountId, conversation: ConversationId) -> Result<Vec<CallRow>, Error> {
        self.some(account, |q| {
            q.is("conversation", conversation);
        })
        .await
    }

    /// One call.
    pub async fn call(&self, account: AccountId, id: CallId) -> Result<Option<CallRow>, Error> {
        self.one(account, |q| {
            q.is("id", id);
        })
        .await
    }

    /// These calls, as far as they are there.
    pub async fn calls(&self, account: AccountId, ids: &[CallId]) -> Result<Vec<CallRow>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        bounded(&[ids.len()])?;
        self.some(account, |q| {
            q.one_of("id", ids);
        })
        .await
    }

    /// A call's legs, oldest first.
    pub async fn legs_of(&self, account: AccountId, call: CallId) -> Result<Vec<LegRow>, Error> {
        self.some(account, |q| {
            q.is("call", call);
        })
        .await
    }

    /// One leg.
    pub async fn leg(&self, account: AccountId, id: LegId) -> Result<Option<LegRow>, Error> {
        self.one(account, |q| {
            q.is("id", id);
        })
        .await
    }
}
