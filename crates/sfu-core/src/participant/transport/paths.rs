//! The addresses from which a leg has proved to be reachable.

use crate::{
    Protocol,
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
    /// Where everything but STUN goes: the path that the page nominated.
    selected: Option<Remote>,
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
            self.reconsider(now);
            return Learned::Path(None);
        }
        if self.seen >= PATHS_PER_TRANSPORT {
            return Learned::TooMany;
        }
        self.seen += 1;
        let evicted = (self.paths.len() >= PATHS_PER_LEG).then(|| self.evict()).flatten();
        self.paths.push(Path { remote, local, last_request: now, nominated });
        self.reconsider(now);
        Learned::Path(evicted)
    }

    /// All remotes.
    pub(crate) fn remotes(&self) -> impl Iterator<Item = Remote> + '_ {
        self.paths.iter().map(|path| path.remote)
    }

    /// Another leg has proved that the address is its own now.
    pub(crate) fn forget(&mut self, remote: Remote) {
        self.paths.retain(|path| path.remote != remote);
        self.selected = self.selected.filter(|selected| *selected != remote);
    }

    /// ICE starts anew: what the page nominated before counts no more (RFC 8445 §7.3.1.5).
    pub(crate) fn restart(&mut self) {
        for path in &mut self.paths {
            path.nominated = None;
        }
    }

    /// Where a STUN answer to `remote` goes, and from which local address. `None` when nothing was validated there.
    pub(crate) fn route(&self, remote: Remote) -> Option<(Remote, SocketAddr)> {
        self.paths.iter().find(|path| path.remote == remote).map(|path| (path.remote, path.local))
    }

    /// Where everything else goes. `None` before the page has nominated a path.
    pub(crate) fn selected(&self) -> Option<(Remote, SocketAddr)> {
        self.route(self.selected?)
    }

    /// Follows the page's nomination. Some pages nominate every pair that works, so a path that is fine is left only
    /// for one that the page has moved to, or for UDP.
    pub(crate) fn reconsider(&mut self, now: Instant) {
        let fresh = |path: &&Path| now.saturating_duration_since(path.last_request) < SEND_PATH_STALE;
        let is_udp = |path: &Path| path.remote.protocol == Protocol::Udp;
        let nominated = self.paths.iter().filter(fresh).filter(|path| path.nominated.is_some());
        let Some(best) = nominated.max_by_key(|path| (is_udp(path), path.nominated)) else { return };
        let current = self.selected.and_then(|selected| self.paths.iter().find(|path| path.remote == selected));
        let stays = current.is_some_and(|current| {
            let was_left = current.nominated < best.nominated && current.nominated != Some(current.last_request);
            fresh(&current) && !was_left && (is_udp(current) || !is_udp(best))
        });
        if !stays {
            self.selected = Some(best.remote);
        }
    }

    fn evict(&mut self) -> Option<Remote> {
        let oldest = (0..self.paths.len()).min_by_key(|&index| self.paths[index].last_request)?;
        Some(self.paths.swap_remove(oldest).remote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert_eq!(paths.route(remote(0)), None);
        assert_eq!(paths.route(remote(900)), Some((remote(900), local())));
    }

    fn selected(paths: &Paths) -> Option<Remote> {
        paths.selected().map(|(remote, _)| remote)
    }

    #[test]
    fn media_goes_where_the_page_nominates() {
        let start = Instant::now();
        let mut paths = Paths::default();
        paths.validated(start, remote(1), local(), false);
        assert_eq!(selected(&paths), None);
        paths.validated(start, remote(1), local(), true);
        assert_eq!(selected(&paths), Some(remote(1)));
        let later = start + Duration::from_millis(500);
        paths.validated(later, remote(2), local(), true);
        assert_eq!(selected(&paths), Some(remote(1)), "it nominates everything that works");
        paths.validated(later, remote(1), local(), false);
        assert_eq!(selected(&paths), Some(remote(2)), "it has moved");
    }

    #[test]
    fn media_leaves_a_silent_path_for_the_nominated_one() {
        let start = Instant::now();
        let mut paths = Paths::default();
        paths.validated(start, remote(1), local(), true);
        let later = start + SEND_PATH_STALE;
        paths.validated(later, remote(2), local(), true);
        assert_eq!(selected(&paths), Some(remote(2)));
        paths.forget(remote(2));
        assert_eq!(selected(&paths), None);
    }

    #[test]
    fn udp_is_better_than_tcp() {
        let start = Instant::now();
        let tcp = Remote { protocol: Protocol::Tcp, ..remote(9) };
        let mut paths = Paths::default();
        paths.validated(start, tcp, local(), true);
        assert_eq!(selected(&paths), Some(tcp));
        paths.validated(start, remote(1), local(), true);
        paths.validated(start + Duration::from_millis(50), tcp, local(), true);
        assert_eq!(selected(&paths), Some(remote(1)));
        paths.validated(start + SEND_PATH_STALE, tcp, local(), true);
        assert_eq!(selected(&paths), Some(tcp), "UDP is silent");
    }

    #[test]
    fn a_restart_waits_for_new_nominations() {
        let start = Instant::now();
        let mut paths = Paths::default();
        paths.validated(start, remote(1), local(), true);
        paths.restart();
        assert_eq!(selected(&paths), Some(remote(1)), "until there is another");
        paths.validated(start + Duration::from_millis(10), remote(2), local(), true);
        assert_eq!(selected(&paths), Some(remote(2)));
    }
}
