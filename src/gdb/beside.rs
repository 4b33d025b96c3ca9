//! `run` while other processes of the session live: gdb has several inferiors, and starts one more.
//!
//! The owner of the socket has the [`guard`](super::guard) make a process, or without one has the emulator
//! executed once more in a process of its own. That process is a peer from the first moment on: it is started
//! with its end of a link, and the first that comes over it is its first stop, which is the answer to
//! `vRun`. If it cannot run the program it ends, and so does the link.

use super::door::Door;
use super::estate::Estate;
use super::fds;
use super::hidden::{Hidden, Hider};
use super::link::{self, Message};
use super::next_run::NextRun;
use super::ownership::State;
use super::session::Session;
use crate::debug::{Inferior, Stop};
use std::os::fd::{AsFd, AsRawFd};

impl Session {
    /// Starts what `next` says, and answers `vRun`.
    pub(super) fn run_beside(&mut self, inferior: &mut dyn Inferior, next: &NextRun) {
        let started = self.start_beside(inferior, next).and_then(|link| {
            let Some(Message::Event(first_stop, None)) = link::receive(link.as_fd()) else { return None };
            Some((link, first_stop))
        });
        let Some((link, first_stop)) = started else { return self.reply(b"E01") };
        self.adopt_newcomer(first_stop.pid, link);
        self.tell_gdb(first_stop);
    }

    /// The owner's end of the link to the new process.
    fn start_beside(&mut self, inferior: &mut dyn Inferior, next: &NextRun) -> Option<Hidden> {
        let (ours, theirs) = link::pair().ok()?;
        let estate = Estate { settings: self.settings.clone(), ..Estate::default() };
        if let Some(guard) = self.door.guard() {
            let fds = vec![guard.try_clone().ok()?, theirs];
            let text = format!("{} {}", next.encode(), estate.encode());
            link::send(guard.as_fd(), Message::Begin { text, fds }).ok()?;
            return self.hider.hide(ours).ok();
        }
        let (ours, theirs) = (self.hider.hide(ours).ok()?, self.hider.hide(theirs).ok()?);
        let socket = self.socket.as_ref()?;
        let fds = [socket.as_fd(), theirs.as_fd()];
        let [socket, link] = fds.map(|fd| fd.as_raw_fd());
        let door = self.door.encode();
        let text = format!("beside {socket} {link} {door} {} {}", next.encode(), estate.encode());
        let fds: Vec<_> = fds.into_iter().chain(self.door.fds()).collect();
        // It fails only for what is not open.
        let survive_exec = |survive: bool| fds.iter().for_each(|fd| drop(fds::close_on_exec(*fd, !survive)));
        survive_exec(true);
        inferior.start_lobby(&text);
        survive_exec(false);
        Some(ours)
    }

    /// In the new process: the session, with what is to be run.
    pub fn beside(text: &str, hider: Hider) -> Option<Session> {
        let mut words = text.strip_prefix("beside ")?.splitn(4, ' ');
        let mut fd = || hider.hide(fds::inherited(words.next()?.parse().ok()?)?).ok();
        let (socket, link) = (fd()?, fd()?);
        let door = Door::decode(words.next()?, hider);
        Session::beside_others(words.next()?, socket, link, door, hider)
    }

    /// The same, with what the owner says of the program and the session.
    pub(super) fn beside_others(text: &str, socket: Hidden, link: Hidden, door: Door, hider: Hider) -> Option<Session> {
        let (next, estate) = text.split_once(' ')?;
        let next = NextRun::decode(next)?;
        let mut session = Session::awaiting(door, hider);
        (session.socket, session.link, session.lobby) = (Some(socket), Some(link), Some(next));
        session.state = State::PeerServing;
        session.settings = Estate::decode(estate).settings;
        Some(session)
    }

    /// The program that `vRun` was about stands at its first instruction.
    pub(super) fn answer_run(&mut self, inferior: &dyn Inferior, run: NextRun) {
        let is_restart = run.is_restart;
        self.owned.run = NextRun { is_due: false, is_restart: false, ..run };
        if is_restart {
            return;
        }
        let report = self.report(inferior, self.tid, &Stop::Start);
        self.halt_alone(inferior, report.body.clone(), true);
        match self.state {
            State::PeerServing => self.tell_owner(Message::Event(report, None)),
            _ => self.tell_gdb(report),
        }
    }
}
