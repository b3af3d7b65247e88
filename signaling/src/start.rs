use crate::{
    Clock, Config,
    account::{Accounts, Outside},
    auth::{Auth, key_file::KeyFileError},
    directory::Directory,
    engine_link::{self, EngineChannels, EngineLink},
    http,
    hub::{Ending, Hub},
    recorder_link::{self, RecorderChannels, RecorderLink},
    serve::{
        self, ServeError,
        tls::{Tls, TlsError},
    },
    silence::SilenceWatch,
    state::{Apart, AppState},
    supply::{Maker, Supply},
    webhooks::{self, News},
};
use prompts::{Speaker, SpeakerConfig};
use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};
use store::Store;
use telemetry::Metrics;
use tokio::{sync::watch, task::JoinHandle};

/// Why signaling does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The keys cannot be read or made.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// The authorities for webhooks cannot be read.
    #[error(transparent)]
    Webhooks(#[from] webhooks::ClientError),
    /// An address cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The folder for speech cannot be made.
    #[error("cannot make the folder for speech {}: {error}", folder.display())]
    Speech {
        /// The folder.
        folder: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The accounts cannot be read.
    #[error("cannot read the accounts: {0}")]
    Store(#[from] store::Error),
}

/// Signaling at work. Dropping it without [`Server::stop`] leaves pages to notice by themselves.
pub struct Server {
    /// Address of pages, API and signaling, with the port that was picked.
    pub http: SocketAddr,
    /// Address of metrics and health, with the port that was picked.
    pub admin: SocketAddr,
    /// How this machine reaches the pages, without a slash at the end.
    pub base_url: String,
    /// What request handlers reach; the program uses it for demo data.
    pub state: AppState,
    tls: Option<Arc<Tls>>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    /// What goes on beside serving: the engine, the recorder, prompts, webhooks.
    links: [JoinHandle<()>; 4],
}

/// Starts signaling: binds the addresses, builds every account's call center and begins to serve.
pub async fn start(
    config: Config,
    engine: EngineChannels,
    recorder: RecorderChannels,
    store: Store,
    metrics: Arc<Metrics>,
    clock: Clock,
) -> Result<Server, StartError> {
    let auth = Arc::new(Auth::open(&config.data)?);
    let (receivers, news) = (webhooks::Client::new(config.webhooks.ca.as_deref())?, News::default());
    let listeners = serve::bind(&config).await?;
    let hub = Hub::new(config.connections, metrics.clone());
    let directory = Directory::default();
    let EngineChannels { requests, events: mut engine_events, link: engine_state } = engine;
    let RecorderChannels { commands, events: recorder_events, place } = recorder;
    let supply = Supply::default();
    let maker = maker(&config, &store)?;
    let engine_link = EngineLink::new(requests, supply.clone());
    let recorder_link = RecorderLink::new(commands);
    let first = match engine_state {
        Some(_) => engine_link::first_holdings(&mut engine_events, &directory).await,
        None => load_prompts(&engine_link).await,
    };
    let outside = Outside {
        store: store.clone(),
        hub: hub.clone(),
        directory: directory.clone(),
        engine: engine_link.clone(),
        supply: supply.clone(),
        recorder: recorder_link.clone(),
        metrics: metrics.clone(),
        clock: clock.clone(),
        news: news.clone(),
    };
    let accounts = Accounts::new(outside);
    open_all(&accounts, &store, &directory).await?;
    let (stop, stopping) = watch::channel(false);
    let (http, admin, base_url) = (listeners.public_addr(), listeners.admin_addr(), listeners.base_url());
    let tls = listeners.tls();
    let state = AppState {
        accounts,
        store,
        auth,
        metrics,
        config: Arc::new(config),
        clock,
        hub,
        directory,
        engine: engine_link,
        maker,
        apart: Apart { engine: engine_state, recorder: place },
        throttle: Arc::default(),
        news,
    };
    let silence = SilenceWatch::new(state.metrics.clone());
    let links = [
        tokio::spawn(engine_link::listen(
            first,
            engine_events,
            state.engine.clone(),
            state.accounts.clone(),
            state.directory.clone(),
            state.hub.clone(),
            silence.clone(),
        )),
        tokio::spawn(recorder_link::listen(
            recorder_events,
            state.accounts.clone(),
            state.directory.clone(),
            recorder_link,
            state.engine.clone(),
            state.metrics.clone(),
            silence,
        )),
        tokio::spawn(supply.run(state.accounts.clone(), state.maker.clone())),
        tokio::spawn(webhooks::run(webhooks_of(&state, receivers))),
    ];
    let serving = tokio::spawn(listeners.run(http::router(state.clone()), http::admin_router(state.clone()), stopping));
    Ok(Server { http, admin, base_url, state, tls, stop, serving, links })
}

/// Into an engine in this process, which has nothing to tell of before.
async fn load_prompts(engine: &EngineLink) -> Vec<wire::engine::Event> {
    if let Err(stuck) = engine.load_prompts(&[]).await {
        tracing::error!(%stuck, "callers hear no ringback");
    }
    Vec::new()
}

fn webhooks_of(state: &AppState, client: webhooks::Client) -> webhooks::Outside {
    webhooks::Outside {
        store: state.store.clone(),
        auth: state.auth.clone(),
        clock: state.clock.clone(),
        news: state.news.clone(),
        client,
        allowed: state.config.webhooks.allow_networks.clone().into(),
    }
}

fn maker(config: &Config, store: &Store) -> Result<Maker, StartError> {
    let folder = config.data.join("speech");
    let speaker = Speaker::new(SpeakerConfig::new(&folder)).map_err(|error| StartError::Speech { folder, error })?;
    Ok(Maker::new(store.clone(), Arc::new(speaker)))
}

/// Builds every account's call center from the store.
async fn open_all(accounts: &Accounts, store: &Store, directory: &Directory) -> Result<(), StartError> {
    let mut all_answer = true;
    for account in store.accounts().await? {
        // Once it answers, the directory knows its legs and segments, which engine and recorder will speak of. One
        // that cannot be built now is tried again.
        if accounts.open(account.id).query(|_, _| ()).await.is_err() {
            tracing::error!(account = %account.id, "the call center cannot be built yet");
            all_answer = false;
        }
    }
    if all_answer {
        directory.set_complete();
    }
    Ok(())
}

impl Server {
    /// Reads the certificate's files again, on SIGHUP. If they cannot be used, the old certificate stays.
    pub fn reload_certificate(&self) -> Result<(), TlsError> {
        self.tls.as_ref().map_or(Ok(()), |tls| tls.reload())
    }

    /// Ends at once without a goodbye, as SIGKILL would. What was answered is committed.
    pub fn abort(self) {
        self.serving.abort();
        self.links.iter().for_each(JoinHandle::abort);
        self.state.accounts.abort();
    }

    /// Stops serving: pages are told to connect again, open requests may end, what was answered is committed.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        self.state.hub.end_all(Ending::ShuttingDown);
        if let Err(error) = self.serving.await {
            tracing::error!(%error, "serving ended by a panic");
        }
        self.links.iter().for_each(JoinHandle::abort);
        self.state.accounts.abort();
        self.state.store.close().await;
    }
}
