//! The configuration: defaults, then the file, then environment variables and flags. Every value is checked before a
//! port is bound.

mod database;
mod flags;
mod turn;

use link::{Address, CertificateFiles};
use model::Codec;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};
use toml::{Table, Value};
use wire::link::Role;

use database::Database;
pub(crate) use flags::Flags;
use turn::Turn;

/// The example file is the list of defaults.
pub(crate) const DEFAULTS: &str = include_str!("../../deploy/config/switchroom.example.toml");

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) data: Data,
    pub(crate) database: Database,
    pub(crate) http: Http,
    pub(crate) media: Media,
    pub(crate) turn: Turn,
    pub(crate) webhooks: Webhooks,
    pub(crate) link: Link,
    pub(crate) engine: Engine,
    pub(crate) recorder: Recorder,
    pub(crate) recordings: Recordings,
    pub(crate) log: Log,
    pub(crate) limits: Limits,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Http {
    pub(crate) bind: SocketAddr,
    pub(crate) admin: SocketAddr,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) tls_cert: Option<String>,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) tls_key: Option<String>,
    pub(crate) behind_proxy: Vec<String>,
    pub(crate) allowed_origins: Vec<String>,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) public_url: Option<String>,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) metrics_token_file: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Media {
    pub(crate) bind: SocketAddr,
    pub(crate) announce: Vec<IpAddr>,
    pub(crate) announce_port: u16,
    pub(crate) shards: usize,
    pub(crate) pin_to_cores: bool,
    pub(crate) real_time: bool,
    pub(crate) video_codecs: Vec<Codec>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Webhooks {
    pub(crate) allow_networks: Vec<String>,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) ca: Option<String>,
}

/// Certificates for connections with other roles.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    pub(crate) certs: PathBuf,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) ca: Option<String>,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) cert: Option<String>,
    #[serde(deserialize_with = "empty_is_none")]
    pub(crate) key: Option<String>,
}

impl Link {
    /// The files of a role: those that are named, the others by their usual names in the folder.
    pub(crate) fn files(&self, role: Role) -> CertificateFiles {
        let usual = CertificateFiles::in_folder(&self.certs, role);
        let named = |name: &Option<String>, usual| name.as_ref().map_or(usual, PathBuf::from);
        CertificateFiles {
            ca: named(&self.ca, usual.ca),
            cert: named(&self.cert, usual.cert),
            key: named(&self.key, usual.key),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Engine {
    pub(crate) link: SocketAddr,
    pub(crate) admin: SocketAddr,
    #[serde(deserialize_with = "addresses")]
    pub(crate) addresses: Vec<Address>,
    pub(crate) media_ports: u16,
    pub(crate) drain_seconds: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorder {
    pub(crate) link: SocketAddr,
    pub(crate) admin: SocketAddr,
    #[serde(deserialize_with = "address")]
    pub(crate) address: Address,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recordings {
    pub(crate) encrypt: bool,
    #[serde(deserialize_with = "empty_is_no_path")]
    pub(crate) keys: Option<PathBuf>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) level: String,
    pub(crate) format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limits {
    pub(crate) connections: usize,
}

/// Why the configuration cannot be used. The text names the source, the key and what is allowed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read the configuration file {path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path}: {message}")]
    Malformed { path: PathBuf, message: String },
    #[error("{key}: {reason}")]
    Invalid { key: &'static str, reason: String },
}

/// Defaults, then the file, then what the command line and the environment say.
pub(crate) fn load(flags: &impl Flags) -> Result<Config, ConfigError> {
    let mut table: Table = DEFAULTS.parse().expect("the example configuration is TOML");
    let mut source = PathBuf::from("the defaults");
    if let Some(path) = &flags.common().config {
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
        overlay(&mut table, parse(path, &text)?);
        source.clone_from(path);
    }
    let mut config: Config = Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| ConfigError::Malformed { path: source, message: error.to_string() })?;
    flags.apply(&mut config);
    validate(&config)?;
    Ok(config)
}

fn parse(path: &Path, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|error: toml::de::Error| ConfigError::Malformed {
        path: path.to_path_buf(),
        message: error.to_string(),
    })
}

fn overlay(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(value)) => overlay(inner, value),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn validate(config: &Config) -> Result<(), ConfigError> {
    let invalid = |key, reason: &str| Err(ConfigError::Invalid { key, reason: reason.to_owned() });
    if config.http.tls_cert.is_some() != config.http.tls_key.is_some() {
        return invalid("http.tls_cert, http.tls_key", "both or neither must be given");
    }
    if let Some(wrong) = config.database.wrong_url() {
        return invalid("database.url", &wrong);
    }
    if !(1..=64).contains(&config.media.shards) {
        return invalid("media.shards", "must be 1 to 64");
    }
    if config.media.announce.len() > 8 {
        return invalid("media.announce", "at most 8 addresses");
    }
    if config.media.video_codecs.is_empty() || config.media.video_codecs.contains(&Codec::Opus) {
        return invalid("media.video_codecs", "must name vp8, h264 or both");
    }
    if let Some(wrong) = config.turn.wrong_urls() {
        return invalid("turn.urls", &wrong);
    }
    if !(1..=16).contains(&config.engine.addresses.len()) {
        return invalid("engine.addresses", "must be 1 to 16 addresses");
    }
    if !(1..=1_000).contains(&config.engine.media_ports) {
        return invalid("engine.media_ports", "must be 1 to 1000");
    }
    if config.engine.drain_seconds > 86_400 {
        return invalid("engine.drain_seconds", "must be 0 to 86400");
    }
    if !(1..=1_000_000).contains(&config.limits.connections) {
        return invalid("limits.connections", "must be 1 to 1000000");
    }
    Ok(())
}

fn empty_is_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok((!text.is_empty()).then_some(text))
}

fn empty_is_no_path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    Ok(empty_is_none(deserializer)?.map(PathBuf::from))
}

fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Address>, D::Error> {
    let parse = |text: String| text.parse().map_err(|error| D::Error::custom(format!("{text:?} is {error}")));
    Vec::<String>::deserialize(deserializer)?.into_iter().map(parse).collect()
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Address, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::UpArgs;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        up: UpArgs,
    }

    fn args(line: &[&str]) -> UpArgs {
        Line::parse_from([&["up"], line].concat()).up
    }

    #[test]
    fn the_example_file_is_complete_and_valid() {
        let config = load(&args(&[])).expect("defaults are valid");
        assert_eq!(config.http.bind, "127.0.0.1:8080".parse().expect("address"));
        assert_eq!(config.http.tls_cert, None);
    }

    #[test]
    fn a_file_overlays_single_keys_and_flags_overlay_the_file() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("switchroom.toml");
        std::fs::write(&path, "[media]\nshards = 2\nbind = \"127.0.0.1:5000\"\n").expect("written");
        let config =
            load(&args(&["--config", path.to_str().expect("UTF-8"), "--media", "127.0.0.1:6000"])).expect("valid");
        assert_eq!((config.media.shards, config.media.bind.port()), (2, 6000));
        assert_eq!(config.http.bind.port(), 8080, "untouched keys keep their defaults");
    }

    #[test]
    fn a_wrong_key_or_value_is_named_with_its_file() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("switchroom.toml");
        for (text, names) in [
            ("[media]\nshard = 2\n", "shard"),
            ("[media]\nshards = 0\n", "media.shards"),
            ("[log]\nformat = \"xml\"\n", "xml"),
            ("[http]\ntls_cert = \"a.pem\"\n", "http.tls_key"),
            ("[recorder]\naddress = \"recorder\"\n", "not an address like"),
            ("[engine]\naddresses = [\"engine\"]\n", "not an address like"),
            ("[engine]\naddresses = []\n", "engine.addresses"),
            ("[engine]\nmedia_ports = 0\n", "engine.media_ports"),
            ("[engine]\ndrain_seconds = 100000\n", "engine.drain_seconds"),
            ("[engine]\nlink = \"localhost:1\"\n", "link"),
            ("[turn]\nurls = [\"stun:stun.example.com\"]\n", "turn.urls"),
            ("[turn]\nbind = \"3478\"\n", "not an address like"),
            ("[database]\nurl = \"mysql://localhost/calls\"\n", "database.url: must begin with"),
            ("[http\n", "switchroom.toml"),
        ] {
            std::fs::write(&path, text).expect("written");
            let error = load(&args(&["--config", path.to_str().expect("UTF-8")])).expect_err(text).to_string();
            assert!(error.contains(names), "{error:?} should name {names:?}");
        }
    }

    #[test]
    fn the_preferred_video_codec_moves_to_the_front() {
        let config = load(&args(&["--video-codec", "h264"])).expect("valid");
        assert_eq!(config.media.video_codecs, [Codec::H264, Codec::Vp8]);
    }
}
