//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use model::Codec;
use std::{
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
    /// Look after recording files while no server uses them.
    #[command(subcommand)]
    Recordings(RecordingsCommand),
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
    },
    /// Complete what a crash left behind; `up` does the same at its start.
    Recover {
        /// The data folder.
        dir: PathBuf,
    },
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
    /// Configuration file (TOML); `switchroom config` prints all keys.
    #[arg(long, env = "SWITCHROOM_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for database, keys and recordings.
    #[arg(long, env = "SWITCHROOM_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address and port of pages, API and signaling; port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_HTTP", value_name = "ADDR:PORT")]
    pub(crate) http: Option<SocketAddr>,
    /// Address and port of metrics and health; port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_ADMIN", value_name = "ADDR:PORT")]
    pub(crate) admin: Option<SocketAddr>,
    /// Address and port of media (UDP and TCP); port 0 picks a free one.
    #[arg(long, env = "SWITCHROOM_MEDIA", value_name = "ADDR:PORT")]
    pub(crate) media: Option<SocketAddr>,
    /// Addresses that pages are told to send media to.
    #[arg(long, env = "SWITCHROOM_ANNOUNCE", value_name = "IP", value_delimiter = ',')]
    pub(crate) announce: Vec<IpAddr>,
    /// Port that pages are told, when a port mapping makes it another than the bound one.
    #[arg(long, env = "SWITCHROOM_ANNOUNCE_PORT", value_name = "PORT")]
    pub(crate) announce_port: Option<u16>,
    /// Video codec to prefer.
    #[arg(long, env = "SWITCHROOM_VIDEO_CODEC", value_name = "CODEC")]
    pub(crate) video_codec: Option<VideoCodec>,
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
    /// Log level or filter.
    #[arg(long, env = "SWITCHROOM_LOG", value_name = "LEVEL")]
    pub(crate) log: Option<String>,
    /// Set up a demo account with agents, sign-ins and a call link; loopback only.
    #[arg(long)]
    pub(crate) demo: bool,
    /// Print the addresses and demo sign-ins once more as one line of JSON.
    #[arg(long)]
    pub(crate) print_json: bool,
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
