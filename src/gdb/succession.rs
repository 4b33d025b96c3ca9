//! What happens when the owner of the socket dies without a word: one of the processes that are left takes its
//! place, and the others find their way to that one.
//!
//! Every process has a link to the owner only. When it ends without a word, each looks in what all have in
//! common ([`commons`](super::commons)) for who owns the socket now. The first puts itself there, and waits
//! until each process that gdb knows of has called, or is dead; then it has everybody stand still if gdb waits for a
//! stop, and reports the deaths. The others call, are welcomed, repeat what they have told and gdb has not
//! heard, and say that they are there. If whoever they have called dies as well, they look again.

use super::actions::With;
use super::commons::{self, Commons, Found, Living, Will};
use super::estate::Peer;
use super::hidden::Hidden;
use super::link::{self, Message, Report};
use super::ownership::Event;
use super::reply;
use super::session::{Session, Turn};
use crate::debug::{ExitStatus, Inferior};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::ErrorKind;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// How long the successor of an owner that died while it told gdb of a stop waits for what gdb may have to say to it, in
/// milliseconds.
const LAST_WORDS_MS: u16 = 300;
/// How long a process that is about to end may take to do so after its descriptors are closed.
const ENDS_WITHIN: Duration = Duration::from_secs(1);
/// Where nothing tells that time has come, it is looked again after this time.
const LOOKS_EACH: Duration = Duration::from_millis(10);
/// How often it is looked whether a process that lives and has not called can still do so.
const LOOKS_AT_OTHERS_EACH: Duration = Duration::from_millis(200);

/// A process that has lost its owner, and called.
pub struct Caller {
    pid: i32,
    link: Hidden,
    is_welcome: bool,
    /// What it had told the owner before.
    told: Vec<Report>,
}

impl Session {
    /// Takes a process into the session.
    pub(super) fn adopt(&mut self, pid: i32, announced: bool, link: Hidden) {
        self.owned.peers.push(Peer { pid, announced, link });
    }

    /// The same for one that is no child of the session's, but started beside others or attached to.
    pub(super) fn adopt_newcomer(&mut self, pid: i32, link: Hidden) {
        if self.has_commons()
            && let Some(Ok(fds)) = self
                .commons
                .as_ref()
                .map(Commons::fds)
                .map(|fds| fds.into_iter().map(Hidden::try_clone).collect::<std::io::Result<Vec<OwnedFd>>>())
        {
            let _ = link::send(link.as_fd(), Message::Commons(fds));
        }
        self.adopt(pid, true, link);
    }

    /// Before there is a second process. False: no descriptors are left.
    pub(super) fn has_commons(&mut self) -> bool {
        if self.commons.is_none() && self.link.is_none() {
            self.commons = Commons::new(self.hider).ok();
            self.remember(Turn::Ours);
        }
        self.commons.is_some()
    }

    // ── who has lost the owner ─────────────────────────────────────────────────────────────────

    /// The link has ended without a word.
    pub(super) fn seek_owner(&mut self) -> Event {
        self.link = None;
        loop {
            let Some(commons) = &self.commons else { return Event::SessionLost };
            match commons.find_owner(self.pid) {
                Ok(Found::Oneself(will)) => {
                    self.will = Some(*will);
                    return Event::OwnerLost;
                }
                Ok(Found::Others(others, link)) => {
                    if let Some(event) = self.await_welcome(link, &others) {
                        return event;
                    }
                }
                // Too many have called, and nobody has heard them yet.
                Err(error) if error.kind() == ErrorKind::WouldBlock => wait(&[], &[], Some(LOOKS_EACH)),
                // No descriptors are left.
                Ok(Found::Nobody) | Err(_) => return Event::SessionLost,
            }
        }
    }

    /// Nothing: one of those who may answer has ended.
    fn await_welcome(&mut self, link: OwnedFd, others: &[Living]) -> Option<Event> {
        loop {
            wait(&[link.as_fd()], others, None);
            if !link::is_readable(link.as_fd()) {
                if others.iter().any(has_ended) { return None } else { continue }
            }
            match link::receive(link.as_fd()) {
                Some(Message::Welcome) => {
                    self.link = self.hider.hide(link).ok();
                    return Some(Event::OwnerSucceeded);
                }
                Some(Message::Release) => return Some(Event::OwnerReleases),
                _ => {
                    // Whoever had it is about to end, or had no room for it.
                    wait(&[], others, Some(ENDS_WITHIN));
                    return if others.iter().any(has_ended) { None } else { Some(Event::SessionLost) };
                }
            }
        }
    }

    pub(super) fn follow_successor(&mut self) {
        let untold =
            if self.settings.non_stop { self.untold_halts(self.pid) } else { self.untold.iter().cloned().collect() };
        for report in untold {
            self.tell_owner(Message::Event(report, None));
        }
        self.tell_owner(Message::Here);
    }

    // ── who takes its place ────────────────────────────────────────────────────────────────────

    /// What the dead owner had.
    pub(super) fn inherit_what_is_left(&mut self) {
        let Some(will) = self.will.clone() else { return };
        self.continue_with(will.estate.unread.clone());
        let known: Vec<i32> = will.known().into_iter().filter(|pid| *pid != self.pid).collect();
        self.owned.run = will.estate.run;
        // What lives tells again what it told.
        self.owned.pending.extend(will.estate.pending.into_iter().filter(Report::is_end));
        let told = self.gather(&known, true);
        let dead = known.into_iter().filter(|pid| self.peer(*pid).is_none());
        let killed = ExitStatus::Signaled(libc::SIGKILL as u32);
        let deaths: Vec<_> = dead.map(|pid| reply::of_exit(&self.settings, pid, killed)).collect();
        self.owned.pending.extend(deaths);
        for report in told {
            self.note(report.pid, Some(Message::Event(report, None)));
        }
        self.release_strangers();
    }

    /// Waits until each of these processes has called, is dead or can no longer call, and takes the first in. However long
    /// that takes: one that is stopped, or starved, is waited for as at any other time. Returns what they had told the
    /// owner before.
    pub(super) fn gather(&mut self, pids: &[i32], announced: bool) -> Vec<Report> {
        let (mut told, mut refused) = (Vec::new(), Vec::new());
        loop {
            let missing = |session: &Session| -> Vec<i32> {
                pids.iter().copied().filter(|pid| session.peer(*pid).is_none()).collect()
            };
            let expected = missing(self);
            // Who is dead by now has called by now.
            let mut living = commons::living(&expected);
            living.retain(|(pid, _)| self.commons.as_ref().is_some_and(|commons| commons.is_open_in(*pid)));
            refused.extend(self.hear_calls(pids));
            told.extend(self.hear_callers(announced));
            let missing: Vec<i32> = missing(self).into_iter().filter(|pid| !refused.contains(pid)).collect();
            if !living.iter().any(|(pid, _)| missing.contains(pid)) {
                return told;
            }
            let calls = self.commons.iter().map(|commons| commons.calls().as_fd());
            let links = self.owned.callers.iter().filter(|caller| caller.is_welcome).map(|caller| caller.link.as_fd());
            let fds: Vec<_> = calls.chain(links).collect();
            wait(&fds, &living, Some(LOOKS_AT_OTHERS_EACH));
        }
    }

    /// Takes calls, and welcomes those of these processes. Returns for whose no descriptors are left.
    fn hear_calls(&mut self, pids: &[i32]) -> Vec<i32> {
        let mut refused = Vec::new();
        while let Some((pid, link)) = self.commons.as_ref().and_then(Commons::take_call) {
            self.owned.callers.retain(|caller| caller.pid != pid);
            match link.and_then(|link| self.hider.hide(link).ok()) {
                Some(link) => self.owned.callers.push(Caller { pid, link, is_welcome: false, told: Vec::new() }),
                None => refused.push(pid),
            }
        }
        for caller in self.owned.callers.iter_mut().filter(|caller| pids.contains(&caller.pid) && !caller.is_welcome) {
            caller.is_welcome = true;
            let _ = link::send(caller.link.as_fd(), Message::Welcome);
        }
        refused
    }

    /// Takes in those that say that they are there, and forgets those that have called again, or are dead.
    fn hear_callers(&mut self, announced: bool) -> Vec<Report> {
        let mut told = Vec::new();
        for mut caller in std::mem::take(&mut self.owned.callers) {
            let mut is_here = None;
            while is_here.is_none() && caller.is_welcome && link::is_readable(caller.link.as_fd()) {
                match link::receive(caller.link.as_fd()) {
                    Some(Message::Event(report, _)) => caller.told.push(report),
                    Some(Message::Here) => is_here = Some(true),
                    _ => is_here = Some(false),
                }
            }
            match is_here {
                None => self.owned.callers.push(caller),
                Some(false) => {}
                Some(true) => {
                    self.adopt(caller.pid, announced, caller.link);
                    told.extend(caller.told);
                }
            }
        }
        told
    }

    /// Processes that have called and of which nobody tells, such as a child whose fork the dead owner had not reported
    /// yet, run free.
    pub(super) fn release_strangers(&mut self) {
        self.hear_calls(&[]);
        for caller in self.owned.callers.drain(..) {
            let _ = link::send(caller.link.as_fd(), Message::Release);
        }
    }

    /// Nobody owns the socket any more.
    pub(super) fn abdicate(&mut self) {
        if let Some(commons) = &self.commons {
            commons.write(&Will::default());
            self.release_strangers();
        }
    }

    pub(super) fn report_owners_death(&mut self, inferior: &dyn Inferior, with: &mut With) {
        let Some(Will { turn, .. }) = self.will.take() else { return };
        if self.settings.non_stop {
            let untold = self.untold_halts(inferior.pid());
            self.owned.pending.extend(untold);
            self.remember(turn);
            return self.announce();
        }
        if turn != Turn::Gdbs {
            with.ran = self.stop_peers();
        }
        self.remember(turn);
        if self.gdb_waits(turn) {
            self.send_report(inferior, with);
        }
    }

    /// Whether gdb waits for a stop that the owner before did not live to tell.
    pub(super) fn gdb_waits(&mut self, turn: Turn) -> bool {
        match turn {
            Turn::Ours => {
                // What gdb said last is why it waits.
                self.read_available();
                self.framer.forget_packets();
                true
            }
            // It died before it could tell gdb, or just after; gdb always has something to say to a stop.
            Turn::Stopping => !self.gdb_speaks_within(LAST_WORDS_MS),
            Turn::Gdbs => false,
        }
    }

    /// gdb has been told of a stop of that process.
    pub(super) fn spoke(&self, pid: i32) {
        for peer in &self.owned.peers {
            let _ = link::send(peer.link.as_fd(), Message::Spoke { pid });
        }
    }
}

/// Waits until one of the descriptors can be read, or one of the processes has ended.
fn wait(fds: &[BorrowedFd<'_>], processes: &[Living], at_most: Option<Duration>) {
    let ends = processes.iter().filter_map(|(_, end)| end.as_ref()).map(AsFd::as_fd);
    let mut polled: Vec<_> = fds.iter().copied().chain(ends).map(|fd| PollFd::new(fd, PollFlags::POLLIN)).collect();
    let is_blind = processes.iter().any(|(_, end)| end.is_none());
    let at_most = if is_blind { Some(at_most.map_or(LOOKS_EACH, |time| time.min(LOOKS_EACH))) } else { at_most };
    let timeout = at_most.map_or(PollTimeout::NONE, |time| PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX));
    // Interrupted or not, and whatever came: it is looked at again.
    let _ = poll(&mut polled, timeout);
}

fn has_ended((pid, end): &Living) -> bool {
    match end {
        Some(end) => link::is_readable(end.as_fd()),
        None => commons::living(&[*pid]).is_empty(),
    }
}
