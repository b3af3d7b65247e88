//! The addresses from which a leg has proved to be reachable.

use crate::{
    address::Remote,
    limits::{PATHS_PER_LEG, PATHS_PER_TRANSPORT, SEND_PATH_STALE},
};
use std::{net::SocketAddr, time::Instant};

/// A pair of addresses over which an authentic binding request came.
#[derive(Debug, Clone, Copy)]
struct Path {
    remote: Remote,
    /// Where the request arrived: what the page knows us by, and what we answer from.
    local: SocketAddr,
    last_request: Instant,
    /// When the page last named it as the one to use (USE-CANDIDATE).
    nominated: Option<Instant>,
}

/// The validated paths of one transport.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    paths: Vec<Path>,
    seen: usize,
    /// Used in place of the path that ICE sends on, when that one is silent and the page nominates another.
    detour: Option<(Remote, Remote)>,
}

/// What became of a request's address.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Learned {
    /// It is a path; the remote that made room for it, if one had to.
    Path(Option<Remote>),
    /// The transport has seen too many addresses.
    TooMany,
}

impl Paths {
    /// An authentic request came this way.
    pub(crate) fn validated(&mut self, now: Instant, remote: Remote, local: SocketAddr, nominates: bool) -> Learned {
        let nominated = nominates.then_some(now);
        if let Some(path) = self.paths.iter_mut().find(|path| path.remote == remote) {
            path.local = local;
            path.last_request = now;
            path.nominated = nominated.or(path.nominated);
            return Learned::Path(None);
        }
        if self.seen >= PATHS_PER_TRANSPORT {
            return Learned::TooMany;
        }
        self.seen += 1;
        let evicted = (self.paths.len() >= PATHS_PER_LEG).then(|| self.evict()).flatten();
        self.paths.push(Path { remote, local, last_request: now, nominated });
        Learned::Path(evicted)
    }

    /// All remotes.
    pub(crate) fn remotes(&self) -> impl Iterator<Item = Remote> + '_ {
        self.paths.iter().map(|path| path.remote)
    }

    /// Another leg has proved that the address is its own now.
    pub(crate) fn forget(&mut self, remote: Remote) {
        self.paths.retain(|path| path.remote != remote);
    }

    /// Where a datagram for `asked` goes, and from which local address. `None` when nothing was validated there.
    /// STUN answers go exactly where they belong, the rest may take the detour.
    pub(crate) fn route(&self, asked: Remote, is_stun: bool) -> Option<(Remote, SocketAddr)> {
        let remote = match self.detour {
            Some((from, to)) if from == asked && !is_stun => to,
            _ => asked,
        };
        self.paths.iter().find(|path| path.remote == remote).map(|path| (path.remote, path.local))
    }

    /// Leaves a path that is silent for one that the page nominates. ICE itself would wait until the old pair fails.
    pub(crate) fn reconsider(&mut self, now: Instant) {
        let fresh = |path: &Path| now.saturating_duration_since(path.last_request) < SEND_PATH_STALE;
        let Some(best) = self.paths.iter().filter(|path| fresh(path)).max_by_key(|path| path.nominated) else {
            return;
        };
        let stale =
            self.paths.iter().filter(|path| !fresh(path) && path.nominated.is_some()).max_by_key(|path| path.nominated);
        self.detour = match (stale, best.nominated) {
            (Some(stale), Some(_)) if best.nominated > stale.nominated => Some((stale.remote, best.remote)),
            _ => None,
        };
    }

    fn evict(&mut self) -> Option<Remote> {
        let oldest = (0..self.paths.len()).min_by_key(|&index| self.paths[index].last_request)?;
        Some(self.paths.swap_remove(oldest).remote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;
    use std::time::Duration;

    fn remote(port: u16) -> Remote {
        Remote { protocol: Protocol::Udp, address: ([10, 0, 0, 1], port).into() }
    }

    fn local() -> SocketAddr {
        ([10, 0, 0, 9], 5000).into()
    }

    #[test]
    fn the_path_unused_for_longest_makes_room() {
        let start = Instant::now();
        let mut paths = Paths::default();
        for port in 0..PATHS_PER_LEG as u16 {
            let at = start + Duration::from_secs(u64::from(port));
            assert_eq!(paths.validated(at, remote(port), local(), false), Learned::Path(None));
        }
        let late = start + Duration::from_secs(100);
        assert_eq!(paths.validated(late, remote(900), local(), false), Learned::Path(Some(remote(0))));
        assert_eq!(paths.route(remote(0), false), None);
        assert_eq!(paths.route(remote(900), false), Some((remote(900), local())));
    }

    #[test]
    fn media_leaves_a_silent_path_for_the_nominated_one() {
        let start = Instant::now();
        let mut paths = Paths::default();
        paths.validated(start, remote(1), local(), true);
        let later = start + SEND_PATH_STALE;
        paths.validated(later, remote(2), local(), true);
        paths.reconsider(later);
        assert_eq!(paths.route(remote(1), false).map(|(remote, _)| remote), Some(remote(2)));
        assert_eq!(paths.route(remote(1), true).map(|(remote, _)| remote), Some(remote(1)));
        paths.validated(later, remote(1), local(), true);
        paths.reconsider(later);
        assert_eq!(paths.route(remote(1), false).map(|(remote, _)| remote), Some(remote(1)));
    }
}
