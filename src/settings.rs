//! From the configuration to what each role is told at its start.

use crate::{config::Config, process::ProcessError};
use media_engine::{EngineConfig, TurnConfig};
use signaling::{TurnServers, config::TlsFiles};
use std::{
    fs,
    net::{IpAddr, SocketAddr},
};
use turn::{Secret, SharedSecret};

/// What signaling is told.
pub(crate) fn signaling_config(config: &Config, demo: bool) -> Result<signaling::Config, ProcessError> {
    let http = &config.http;
    let tls = match (&http.tls_cert, &http.tls_key) {
        (Some(cert), Some(key)) => Some(TlsFiles { cert: cert.into(), key: key.into() }),
        _ => None,
    };
    let network =
        |text: &String| text.parse().map_err(|error| ProcessError(format!("http.behind_proxy: {text:?} is {error}")));
    let behind_proxy = http.behind_proxy.iter().map(network).collect::<Result<_, _>>()?;
    let metrics_token = metrics_token(config)?;
    Ok(signaling::Config {
        data: config.data.dir.clone(),
        recordings: config.data.dir.clone(),
        http: http.bind,
        admin: http.admin,
        tls,
        behind_proxy,
        allowed_origins: http.allowed_origins.clone(),
        public_url: http.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        metrics_token,
        turn: None,
        connections: config.limits.connections,
        announced: Vec::new(),
        demo,
    })
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

    #[test]
    fn each_choice_of_ports_is_a_block_for_all_shards() {
        let first =
            EngineConfig { shards: 2, announce_port: Some(9_000), ..EngineConfig::new(([127, 0, 0, 1], 8_090).into()) };
        let third = with_ports(&first, 2).expect("there are so many");
        assert_eq!((third.bind.port(), third.announce_port), (8_094, Some(9_004)));
        assert!(with_ports(&first, 30_000).is_none());
    }
}
