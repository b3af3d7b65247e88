//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use link::Address;
use model::{AccountId, CallId, Codec, ConversationId};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

#[derive(Debug, Parser)]
#[command(name = "switchroom", version, about = "A self-hosted contact center for WebRTC calls")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything in one process: pages, API, signaling, media engine and recorder.
    Up(Box<UpArgs>),
    /// Run the media engine alone, for a signaling and a recorder in processes of their own.
    Engine(Box<EngineArgs>),
    /// Run pages, API and signaling alone, with an engine and a recorder in processes of their own.
    Signaling(Box<SignalingArgs>),
    /// Run the recorder alone, for a signaling and an engine in processes of their own.
    Recorder(Box<RecorderArgs>),
    /// Make a private authority and a certificate for each role that runs apart.
    Certs {
        /// The folder; it is made if it is missing, and nothing in it is overwritten.
        dir: PathBuf,
        /// What the certificates call this installation, to tell two apart.
        #[arg(long, default_value = "Switchroom")]
        name: String,
    },
    /// Look after recording files.
    #[command(subcommand)]
    Recordings(RecordingsCommand),
    /// Look after the keys that recordings are sealed with.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Make real calls by a plan and report how they went; exit status 1 when a limit of the plan does not hold.
    Loadtest(LoadtestArgs),
    /// Print every configuration key with its default.
    Config,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecordingsCommand {
    /// Verify every recording file and manifest; exit status 1 when something is wrong.
    Check {
        /// The data folder.
        dir: PathBuf,
        #[command(flatten)]
        keys: KeysArgs,
    },
    /// Write plain copies under their download names, and a table of whose they are.
    Export(ExportArgs),
    /// Complete what a crash left behind; `up` does the same at its start.
    Recover {
        /// The data folder.
        dir: PathBuf,
        #[command(flatten)]
        keys: KeysArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The data folder. A server may be using it.
    pub(crate) dir: PathBuf,
    /// Where copies and recordings.csv go: a new or an empty folder.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: PathBuf,
    /// Recordings of this account alone.
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<AccountId>,
    /// Recordings of this conversation alone.
    #[arg(long, value_name = "ID")]
    pub(crate) conversation: Option<ConversationId>,
    /// Recordings of this call alone.
    #[arg(long, value_name = "ID")]
    pub(crate) call: Option<CallId>,
    #[command(flatten)]
    pub(crate) keys: KeysArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a new key that seals from now on, and wrap the keys of all recordings with it, so that the old ones can be
    /// taken out of the file. The recorder must be stopped.
    Rotate {
        /// The data folder.
        #[arg(long = "data", env = "SWITCHROOM_DATA", value_name = "DIR")]
        dir: PathBuf,
        #[command(flatten)]
        keys: KeysArgs,
    },
}

/// With what recordings are opened.
#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    /// File with the keys of recordings, where it is not keys/recordings.keys in the data folder. The environment
    /// variable SWITCHROOM_RECORDING_KEYS, where it is set, goes before both.
    #[arg(long = "keys", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct LoadtestArgs {
    /// The plan (TOML). Without one the example is carried out.
    pub(crate) plan: Option<PathBuf>,
    /// Print the example plan, which has every key with its default.
    #[arg(long)]
    pub(crate) example: bool,
    /// File with an API key, or with what `switchroom up --demo --print-json` prints. Otherwise the environment
    /// variable SWITCHROOM_API_KEY holds the key.
    #[arg(long, value_name = "FILE")]
    pub(crate) access: Option<PathBuf>,
    /// How pages reach the server.
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Calls held at once.
    #[arg(long, value_name = "N")]
    pub(crate) calls: Option<u32>,
    /// How long calls are held.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) duration: Option<u32>,
    /// Determines what is chosen at random.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// The server's process on this machine; it is looked for by the server's port when it is not given.
    #[arg(long, value_name = "PID")]
    pub(crate) server_pid: Option<u32>,
    /// Print the report as one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) http: HttpArgs,
    #[command(flatten)]
    pub(crate) media: MediaArgs,
    #[command(flatten)]
    pub(crate) turn: TurnArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EngineArgs {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(flatten)]
    pub(crate) media: MediaArgs,
    #[command(flatten)]
    pub(crate) turn: TurnArgs,
    #[command(flatten)]
    pub(crate) certs: CertsArgs,
    /// How long calls may go on after SIGTERM before they are told to go to another engine.
    #[arg(long, env = "SWITCHROOM_DRAIN_SECONDS", value_name = "SECONDS")]
    pub(crate) drain_seconds: Option<u32>,
    /// Address and port (UDP) where signaling connects; port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_ENGINE_LINK", value_name = "ADDR:PORT")]
    pub(crate) link: Option<SocketAddr>,
    /// Address and port of metrics and health; port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_ENGINE_ADMIN", value_name = "ADDR:PORT")]
    pub(crate) admin: Option<SocketAddr>,
    /// Where the recorder listens.
    #[arg(long, env = "SWITCHROOM_RECORDER", value_name = "HOST:PORT")]
    pub(crate) recorder: Option<Address>,
}

#[derive(Debug, Args)]
pub(crate) struct SignalingArgs {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) http: HttpArgs,
    #[command(flatten)]
    pub(crate) turn: TurnArgs,
    #[command(flatten)]
    pub(crate) certs: CertsArgs,
    /// Where the media engines listen.
    #[arg(long, env = "SWITCHROOM_ENGINE", value_name = "HOST:PORT", value_delimiter = ',')]
    pub(crate) engine: Vec<Address>,
    /// Where the recorder listens.
    #[arg(long, env = "SWITCHROOM_RECORDER", value_name = "HOST:PORT")]
    pub(crate) recorder: Option<Address>,
}

#[derive(Debug, Args)]
pub(crate) struct RecorderArgs {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) certs: CertsArgs,
    /// Address and port (UDP) where signaling and engine connect; port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_RECORDER_LINK", value_name = "ADDR:PORT")]
    pub(crate) link: Option<SocketAddr>,
    /// Address and port of metrics and health; port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_RECORDER_ADMIN", value_name = "ADDR:PORT")]
    pub(crate) admin: Option<SocketAddr>,
}

/// What every process takes.
#[derive(Debug, Args)]
pub(crate) struct CommonArgs {
    /// Configuration file (TOML); `switchroom config` prints all keys.
    #[arg(long, env = "SWITCHROOM_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Log level or filter.
    #[arg(long, env = "SWITCHROOM_LOG", value_name = "LEVEL")]
    pub(crate) log: Option<String>,
    /// Print addresses, and demo sign-ins where there are any, once more as one line of JSON.
    #[arg(long)]
    pub(crate) print_json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DataArgs {
    /// Folder for database, keys and recordings.
    #[arg(long = "data", env = "SWITCHROOM_DATA", value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

/// Where signaling keeps what must last.
#[derive(Args)]
pub(crate) struct DatabaseArgs {
    /// Database: sqlite:FILE or postgres://USER@HOST/NAME; switchroom.db in the data folder without it.
    #[arg(long, env = "SWITCHROOM_DATABASE", value_name = "URL", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// File with the password of the PostgreSQL database.
    #[arg(long, env = "SWITCHROOM_DATABASE_PASSWORD_FILE", value_name = "FILE")]
    pub(crate) database_password_file: Option<String>,
}

impl fmt::Debug for DatabaseArgs {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseArgs").finish_non_exhaustive()
    }
}

#[derive(Debug, Args)]
pub(crate) struct HttpArgs {
    /// Address and port of pages, API and signaling; port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_HTTP", value_name = "ADDR:PORT")]
    pub(crate) http: Option<SocketAddr>,
    /// Address and port of metrics and health; port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_ADMIN", value_name = "ADDR:PORT")]
    pub(crate) admin: Option<SocketAddr>,
    /// Certificate chain, PEM.
    #[arg(long, env = "SWITCHROOM_TLS_CERT", value_name = "FILE")]
    pub(crate) tls_cert: Option<String>,
    /// Private key, PEM.
    #[arg(long, env = "SWITCHROOM_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<String>,
    /// Networks of reverse proxies that end HTTPS before this server.
    #[arg(long, env = "SWITCHROOM_BEHIND_PROXY", value_name = "CIDR", value_delimiter = ',')]
    pub(crate) behind_proxy: Vec<String>,
    /// How people reach this server, for call links.
    #[arg(long, env = "SWITCHROOM_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// TURN servers that pages are told of, such as turns:turn.example.com:443?transport=tcp.
    #[arg(long, env = "SWITCHROOM_TURN_URL", value_name = "URL", value_delimiter = ',')]
    pub(crate) turn_url: Vec<String>,
    /// Set up a demo account with agents, sign-ins and a call link; loopback only.
    #[arg(long)]
    pub(crate) demo: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MediaArgs {
    /// Address and port of media (UDP and TCP); port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_MEDIA", value_name = "ADDR:PORT")]
    pub(crate) media: Option<SocketAddr>,
    /// Addresses that pages are told to send media to.
    #[arg(long, env = "SWITCHROOM_ANNOUNCE", value_name = "IP", value_delimiter = ',')]
    pub(crate) announce: Vec<IpAddr>,
    /// Port that pages are told, when a port mapping makes it another than the bound one.
    #[arg(long, env = "SWITCHROOM_ANNOUNCE_PORT", value_name = "PORT")]
    pub(crate) announce_port: Option<u16>,
    /// Address and port (UDP) of a TURN server that reaches this engine alone; port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_TURN", value_name = "ADDR:PORT")]
    pub(crate) turn: Option<SocketAddr>,
    /// Video codec to prefer.
    #[arg(long, env = "SWITCHROOM_VIDEO_CODEC", value_name = "CODEC")]
    pub(crate) video_codec: Option<VideoCodec>,
}

/// What is shared with TURN servers.
#[derive(Debug, Args)]
pub(crate) struct TurnArgs {
    /// File with the secret that credentials for TURN servers are made with.
    #[arg(long, env = "SWITCHROOM_TURN_SECRET_FILE", value_name = "FILE")]
    pub(crate) turn_secret_file: Option<String>,
}

/// Which certificate a role that runs apart shows.
#[derive(Debug, Args)]
pub(crate) struct CertsArgs {
    /// Folder with the certificates of `switchroom certs`.
    #[arg(long, env = "SWITCHROOM_CERTS", value_name = "DIR")]
    pub(crate) certs: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum VideoCodec {
    Vp8,
    H264,
}

impl From<VideoCodec> for Codec {
    fn from(codec: VideoCodec) -> Self {
        match codec {
            VideoCodec::Vp8 => Self::Vp8,
            VideoCodec::H264 => Self::H264,
        }
    }
}
