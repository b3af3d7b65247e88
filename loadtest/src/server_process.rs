//! What the server costs, where it runs on this machine: its CPU time and memory, from /proc.

use crate::limits::DESCRIPTORS;
use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

/// The state of a listening socket in /proc/net/tcp.
const LISTENS: &str = "0A";
/// A process of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerProcess {
    folder: PathBuf,
}

/// What it has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    /// CPU time since it started, nanoseconds.
    pub(crate) cpu_ns: u64,
    /// Memory that it holds, bytes.
    pub(crate) rss_bytes: u64,
}

impl ServerProcess {
    /// The process of this number, if there is one that can be looked at.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let process = Self { folder: PathBuf::from(format!("/proc/{pid}")) };
        process.usage().is_some().then_some(process)
    }

    /// The process that listens on this address, if it is one of this machine, `local` being the address of this
    /// machine that faces it.
    pub(crate) fn listening_on(server: SocketAddr, local: IpAddr) -> Option<Self> {
        if !server.ip().is_loopback() && server.ip() != local {
            return None;
        }
        let inode = ["/proc/net/tcp", "/proc/net/tcp6"].into_iter().find_map(|table| {
            let table = fs::read_to_string(table).ok()?;
            listening_inode(&table, server.port()).map(str::to_owned)
        })?;
        let wanted = format!("socket:[{inode}]");
        let mut left = DESCRIPTORS;
        for process in fs::read_dir("/proc").ok()?.flatten() {
            let is_process = process.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok());
            if is_process && holds(&process.path(), &wanted, &mut left) {
                return Some(Self { folder: process.path() });
            }
        }
        None
    }

    /// What it has used so far; `None` when it is gone.
    pub(crate) fn usage(&self) -> Option<Usage> {
        let stat = fs::read_to_string(self.folder.join("stat")).ok()?;
        let statm = fs::read_to_string(self.folder.join("statm")).ok()?;
        let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
        let ticks = ticks(&stat)?;
        let cpu_ns = ticks * 1_000_000_000 / rustix::param::clock_ticks_per_second();
        Some(Usage { cpu_ns, rss_bytes: pages * rustix::param::page_size() as u64 })
    }
}

/// CPU time of all threads in user and kernel, clock ticks: fields 14 and 15 of /proc/PID/stat.
fn ticks(stat: &str) -> Option<u64> {
    // The second field is the program's name in brackets, which may hold anything.
    let mut rest = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: u64 = rest.next()?.parse().ok()?;
    let kernel: u64 = rest.next()?.parse().ok()?;
    Some(user + kernel)
}

/// The inode of the socket that listens on a port.
fn listening_inode(table: &str, port: u16) -> Option<&str> {
    let port = format!("{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let listens = fields.get(3) == Some(&LISTENS) && fields.get(1)?.rsplit_once(':')?.1 == port;
        listens.then(|| fields.get(9).copied())?
    })
}

fn holds(process: &Path, wanted: &str, left: &mut usize) -> bool {
    let Ok(descriptors) = fs::read_dir(process.join("fd")) else { return false };
    descriptors.flatten().any(|descriptor| {
        *left = left.saturating_sub(1);
        *left > 0 && fs::read_link(descriptor.path()).is_ok_and(|target| target.as_os_str() == wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::TcpListener, process};

    #[test]
    fn the_owner_of_a_listening_port_is_found() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let found = ServerProcess::listening_on(address, address.ip()).expect("this process");
        assert_eq!(found.folder, PathBuf::from(format!("/proc/{}", process::id())));
        drop(listener);
        assert_eq!(ServerProcess::listening_on(address, address.ip()), None);
        let elsewhere = SocketAddr::new([192, 0, 2, 1].into(), address.port());
        assert_eq!(ServerProcess::listening_on(elsewhere, [192, 0, 2, 7].into()), None);
    }

    #[test]
    fn a_process_is_measured_while_it_works() {
        let own = ServerProcess::of(process::id()).expect("this process");
        let before = own.usage().expect("it lives");
        let mut memory = vec![1_u8; 64 << 20];
        let mut after = own.usage().expect("it lives");
        while after.cpu_ns < before.cpu_ns + 50_000_000 {
            memory.iter_mut().for_each(|byte| *byte = byte.wrapping_mul(3));
            after = own.usage().expect("it lives");
        }
        assert!(after.rss_bytes > before.rss_bytes + (60 << 20), "{before:?} {after:?} {}", memory[5]);
        assert_eq!(ServerProcess::of(u32::MAX), None);
    }

    #[test]
    fn a_name_with_brackets_does_not_move_the_fields() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 8 0 100 1000 10";
        assert_eq!(ticks(stat), Some(300));
    }
}
