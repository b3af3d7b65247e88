//! What the command line and the environment say goes before the file.

use super::Config;
use crate::cli::{
    CertsArgs, CommonArgs, DataArgs, DatabaseArgs, EngineArgs, HttpArgs, MediaArgs, RecorderArgs, SignalingArgs,
    TurnArgs, UpArgs,
};

/// The arguments of a process.
pub(crate) trait Flags {
    /// Those that every process has.
    fn common(&self) -> &CommonArgs;
    /// Puts them into the configuration.
    fn apply(&self, config: &mut Config);
}

impl Flags for UpArgs {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn apply(&self, config: &mut Config) {
        set(&mut config.log.level, &self.common.log);
        self.data.apply(config);
        self.database.apply(config);
        self.http.apply(config);
        self.media.apply(config);
        self.turn.apply(config);
    }
}

impl Flags for EngineArgs {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn apply(&self, config: &mut Config) {
        set(&mut config.log.level, &self.common.log);
        self.media.apply(config);
        self.turn.apply(config);
        self.certs.apply(config);
        set(&mut config.engine.link, &self.link);
        set(&mut config.engine.drain_seconds, &self.drain_seconds);
        set(&mut config.engine.admin, &self.admin);
        set(&mut config.recorder.address, &self.recorder);
    }
}

impl Flags for SignalingArgs {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn apply(&self, config: &mut Config) {
        set(&mut config.log.level, &self.common.log);
        self.data.apply(config);
        self.database.apply(config);
        self.http.apply(config);
        self.turn.apply(config);
        self.certs.apply(config);
        if !self.engine.is_empty() {
            config.engine.addresses.clone_from(&self.engine);
        }
        set(&mut config.recorder.address, &self.recorder);
    }
}

impl Flags for RecorderArgs {
    fn common(&self) -> &CommonArgs {
        &self.common
    }

    fn apply(&self, config: &mut Config) {
        set(&mut config.log.level, &self.common.log);
        self.data.apply(config);
        self.certs.apply(config);
        set(&mut config.recorder.link, &self.link);
        set(&mut config.recorder.admin, &self.admin);
    }
}

impl DataArgs {
    fn apply(&self, config: &mut Config) {
        set(&mut config.data.dir, &self.dir);
    }
}

impl DatabaseArgs {
    fn apply(&self, config: &mut Config) {
        if self.database.is_some() {
            config.database.url.clone_from(&self.database);
        }
        if self.database_password_file.is_some() {
            config.database.password_file.clone_from(&self.database_password_file);
        }
    }
}

impl HttpArgs {
    fn apply(&self, config: &mut Config) {
        set(&mut config.http.bind, &self.http);
        set(&mut config.http.admin, &self.admin);
        for (target, value) in [
            (&mut config.http.tls_cert, &self.tls_cert),
            (&mut config.http.tls_key, &self.tls_key),
            (&mut config.http.public_url, &self.public_url),
        ] {
            if value.is_some() {
                target.clone_from(value);
            }
        }
        if !self.behind_proxy.is_empty() {
            config.http.behind_proxy.clone_from(&self.behind_proxy);
        }
        if !self.turn_url.is_empty() {
            config.turn.urls.clone_from(&self.turn_url);
        }
    }
}

impl MediaArgs {
    fn apply(&self, config: &mut Config) {
        set(&mut config.media.bind, &self.media);
        set(&mut config.media.announce_port, &self.announce_port);
        if self.turn.is_some() {
            config.turn.bind = self.turn;
        }
        if !self.announce.is_empty() {
            config.media.announce.clone_from(&self.announce);
        }
        if let Some(codec) = self.video_codec {
            config.media.video_codecs.retain(|other| *other != codec.into());
            config.media.video_codecs.insert(0, codec.into());
        }
    }
}

impl TurnArgs {
    fn apply(&self, config: &mut Config) {
        if self.turn_secret_file.is_some() {
            config.turn.secret_file.clone_from(&self.turn_secret_file);
        }
    }
}

impl CertsArgs {
    fn apply(&self, config: &mut Config) {
        set(&mut config.link.certs, &self.certs);
    }
}

fn set<T: Clone>(target: &mut T, value: &Option<T>) {
    if let Some(value) = value {
        target.clone_from(value);
    }
}
