//! A whole run: stage, agents, arrivals, the end, recordings, report.

use crate::{
    Options, RunError,
    agent::{Agent, wait_for_free},
    api::Api,
    board::{Board, Counts, Results},
    call::{Call, Script},
    customer,
    histogram::{Histogram, percentile},
    http::Http,
    limits,
    media::{Counters, Media, Stamper},
    origin::Origin,
    plan::Plan,
    recordings::{self, Verdict},
    report::{
        CallsReport, DelayReport, MediaReport, MosReport, RecordingsReport, Report, ServerReport, SetupReport, rounded,
    },
    server_process::{ServerProcess, Usage},
    stage::Stage,
};
use std::{
    net::IpAddr,
    process,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant, SystemTime},
};
use tokio::{
    signal,
    sync::{mpsc, watch},
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep_until},
};

/// Carries out a plan that was checked.
pub(crate) async fn run(plan: Plan, key: String, options: &Options) -> Result<Report, RunError> {
    let origin = Origin::parse(&plan.server.url, &plan.server.ca_file)?;
    let (server, local) = origin.route().await?;
    let process = match options.server_pid {
        Some(pid) => Some(ServerProcess::of(pid).ok_or(RunError::NoProcess(pid))?),
        None => ServerProcess::listening_on(server, local),
    };
    let api = Api::new(Http::new(origin, Some(key)));
    let stage = Stage::set_up(&api, &plan).await?;
    let outcome = hold(&plan, &api, &stage, process, local).await;
    stage.take_down(&api).await;
    outcome
}

/// Everything between setting up and taking down.
async fn hold(
    plan: &Plan,
    api: &Api,
    stage: &Stage,
    process: Option<ServerProcess>,
    local: IpAddr,
) -> Result<Report, RunError> {
    let run = run_id();
    let stamper = Stamper::new(run);
    let media = Media::start(plan, &stamper, local).map_err(RunError::Media)?;
    let counters = Arc::clone(&media.counters);
    let (end, told_end) = watch::channel(Instant::now() + Duration::from_secs(limits::CALLS_IN_ALL.into()));
    let board = Arc::new(Board::new(plan.clone(), api.clone(), media, run, told_end));
    let (home, mut free, agents) = agents_begin(&board, stage);
    let first = agents_ready(&mut free, stage.agents.len()).await;
    let outcome = match first {
        Ok(ready) => Ok(carry_calls(&board, stage, ready, free, end, process).await),
        Err(error) => Err(error),
    };
    home.send_replace(true);
    agents.join_all().await;
    let (usage, results) = match outcome {
        Ok(usage) => (usage, board.results().clone()),
        Err(error) => return Err(error),
    };
    let verdict = if plan.recordings.check {
        recordings::check(&board, &results.talked, &stamper).await
    } else {
        Verdict::default()
    };
    let board = Arc::into_inner(board).expect("agents and customers have left");
    let delays = board.media.stop();
    warn_of_own_trouble(&counters);
    Ok(report(results, &delays, verdict, usage))
}

/// Tells this run's packets and calls from those of any other.
fn run_id() -> u64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let nanos = u64::try_from(since_1970.as_nanos()).unwrap_or(u64::MAX);
    nanos ^ u64::from(process::id()) << 40
}

type AgentsAtWork = (watch::Sender<bool>, mpsc::Receiver<usize>, JoinSet<()>);

fn agents_begin(board: &Arc<Board>, stage: &Stage) -> AgentsAtWork {
    let (home, told) = watch::channel(false);
    let (tell_free, free) = mpsc::channel(stage.agents.len());
    let mut agents = JoinSet::new();
    for (index, staged) in stage.agents.iter().enumerate() {
        let agent = Agent::new(Arc::clone(board), staged.clone(), index, tell_free.clone());
        agents.spawn(agent.work(told.clone()));
    }
    (home, free, agents)
}

/// Waits until every agent is active.
async fn agents_ready(free: &mut mpsc::Receiver<usize>, agents: usize) -> Result<Vec<usize>, RunError> {
    let mut ready = Vec::new();
    while ready.len() < agents {
        match wait_for_free(free).await {
            Some(index) => ready.push(index),
            None => return Err(RunError::Agents { ready: ready.len(), wanted: agents }),
        }
    }
    Ok(ready)
}

/// From the first call to the last hang-up; what the server used while all calls were up.
async fn carry_calls(
    board: &Arc<Board>,
    stage: &Stage,
    ready: Vec<usize>,
    free: mpsc::Receiver<usize>,
    end: watch::Sender<Instant>,
    process: Option<ServerProcess>,
) -> Used {
    let began = Instant::now();
    end.send_replace(began + board.plan.duration());
    let (done, over) = watch::channel(false);
    let watching = tokio::spawn(watch_run(Arc::clone(board), process, over, began));
    let stopping = tokio::spawn(stop_on_signal(end));
    arrive(board, stage, ready, free, began).await;
    stopping.abort();
    done.send_replace(true);
    watching.await.expect("watching does not panic")
}

/// Lets customers call, evenly spaced, as long as there is time and an agent for each; returns when all have left.
async fn arrive(board: &Arc<Board>, stage: &Stage, ready: Vec<usize>, mut free: mpsc::Receiver<usize>, began: Instant) {
    let mut customers = JoinSet::new();
    let mut ready = ready.into_iter();
    let step = Duration::from_secs_f64(1.0 / board.plan.calls.per_second);
    let mut end = board.end.clone();
    let mut next = began;
    for number in 0..limits::CALLS_IN_ALL {
        let agent = match ready.next() {
            Some(agent) => agent,
            None => tokio::select! {
                agent = free.recv() => match agent { Some(agent) => agent, None => break },
                () = over(&mut end) => break,
            },
        };
        let is_first_round = number < board.plan.calls.at_once;
        next = next.max(Instant::now());
        let last = *end.borrow() - if is_first_round { Duration::ZERO } else { limits::LAST_ARRIVAL };
        if next > last {
            break;
        }
        tokio::select! {
            () = sleep_until(next.into()) => {}
            () = over(&mut end) => break,
        }
        next += step;
        let (board, call) = (Arc::clone(board), Call::new(number, Script::of(&board.plan, number)));
        let link = stage.link(agent).clone();
        customers.spawn(async move { customer::make_call(&board, &call, &link).await });
        while customers.try_join_next().is_some() {}
    }
    customers.join_all().await;
}

/// Waits for the end of the run, which may be moved forward.
async fn over(end: &mut watch::Receiver<Instant>) {
    loop {
        let at = *end.borrow_and_update();
        tokio::select! {
            () = sleep_until(at.into()) => return,
            changed = end.changed() => if changed.is_err() { return },
        }
    }
}

/// The first Ctrl-C ends all calls as people do; the second ends the program.
async fn stop_on_signal(end: watch::Sender<Instant>) {
    if signal::ctrl_c().await.is_err() {
        return;
    }
    eprintln!("loadtest: ending all calls; once more stops at once");
    end.send_replace(Instant::now());
    if signal::ctrl_c().await.is_ok() {
        process::exit(130);
    }
}

/// What the server used over a time in which all calls were up.
#[derive(Debug, Clone, Copy, Default)]
struct Used {
    cpu_ns: Option<u64>,
    forwarded: u64,
    rss_per_call: Option<u64>,
}

/// Tells how it goes once a second, and measures the server.
async fn watch_run(
    board: Arc<Board>,
    process: Option<ServerProcess>,
    mut over: watch::Receiver<bool>,
    began: Instant,
) -> Used {
    let usage = || process.as_ref().and_then(ServerProcess::usage);
    let before = usage();
    let mut steady: Option<(Usage, u64)> = None;
    let mut used = Used::default();
    let mut last = 0;
    let mut tick = interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tick.tick().await;
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            _ = over.wait_for(|over| *over) => return used,
        }
        let counts = board.counts();
        let received = board.media.counters.received.load(Relaxed);
        eprintln!("{}", progress(began.elapsed(), counts, &board.media.counters, received - last));
        last = received;
        let all_up = counts.talking == u64::from(board.plan.calls.at_once);
        let Some(now) = usage().filter(|_| all_up && !board.is_over()) else { continue };
        let (first, first_received) = *steady.get_or_insert((now, received));
        if received > first_received {
            used.cpu_ns = Some(now.cpu_ns - first.cpu_ns);
            used.forwarded = received - first_received;
        }
        let more = before.map(|before| now.rss_bytes.saturating_sub(before.rss_bytes));
        used.rss_per_call = more.map(|more| more / counts.talking.max(1));
    }
}

fn progress(time: Duration, counts: Counts, counters: &Counters, packets: u64) -> String {
    let (received, lost) = (counters.received.load(Relaxed), counters.lost.load(Relaxed));
    // Losses that a late packet takes back are told a moment later: the sum may be below zero for that long.
    let lost = if lost > u64::MAX / 2 { 0 } else { lost };
    let share = 100.0 * lost as f64 / (received + lost).max(1) as f64;
    format!(
        "{:>4} s  asked {}  ringing {}  talking {}  ended {}  failed {}  {packets} packets/s  loss {share:.3} %",
        time.as_secs(),
        counts.asked,
        counts.ringing,
        counts.talking,
        counts.ended,
        counts.failed
    )
}

/// A load tester that is late itself measures itself.
fn warn_of_own_trouble(counters: &Counters) {
    let (late, errors) = (counters.late.load(Relaxed), counters.send_errors.load(Relaxed));
    if late > 0 {
        eprintln!(
            "loadtest: {late} packets were not sent because this machine was too busy to send them in time; figures \
             are those of an overloaded machine"
        );
    }
    if errors > 0 {
        eprintln!("loadtest: the system did not take {errors} datagrams; its UDP send buffers are full");
    }
}

fn report(mut results: Results, delays: &Histogram, verdict: Verdict, used: Used) -> Report {
    let percent = |values: &mut [f64], percent: f64| percentile(values, percent).map(rounded);
    let delay = |percent: f64| delays.percentile_ms(percent).map(rounded);
    let loss_percent = match results.expected {
        0 => 0.0,
        expected => rounded(100.0 * results.lost as f64 / expected as f64),
    };
    Report {
        calls: CallsReport {
            asked: results.counts.asked,
            established: results.established,
            reconnections: results.reconnections,
            failed: results.failed,
        },
        setup_ms: SetupReport { p50: percent(&mut results.setup_ms, 50.0), p99: percent(&mut results.setup_ms, 99.0) },
        media: MediaReport {
            packets: results.received,
            loss_percent,
            one_way_delay_ms: DelayReport { p50: delay(50.0), p99: delay(99.0) },
            mos: MosReport { p50: percent(&mut results.mos, 50.0), p1: percent(&mut results.mos, 1.0) },
        },
        server: ServerReport {
            cpu_ns_per_forwarded_packet: used.cpu_ns.map(|cpu| cpu / used.forwarded.max(1)),
            rss_bytes_per_call: used.rss_per_call,
        },
        recordings: RecordingsReport { checked: verdict.checked, bad: verdict.bad },
    }
}
