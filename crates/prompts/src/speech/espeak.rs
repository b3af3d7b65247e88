//! espeak-ng as a subprocess: its licence (GPL) asks for that, and so does a program that strangers' text goes through.

use super::SpeechError;
use crate::limits;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};
use std::{
    io::{self, ErrorKind, Read, Write},
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// Words a minute of every voice at rate 1.
const WORDS_PER_MINUTE: f32 = 175.0;

/// What the program may know of our environment: where programs, libraries and its own data lie.
const ENVIRONMENT: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "ESPEAK_DATA_PATH"];

#[derive(Debug)]
pub(super) struct Espeak {
    program: PathBuf,
    within: Duration,
}

/// How a run ended.
struct Ran {
    output: Vec<u8>,
    complaint: Vec<u8>,
    status: ExitStatus,
}

/// The program's unit for a rate within [`limits::SPEECH_RATES`].
pub(super) fn words_per_minute(rate: f32) -> u32 {
    (WORDS_PER_MINUTE * rate).round() as u32
}

impl Espeak {
    pub(super) fn new(program: PathBuf, within: Duration) -> Self {
        Self { program, within }
    }

    /// One of the program's lists.
    pub(super) fn list(&self, which: &'static str) -> Result<String, SpeechError> {
        Ok(String::from_utf8_lossy(&self.run(&[which], "")?).into_owned())
    }

    /// A WAV file. `voice` comes from the program's own lists.
    pub(super) fn speak(&self, voice: &str, words_per_minute: u32, text: &str) -> Result<Vec<u8>, SpeechError> {
        let words_per_minute = words_per_minute.to_string();
        // `-b 1`: the text is UTF-8.
        self.run(&["-v", voice, "-s", &words_per_minute, "-b", "1", "--stdin", "--stdout"], text)
    }

    /// What the program writes, with this on its standard input.
    fn run(&self, arguments: &[&str], input: &str) -> Result<Vec<u8>, SpeechError> {
        let deadline = Instant::now() + self.within;
        let failed = |reason: String| SpeechError::Failed { reason };
        let child = self.start(arguments).map_err(|error| match error.kind() {
            ErrorKind::NotFound => SpeechError::NotInstalled { program: self.program.clone() },
            _ => failed(format!("{} cannot be run: {error}", self.program.display())),
        })?;
        let group = Pid::from_child(&child);
        let (done, ended) = mpsc::sync_channel(1);
        let input = input.to_owned();
        thread::Builder::new()
            .name("speech".to_owned())
            .spawn(move || done.send(converse(child, &input)))
            .map_err(|error| failed(error.to_string()))?;
        let ran = ended.recv_timeout(deadline.saturating_duration_since(Instant::now())).map_err(|_| {
            // The thread sees the end of the output then, and takes the dead child off the process table.
            let _ = kill_process_group(group, Signal::KILL);
            SpeechError::TimedOut { within: self.within }
        })?;
        let Ran { output, complaint, status } = ran.map_err(|error| failed(error.to_string()))?;
        if output.len() as u64 > limits::SPEECH_BYTES {
            return Err(failed(format!("it wrote more than {} bytes", limits::SPEECH_BYTES)));
        }
        if !status.success() {
            return Err(failed(format!("{status}: {}", String::from_utf8_lossy(&complaint).trim())));
        }
        Ok(output)
    }

    fn start(&self, arguments: &[&str]) -> io::Result<Child> {
        let environment = ENVIRONMENT.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let child = Command::new(&self.program)
            .args(arguments)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own, so that whatever it starts ends with it.
            .process_group(0)
            .spawn()?;
        let pid = Some(Pid::from_child(&child));
        let bounds = [(Resource::As, limits::SPEECH_MEMORY), (Resource::Cpu, self.within.as_secs().max(1))];
        for (resource, most) in bounds {
            // It fails where the program has ended already, which the caller learns otherwise.
            let _ = prlimit(pid, resource, Rlimit { current: Some(most), maximum: Some(most) });
        }
        Ok(child)
    }
}

/// Gives the program its input, and reads to the end of its output or one byte beyond what it may write.
fn converse(mut child: Child, input: &str) -> io::Result<Ran> {
    let read = |child: &mut Child| {
        let mut stdin = child.stdin.take().expect("it was piped");
        let stdout = child.stdout.take().expect("it was piped");
        let stderr = child.stderr.take().expect("it was piped");
        // Shorter than the pipe's buffer: it cannot wait. A program that ends without reading says why elsewhere.
        match stdin.write_all(input.as_bytes()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error),
            _ => drop(stdin),
        }
        let (mut output, mut complaint) = (Vec::new(), Vec::new());
        stdout.take(limits::SPEECH_BYTES + 1).read_to_end(&mut output)?;
        stderr.take(limits::COMPLAINT_BYTES).read_to_end(&mut complaint)?;
        Ok((output, complaint))
    };
    let conversation = read(&mut child);
    if conversation.as_ref().map_or(true, |(output, _)| output.len() as u64 > limits::SPEECH_BYTES) {
        let _ = child.kill();
    }
    let status = child.wait()?;
    let (output, complaint) = conversation?;
    Ok(Ran { output, complaint, status })
}
