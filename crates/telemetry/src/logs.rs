use serde::Deserialize;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, layer::SubscriberExt, reload, util::SubscriberInitExt};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Not a level or filter.
#[derive(Debug, thiserror::Error)]
#[error("{text:?} is not a log level (error, warn, info, debug, trace) or a filter such as \"info,signaling=debug\"")]
pub struct InvalidLogLevel {
    text: String,
}

/// Changes the level of a running process.
#[derive(Clone)]
pub struct LogLevel(reload::Handle<EnvFilter, Registry>);

impl LogLevel {
    /// From now on `level`: a level's name, or a filter such as `info,signaling=debug`. On an error nothing changes.
    pub fn set(&self, level: &str) -> Result<(), InvalidLogLevel> {
        let filter = parse(level)?;
        // Fails only where this handle's subscriber never was the process's.
        let _ = self.0.reload(filter);
        Ok(())
    }
}

/// Sends logs to standard error from now on. Only a process's `main` calls this, once: later calls change
/// nothing.
pub fn init_tracing(format: LogFormat, level: &str) -> Result<LogLevel, InvalidLogLevel> {
    let (filter, handle) = reload::Layer::new(parse(level)?);
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // Fails where a subscriber is set already, as in tests that share a process.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
    Ok(LogLevel(handle))
}

fn parse(level: &str) -> Result<EnvFilter, InvalidLogLevel> {
    // The filter's own parser takes any single word for a target's name, also a misspelt level.
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let mut words = level.split(',').map(str::trim).filter(|part| !part.contains(['=', '[']));
    let filter = EnvFilter::builder().parse(level).ok();
    let filter = filter.filter(|_| words.all(|word| levels.contains(&word.to_ascii_lowercase().as_str())));
    filter.ok_or_else(|| InvalidLogLevel { text: level.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_filters_are_taken_and_others_named() {
        let level = init_tracing(LogFormat::Json, "warn").expect("a level");
        assert!(!tracing::enabled!(tracing::Level::INFO));
        level.set("info,signaling=debug").expect("a filter");
        assert!(tracing::enabled!(tracing::Level::INFO));
        for wrong in ["loud", "signaling=loud", "", "info,"] {
            let error = level.set(wrong).expect_err(wrong);
            assert!(error.to_string().starts_with(&format!("{wrong:?} is not a log level")), "{error}");
        }
        assert!(tracing::enabled!(tracing::Level::INFO), "a refused level changes nothing");
    }
}
