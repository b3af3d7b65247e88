//! From the configuration to what each role is told at its start.

use crate::{config::Config, process::ProcessError};
use media_engine::EngineConfig;
use signaling::config::{GivenSockets, TlsFiles};
use std::{
    fs,
    net::{IpAddr, TcpListener},
    sync::Arc,
};

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
    let metrics_token = metrics_token(config)?;
    let address_of = |given: &Option<Arc<TcpListener>>, configured| {
        given.as_ref().map_or(Ok(configured), |given| given.local_addr()).map_err(ProcessError::new)
    };
    Ok(signaling::Config {
        data: config.data.dir.clone(),
        recordings: config.data.dir.clone(),
        http: address_of(&sockets.http, http.bind)?,
        admin: address_of(&sockets.admin, http.admin)?,
        tls,
        behind_proxy,
        allowed_origins: http.allowed_origins.clone(),
        public_url: http.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
        metrics_token,
        connections: config.limits.connections,
        announced: Vec::new(),
        demo,
        sockets,
    })
}

/// The token that /metrics asks for when it is not read from loopback.
pub(crate) fn metrics_token(config: &Config) -> Result<Option<String>, ProcessError> {
    config.http.metrics_token_file.as_deref().map(read_token).transpose()
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
