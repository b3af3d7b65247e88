//! A thread that carries media: clients with a socket each, one wait for all of them.
//!
//! ```text
//! wait(next due, or input) ─► commands ─► what came in ─► what is due ─► checks ─► rest of the turn
//! ```

use super::{
    Ended, Measured, Told, Voice,
    client::{Client, Surroundings},
    command::{Command, Joined},
};
use crate::limits::{
    CLIENTS_PER_THREAD, DATAGRAM_BYTES, DATAGRAMS_PER_SOCKET, EVENTS, LONGEST_WAIT, SILENCE_CHECK, TURN,
};
use rustix::{
    buffer::spare_capacity,
    event::{PollFd, PollFlags, Timespec, epoll, poll},
    fd::OwnedFd,
};
use std::{
    io,
    net::{IpAddr, UdpSocket},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

/// Marks the waker among the clients' sockets.
const WAKER: u64 = u64::MAX;
/// No client, or one that nothing is due for.
const NEVER: u64 = u64::MAX;

pub(super) struct Thread {
    epoll: OwnedFd,
    waker: Arc<OwnedFd>,
    commands: mpsc::Receiver<Command>,
    /// By slot.
    clients: Vec<Option<Box<Client>>>,
    /// When each is due, beside each other for the one look a turn.
    due: Vec<u64>,
    free: Vec<usize>,
    around: Surroundings,
    /// Where sockets are bound.
    local: IpAddr,
    next_check: Instant,
    buffer: Box<[u8]>,
}

impl Thread {
    pub(super) fn new(
        waker: Arc<OwnedFd>,
        commands: mpsc::Receiver<Command>,
        around: Surroundings,
        local: IpAddr,
    ) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, &waker, epoll::EventData::new_u64(WAKER), epoll::EventFlags::IN)?;
        Ok(Self {
            epoll,
            waker,
            commands,
            clients: Vec::new(),
            due: Vec::new(),
            free: Vec::new(),
            next_check: Instant::now() + SILENCE_CHECK,
            around,
            local,
            buffer: vec![0; DATAGRAM_BYTES].into_boxed_slice(),
        })
    }

    /// Runs until it is told to stop; then it says how long packets took.
    pub(super) fn run(mut self) -> Ended {
        let mut began = Instant::now();
        let mut events = Vec::with_capacity(EVENTS);
        loop {
            self.wait(began);
            let now = Instant::now();
            if !self.take_commands(now) {
                return Ended { delays: self.around.delays };
            }
            self.take_input(&mut events, now);
            self.run_due(now);
            if now >= self.next_check {
                self.check(now);
            }
            let spent = now.elapsed();
            if spent < TURN {
                std::thread::sleep(TURN - spent);
            }
            began = Instant::now();
        }
    }

    /// Waits for input, a command or the next packet that is due.
    fn wait(&mut self, now: Instant) {
        let next = self.due.iter().copied().min().unwrap_or(NEVER);
        let until_due = Duration::from_nanos(next.saturating_sub(self.around.nanos(now)));
        let until_check = self.next_check.saturating_duration_since(now);
        let timeout = until_due.min(until_check).min(LONGEST_WAIT);
        let timeout = Timespec { tv_sec: 0, tv_nsec: timeout.subsec_nanos().into() };
        // `poll` waits in nanoseconds, where `epoll_wait` rounds to milliseconds.
        let mut ready = [PollFd::new(&self.epoll, PollFlags::IN)];
        // An interrupted wait is a short one.
        let _ = poll(&mut ready, Some(&timeout));
    }

    /// False when the thread is to end.
    fn take_commands(&mut self, now: Instant) -> bool {
        loop {
            match self.commands.try_recv() {
                Ok(Command::Join { voice, told, reply }) => {
                    let _ = reply.send(self.join(voice, told, now));
                }
                Ok(Command::Answer { slot, sdp, reply }) => {
                    let _ = reply.send(self.answer(slot, &sdp, now));
                }
                Ok(Command::Leave { slot, reply }) => {
                    let measured = self.leave(slot, now);
                    if let (Some(reply), Some(measured)) = (reply, measured) {
                        let _ = reply.send(measured);
                    }
                }
                Err(mpsc::TryRecvError::Empty) => return true,
                Ok(Command::Stop) | Err(mpsc::TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn join(&mut self, voice: Voice, told: Told, now: Instant) -> Result<Joined, String> {
        if self.clients.len() - self.free.len() >= CLIENTS_PER_THREAD {
            return Err(format!("a thread carries {CLIENTS_PER_THREAD} clients; raise media.threads"));
        }
        let socket = UdpSocket::bind((self.local, 0)).map_err(|error| {
            format!("no UDP socket on {}: {error}; the limit of open files may be too low (ulimit -n)", self.local)
        })?;
        socket.set_nonblocking(true).map_err(|error| error.to_string())?;
        let (client, offer) = Client::new(voice, socket, told, &self.around, now)?;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.clients.push(None);
            self.due.push(NEVER);
            self.clients.len() - 1
        });
        let data = epoll::EventData::new_u64(slot as u64);
        if let Err(error) = epoll::add(&self.epoll, client.socket(), data, epoll::EventFlags::IN) {
            self.free.push(slot);
            return Err(error.to_string());
        }
        self.clients[slot] = Some(Box::new(client));
        Ok(Joined { slot, offer })
    }

    fn answer(&mut self, slot: usize, sdp: &str, now: Instant) -> Result<(), String> {
        let client = self.clients.get_mut(slot).and_then(Option::as_mut).ok_or("the client has left")?;
        client.take_answer(sdp, &mut self.around, now)?;
        self.due[slot] = client.due(&self.around);
        Ok(())
    }

    fn leave(&mut self, slot: usize, now: Instant) -> Option<Measured> {
        let client = self.clients.get_mut(slot)?.take()?;
        // Closing the socket would do; a failure here changes nothing.
        let _ = epoll::delete(&self.epoll, client.socket());
        self.due[slot] = NEVER;
        self.free.push(slot);
        Some(client.leave(&mut self.around, now))
    }

    fn take_input(&mut self, events: &mut Vec<epoll::Event>, now: Instant) {
        events.clear();
        let none = Timespec { tv_sec: 0, tv_nsec: 0 };
        if epoll::wait(&self.epoll, spare_capacity(events), Some(&none)).is_err() {
            return;
        }
        for event in events {
            let slot = event.data.u64();
            if slot == WAKER {
                // Only that it rang matters, and commands are looked for in every turn.
                let _ = rustix::io::read(&*self.waker, &mut [0_u8; 8]);
                continue;
            }
            let slot = slot as usize;
            if let Some(client) = self.clients.get_mut(slot).and_then(Option::as_mut) {
                client.receive(&mut self.around, now, &mut self.buffer, DATAGRAMS_PER_SOCKET);
                self.due[slot] = client.due(&self.around);
            }
        }
    }

    fn run_due(&mut self, now: Instant) {
        let nanos = self.around.nanos(now);
        for slot in 0..self.due.len() {
            if self.due[slot] <= nanos
                && let Some(client) = &mut self.clients[slot]
            {
                client.run(&mut self.around, now);
                self.due[slot] = client.due(&self.around);
            }
        }
    }

    fn check(&mut self, now: Instant) {
        self.next_check = now + SILENCE_CHECK;
        for client in self.clients.iter_mut().flatten() {
            client.check(&self.around, now);
        }
    }
}
