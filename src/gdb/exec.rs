//! The session across execve: the program image goes, the sockets stay.

use super::breakpoints::{parse_catch, spell_catch};
use super::commons::Commons;
use super::door::Door;
use super::estate::Estate;
use super::fds;
use super::hidden::Hider;
use super::ownership::State;
use super::session::Session;
use crate::debug::Debugger;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

impl Session {
    /// The session as text, its descriptors open across an execve; `None` if it has ended.
    pub(super) fn hand_to_next_image(&mut self) -> Option<String> {
        if !self.is_active() && !self.door.is_open() {
            return None;
        }
        self.signal_on_input(false);
        self.take_from_socket();
        self.survive_exec(true);
        let mut estate = self.estate();
        estate.peers = self.owned.peers.iter().map(|peer| (peer.pid, peer.announced)).collect();
        estate.files = self.local.files.iter().map(|(numbers, _)| numbers).collect();
        let fds: Vec<String> = self.all_fds().map(|fd| fd.as_raw_fd().to_string()).collect();
        let place = match (&self.link, &self.socket) {
            (Some(_), _) => "peer",
            (None, Some(_)) => "owner",
            (None, None) => "free",
        };
        let commons = if self.commons.is_some() { "others" } else { "alone" };
        let caught = spell_catch(self.local.breakpoints.caught());
        Some(format!("{place} {commons} {caught} {} {} {}", self.door.encode(), fds.join(","), estate.encode()))
    }

    /// That execve failed: back to where things were.
    pub(super) fn stay_in_this_image(&mut self) {
        self.survive_exec(false);
        self.signal_on_input(true);
    }

    /// The session of the program that executed this one, from its [`Debugger::before_exec`]. `None`
    /// if it makes no sense.
    pub fn after_exec(text: &str, hider: Hider) -> Option<Session> {
        let mut words = text.splitn(6, ' ');
        let place = words.next()?;
        let commons = words.next()?;
        let caught = parse_catch(words.next()?.as_bytes())?;
        let door = Door::decode(words.next()?, hider);
        let mut numbers = words.next()?.split(',').map(|number| number.parse().ok());
        let mut fds = std::iter::from_fn(|| fds::inherited(numbers.next()??));
        let mut session = Session::awaiting(door, hider);
        session.state = match place {
            "owner" => State::OwnerRunning,
            "peer" => State::PeerRunning,
            _ => return Some(session),
        };
        session.socket = Some(hider.hide(fds.next()?).ok()?);
        session.link = if place == "peer" { Some(hider.hide(fds.next()?).ok()?) } else { None };
        session.commons = if commons == "others" { Some(Commons::of(&mut fds, hider)?) } else { None };
        session.local.breakpoints.catch_later(caught);
        let fds: Vec<OwnedFd> = fds.collect();
        session.inherit(Estate::decode(words.next()?), fds);
        Some(session)
    }

    /// Socket, link, what all have in common, the peers' links, gdb's files: the order that `after_exec` reads.
    fn all_fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let links = self.owned.peers.iter().map(|peer| &peer.link);
        let files = self.local.files.iter().map(|(_, file)| file);
        self.socket
            .iter()
            .chain(&self.link)
            .chain(self.commons.iter().flat_map(Commons::fds))
            .chain(links)
            .chain(files)
            .map(AsFd::as_fd)
    }

    fn survive_exec(&self, survive: bool) {
        for fd in self.all_fds().chain(self.door.fds()) {
            // It fails only for what is not open.
            let _ = fds::close_on_exec(fd, !survive);
        }
    }
}
