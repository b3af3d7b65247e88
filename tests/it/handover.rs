//! The server is replaced while people connect. As under systemd, its parent keeps the socket.

use crate::server::Process;
use command_fds::{CommandFdExt as _, FdMapping};
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// The first descriptor by systemd's protocol.
const FIRST: i32 = 3;
const PATIENCE: Duration = Duration::from_secs(30);

fn start(data: &Path, socket: &TcpListener) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchroom"));
    // The port of --http would be refused: the given socket is used instead.
    command.args(["up", "--http", "127.0.0.1:1", "--admin", "127.0.0.1:0", "--media", "127.0.0.1:0", "--data"]);
    command.arg(data).env("LISTEN_FDS", "1");
    let parent_fd = socket.try_clone().expect("a descriptor is free").into();
    command.fd_mappings(vec![FdMapping { parent_fd, child_fd: FIRST }]).expect("one descriptor");
    Process::spawn(&mut command)
}

/// A connection of its own for one request.
fn ask(server: SocketAddr) -> Result<String, std::io::Error> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn no_connection_is_refused_while_the_server_is_replaced() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = socket.local_addr().expect("it is bound");
    let mut server = start(data.path(), &socket);
    assert_eq!(server.told("console").trim_end_matches('/'), format!("http://{address}"));

    let (answered, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let askers = [(); 4].map(|()| {
        let (answered, is_over) = (Arc::clone(&answered), Arc::clone(&is_over));
        std::thread::spawn(move || {
            while !is_over.load(Relaxed) {
                let answer = ask(address).expect("nobody is refused");
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
                answered.fetch_add(1, Relaxed);
            }
        })
    });
    for _ in 0..3 {
        more_are_answered(&answered, 20);
        server.terminate();
        assert_eq!(server.ended(), Some(0));
        server = start(data.path(), &socket);
    }
    more_are_answered(&answered, 20);
    is_over.store(true, Relaxed);
    askers.into_iter().for_each(|asker| asker.join().expect("every request was answered"));
}

fn more_are_answered(answered: &AtomicU64, count: u64) {
    let (before, started) = (answered.load(Relaxed), Instant::now());
    while answered.load(Relaxed) < before + count {
        assert!(started.elapsed() < PATIENCE, "{} of {count} are answered", answered.load(Relaxed) - before);
        std::thread::sleep(Duration::from_millis(5));
    }
}
