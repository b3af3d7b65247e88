//! `switchroom signaling`: pages, API and call centers, with an engine and a recorder that outlive it.

use super::{node, pool};
use crate::{
    announce::{self, Kept},
    cli::SignalingArgs,
    process::{self, Process, ProcessError},
    settings::{self, TurnSecret},
    up,
};
use link::{Control, ControlSettings, WhenFull, control, dial};
use signaling::{EngineChannels, RecorderApart, RecorderChannels, RecorderPlace};
use std::sync::Arc;
use store::Store;
use wire::{
    engine::{Event as EngineEvent, Request},
    link::Role,
    recorder::{Command as RecorderCommand, Event as RecorderEvent},
};

/// Runs until a signal ends it.
pub(crate) fn run(args: &SignalingArgs) -> Result<(), ProcessError> {
    process::run(args, |process| serve(args, process))
}

async fn serve(args: &SignalingArgs, process: Process) -> Result<(), ProcessError> {
    let Process { config, level, metrics, sockets } = process;
    let demo = args.http.demo;
    let turn_secret = TurnSecret::open(&config, false)?;
    let mut signaling_config = settings::signaling_config(&config, sockets, demo)?;
    signaling_config.turn = settings::turn_servers(&config, None, turn_secret.as_ref())?;
    signaling::serve::check(&signaling_config).map_err(ProcessError::new)?;
    if demo {
        signaling::serve::check_demo(&signaling_config).map_err(ProcessError::new)?;
    }
    let node = node(&config, Role::Signaling)?;
    let data = config.data.dir.clone();
    up::make_data_folder(&data)?;
    let database = config.database.location(&data).map_err(ProcessError)?;
    let store = Store::open_at(&database).await.map_err(ProcessError::new)?;
    // What was meant for a role that stays away is repaired when it is back; pages must not wait for it.
    let engines = config.engine.addresses.iter().map(|address| dial(&node, Role::Engine, address.clone()));
    let engines: Vec<Control<Request, EngineEvent>> = engines.map(|line| control(line, without_answers())).collect();
    let engines = pool::join(engines);
    let recorder = dial(&node, Role::Recorder, config.recorder.address.clone());
    let recorder: Control<RecorderCommand, RecorderEvent> = control(recorder, without_answers());
    let server = signaling::start(
        signaling_config,
        EngineChannels { requests: engines.requests, events: engines.events, link: Some(engines.state) },
        RecorderChannels {
            commands: recorder.messages,
            events: recorder.incoming,
            place: RecorderPlace::Apart(RecorderApart { state: recorder.state, files: recorder.files }),
        },
        store,
        Arc::clone(&metrics),
        signaling::Clock,
    )
    .await
    .map_err(ProcessError::new)?;

    let demo = match demo {
        true => Some(signaling::demo::seed(&server.state, &server.base_url).await.map_err(ProcessError::new)?),
        false => None,
    };
    let kept = Kept { data: &data, database: &database };
    announce::print_server(&server, None, kept, demo.as_ref(), args.common.print_json);

    process::until_stopped(args, &level, || up::reload(&server, turn_secret.as_ref())).await;
    server.stop().await;
    Ok(())
}

/// Events that this release does not know are ignored.
fn without_answers<Out>() -> ControlSettings<Out> {
    ControlSettings {
        when_full: WhenFull::LoseOldest,
        is_passing: |_| false,
        greeting: None,
        unsupported: |_| None,
        files: None,
    }
}
