//! The guard: under `--multi`, the process that is there before, between and behind the processes of a session.
//!
//! gdb's socket is the processes' own. So when all of them are killed at once nobody is left to say so; and
//! what starts the next program would be what the last one has become, which may have changed its root, its
//! user, its limits. The guard has the socket, too, and one end of a link, whose other end each process of the
//! session keeps beside its [`Door`](super::door::Door). Over it the owner says what the session would be if
//! it were gone (its [`Estate`]) whenever that changes, and at last that the session is over. If the link
//! ends without that, the guard makes a process that goes on where the owner was, and which reports of
//! each process that gdb knows of that it was killed. So gdb hears what it would hear from gdbserver.

use super::commons::Will;
use super::door::Door;
use super::estate::Estate;
use super::hidden::Hider;
use super::link::{self, Message};
use super::ownership::State;
use super::reply;
use super::session::{Session, Turn};
use crate::debug::ExitStatus;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// What the guard has.
pub struct Guard {
    socket: OwnedFd,
    /// While there are processes.
    link: Option<OwnedFd>,
    /// What is to be known of the session if there are none.
    last: Option<Will>,
}

/// What a new process of the session is to be.
pub enum Birth {
    /// What gdb talks to where there is no process, or none any more.
    Lobby {
        /// The process's end of the guard's link.
        guard: OwnedFd,
        /// What there is to know.
        will: Box<Will>,
    },
    /// A program beside those that run: see [`beside`](super::beside).
    Beside {
        /// What the owner says of it.
        text: String,
        /// The process's end of the guard's link.
        guard: OwnedFd,
        /// And of that to the owner.
        link: OwnedFd,
    },
}

impl Guard {
    /// A guard over gdb's socket. There is no process yet.
    pub fn new(socket: OwnedFd) -> Guard {
        let mut estate = Estate::default();
        estate.run.start_here();
        Guard { socket, link: None, last: Some(Will { owner: 0, turn: Turn::Gdbs, estate }) }
    }

    /// Waits until a process is to be made; `None` at the end of the session. Between two messages `look_round`
    /// is called, and whenever `other` can be read.
    pub fn next_birth(&mut self, other: BorrowedFd<'_>, mut look_round: impl FnMut()) -> Result<Option<Birth>> {
        while let Some(link) = &self.link {
            look_round();
            let mut fds = [link.as_fd(), other].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
            // Interrupted or not: what there is is read.
            let _ = poll(&mut fds, PollTimeout::NONE);
            if !fds[0].any().unwrap_or(false) {
                continue;
            }
            match link::receive(link.as_fd()) {
                Some(Message::Remember(text)) => self.last = Will::decode(&text),
                Some(Message::NewGdb(socket)) => self.socket = socket,
                Some(Message::Begin { text, mut fds }) => {
                    if let (Some(link), Some(guard)) = (fds.pop(), fds.pop()) {
                        return Ok(Some(Birth::Beside { text, guard, link }));
                    }
                }
                Some(_) => {}
                None => self.link = None,
            }
        }
        look_round();
        let Some(will) = self.last.take() else { return Ok(None) };
        let (ours, guard) = link::pair()?;
        self.link = Some(ours);
        Ok(Some(Birth::Lobby { guard, will: Box::new(will) }))
    }

    /// In the new process.
    pub fn session(self, birth: Birth, door: Door, hider: Hider) -> Result<Session> {
        match birth {
            Birth::Lobby { guard, will } => {
                let mut session = Session::new(self.socket, door.with_guard(hider.hide(guard)?), hider)?;
                session.go_on_alone(*will);
                Ok(session)
            }
            Birth::Beside { text, guard, link } => {
                let door = door.with_guard(hider.hide(guard)?);
                let (socket, link) = (hider.hide(self.socket)?, hider.hide(link)?);
                Session::beside_others(&text, socket, link, door, hider).ok_or(Error::from(ErrorKind::InvalidData))
            }
        }
    }
}

impl Session {
    /// Leaves word of what is to be known if this process is gone from now on.
    pub(super) fn remember(&self, turn: Turn) {
        let own = Some(self.pid).filter(|_| self.lobby.is_none());
        // What else gdb has said stays in the socket, and what it says while it waits for a stop is of no use.
        let unread = if turn == Turn::Gdbs { self.taken.clone() } else { Vec::new() };
        self.leave_word(self.pid, turn, own.into_iter().chain(self.announced_pids()).collect(), unread);
    }

    /// The same, with the owner, the processes that gdb knows of, and what has been read and not answered.
    pub(super) fn leave_word(&self, owner: i32, turn: Turn, pids: Vec<i32>, unread: Vec<u8>) {
        if self.commons.is_none() && self.door.guard().is_none() {
            return;
        }
        let mut estate = Estate { unread, unsent: Vec::new(), last_stop: Vec::new(), ..self.estate() };
        if let Some(next) = &self.lobby {
            estate.run = next.clone();
        }
        let has_ended = |pid: i32| estate.pending.iter().any(|report| report.pid == pid && report.is_end());
        estate.peers = pids.into_iter().filter(|pid| !has_ended(*pid)).map(|pid| (pid, true)).collect();
        let will = Will { owner, turn, estate };
        if let Some(guard) = self.door.guard() {
            // If somebody has stopped it, it misses this.
            let _ = link::send_at_once(guard.as_fd(), Message::Remember(will.encode()));
        }
        if let Some(commons) = &self.commons {
            commons.write(&will);
        }
    }

    /// Takes the session over where no process is left, or none has been.
    fn go_on_alone(&mut self, will: Will) {
        let Will { turn, mut estate, .. } = will;
        let killed = ExitStatus::Signaled(libc::SIGKILL as u32);
        let peers = std::mem::take(&mut estate.peers);
        // What else they told is of no more use.
        estate.pending.retain(|report| report.is_end());
        estate.pending.extend(peers.iter().map(|(pid, ..)| reply::of_exit(&estate.settings, *pid, killed)));
        estate.is_announced = false;
        self.lobby = Some(std::mem::take(&mut estate.run));
        self.inherit(estate, Vec::new());
        self.state = State::OwnerServing;
        self.remember(turn);
        if self.settings.non_stop {
            self.announce();
        } else if !self.owned.pending.is_empty()
            && self.gdb_waits(turn)
            && let Some(report) = self.take_due()
        {
            self.tell_gdb(report);
        }
    }
}
