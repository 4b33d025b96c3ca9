//! The guard: under `--multi`, the process that is there before, between and behind the processes of a session.
//!
//! gdb's socket is the processes' own. So when all of them are killed at once nobody is left to say so; and
//! what starts the next program would be what the last one has become, which may have changed its root, its
//! user, its limits. The guard has the socket, too, and one end of a link, whose other end each process of the
//! session keeps beside its [`Door`](super::door::Door). Over it the owner says what the session would be if
//! it were gone (its [`Estate`]) whenever that changes, and at last that the session is over. If the link
//! ends without that, the guard makes a process that goes on where the owner was, and which reports of
//! each process that gdb knows of that it was killed. So gdb hears what it would hear from gdbserver.

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
    last: Option<(Turn, Estate)>,
}

/// What a new process of the session is to be.
pub enum Birth {
    /// What gdb talks to where there is no process, or none any more.
    Lobby {
        /// The process's end of the guard's link.
        guard: OwnedFd,
        /// Whether gdb waits for a stop.
        turn: Turn,
        /// What there is to know.
        estate: Box<Estate>,
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

/// Each turn with the word for it.
const TURNS: [(Turn, &str); 3] = [(Turn::Ours, "ours"), (Turn::Stopping, "stopping"), (Turn::Gdbs, "gdbs")];

impl Guard {
    /// A guard over gdb's socket. There is no process yet.
    pub fn new(socket: OwnedFd) -> Guard {
        let mut estate = Estate::default();
        estate.run.start_here();
        Guard { socket, link: None, last: Some((Turn::Gdbs, estate)) }
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
                Some(Message::Remember(text)) => self.last = read(&text),
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
        let Some((turn, estate)) = self.last.take() else { return Ok(None) };
        let (ours, guard) = link::pair()?;
        self.link = Some(ours);
        Ok(Some(Birth::Lobby { guard, turn, estate: Box::new(estate) }))
    }

    /// In the new process.
    pub fn session(self, birth: Birth, door: Door, hider: Hider) -> Result<Session> {
        match birth {
            Birth::Lobby { guard, turn, estate } => {
                let mut session = Session::new(self.socket, door.with_guard(hider.hide(guard)?), hider)?;
                session.go_on_alone(turn, *estate);
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

/// What [`Session::remember`] said; nothing at the session's end.
fn read(text: &str) -> Option<(Turn, Estate)> {
    let (word, estate) = text.split_once(' ')?;
    Some((TURNS.iter().find(|(_, known)| *known == word)?.0, Estate::decode(estate)))
}

impl Session {
    /// Tells the heir and the guard what is to be known if this process is gone from now on.
    pub(super) fn remember(&self, turn: Turn) {
        let own = Some(self.pid).filter(|_| self.lobby.is_none());
        let others = self.owned.peers.iter().filter(|peer| peer.announced).map(|peer| peer.pid);
        // What gdb has said since stays in the socket.
        self.leave_word(turn, own.into_iter().chain(others).collect(), Vec::new());
    }

    /// The same, with the processes that gdb knows of, and what has been read and not answered.
    pub(super) fn leave_word(&self, turn: Turn, pids: Vec<i32>, unread: Vec<u8>) {
        let heirs = self.heir().map(|heir| &heir.link).into_iter().chain(self.door.guard());
        let heirs: Vec<_> = heirs.collect();
        if heirs.is_empty() {
            return;
        }
        let mut estate = Estate { unread, unsent: Vec::new(), last_stop: Vec::new(), ..self.estate() };
        if let Some(next) = &self.lobby {
            estate.run = next.clone();
        }
        let has_ended = |pid: i32| estate.pending.iter().any(|report| report.pid == pid && report.is_end());
        estate.peers = pids.into_iter().filter(|pid| !has_ended(*pid)).map(|pid| (pid, true, false)).collect();
        let word = TURNS.iter().find(|(known, _)| *known == turn).map_or("", |(_, word)| word);
        let text = format!("{word} {}", estate.encode());
        for link in heirs {
            // One that somebody has stopped misses it.
            let _ = link::send_at_once(link.as_fd(), Message::Remember(text.clone()));
        }
    }

    /// Takes the session over where no process is left, or none has been.
    fn go_on_alone(&mut self, turn: Turn, mut estate: Estate) {
        let killed = ExitStatus::Signaled(libc::SIGKILL as u32);
        let peers = std::mem::take(&mut estate.peers);
        // What else they told is of no more use.
        estate.pending.retain(|report| report.is_end());
        estate.pending.extend(peers.iter().map(|(pid, ..)| reply::of_exit(&estate.settings, *pid, killed)));
        (estate.is_announced, self.turn) = (false, turn);
        self.lobby = Some(std::mem::take(&mut estate.run));
        self.inherit(estate, Vec::new());
        self.state = State::OwnerServing;
        self.remember(turn);
        if self.settings.non_stop {
            self.announce();
        } else if !self.owned.pending.is_empty()
            && self.gdb_waits()
            && let Some(report) = self.take_due()
        {
            self.tell_gdb(report);
        }
    }
}
