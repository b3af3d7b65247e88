//! The public API: HTTP in, commands and queries out.

mod agent_dto;
mod agent_statuses;
mod agents;
mod call_timeouts;
mod capacity;
mod conversation_dto;
mod conversations;
mod disposition;
mod guest;
mod link_configs;
mod link_dto;
mod link_theme;
pub(crate) mod links;
mod notes;
mod oauth;
mod queues;
mod range;
mod recording_source;
mod recordings;
mod routing;
mod sessions;
mod timeline;
mod user_activity;
mod webrtc_tokens;
mod working_hours;
mod working_hours_dto;
mod wrap_up;

use super::errors::ApiError;
use super::routes::Routes;
use crate::account::{AccountError, AccountHandle};
use crate::state::AppState;
use callcenter_core::row::ConversationRow;
use model::AccountId;

/// Registers everything.
pub(crate) fn register(routes: Routes) -> Routes {
    let routes = oauth::register(sessions::register(routes));
    let routes = user_activity::register(webrtc_tokens::register(routes));
    let routes = queues::register(agents::register(routes));
    let routes = capacity::register(agent_statuses::register(routes));
    let routes = routing::register(working_hours::register(routes));
    let routes = notes::register(conversations::register(routes));
    let routes = recordings::register(timeline::register(routes));
    let routes = call_timeouts::register(wrap_up::register(routes));
    guest::register(link_configs::register(links::register(routes)))
}

fn call_center(state: &AppState, account: AccountId) -> Result<AccountHandle, ApiError> {
    state.accounts.get(account).ok_or_else(|| ApiError::unavailable("This account is not open here at the moment."))
}

/// The conversation of a path, if the caller may see it.
async fn conversation(state: &AppState, caller: &super::caller::Caller, id: &str) -> Result<ConversationRow, ApiError> {
    let parsed = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let found = state.store.conversation(caller.account, parsed).await?;
    let conversation = found.ok_or_else(|| ApiError::unknown_id(id))?;
    caller.check_sees(&conversation)?;
    Ok(conversation)
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Refused(error) => error.into(),
            AccountError::Unavailable => Self::unavailable(error.to_string()),
        }
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::TooManyIds(_) => Self::bad_request(error.to_string()),
            store::Error::Exists(what) => Self::conflict(format!("{what} exists already.")),
            store::Error::Unavailable(_) | store::Error::StaleEpoch { .. } => {
                tracing::warn!(%error, "the database did not answer");
                Self::unavailable("The database is not available at the moment; try again in a few seconds.")
            }
            store::Error::Damaged(_) => Self::internal(&error),
        }
    }
}

/// A reply that the core never gives to this command.
fn unexpected_reply() -> ApiError {
    ApiError::internal(&"the call center gave an unexpected reply")
}
