//! Demo data: a small team with a queue, a branded page and a call link, for trying things out on one machine.

use crate::account::{AccountError, AccountHandle};
use crate::auth::keys;
use crate::http::{link_url, long_lived_row};
use crate::serve::{self, ServeError};
use crate::state::AppState;
use callcenter_core::command::{Command, NewAgent, NewQueue, RecordingCommand, RecordingFields, Reply};
use callcenter_core::row::LinkConfigRow;
use model::{AccountId, AgentId, AgentStatus, LinkConfigId, QueueId, RecordingMedia, Role, UserId, WallTime};
use serde_json::json;
use std::time::Duration;
use store::{AccountRow, ApiKeyRow, UserRow};
use uuid::Uuid;

const ACCOUNT: &str = "Demo";
const API_KEY: &str = "demo";
const CONFIG: &str = "Demo";
const LINK_LIFE: Duration = Duration::from_hours(30 * 24);
/// A link that ends sooner is not handed out again.
const LINK_LEFT: Duration = Duration::from_hours(24);

/// People of the demo account: sign-in name, name to show, role, whether they take calls.
const PEOPLE: [(&str, &str, Role, bool); 5] = [
    ("agent", "Ana Kovač", Role::Agent, true),
    ("agent2", "Ben Okoye", Role::Agent, true),
    ("agent3", "Mia Novak", Role::Agent, true),
    ("supervisor", "Sara Lind", Role::Supervisor, false),
    ("admin", "Adam Weiss", Role::Admin, false),
];

/// What to tell whoever started the server. The passwords are kept nowhere else.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The account.
    pub account: AccountId,
    /// Who can sign in.
    pub sign_ins: Vec<SignIn>,
    /// A call link for a customer.
    pub call_link: String,
    /// An API key with all scopes, for `Authorization: App`.
    pub api_key: String,
}

/// A person of the demo account.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// What the person may do.
    pub role: Role,
    /// The agent that this person is, for those who take calls.
    pub agent: Option<AgentId>,
    /// Name to show.
    pub display_name: String,
    /// Name to sign in with.
    pub name: String,
    /// A new one at every start.
    pub password: String,
}

/// Why there is no demo data.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Strangers could sign in.
    #[error(transparent)]
    Exposed(#[from] ServeError),
    /// The database refused.
    #[error("demo data cannot be stored: {0}")]
    Store(#[from] store::Error),
    /// The call center refused.
    #[error("demo data cannot be set up: {0}")]
    Account(#[from] AccountError),
    /// Hashing passwords took too long.
    #[error("demo passwords could not be set: {0}")]
    Passwords(#[from] crate::auth::passwords::Crowded),
}

/// Makes the demo account, or finds it again: then it gets new passwords and a new API key, and nothing twice.
/// `base_url` is how this machine reaches the pages.
pub async fn seed(state: &AppState, base_url: &str) -> Result<Demo, DemoError> {
    serve::check_demo(&state.config)?;
    let account = account(state).await?;
    let handle = state.accounts.open(account);
    let queue = default_queue(&handle).await?;
    let sign_ins = people(state, account, &handle, queue).await?;
    record_everything(&handle).await?;
    let config = branding(state, &handle).await?;
    let call_link = call_link(state, account, &handle, config, base_url).await?;
    let api_key = api_key(state, account).await?;
    Ok(Demo { account, sign_ins, call_link, api_key })
}

async fn account(state: &AppState) -> Result<AccountId, DemoError> {
    if let Some(known) = state.store.accounts().await?.into_iter().find(|row| row.name == ACCOUNT) {
        return Ok(known.id);
    }
    let row = AccountRow { id: AccountId::fresh(), name: ACCOUNT.to_owned(), created_at: state.clock.wall() };
    state.store.create_account(&row).await?;
    Ok(row.id)
}

/// Lets the system assign the default queue's calls.
async fn default_queue(handle: &AccountHandle) -> Result<QueueId, AccountError> {
    let queue = handle.query(|core, _| core.default_queue()).await?;
    let known = handle.query(move |core, _| core.queue(queue).cloned()).await?;
    if let Some(row) = known.filter(|row| !row.auto_assignment) {
        let fields = NewQueue { auto_assignment: true, ..NewQueue::of(row) };
        handle.handle(Command::UpdateQueue { queue, fields }).await?;
    }
    Ok(queue)
}

async fn people(
    state: &AppState,
    account: AccountId,
    handle: &AccountHandle,
    queue: QueueId,
) -> Result<Vec<SignIn>, DemoError> {
    let known = state.store.users(account).await?;
    let mut sign_ins = Vec::new();
    for (name, display_name, role, takes_calls) in PEOPLE {
        let password = keys::new_secret()[..16].to_owned();
        let password_hash = state.auth.passwords.hash(&password).await?;
        let agent = match known.iter().find(|user| user.login == name) {
            Some(user) => {
                // As of before: pages that are open come back with the tokens that they have.
                state.store.set_password(account, user.id, &password_hash, user.updated_at).await?;
                user.agent
            }
            None => {
                let agent = if takes_calls { Some(agent(handle, display_name, queue).await?) } else { None };
                let user = user(account, (name, display_name, role), agent, password_hash, state.clock.wall());
                state.store.create_user(&user).await?;
                agent
            }
        };
        sign_ins.push(SignIn { role, agent, display_name: display_name.to_owned(), name: name.to_owned(), password });
    }
    Ok(sign_ins)
}

fn user(
    account: AccountId,
    (name, display_name, role): (&str, &str, Role),
    agent: Option<AgentId>,
    password_hash: String,
    now: WallTime,
) -> UserRow {
    UserRow {
        account,
        id: UserId::fresh(),
        login: name.to_owned(),
        password_hash,
        display_name: display_name.to_owned(),
        role,
        agent,
        enabled: true,
        created_at: now,
        updated_at: now,
    }
}

/// The agent of this name, who serves the queue. A start that was cut off may have left one without a sign-in.
async fn agent(handle: &AccountHandle, display_name: &str, queue: QueueId) -> Result<AgentId, AccountError> {
    let wanted = display_name.to_owned();
    let known =
        handle.query(move |core, _| core.agents().find(|row| row.display_name == wanted).map(|row| row.id)).await?;
    let id = match known {
        Some(id) => id,
        None => {
            let fields = NewAgent {
                display_name: display_name.to_owned(),
                email: None,
                role: Role::Agent,
                enabled: true,
                status: AgentStatus::Invisible,
            };
            match handle.handle(Command::CreateAgent(fields)).await? {
                Reply::Agent(row) => row.id,
                _ => return Err(AccountError::Unavailable),
            }
        }
    };
    handle.handle(Command::LinkAgentQueue { agent: id, queue }).await?;
    Ok(id)
}

async fn record_everything(handle: &AccountHandle) -> Result<(), AccountError> {
    if handle.query(|core, _| core.settings().recording).await?.is_none() {
        let media = RecordingMedia::AudioAndVideo;
        let fields = RecordingFields { inbound: true, outbound: true, media, enabled: true, auto_compose: false };
        handle.handle(Command::Recording(RecordingCommand::SetAccount { fields, only_new: false })).await?;
    }
    Ok(())
}

async fn branding(state: &AppState, handle: &AccountHandle) -> Result<LinkConfigId, AccountError> {
    let known = handle.query(|core, _| core.link_configs().find(|row| row.name == CONFIG).map(|row| row.id)).await?;
    if let Some(id) = known {
        return Ok(id);
    }
    let now = state.clock.wall();
    let row = LinkConfigRow {
        id: LinkConfigId::fresh(),
        name: CONFIG.to_owned(),
        is_default: true,
        body: json!({
            "callOptions": {"recordingIndicator": true},
            "theme": {
                "messages": {"welcomeText": "Welcome! We are glad to help you."},
                "colors": {"primary": "1B5E9B", "primaryText": "1F2933", "background": "F4F7FA"},
            },
        }),
        created_at: now,
        updated_at: now,
    };
    let id = row.id;
    handle.handle(Command::PutLinkConfig(row)).await?;
    Ok(id)
}

/// The demo link of an earlier start while it lasts, or a new one.
async fn call_link(
    state: &AppState,
    account: AccountId,
    handle: &AccountHandle,
    config: LinkConfigId,
    base_url: &str,
) -> Result<String, AccountError> {
    let now = state.clock.wall();
    let known = handle
        .query(move |core, _| {
            let mut ours = core.links().filter(|row| row.config == Some(config) && row.created_by.is_none());
            ours.find(|row| row.end > now.after(LINK_LEFT)).cloned()
        })
        .await?;
    let known = known.and_then(|row| state.auth.links.open(account, row.id, &row.secret_sealed).ok());
    let secret = match known {
        Some(secret) => secret,
        None => {
            let (row, secret) = long_lived_row(state, account, Some(config), now, LINK_LIFE);
            handle.handle(Command::CreateLink(row)).await?;
            secret
        }
    };
    Ok(link_url(base_url, &secret))
}

/// Only hashes of keys are kept, so that a new key takes the place of the one before.
async fn api_key(state: &AppState, account: AccountId) -> Result<String, store::Error> {
    for old in state.store.api_keys(account).await?.into_iter().filter(|key| key.name == API_KEY) {
        state.store.delete_api_key(account, old.id).await?;
    }
    let key = keys::new_secret();
    let row = ApiKeyRow {
        account,
        id: Uuid::now_v7(),
        hash: keys::secret_hash(&key),
        name: API_KEY.to_owned(),
        scopes: vec!["conversations:manage".to_owned(), "conversations:read".to_owned()],
        created_at: state.clock.wall(),
        expires_at: None,
        last_used_at: None,
    };
    state.store.create_api_key(&row).await?;
    Ok(key)
}
