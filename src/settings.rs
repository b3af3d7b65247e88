//! From the configuration to what each role is told at its start.

use crate::{config::Config, process::ProcessError};
use media_engine::{EngineConfig, TurnConfig};
use recorder::{KeySource, RecorderConfig};
use signaling::{
    TurnServers,
    config::{GivenSockets, TlsFiles, WebhookConfig},
};
use std::{
    fs,
    net::{IpAddr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
};
use turn::{Secret, SharedSecret};

/// What signaling is told.
pub(crate) fn signaling_config(
    config: &Config,
    sockets: GivenSockets,
    demo: bool,
) -> Result<signaling::Config, ProcessError> {
    let http = &config.http;
    let tls = match (&http.tls_cert, &http.tls_key) {
        (Some(cert), Some(key)) => Some(TlsFiles { cert: cert.into(), key: key.into() }),
        _ => None,
    };
    let network =
        |text: &String| text.parse().map_err(|error| ProcessError(format!("http.behind_proxy: {text:?} is {error}")));
    let behind_proxy = http.behind_proxy.iter().map(network).collect::<Result<_, _>>()?;
    let allow_networks = config.webhooks.allow_networks.iter().map(|text| {
        text.parse().map_err(|error| ProcessError(format!("webhooks.allow_networks: {text:?} is {error}")))
    });
    let webhooks = WebhookConfig {
        allow_networks: allow_networks.collect::<Result<_, _>>()?,
        ca: config.webhooks.ca.as_ref().map(PathBuf::from),
    };
    let metrics_token = metrics_token(config)?;
    let address_of = |given: &Option<Arc<TcpListener>>, configured| {
        given.as_ref().map_or(Ok(configured), |given| given.local_addr()).map_err(ProcessError::new)
    };
    Ok(signaling::Config {
        data: config.data.dir.clone(),
        http: address_of(&sockets.http, http.bind)?,
        admin: address_of(&sockets.admin, http.admin)?,
        tls,
        behind_proxy,
        allowed_origins: http.allowed_origins.clone(),
        public_url: http.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        metrics_token,
        webhooks,
        turn: None,
        connections: config.limits.connections,
        announced: Vec::new(),
        demo,
        sockets,
    })
}

/// Holds the keys of recordings instead of a file.
pub(crate) const KEYS_VARIABLE: &str = "SWITCHROOM_RECORDING_KEYS";

/// What the recorder is told.
pub(crate) fn recorder_config(config: &Config) -> RecorderConfig {
    let dir = config.data.dir.clone();
    RecorderConfig { keys: recording_keys(&dir, config.recordings.keys.as_ref()), dir, seal: config.recordings.encrypt }
}

/// Keys of recordings: those of the environment, otherwise those of the file that is named, or of the usual one.
pub(crate) fn recording_keys(dir: &Path, file: Option<&PathBuf>) -> KeySource {
    let given = std::env::var_os(KEYS_VARIABLE).filter(|keys| !keys.is_empty());
    match (given, file) {
        (Some(keys), _) => KeySource::Text { holder: KEYS_VARIABLE, keys: keys.to_string_lossy().into_owned() },
        (None, Some(file)) => KeySource::File(file.clone()),
        (None, None) => KeySource::usual(dir),
    }
}

/// The token that /metrics asks for when it is not read from loopback.
pub(crate) fn metrics_token(config: &Config) -> Result<Option<String>, ProcessError> {
    config.http.metrics_token_file.as_deref().map(read_token).transpose()
}

/// What is shared with TURN servers, and how to read it again.
#[derive(Clone)]
pub(crate) struct TurnSecret {
    pub(crate) shared: SharedSecret,
    file: Option<String>,
}

impl TurnSecret {
    /// From the file that the configuration names. Where it names none there is none, but for a TURN server whose only
    /// user is this process (`alone`).
    pub(crate) fn open(config: &Config, alone: bool) -> Result<Option<Self>, ProcessError> {
        let file = config.turn.secret_file.clone();
        let secret = match &file {
            Some(file) => Some(read_turn_secret(file)?),
            None => alone.then(Secret::random),
        };
        Ok(secret.map(|secret| Self { shared: SharedSecret::new(secret), file }))
    }

    /// Reads the file again. Credentials that pages hold stay valid until they expire.
    pub(crate) fn reread(&self) -> Result<(), ProcessError> {
        let Some(file) = &self.file else { return Ok(()) };
        self.shared.replace(read_turn_secret(file)?);
        Ok(())
    }
}

fn read_turn_secret(file: &str) -> Result<Secret, ProcessError> {
    let text = fs::read_to_string(file)
        .map_err(|error| ProcessError(format!("turn.secret_file: cannot read {file}: {error}")))?;
    Secret::new(&text).map_err(|error| ProcessError(format!("turn.secret_file: the secret in {file} {error}")))
}

/// Where a secret must be shared and is not.
pub(crate) fn turn_secret_missing(key: &str) -> ProcessError {
    ProcessError(format!("turn.secret_file: {key} needs the file with the secret that TURN server and signaling share"))
}

/// What pages are told of TURN servers: those that are configured, otherwise the engine's own.
pub(crate) fn turn_servers(
    config: &Config,
    own: Option<SocketAddr>,
    secret: Option<&TurnSecret>,
) -> Result<Option<TurnServers>, ProcessError> {
    let own = own.map(|address| format!("turn:{address}?transport=udp"));
    let urls = if config.turn.urls.is_empty() { own.into_iter().collect() } else { config.turn.urls.clone() };
    match secret {
        _ if urls.is_empty() => Ok(None),
        Some(secret) => {
            let lifetime = signaling::limits::TURN_CREDENTIALS_TIME;
            Ok(Some(TurnServers { urls, secret: secret.shared.clone(), lifetime }))
        }
        None => Err(turn_secret_missing("turn.urls")),
    }
}

/// The TURN server beside an engine.
pub(crate) fn turn_config(config: &Config, secret: Option<&TurnSecret>) -> Result<Option<TurnConfig>, ProcessError> {
    match (config.turn.bind, secret) {
        (None, _) => Ok(None),
        (Some(bind), Some(secret)) => Ok(Some(TurnConfig { bind, secret: secret.shared.clone() })),
        (Some(_), None) => Err(turn_secret_missing("turn.bind")),
    }
}

fn read_token(file: &str) -> Result<String, ProcessError> {
    let token = fs::read_to_string(file)
        .map_err(|error| ProcessError(format!("http.metrics_token_file: cannot read {file}: {error}")))?;
    let token = token.trim();
    if token.len() < 16 {
        return Err(ProcessError(format!(
            "http.metrics_token_file: {file} must hold a token of at least 16 characters"
        )));
    }
    Ok(token.to_owned())
}

/// What the engine is told. `usual` is announced where the configuration says nothing.
pub(crate) fn engine_config(config: &Config, usual: Option<IpAddr>) -> EngineConfig {
    let media = &config.media;
    let announce = if media.announce.is_empty() { usual.into_iter().collect() } else { media.announce.clone() };
    EngineConfig {
        announce,
        announce_port: (media.announce_port != 0).then_some(media.announce_port),
        shards: media.shards,
        pin: media.pin_to_cores,
        real_time: media.real_time,
        video_codecs: media.video_codecs.clone(),
        ..EngineConfig::new(media.bind)
    }
}

/// The same engine on its `choice`th block of ports, if there are so many.
pub(crate) fn with_ports(first: &EngineConfig, choice: u16) -> Option<EngineConfig> {
    let offset = usize::from(choice) * first.shards;
    let moved = |port: u16| u16::try_from(usize::from(port) + offset).ok();
    let mut bind = first.bind;
    if bind.port() != 0 {
        bind.set_port(moved(bind.port())?);
    }
    let announce_port = match first.announce_port {
        Some(port) => Some(moved(port)?),
        None => None,
    };
    Some(EngineConfig { bind, announce_port, ..first.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser as _;

    #[test]
    fn each_choice_of_ports_is_a_block_for_all_shards() {
        let first =
            EngineConfig { shards: 2, announce_port: Some(9_000), ..EngineConfig::new(([127, 0, 0, 1], 8_090).into()) };
        let third = with_ports(&first, 2).expect("there are so many");
        assert_eq!((third.bind.port(), third.announce_port), (8_094, Some(9_004)));
        assert!(with_ports(&first, 30_000).is_none());
    }

    fn config(flags: &[&str]) -> Config {
        let cli = Cli::parse_from([&["switchroom", "up"], flags].concat());
        let Command::Up(args) = cli.command else { panic!("up was asked for") };
        crate::config::load(&*args).expect("valid")
    }

    #[test]
    fn pages_are_told_of_the_engines_turn_server_or_of_those_that_are_named() {
        let own = Some(([127, 0, 0, 1], 3478).into());
        let plain = config(&["--turn", "127.0.0.1:0"]);
        let secret = TurnSecret::open(&plain, true).expect("one is made").expect("one is made");
        let servers = |config: &Config, own| turn_servers(config, own, Some(&secret)).expect("there is a secret");
        let urls = |config: &Config, own| servers(config, own).map(|servers| servers.urls);
        assert_eq!(urls(&plain, own), Some(vec!["turn:127.0.0.1:3478?transport=udp".to_owned()]));
        assert_eq!(urls(&plain, None), None);
        let named = config(&["--turn-url", "turns:a.example.com:443,turn:b.example.com"]);
        let expected = ["turns:a.example.com:443", "turn:b.example.com"].map(str::to_owned);
        assert_eq!(urls(&named, own), Some(expected.to_vec()));
    }

    #[test]
    fn recordings_are_sealed_unless_the_configuration_says_otherwise() {
        let usual = recorder_config(&config(&["--data", "d"]));
        assert!(usual.seal);
        assert!(matches!(usual.keys, KeySource::File(path) if path == Path::new("d/keys/recordings.keys")));
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("switchroom.toml");
        fs::write(&path, "[recordings]\nencrypt = false\nkeys = \"/mnt/keys\"\n").expect("written");
        let other = recorder_config(&config(&["--config", path.to_str().expect("UTF-8")]));
        assert!(!other.seal);
        assert!(matches!(other.keys, KeySource::File(path) if path == Path::new("/mnt/keys")));
    }

    #[test]
    fn a_secret_that_is_missing_or_unusable_is_named() {
        let named = config(&["--turn-url", "turn:a.example.com"]);
        assert!(TurnSecret::open(&named, false).expect("none is named").is_none());
        let error = turn_servers(&named, None, None).map(|_| ()).expect_err("signaling has no secret");
        assert!(error.to_string().contains("turn.secret_file: turn.urls needs"), "{error}");
        let error = turn_config(&config(&["--turn", "127.0.0.1:0"]), None).map(|_| ()).expect_err("nor has the engine");
        assert!(error.to_string().contains("turn.secret_file: turn.bind needs"), "{error}");

        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("turn-secret");
        let file = path.to_str().expect("UTF-8");
        let open = || TurnSecret::open(&config(&["--turn-secret-file", file]), false);
        assert!(open().map(|_| ()).expect_err("it is not there").to_string().contains(file));
        fs::write(&path, "short").expect("written");
        assert!(open().map(|_| ()).expect_err("too short").to_string().contains("at least 16 characters"));
        fs::write(&path, "a secret that is long enough\n").expect("written");
        let secret = open().expect("usable").expect("named");
        fs::write(&path, "short").expect("written");
        assert!(secret.reread().is_err(), "and the old one stays");
    }
}
