//! PostgreSQL for tests and benches: a server of Debian's package that lives as long as the process that started it.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write},
    os::unix::{
        fs::{DirBuilderExt, MetadataExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// Where Debian's packages put each release's programs.
const RELEASES: &str = "/usr/lib/postgresql";
/// The oldest release that is supported.
const OLDEST: u32 = 14;
/// The first release whose databases may have an order of their own.
const FIRST_WITH_ICU: u32 = 15;
/// Names the socket where nobody listens on a port.
const USUAL_PORT: u16 = 5432;
/// Whom the server runs as when root starts it, which it refuses to run as: the package brings this user.
const SERVER_USER: &str = "postgres";
/// How long a start may take, the making of a first cluster included.
const START_TIMEOUT: Duration = Duration::from_secs(60);

/// A server with a folder, a socket and a cluster of its own. Killed, without what it wrote, when it is dropped or the
/// process ends in any other way.
pub struct PostgresServer {
    programs: PathBuf,
    release: u32,
    folder: PathBuf,
    port: u16,
    databases: AtomicU32,
    script: Mutex<Script>,
}

/// Who starts and stops it.
struct Script {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl PostgresServer {
    /// The server of this process, started when it is first asked for.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<PostgresServer> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&env::temp_dir(), None))
    }

    /// A server whose folder is below `parent`, an absolute path. It listens on a Unix socket, and on loopback's `port` if
    /// one is given. Panics when PostgreSQL is not installed.
    pub fn start(parent: &Path, port: Option<u16>) -> Self {
        let (release, programs) = newest_release();
        let folder = new_folder(parent);
        let addresses = if port.is_some() { "127.0.0.1" } else { "" };
        let port = port.unwrap_or(USUAL_PORT);
        let mut command = Command::new("sh");
        command.arg("-c").arg(include_str!("server.sh")).arg("server.sh").arg(&programs).arg(&folder);
        command.arg(template(release)).arg(if is_root() { SERVER_USER } else { "" });
        command.args(["-c", "shared_buffers=32MB", "-p", &port.to_string(), "-h", addresses]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // Who ends a test by its process group must leave the script to clean up.
        command.process_group(0);
        let mut process = command.spawn().expect("there is a shell");
        let orders = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        let script = Mutex::new(Script { process, orders, answers });
        let server = Self { programs, release, folder, port, databases: AtomicU32::new(0), script };
        server.wait_until_ready();
        server
    }

    /// A new, empty database, as the address of its owner, who has no other rights. Its usual order of texts is that of
    /// people and not of bytes, where the release can do that.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let order = if self.release < FIRST_WITH_ICU { "LOCALE 'C'" } else { "LOCALE_PROVIDER icu ICU_LOCALE 'en'" };
        self.run("postgres", &format!("CREATE ROLE {name} LOGIN"));
        self.run(
            "postgres",
            &format!("CREATE DATABASE {name} OWNER {name} TEMPLATE template0 ENCODING 'UTF8' {order}"),
        );
        format!("postgres:///{name}?host={}&port={}&user={name}", self.folder.display(), self.port)
    }

    /// Carries out a statement in a database as superuser and returns what it prints, a line a row.
    pub fn run(&self, database: &str, sql: &str) -> String {
        let output = Command::new(self.programs.join("psql"))
            .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql])
            .args(["-p", &self.port.to_string(), "-h"])
            .arg(&self.folder)
            .output()
            .expect("psql belongs to the server's package");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("PostgreSQL speaks UTF-8").trim_end().to_owned()
    }

    /// The server's folder: it holds the socket, and the server may write there.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server dies at once, as by a power cut; returns when nothing of it runs any more.
    pub fn crash(&self) {
        let mut script = self.script.lock().expect("nobody panics in between");
        script.say("crash");
        let mut answer = String::new();
        script.answers.read_line(&mut answer).expect("the script lives");
        assert_eq!(answer.trim_end(), "crashed");
    }

    /// Starts it again after [`Self::crash`].
    pub fn start_again(&self) {
        self.script.lock().expect("nobody panics in between").say("start");
        self.wait_until_ready();
    }

    /// The server says in a file when it takes connections.
    fn wait_until_ready(&self) {
        let started = Instant::now();
        loop {
            let status = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
            if status.lines().nth(7).is_some_and(|word| word.trim() == "ready") {
                return;
            }
            let mut script = self.script.lock().expect("nobody panics in between");
            if script.process.try_wait().expect("a child of ours").is_some() {
                let said: Vec<_> = (&mut script.answers).lines().map_while(Result::ok).collect();
                panic!("no cluster could be made: {}", said.join("\n"));
            }
            if started.elapsed() > START_TIMEOUT {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("PostgreSQL does not start: {log}");
            }
            drop(script);
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Script {
    fn say(&mut self, word: &str) {
        let orders = self.orders.as_mut().expect("it is closed at the end alone");
        writeln!(orders, "{word}").expect("the script reads");
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let Ok(script) = self.script.get_mut() else { return };
        // The end of its orders is the last of them.
        script.orders = None;
        let _ = script.process.wait();
    }
}

fn newest_release() -> (u32, PathBuf) {
    let folders = fs::read_dir(RELEASES).into_iter().flatten().flatten();
    let releases = folders.filter_map(|folder| {
        let release: u32 = folder.file_name().to_str()?.parse().ok()?;
        let programs = folder.path().join("bin");
        (release >= OLDEST && programs.join("postgres").is_file()).then_some((release, programs))
    });
    releases.max().unwrap_or_else(|| {
        panic!(
            "There is no PostgreSQL {OLDEST} or newer in {RELEASES}, which this needs. `cargo xtask test` installs it, \
             or: apt-get install --no-install-recommends postgresql"
        )
    })
}

/// Where the next process finds an empty cluster: beside this program, so that it goes with the build.
fn template(release: u32) -> PathBuf {
    let program = env::current_exe().expect("this program is a file");
    program.with_file_name(format!("postgresql-{release}-cluster"))
}

/// Nobody else could have made it before; the server's user must pass through it.
fn new_folder(parent: &Path) -> PathBuf {
    static FOLDERS: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("switchroom-postgres-{}-{number}", std::process::id()));
        match fs::DirBuilder::new().mode(0o755).create(&folder) {
            Ok(()) => return folder,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => panic!("{}: {error}", folder.display()),
        }
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}
