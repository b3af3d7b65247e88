//! `switchroom up`: every role in this process, joined by in-process channels.

use crate::{
    announce::{self, Kept, Media},
    cli::UpArgs,
    join,
    process::{self, Process, ProcessError},
    settings::{self, TurnSecret},
};
use media_engine::EngineConfig;
use signaling::{EngineChannels, RecorderChannels, RecorderPlace, Server};
use std::{fs, path::Path, sync::Arc};
use store::Store;
use tokio::sync::mpsc;

/// Runs until a signal ends it.
pub(crate) fn run(args: &UpArgs) -> Result<(), ProcessError> {
    process::run(args, |process| serve(args, process))
}

async fn serve(args: &UpArgs, process: Process) -> Result<(), ProcessError> {
    let Process { config, level, metrics, sockets } = process;
    let data = config.data.dir.clone();
    make_data_folder(&data)?;
    let demo = args.http.demo;
    let mut signaling_config = settings::signaling_config(&config, sockets, demo)?;
    signaling::serve::check(&signaling_config).map_err(ProcessError::new)?;
    if demo {
        signaling::serve::check_demo(&signaling_config).map_err(ProcessError::new)?;
    }
    // The recorder takes the folder's lock, so that a second process stops here.
    let mut recorder = recorder::start(settings::recorder_config(&config)).map_err(ProcessError::new)?;
    let database = config.database.location(&data).map_err(ProcessError)?;
    let store = Store::open_at(&database).await.map_err(ProcessError::new)?;
    let taps = recorder.taps.clone();
    // Pages on this machine send media to this machine.
    let alone = config.turn.bind.is_some() && config.turn.urls.is_empty();
    let turn_secret = TurnSecret::open(&config, alone)?;
    let announce = Some(config.http.bind.ip()).filter(|ip| ip.is_loopback());
    let (engine, engine_events) = media_engine::start(
        EngineConfig {
            turn: settings::turn_config(&config, turn_secret.as_ref())?,
            ..settings::engine_config(&config, announce)
        },
        netio::Clock::new(),
        Arc::new(move |frames| {
            // What does not fit is counted by the recorder and becomes a stated gap.
            let _ = taps.try_send_all(frames);
        }),
        Arc::clone(&metrics),
    )
    .map_err(ProcessError::new)?;
    signaling_config.announced = engine.announced().iter().map(ToString::to_string).collect();
    signaling_config.turn = settings::turn_servers(&config, engine.turn(), turn_secret.as_ref())?;
    let (_, no_events) = mpsc::channel(1);
    let recorder_channels = RecorderChannels {
        commands: join::recorder_commands(recorder.commands.clone()),
        events: std::mem::replace(&mut recorder.events, no_events),
        place: RecorderPlace::Here(join::recorded_files(recorder.opener())),
    };
    let server = signaling::start(
        signaling_config,
        EngineChannels { requests: join::engine_requests(engine.clone()), events: engine_events, link: None },
        recorder_channels,
        store,
        Arc::clone(&metrics),
        signaling::Clock,
    )
    .await
    .map_err(ProcessError::new)?;
    tokio::spawn(join::report_recorder(recorder.stats_reader(), metrics));

    let demo = match demo {
        true => Some(signaling::demo::seed(&server.state, &server.base_url).await.map_err(ProcessError::new)?),
        false => None,
    };
    let kept = Kept { data: &data, database: &database };
    announce::print_server(&server, Some(Media::of(&engine)), kept, demo.as_ref(), args.common.print_json);

    process::until_stopped(args, &level, || reload(&server, turn_secret.as_ref())).await;
    server.stop().await;
    engine.shutdown();
    tokio::task::spawn_blocking(move || recorder.shutdown()).await.map_err(ProcessError::new)
}

/// Reads again what pages are served with.
pub(crate) fn reload(server: &Server, turn_secret: Option<&TurnSecret>) -> Result<&'static str, ProcessError> {
    turn_secret.map_or(Ok(()), TurnSecret::reread)?;
    server.reload_certificate().map(|()| "log level, certificate and TURN secret").map_err(ProcessError::new)
}

/// Makes the data folder if it is missing.
pub(crate) fn make_data_folder(data: &Path) -> Result<(), ProcessError> {
    fs::create_dir_all(data).map_err(|error| {
        ProcessError(format!("cannot use {} as data folder: {error}; choose another with --data DIR", data.display()))
    })
}
