use crate::{
    EngineConfig, StartError, TapSink, TurnConfig, announce,
    limits::{COMMANDS, EVENTS, SHARDS},
    metrics::Reporter,
    router::Router,
    shard::{Order, Shard},
    turn::{TurnPort, TurnThread},
};
use ::turn::SharedSecret;
use netio::{Clock, Port, Waker};
use sfu_core::Config;
use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Instant,
};
use telemetry::Metrics;
use tokio::sync::mpsc;
use wire::engine::{Event, Request};

/// Why a command was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The shard has more to do than it can; try again.
    #[error("the media engine is busy")]
    Busy,
    /// The engine was shut down.
    #[error("the media engine is not running")]
    Stopped,
}

/// A running engine. Clones are the same engine; it ends with [`Self::shutdown`] or its last clone.
#[derive(Clone)]
pub struct EngineHandle {
    shards: Arc<Vec<ShardHandle>>,
    router: Arc<Mutex<Router>>,
    turn: Option<TurnDoor>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

#[derive(Clone)]
struct TurnDoor {
    waker: Arc<mio::Waker>,
    local: SocketAddr,
}

struct ShardHandle {
    orders: SyncSender<Order>,
    waker: Waker,
    local: SocketAddr,
    announced: Vec<SocketAddr>,
}

/// Opens the ports and starts the threads. Events of all shards come out of the one channel.
pub fn start(
    config: EngineConfig,
    clock: Clock,
    taps: TapSink,
    metrics: Arc<Metrics>,
) -> Result<(EngineHandle, mpsc::Receiver<Event>), StartError> {
    let addresses = announce::addresses(config.bind.ip(), &config.announce)?;
    let ports = open_ports(&config)?;
    let turn = config.turn.as_ref().map(|turn| TurnPort::bind(turn.bind)).transpose()?;
    let (events, received) = mpsc::channel(EVENTS);
    let mut handles = Vec::with_capacity(ports.len());
    let mut threads = Vec::with_capacity(ports.len());
    for (index, port) in ports.into_iter().enumerate() {
        let (orders, inbox) = sync_channel(COMMANDS);
        let local = port.local_addr();
        let announced_port = config.announce_port.map_or(local.port(), |first| first + index as u16);
        let announced: Vec<SocketAddr> = addresses.iter().map(|ip| SocketAddr::new(*ip, announced_port)).collect();
        handles.push(ShardHandle { orders, waker: port.waker(), local, announced: announced.clone() });
        let shard = Shard {
            port,
            config: shard_config(&config, announced, clock, index),
            orders: inbox,
            events: events.clone(),
            taps: Arc::clone(&taps),
            reporter: Reporter::new(Arc::clone(&metrics)),
        };
        threads.push(spawn(shard, index, &config)?);
    }
    let router = Router::new(handles.len());
    let mut handle = EngineHandle {
        shards: Arc::new(handles),
        router: Arc::new(Mutex::new(router)),
        turn: None,
        threads: Arc::new(Mutex::new(threads)),
    };
    if let (Some(port), Some(TurnConfig { secret, .. })) = (turn, config.turn) {
        handle.add_turn(port, secret, clock, metrics)?;
    }
    let (local, announced) = (handle.local_addrs(), handle.announced());
    tracing::info!(?local, ?announced, turn = ?handle.turn(), "media engine runs");
    Ok((handle, received))
}

impl EngineHandle {
    /// Hands a command to the shards that it is for. Does not wait. What is for several may have reached some of them when
    /// one is busy: commands can be repeated.
    pub fn send(&self, request: Request) -> Result<(), SendError> {
        let shards = self.router.lock().expect("routing does not panic").route(&request.command);
        for shard in &self.shards[shards] {
            let outcome = shard.orders.try_send(Order::Request(Box::new(request.clone())));
            shard.waker.wake();
            outcome.map_err(|error| match error {
                TrySendError::Full(_) => SendError::Busy,
                TrySendError::Disconnected(_) => SendError::Stopped,
            })?;
        }
        Ok(())
    }

    /// Where each shard listens.
    pub fn local_addrs(&self) -> Vec<SocketAddr> {
        self.shards.iter().map(|shard| shard.local).collect()
    }

    /// What answers announce.
    pub fn announced(&self) -> Vec<SocketAddr> {
        self.shards.iter().flat_map(|shard| shard.announced.iter().copied()).collect()
    }

    /// Where the TURN server listens, if there is one.
    pub fn turn(&self) -> Option<SocketAddr> {
        self.turn.as_ref().map(|turn| turn.local)
    }

    fn add_turn(
        &mut self,
        port: TurnPort,
        secret: SharedSecret,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Result<(), StartError> {
        self.turn = Some(TurnDoor { waker: port.waker(), local: port.local_addr() });
        let thread = TurnThread::new(port, self.announced(), secret, clock, metrics);
        let thread = std::thread::Builder::new().name("turn".to_owned()).spawn(move || thread.run());
        self.threads.lock().expect("nothing panics with this lock").push(thread.map_err(StartError::Thread)?);
        Ok(())
    }

    /// Ends the threads and waits for them. Pages find out by themselves, and may rejoin another engine.
    pub fn shutdown(&self) {
        for shard in self.shards.iter() {
            // A full queue is drained within a turn; a closed one has ended.
            let _ = shard.orders.send(Order::Stop);
            shard.waker.wake();
        }
        if let Some(turn) = &self.turn {
            turn.waker.wake().expect("an eventfd can be written while its owner holds it");
        }
        let threads = std::mem::take(&mut *self.threads.lock().expect("nothing panics with this lock"));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a media thread ended by a panic");
            }
        }
    }
}

fn open_ports(config: &EngineConfig) -> Result<Vec<Port>, StartError> {
    if !(1..=SHARDS).contains(&config.shards) {
        return Err(StartError::Shards);
    }
    let first = config.bind.port();
    for first in [first, config.announce_port.unwrap_or(0)] {
        if usize::from(first) + config.shards - 1 > usize::from(u16::MAX) {
            return Err(StartError::PortRange { first, shards: config.shards });
        }
    }
    (0..config.shards)
        .map(|index| {
            let offset = if first == 0 { 0 } else { index as u16 };
            let address = SocketAddr::new(config.bind.ip(), first + offset);
            Port::bind(address).map_err(|source| StartError::Bind { address, source })
        })
        .collect()
}

fn shard_config(config: &EngineConfig, announced: Vec<SocketAddr>, clock: Clock, index: usize) -> Config {
    let now = Instant::now();
    Config {
        video_codecs: config.video_codecs.clone(),
        reconnect_window: config.reconnect_window,
        seed: clock.media_time(now).0.wrapping_add(index as u64),
        ..Config::new(announced, (now, clock.media_time(now)))
    }
}

fn spawn(shard: Shard, index: usize, config: &EngineConfig) -> Result<JoinHandle<()>, StartError> {
    let EngineConfig { pin, real_time, .. } = *config;
    let run = move || {
        if pin && let Err(error) = netio::pin_current_thread(index) {
            tracing::warn!(%error, index, "a media thread stays unpinned");
        }
        if real_time && let Err(error) = netio::make_current_thread_real_time() {
            tracing::warn!(
                %error,
                index,
                "a media thread shares its core like any other; real time needs LimitRTPRIO=1 or CAP_SYS_NICE"
            );
        }
        shard.run();
    };
    std::thread::Builder::new().name(format!("media-{index}")).spawn(run).map_err(StartError::Thread)
}
