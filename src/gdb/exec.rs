//! The session across execve: the program image goes, the sockets stay.

use super::estate::Estate;
use super::fds;
use super::ownership::State;
use super::session::{HideFd, Session};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

impl Session {
    /// What the next program image needs to go on with the session, one line of text; `None` if it
    /// has ended. From here on the descriptors stay open across an execve.
    pub fn before_exec(&mut self) -> Option<String> {
        if !self.is_active() {
            return None;
        }
        self.signal_on_input(false);
        self.survive_exec(true);
        let mut estate = self.estate();
        estate.peers = self.owned.peers.iter().map(|peer| (peer.pid, peer.announced, peer.heir)).collect();
        estate.files = self.local.files.iter().map(|(number, _)| number).collect();
        let fds: Vec<String> = self.all_fds().map(|fd| fd.as_raw_fd().to_string()).collect();
        let place = if self.link.is_some() { "peer" } else { "owner" };
        let heir_of = self.heir_of.unwrap_or(0);
        Some(format!("{place} {heir_of} {} {}", fds.join(","), estate.encode()))
    }

    /// That execve failed: back to where things were.
    pub fn exec_failed(&mut self) {
        self.survive_exec(false);
        self.signal_on_input(true);
    }

    /// The session of the program that executed this one, from its [`Session::before_exec`]. `None`
    /// if it makes no sense.
    pub fn after_exec(text: &str, hide: HideFd) -> Option<Session> {
        let mut words = text.splitn(4, ' ');
        let is_owner = words.next()? == "owner";
        let heir_of = words.next()?.parse().ok().filter(|pid| *pid != 0);
        let mut numbers = words.next()?.split(',').map(|number| number.parse().ok());
        let mut fds = std::iter::from_fn(|| fds::inherited(numbers.next()??));
        let mut session = Session::inactive(hide);
        session.socket = Some(fds.next()?);
        session.link = if is_owner { None } else { Some(fds.next()?) };
        session.state = if is_owner { State::OwnerRunning } else { State::PeerRunning };
        session.heir_of = heir_of;
        let fds: Vec<OwnedFd> = fds.collect();
        session.inherit(Estate::decode(words.next()?), fds);
        session.survive_exec(false);
        Some(session)
    }

    /// Socket, link, the peers' links, gdb's files: the order that `after_exec` reads.
    fn all_fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let links = self.owned.peers.iter().map(|peer| &peer.link);
        let files = self.local.files.iter().map(|(_, file)| file);
        self.socket.iter().chain(&self.link).chain(links).chain(files).map(AsFd::as_fd)
    }

    fn survive_exec(&self, survive: bool) {
        for fd in self.all_fds() {
            // It fails only for what is not open.
            let _ = fds::close_on_exec(fd, !survive);
        }
    }
}
