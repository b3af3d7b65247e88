use ::turn::SharedSecret;
use model::Codec;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use wire::tap::TapFrame;

/// What an engine is told at its start.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// UDP and ICE-TCP of the first shard; the others take the numbers after it. Port 0: each takes a free one.
    pub bind: SocketAddr,
    /// Addresses that answers announce. Empty: loopback when bound to loopback, the bound address when there is one,
    /// otherwise those of the interfaces that are up.
    pub announce: Vec<IpAddr>,
    /// Port that answers announce for the first shard, the numbers after it for the others, where a NAT or relay has
    /// other numbers than the engine. None: the bound ones.
    pub announce_port: Option<u16>,
    /// Threads, 1 to [`crate::limits::SHARDS`].
    pub shards: usize,
    /// Keep each thread on one CPU.
    pub pin: bool,
    /// Let the threads run before other programs', where the system allows it.
    pub real_time: bool,
    /// Video codecs, best first.
    pub video_codecs: Vec<Codec>,
    /// How long a leg may be silent before it is closed.
    pub reconnect_window: Duration,
    /// The TURN server beside it; none when absent.
    pub turn: Option<TurnConfig>,
}

/// A TURN server that reaches the engine alone.
#[derive(Debug, Clone)]
pub struct TurnConfig {
    /// Where pages find it, by UDP: an address of this machine, no wildcard. Port 0 picks a free one.
    pub bind: SocketAddr,
    /// What credentials are made with.
    pub secret: SharedSecret,
}

impl EngineConfig {
    /// One thread on this address, with the usual settings.
    pub fn new(bind: SocketAddr) -> Self {
        Self {
            bind,
            announce: Vec::new(),
            announce_port: None,
            shards: 1,
            pin: false,
            real_time: false,
            video_codecs: vec![Codec::Vp8, Codec::H264],
            reconnect_window: Duration::from_secs(30),
            turn: None,
        }
    }
}

/// Where tapped packets go, those of a turn together: waking a recorder costs more than the packets. It must not block:
/// it runs on the media threads.
pub type TapSink = Arc<dyn Fn(Vec<TapFrame>) + Send + Sync>;

/// Why an engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port could not be opened.
    #[error("the media port {address} cannot be opened: {source}; choose another with --media ADDR:PORT")]
    Bind {
        /// What was asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The TURN server's port could not be opened.
    #[error("the TURN port {address} cannot be opened: {source}; choose another with --turn ADDR:PORT")]
    BindTurn {
        /// What was asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// Pages must be told one address, and answers must come from it.
    #[error("{0} is no place for the TURN server: name one address of this machine with --turn ADDR:PORT")]
    TurnWildcard(SocketAddr),
    /// There are not as many port numbers.
    #[error("{shards} media threads from port {first} on need port numbers beyond 65535")]
    PortRange {
        /// The first port.
        first: u16,
        /// How many threads.
        shards: usize,
    },
    /// The number of threads makes no sense.
    #[error("the number of media threads must be 1 to {}", crate::limits::SHARDS)]
    Shards,
    /// No address could be found that pages could reach.
    #[error("no network interface is up that pages could reach; name addresses with --announce IP[,IP]")]
    NothingToAnnounce,
    /// An address that no page can reach.
    #[error("{0} cannot be announced: it is not an address of a machine")]
    Unannounceable(IpAddr),
    /// The system's list of interfaces could not be read.
    #[error("the network interfaces cannot be listed: {0}")]
    Interfaces(#[source] io::Error),
    /// A thread could not be started.
    #[error("a media thread cannot be started: {0}")]
    Thread(#[source] io::Error),
}
