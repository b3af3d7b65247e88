//! The public API: HTTP in, commands and queries out.

mod agent_dto;
mod agent_statuses;
mod agents;
mod api_keys;
mod audio_dto;
mod audio_files;
mod away_audio_message;
mod call_recordings;
mod call_timeouts;
mod capacity;
mod conversation_dto;
mod conversation_routing;
mod conversation_tags;
mod conversations;
mod disposition;
mod guest;
mod hold;
mod hold_configs;
mod link_configs;
mod link_dto;
mod link_image_door;
mod link_images;
mod link_recordings;
mod link_theme;
pub(crate) mod links;
mod metadata;
mod notes;
mod oauth;
mod opus_block;
mod outbound_calls;
mod public_recording;
mod queues;
mod range;
mod recorded_calls;
mod recording_answer;
mod recording_configs;
mod recording_dto;
mod recording_metadata;
mod recording_pause;
mod recording_sound;
mod recording_source;
mod recordings;
mod routing;
mod sessions;
mod sound_dto;
mod subdomains;
mod tags;
mod timeline;
mod transfer_strategy;
mod transfer_targets;
mod transfers;
mod tts;
mod upload;
mod user_activity;
mod user_dto;
mod users;
mod waiting_dto;
mod waiting_strategies;
mod webhook_dto;
mod webhooks;
mod webrtc_recordings;
mod webrtc_tokens;
mod working_hours;
mod working_hours_dto;
mod wrap_up;

use super::caller::Caller;
use super::errors::ApiError;
use super::routes::Routes;
use crate::account::{AccountError, AccountHandle};
use crate::state::AppState;
use callcenter_core::command::{Command, Reply};
use callcenter_core::row::ConversationRow;
use model::{AccountId, ConversationId};

/// Registers everything.
pub(crate) fn register(routes: Routes) -> Routes {
    let routes = oauth::register(sessions::register(routes));
    let routes = user_activity::register(webrtc_tokens::register(routes));
    let routes = queues::register(agents::register(routes));
    let routes = capacity::register(agent_statuses::register(routes));
    let routes = routing::register(working_hours::register(routes));
    let routes = notes::register(conversations::register(routes));
    let routes = recording_metadata::register(recordings::register(timeline::register(routes)));
    let routes = recording_pause::register(routes);
    let routes = link_recordings::register(webrtc_recordings::register(call_recordings::register(routes)));
    let routes = conversation_tags::register(tags::register(routes));
    let routes = users::register(api_keys::register(webhooks::register(routes)));
    let routes = metadata::register(conversation_routing::register(routes));
    let routes = transfer_targets::register(transfers::register(hold::register(routes)));
    let routes = call_timeouts::register(wrap_up::register(routes));
    let routes = transfer_strategy::register(hold_configs::register(away_audio_message::register(routes)));
    let routes = audio_files::register(tts::register(waiting_strategies::register(routes)));
    let routes = recording_configs::register(outbound_calls::register(routes));
    let routes = subdomains::register(link_image_door::register(link_images::register(routes)));
    guest::register(link_configs::register(links::register(routes)))
}

fn call_center(state: &AppState, account: AccountId) -> Result<AccountHandle, ApiError> {
    state.accounts.get(account).ok_or_else(|| ApiError::unavailable("This account is not open here at the moment."))
}

/// Carries out a command of this caller, who the log names as its author.
async fn done_by(state: &AppState, caller: &Caller, command: Command) -> Result<Reply, AccountError> {
    let command = Command::By { author: caller.author(), command: Box::new(command) };
    let center = state.accounts.get(caller.account).ok_or(AccountError::Unavailable)?;
    center.handle(command).await
}

/// The conversation of a path, if the caller may see it.
async fn conversation(state: &AppState, caller: &Caller, id: &str) -> Result<ConversationRow, ApiError> {
    let parsed = id.parse().map_err(|_| ApiError::unknown_id(id))?;
    let found = state.store.conversation(caller.account, parsed).await?;
    let conversation = found.ok_or_else(|| ApiError::unknown_id(id))?;
    if let Err(hidden) = caller.check_sees(&conversation)
        && !wraps_up(state, caller, conversation.id).await?
    {
        return Err(hidden);
    }
    Ok(conversation)
}

/// Whether this agent's wrap-up is about the conversation: who handed it over still writes what was said.
async fn wraps_up(state: &AppState, caller: &Caller, conversation: ConversationId) -> Result<bool, ApiError> {
    let Some(own) = caller.narrowed()? else { return Ok(false) };
    let center = call_center(state, caller.account)?;
    let wrap_up = center.query(move |core, _| core.agent(own).and_then(|agent| agent.wrap_up.clone())).await?;
    Ok(wrap_up.is_some_and(|running| running.conversation == conversation))
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
            store::Error::TooManyIds(_) | store::Error::Full { .. } => Self::bad_request(error.to_string()),
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
