//! Commands a second that are on the disk before they are answered: signaling's own call center over each database.

use crate::{measure::Percentiles, report::Spread};
use callcenter_core::{
    command::{Command, ConversationFields, NewAgent, NewCall, Reply},
    row::{ConversationStatus, LinkDestination, LinkRow, NoteKind},
};
use model::{AccountId, AgentId, AgentStatus, CallMedia, LinkId, Role, WallTime};
use signaling::{
    Clock, Config, EngineChannels, RecorderChannels, RecorderPlace, Server,
    account::AccountHandle,
    config::{GivenSockets, WebhookConfig},
};
use std::{
    collections::BTreeMap,
    fmt,
    io::Write,
    os::unix::fs::FileExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use store::{AccountRow, Location, Store, testing::PostgresServer};
use telemetry::Metrics;
use tokio::{sync::mpsc, task::JoinSet};

/// Commands a second that each database must do on two cores.
const GOAL: f64 = 2_000.0;
/// What one synchronisation of the disk writes, and how many are measured.
const BLOCK: usize = 4096;
const SYNCS: u64 = 500;
/// Messages on their way to the engine and the recorder, which take everything here.
const QUEUE: usize = 4096;

/// Pages that may be connected.
const MOST_PAGES: usize = 20_000;

/// How much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Durable {
    pub(crate) in_flight: usize,
    pub(crate) rounds: usize,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
}

/// One round over one database.
#[derive(Debug, Clone)]
struct Round {
    per_second: f64,
    answer: Percentiles,
}

/// All rounds, and the disk's own speed.
#[derive(Debug, Clone)]
pub(crate) struct Rates {
    in_flight: usize,
    sync: Percentiles,
    databases: Vec<(&'static str, Vec<Round>)>,
}

impl Durable {
    /// What results are made of.
    pub(crate) const FULL: Self =
        Self { in_flight: 64, rounds: 5, warm_up: Duration::from_secs(2), window: Duration::from_secs(10) };

    /// Whether it works at all.
    pub(crate) const QUICK: Self =
        Self { in_flight: 8, rounds: 1, warm_up: Duration::from_millis(50), window: Duration::from_millis(300) };

    /// Runs both databases in turns, so that a drift of the disk meets both. Files lie in the folder for temporary files,
    /// so TMPDIR chooses the disk.
    pub(crate) fn measure(self) -> Result<Rates, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let sync = sync_latency(folder.path()).map_err(|error| format!("{}: {error}", folder.path().display()))?;
        let server = PostgresServer::start(&std::env::temp_dir(), None);
        let mut databases = vec![("SQLite", Vec::new()), ("PostgreSQL", Vec::new())];
        for round in 0..self.rounds {
            let addresses = [format!("sqlite:{}/{round}.db", folder.path().display()), server.database()];
            for ((name, rounds), address) in databases.iter_mut().zip(addresses) {
                let location = address.parse().map_err(|error| format!("{address}: {error}"))?;
                let done = self.round(&location)?;
                eprintln!("{name}: {:.0} commands/s, answered {:?}", done.per_second, done.answer);
                rounds.push(done);
            }
        }
        Ok(Rates { in_flight: self.in_flight, sync, databases })
    }

    fn round(self, location: &Location) -> Result<Round, String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
        runtime.block_on(async {
            let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
            let account = AccountId::of(1);
            let server = serve(folder.path(), location, account).await?;
            let center = server.state.accounts.get(account).ok_or("the account does not run")?;
            let link = make_link(&center).await?;
            let counting = Arc::new(AtomicBool::new(false));
            let stopping = Arc::new(AtomicBool::new(false));
            let mut clients = JoinSet::new();
            for number in 0..self.in_flight {
                let client =
                    Client { number, link, center: center.clone(), counting: counting.clone(), latencies: Vec::new() };
                clients.spawn(client.run(stopping.clone()));
            }
            tokio::time::sleep(self.warm_up).await;
            counting.store(true, Ordering::Relaxed);
            let started = Instant::now();
            tokio::time::sleep(self.window).await;
            counting.store(false, Ordering::Relaxed);
            let took = started.elapsed();
            stopping.store(true, Ordering::Relaxed);
            let latencies = clients.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
            server.stop().await;
            let per_second = latencies.len() as f64 / took.as_secs_f64();
            Ok(Round { per_second, answer: Percentiles::of(latencies) })
        })
    }
}

/// Signaling of one account, with an engine and a recorder that take everything and say nothing.
pub(crate) async fn serve(folder: &Path, location: &Location, account: AccountId) -> Result<Server, String> {
    let store = Store::open_at(location).await.map_err(|error| error.to_string())?;
    let known = store.accounts().await.map_err(|error| error.to_string())?;
    if known.iter().all(|row| row.id != account) {
        let row = AccountRow { id: account, name: "Bench".to_owned(), created_at: WallTime(0) };
        store.create_account(&row).await.map_err(|error| error.to_string())?;
    }
    let (requests, mut engine) = mpsc::channel(QUEUE);
    let (events, engine_events) = mpsc::channel(1);
    let (commands, mut recorder) = mpsc::channel(QUEUE);
    let (facts, recorder_events) = mpsc::channel(1);
    tokio::spawn(async move {
        // Who hangs up these ends is gone.
        let _kept = (events, facts);
        tokio::join!(async { while engine.recv().await.is_some() {} }, async {
            while recorder.recv().await.is_some() {}
        })
    });
    let loopback = ([127, 0, 0, 1], 0).into();
    let config = Config {
        data: folder.to_owned(),
        http: loopback,
        admin: loopback,
        tls: None,
        behind_proxy: Vec::new(),
        allowed_origins: Vec::new(),
        public_url: None,
        metrics_token: None,
        turn: None,
        webhooks: WebhookConfig::default(),
        connections: MOST_PAGES,
        demo: false,
        announced: Vec::new(),
        sockets: GivenSockets::default(),
    };
    let metrics = Arc::new(Metrics::new("bench").map_err(|error| error.to_string())?);
    let engine = EngineChannels { requests, events: engine_events, link: None };
    let recorder = RecorderChannels {
        commands,
        events: recorder_events,
        place: RecorderPlace::Here(Arc::new(|_| Err(std::io::ErrorKind::NotFound.into()))),
    };
    signaling::start(config, engine, recorder, store, metrics, Clock).await.map_err(|error| error.to_string())
}

async fn make_link(center: &AccountHandle) -> Result<LinkId, String> {
    let now = Clock.wall();
    let id = LinkId::fresh();
    let row = LinkRow {
        id,
        secret_hash: id.to_string(),
        secret_sealed: "sealed".to_owned(),
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
    center.handle(Command::CreateLink(row)).await.map_err(|error| error.to_string())?;
    Ok(id)
}

/// Asks for one command after the other.
struct Client {
    number: usize,
    link: LinkId,
    center: AccountHandle,
    counting: Arc<AtomicBool>,
    latencies: Vec<Duration>,
}

impl Client {
    /// A customer calls, is written about, gives up and is forgotten, and an agent changes status: over and over.
    async fn run(mut self, stopping: Arc<AtomicBool>) -> Result<Vec<Duration>, String> {
        let agent = self.agent().await?;
        let statuses = [AgentStatus::Busy, AgentStatus::Away];
        for status in statuses.into_iter().cycle() {
            if stopping.load(Ordering::Relaxed) {
                break;
            }
            let call = NewCall {
                link: self.link,
                identity: format!("customer-{}", self.number),
                display_name: "A Customer".to_owned(),
                media: CallMedia::Audio,
                custom_data: BTreeMap::new(),
            };
            let Reply::CallStarted { call, leg } = self.ask(Command::StartCall(call)).await? else {
                return Err("a call was asked for".to_owned());
            };
            let conversation = call.conversation;
            let content = "Asked for the price of the large one.".to_owned();
            self.ask(Command::AddNote { conversation, agent: Some(agent), kind: NoteKind::Internal, content }).await?;
            self.ask(Command::Hangup { leg }).await?;
            let fields = ConversationFields { status: Some(ConversationStatus::Closed), ..Default::default() };
            self.ask(Command::UpdateConversation { conversation, fields }).await?;
            self.ask(Command::SetStatus { agent, status }).await?;
        }
        Ok(self.latencies)
    }

    async fn agent(&mut self) -> Result<AgentId, String> {
        let fields = NewAgent {
            display_name: format!("Agent {}", self.number),
            email: None,
            role: Role::Agent,
            enabled: true,
            status: AgentStatus::Away,
        };
        match self.ask(Command::CreateAgent(fields)).await? {
            Reply::Agent(row) => Ok(row.id),
            other => Err(format!("an agent was asked for, not {other:?}")),
        }
    }

    async fn ask(&mut self, command: Command) -> Result<Reply, String> {
        let asked = Instant::now();
        let reply = self.center.handle(command).await.map_err(|error| error.to_string())?;
        if self.counting.load(Ordering::Relaxed) {
            self.latencies.push(asked.elapsed());
        }
        Ok(reply)
    }
}

/// How long the disk takes to make a block last, by itself.
fn sync_latency(folder: &Path) -> std::io::Result<Percentiles> {
    let mut file = std::fs::File::create(folder.join("sync"))?;
    // Room first, so that no synchronisation has to make the file longer.
    file.write_all(&vec![0; BLOCK * SYNCS as usize])?;
    file.sync_all()?;
    let mut latencies = Vec::new();
    for block in 0..SYNCS {
        let started = Instant::now();
        file.write_all_at(&[1; BLOCK], block * BLOCK as u64)?;
        file.sync_data()?;
        latencies.push(started.elapsed());
    }
    Ok(Percentiles::of(latencies))
}

impl Rates {
    /// That every database does what it must.
    pub(crate) fn check(&self) -> Result<(), String> {
        let slow = self.databases.iter().find(|(_, rounds)| median(rounds) < GOAL);
        slow.map_or(Ok(()), |(name, rounds)| {
            Err(format!("{name} does {:.0} commands/s, and should do {GOAL:.0}", median(rounds)))
        })
    }

    /// That every database does anything.
    pub(crate) fn check_quick(&self) -> Result<(), String> {
        let idle = self.databases.iter().find(|(_, rounds)| rounds.iter().any(|round| round.per_second <= 0.0));
        idle.map_or(Ok(()), |(name, _)| Err(format!("{name} answered nothing")))
    }
}

fn median(rounds: &[Round]) -> f64 {
    Spread::of(rounds.iter().map(|round| round.per_second)).median
}

impl fmt::Display for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| database | durable commands/s, {} in flight | answer p50 / p99, ms |\n|---|---|---|",
            self.in_flight
        )?;
        for (name, rounds) in &self.databases {
            let rate = Spread::of(rounds.iter().map(|round| round.per_second));
            let answer = |pick: fn(&Percentiles) -> Duration| {
                Spread::of(rounds.iter().map(|round| pick(&round.answer).as_secs_f64() * 1e3)).median
            };
            let (p50, p99) = (answer(|answer| answer.p50), answer(|answer| answer.p99));
            writeln!(f, "| {name} | {} | {p50:.1} / {p99:.1} |", rate.show(0))?;
        }
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        writeln!(
            f,
            "\nThe disk of both makes 4 KiB last (write, fdatasync) in {:.0} µs, p99 {:.0} µs. Clients, call center and \
             database share the processors.",
            micros(self.sync.p50),
            micros(self.sync.p99)
        )
    }
}
