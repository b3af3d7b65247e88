//! Agents whose pages are open and have nothing to do: what they cost signaling's process.

use crate::{
    durable::serve,
    server::{PATIENCE, resident},
};
use callcenter_core::command::{Command, NewAgent, Reply};
use futures_util::{SinkExt as _, StreamExt as _, TryStreamExt as _, stream};
use model::{AccountId, AgentId, AgentStatus, ParticipantType, Role};
use signaling::{
    Clock,
    account::AccountHandle,
    auth::{Auth, tokens::TokenClaims},
};
use std::{
    fmt,
    io::{BufRead as _, BufReader, Read as _},
    net::SocketAddr,
    path::Path,
    process::{Child, Stdio},
    time::{Duration, Instant},
};
use store::Location;
use tokio::{
    net::TcpStream,
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use wire::browser::{ClientMessage, ServerMessage};

const ACCOUNT: AccountId = AccountId::of(1);
/// What all of them may take in the process's memory, bytes.
const MOST: f64 = 400e6;
/// Pages that connect at once.
const AT_ONCE: usize = 64;
/// As pages do.
const PING_EVERY: Duration = Duration::from_secs(5);
/// Tokens live longer than any run.
const TOKEN_LIFE: Duration = Duration::from_secs(3600);
/// Files of the process beside its pages.
const OTHER_FILES: usize = 200;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How many, and for how long they are looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Idle {
    pub(crate) agents: usize,
    pub(crate) time: Duration,
}

/// What they cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    agents: usize,
    /// All of them connected in this time.
    connected_in: Duration,
    before: u64,
    after: u64,
    /// Share of a processor while they idled.
    busy: f64,
}

impl Idle {
    /// Ten thousand.
    pub(crate) const FULL: Self = Self { agents: 10_000, time: Duration::from_secs(20) };

    /// Some.
    pub(crate) const QUICK: Self = Self { agents: 20, time: Duration::from_secs(1) };

    /// Makes the agents, starts signaling in a process of its own, and opens their pages.
    pub(crate) fn measure(self) -> Result<Cost, String> {
        let limit = netio::raise_open_files_limit().map_err(|error| error.to_string())?;
        if limit < (self.agents + OTHER_FILES) as u64 {
            return Err(format!("{} pages need as many open files, and this process may have {limit}", self.agents));
        }
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
        runtime.block_on(async {
            let agents = make_agents(folder.path(), self.agents).await?;
            let signaling = Signaling::start(folder.path())?;
            let before = resident(&signaling.child)?;
            let auth = Auth::open(folder.path()).map_err(|error| error.to_string())?;
            let (stop, stopping) = watch::channel(false);
            let started = Instant::now();
            let mut pages = open_all(&agents, &auth, signaling.address, &stopping).await?;
            let connected_in = started.elapsed();
            let (cpu, since) = (cpu_of(&signaling.child)?, Instant::now());
            tokio::select! {
                () = tokio::time::sleep(self.time) => {}
                left = pages.join_next() => return Err(format!("a page did not stay: {left:?}")),
            }
            let busy = (cpu_of(&signaling.child)? - cpu).as_secs_f64() / since.elapsed().as_secs_f64();
            let after = resident(&signaling.child)?;
            stop.send_replace(true);
            pages.join_all().await.into_iter().collect::<Result<Vec<()>, String>>()?;
            Ok(Cost { agents: self.agents, connected_in, before, after, busy })
        })
    }
}

/// Signaling serves what lies in the folder until its input ends.
pub(crate) fn serve_folder(folder: &Path) -> Result<(), String> {
    netio::raise_open_files_limit().map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let server = serve(folder, &location(folder)?, ACCOUNT).await?;
        println!("{}", server.http);
        let end = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
        end.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        server.stop().await;
        Ok(())
    })
}

fn location(folder: &Path) -> Result<Location, String> {
    format!("sqlite:{}/idle.db", folder.display()).parse().map_err(|error| format!("{}: {error}", folder.display()))
}

async fn make_agents(folder: &Path, count: usize) -> Result<Vec<AgentId>, String> {
    let server = serve(folder, &location(folder)?, ACCOUNT).await?;
    let center = server.state.accounts.get(ACCOUNT).ok_or("the account does not run")?;
    let agents = stream::iter(0..count).map(|number| make_agent(&center, number)).buffered(AT_ONCE).try_collect().await;
    server.stop().await;
    agents
}

async fn make_agent(center: &AccountHandle, number: usize) -> Result<AgentId, String> {
    let fields = NewAgent {
        display_name: format!("Agent {number}"),
        email: None,
        role: Role::Agent,
        enabled: true,
        status: AgentStatus::Active,
    };
    match center.handle(Command::CreateAgent(fields)).await {
        Ok(Reply::Agent(row)) => Ok(row.id),
        other => Err(format!("an agent was asked for, not {other:?}")),
    }
}

/// Signaling in a process of its own. Dropped, it ends.
struct Signaling {
    child: Child,
    address: SocketAddr,
}

impl Signaling {
    fn start(folder: &Path) -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| format!("our own program cannot be found: {error}"))?;
        let mut command = std::process::Command::new(own);
        command.args(["serve", "signaling"]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("signaling cannot be started: {error}"))?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output is piped"))
            .read_line(&mut line)
            .map_err(|error| format!("signaling says nothing: {error}"))?;
        let address = line.trim().parse().map_err(|_| format!("signaling says {line:?} instead of its address"))?;
        Ok(Self { child, address })
    }
}

impl Drop for Signaling {
    fn drop(&mut self) {
        // The end of its input ends it.
        drop(self.child.stdin.take());
        let deadline = Instant::now() + PATIENCE;
        while let Ok(None) = self.child.try_wait() {
            if Instant::now() > deadline {
                // It is ours, and hangs.
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Opens a page of each agent; they stay until told.
async fn open_all(
    agents: &[AgentId],
    auth: &Auth,
    server: SocketAddr,
    stopping: &watch::Receiver<bool>,
) -> Result<JoinSet<Result<(), String>>, String> {
    let room = std::sync::Arc::new(Semaphore::new(AT_ONCE));
    let mut opening = JoinSet::new();
    for agent in agents {
        let token = token(auth, *agent);
        let room = room.clone();
        opening.spawn(async move {
            let _one = room.acquire_owned().await.map_err(|error| error.to_string())?;
            timeout(PATIENCE, open(server, token)).await.map_err(|_| "a page was not greeted in time".to_owned())?
        });
    }
    let mut pages = JoinSet::new();
    while let Some(page) = opening.join_next().await {
        let page = page.map_err(|error| error.to_string())??;
        pages.spawn(stay(page, stopping.clone()));
    }
    Ok(pages)
}

fn token(auth: &Auth, agent: AgentId) -> String {
    let claims = TokenClaims {
        account: ACCOUNT,
        identity: agent.to_string(),
        display_name: "An agent".to_owned(),
        participant: ParticipantType::Agent,
        agent: Some(agent),
        role: Some(Role::Agent),
        link: None,
        person: None,
        jti: agent.0,
    };
    auth.tokens.mint(&claims, Clock.wall(), TOKEN_LIFE).0
}

async fn open(server: SocketAddr, token: String) -> Result<Socket, String> {
    let address = format!("ws://{server}/signaling/1/ws");
    let (mut socket, _) = connect_async(&address).await.map_err(|error| format!("{address}: {error}"))?;
    let hello = ClientMessage::Hello { protocol: 1, min_protocol: 1, build: "bench".to_owned(), token };
    say(&mut socket, &hello).await?;
    while let Some(frame) = socket.next().await {
        let Message::Text(text) = frame.map_err(|error| error.to_string())? else { continue };
        match serde_json::from_str(&text) {
            Ok(ServerMessage::Welcome { agent: Some(state), .. }) if state.availability == AgentStatus::Active => {
                return Ok(socket);
            }
            Ok(ServerMessage::Welcome { agent, .. }) => return Err(format!("an agent is not free: {agent:?}")),
            _ => {}
        }
    }
    Err("the server closed a page".to_owned())
}

async fn stay(mut page: Socket, mut stopping: watch::Receiver<bool>) -> Result<(), String> {
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let told = async move {
        // Nobody left to tell is the end as well.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    tokio::pin!(told);
    for sequence in 0_u64.. {
        tokio::select! {
            () = &mut told => break,
            _ = pings.tick() => say(&mut page, &ClientMessage::Ping { sequence }).await?,
            frame = page.next() => {
                frame.ok_or("the server closed a page")?.map_err(|error| error.to_string())?;
            }
        }
    }
    Ok(())
}

async fn say(page: &mut Socket, message: &ClientMessage) -> Result<(), String> {
    let text = serde_json::to_string(message).map_err(|error| error.to_string())?;
    page.send(Message::text(text)).await.map_err(|error| error.to_string())
}

/// Processor time of all threads of the process.
fn cpu_of(child: &Child) -> Result<Duration, String> {
    let tasks = format!("/proc/{}/task", child.id());
    let entries = std::fs::read_dir(&tasks).map_err(|error| format!("{tasks}: {error}"))?;
    // A thread that ends meanwhile is not counted; signaling's stay.
    let texts = entries.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    let nanoseconds = texts.filter_map(|text| text.split(' ').next()?.parse::<u64>().ok()).sum();
    Ok(Duration::from_nanos(nanoseconds))
}

impl Cost {
    /// That all of them together take no more memory than they may.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.after as f64 > MOST { Err(format!("that is more than {:.0} MB: {self}", MOST / 1e6)) } else { Ok(()) }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = self.after.saturating_sub(self.before) as f64;
        write!(
            f,
            "{} idle agents' pages: signaling takes {:.0} MB, {:.0} MB before they came ({:.1} kB each), and {:.1} % of a \
             core; all were connected after {:.1} s",
            self.agents,
            self.after as f64 / 1e6,
            self.before as f64 / 1e6,
            more / 1e3 / self.agents as f64,
            100.0 * self.busy,
            self.connected_in.as_secs_f64()
        )
    }
}
