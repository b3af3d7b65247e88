use super::{Engine, Page};
use callcenter_core::{
    command::{Command, NewAgent, NewQueue, RecordingCommand, RecordingFields, Reply},
    row::{LinkDestination, LinkRow},
};
use link::OpenedFile;
use model::{AccountId, AgentId, AgentStatus, LinkId, ParticipantType, RecordingMedia, Role, WallTime};
use signaling::{
    Clock, Config, EngineChannels, RecorderChannels, RecorderPlace, Server, TurnServers,
    account::AccountHandle,
    auth::tokens::TokenClaims,
    config::{GivenSockets, WebhookConfig},
};
use std::{collections::BTreeMap, fs::File, os::unix::fs::FileExt, path::Path, sync::Arc, time::Duration};
use store::{AccountRow, Location, Store};
use telemetry::Metrics;
use tempfile::TempDir;

/// A process that runs signaling over a folder of its own.
pub(crate) struct House {
    pub(crate) server: Server,
    pub(crate) engine: Engine,
    pub(crate) account: AccountId,
    pub(crate) folder: TempDir,
    pub(crate) database: Location,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::open_with(64).await
    }

    /// `room`: commands that the engine's queue takes before signaling waits.
    pub(crate) async fn open_with(room: usize) -> Self {
        Self::build(room, None).await
    }

    /// Its pages are told of TURN servers.
    pub(crate) async fn open_with_turn(turn: TurnServers) -> Self {
        Self::build(64, Some(turn)).await
    }

    async fn build(room: usize, turn: Option<TurnServers>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Location::File(folder.path().join("test.db"));
        Self::build_over(folder, database, room, turn).await
    }

    /// Over this database, which is empty.
    pub(crate) async fn open_over(database: Location) -> Self {
        Self::build_over(tempfile::tempdir().expect("a folder"), database, 64, None).await
    }

    async fn build_over(folder: TempDir, database: Location, room: usize, turn: Option<TurnServers>) -> Self {
        let account = AccountId::of(1);
        let store = Store::open_at(&database).await.expect("a database");
        let row = AccountRow { id: account, name: "Test".into(), created_at: WallTime(0) };
        store.create_account(&row).await.expect("an account");
        let (server, engine) = serve(folder.path(), store, Engine::new(room), turn).await;
        Self { server, engine, account, folder, database }
    }

    /// The process dies without a goodbye and starts again over the same folder.
    pub(crate) async fn crash_and_start(self) -> Self {
        self.crash_and_start_with(Engine::new(64)).await
    }

    /// Signaling alone dies: an engine in another process goes on with what it holds.
    pub(crate) async fn crash_and_start_with(self, engine: (Engine, EngineChannels, RecorderChannels)) -> Self {
        let Self { server, account, folder, database, .. } = self;
        server.abort();
        let store = Store::open_at(&database).await.expect("the database again");
        let (server, engine) = serve(folder.path(), store, engine, None).await;
        Self { server, engine, account, folder, database }
    }

    pub(crate) fn center(&self) -> AccountHandle {
        self.server.state.accounts.get(self.account).expect("the account runs")
    }

    pub(crate) async fn does(&self, command: Command) -> Reply {
        self.center().handle(command).await.expect("the command is carried out")
    }

    /// An active agent who serves the default queue.
    pub(crate) async fn agent(&self, name: &str) -> AgentId {
        let fields = NewAgent {
            display_name: name.into(),
            email: None,
            role: Role::Agent,
            enabled: true,
            status: AgentStatus::Active,
        };
        let Reply::Agent(row) = self.does(Command::CreateAgent(fields)).await else { panic!("an agent was asked for") };
        let queue = self.center().query(|core, _| core.default_queue()).await.expect("a default queue");
        let fields = NewQueue { name: "Default".into(), is_default: true, auto_assignment: true, ..Default::default() };
        self.does(Command::UpdateQueue { queue, fields }).await;
        self.does(Command::LinkAgentQueue { agent: row.id, queue }).await;
        row.id
    }

    pub(crate) async fn record_calls(&self) {
        let media = RecordingMedia::AudioAndVideo;
        let fields = RecordingFields { inbound: true, outbound: true, media, enabled: true, auto_compose: false };
        self.does(Command::Recording(RecordingCommand::SetAccount { fields, only_new: false })).await;
    }

    pub(crate) async fn link(&self) -> LinkId {
        let now = Clock.wall();
        let id = LinkId::fresh();
        let row = LinkRow {
            id,
            secret_hash: id.to_string(),
            secret_sealed: "sealed".into(),
            config: None,
            identity: None,
            display_name: None,
            show_identity: false,
            destination: LinkDestination::Conversations { display_name: None },
            custom_data: BTreeMap::new(),
            one_time: false,
            start: now,
            end: now.after(Duration::from_secs(3600)),
            open_hours: None,
            created_by: None,
            created_at: now,
            used_at: None,
        };
        self.does(Command::CreateLink(row)).await;
        id
    }

    pub(crate) fn token(&self, claims: &TokenClaims) -> String {
        self.server.state.auth.tokens.mint(claims, Clock.wall(), Duration::from_secs(60)).0
    }

    pub(crate) fn agent_claims(&self, agent: AgentId) -> TokenClaims {
        TokenClaims {
            account: self.account,
            identity: agent.to_string(),
            display_name: "An Agent".into(),
            participant: ParticipantType::Agent,
            agent: Some(agent),
            role: Some(Role::Agent),
            link: None,
            person: None,
            jti: agent.0,
        }
    }

    pub(crate) fn customer_claims(&self, identity: &str, link: LinkId) -> TokenClaims {
        TokenClaims {
            account: self.account,
            identity: identity.into(),
            display_name: "A Customer".into(),
            participant: ParticipantType::Customer,
            agent: None,
            role: None,
            link: Some(link),
            person: None,
            jti: link.0,
        }
    }

    pub(crate) async fn agent_page(&self, agent: AgentId) -> Page {
        Page::open(self, &self.token(&self.agent_claims(agent))).await
    }

    pub(crate) async fn customer_page(&self, identity: &str, link: LinkId) -> Page {
        Page::open(self, &self.token(&self.customer_claims(identity, link))).await
    }
}

/// The files in the folder's `recordings`.
fn files_of(folder: &Path) -> RecorderPlace {
    let recordings = folder.join("recordings");
    RecorderPlace::Here(Arc::new(move |path| {
        let file = File::open(recordings.join(path))?;
        let length = file.metadata()?.len();
        Ok(OpenedFile::new(length, Box::new(move |at, buffer| file.read_at(buffer, at))))
    }))
}

async fn serve(
    folder: &Path,
    store: Store,
    (engine, engine_channels, recorder_channels): (Engine, EngineChannels, RecorderChannels),
    turn: Option<TurnServers>,
) -> (Server, Engine) {
    let loopback = "127.0.0.1:0".parse().expect("an address");
    let config = Config {
        data: folder.to_owned(),
        http: loopback,
        admin: loopback,
        tls: None,
        behind_proxy: Vec::new(),
        allowed_origins: Vec::new(),
        public_url: None,
        metrics_token: None,
        turn,
        webhooks: WebhookConfig { allow_networks: vec!["127.0.0.0/8".parse().expect("a network")], ca: None },
        connections: 20,
        demo: false,
        announced: vec!["127.0.0.1:8090".to_owned()],
        sockets: GivenSockets::default(),
    };
    let recorder = RecorderChannels { place: files_of(folder), ..recorder_channels };
    let metrics = Arc::new(Metrics::new("test").expect("metrics"));
    let server =
        signaling::start(config, engine_channels, recorder, store, metrics, Clock).await.expect("signaling starts");
    (server, engine)
}
