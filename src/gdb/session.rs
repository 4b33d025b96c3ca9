//! The session of one process with gdb: what the process layer calls.
//!
//! The process layer keeps one `Session` under its stop lock, and calls it
//!
//! | when | what |
//! |---|---|
//! | a thread stops for a [`Stop`] | [`on_stop`](Session::on_stop), all other threads parked |
//! | a guest signal is about to be delivered | `on_stop(Stop::Signal)` if [`wants_signal`](Session::wants_signal) |
//! | SIGURG with a hidden descriptor in `si_fd` arrived | [`poll`](Session::poll); if true, park all threads, then `on_stop(Stop::Requested)` |
//! | before and after a fork | [`before_fork`](Session::before_fork), [`after_fork_parent`](Session::after_fork_parent), [`after_fork_child`](Session::after_fork_child) |
//! | around an exec | [`before_exec`](Session::before_exec), then [`on_exec`](Session::on_exec) in the new program |
//! | the process is about to end | [`on_exit`](Session::on_exit) |
//!
//! Between the return of a [`Resume`] and the next call guest threads run. A session that has ended
//! answers every call at once, with [`Resume::all`].
//!
//! Each call becomes an [`Event`] of the [`ownership`] table; the table says what to do
//! ([`actions`](super::actions)) and where that leads; as long as it leads to standing still,
//! [`Session::stand`] talks to gdb ([`owner`](super::owner)) or to the socket's owner
//! ([`peer`](super::peer)).

use super::actions::With;
use super::estate::Owned;
use super::fds;
use super::inferior::Inferior;
use super::link;
use super::ownership::{self, Event, State};
use super::packet::Framer;
use super::reply;
use super::resume::Resume;
use super::serve::Local;
use super::settings::Settings;
use super::stop::{ExitStatus, ForkKind, Stop};
use std::os::fd::{AsFd, OwnedFd};

/// Moves a descriptor to where the guest neither sees nor closes it.
pub type HideFd = fn(OwnedFd) -> std::io::Result<OwnedFd>;

/// One process's part in the debugging session.
pub struct Session {
    pub(super) hide: HideFd,
    pub(super) state: State,
    /// gdb's socket: open in every process of the session, used by its owner.
    pub(super) socket: Option<OwnedFd>,
    pub(super) settings: Settings,
    pub(super) local: Local,
    /// This process.
    pub(super) pid: i32,
    /// The last thread that stopped; it is the one that runs this code.
    pub(super) tid: i32,
    /// What this process's threads were last told to do.
    pub(super) plan: Resume,

    /// As the owner: what has been read.
    pub(super) framer: Framer,
    /// As the owner: the socket's other end is gone.
    pub(super) gdb_lost: bool,
    /// As the owner: inherited from one that died between stopping its peers and telling gdb, or
    /// just after; nobody knows whose turn it is until gdb says something.
    pub(super) turn_unsure: bool,
    /// As the owner: the rest.
    pub(super) owned: Owned,

    /// As a peer: to the owner.
    pub(super) link: Option<OwnedFd>,
    /// As a peer: the owner's pid if this process is its heir.
    pub(super) heir_of: Option<i32>,
    /// As a peer: gdb waits for a stop.
    pub(super) gdb_waits: bool,
}

/// What parent and child need to find each other after a fork.
pub struct ForkLink {
    kind: ForkKind,
    /// The owner's end and the child's; `None` if the child is to run free.
    ends: Option<(OwnedFd, OwnedFd)>,
}

impl ForkLink {
    /// Whether gdb hears of this fork: if not, the parent need not stop for it.
    pub fn is_reported(&self) -> bool {
        self.ends.is_some()
    }
}

impl Session {
    /// A session over a connected socket. The process is to stop at its first instruction and call
    /// [`Session::on_stop`] with [`Stop::Start`].
    pub fn new(socket: OwnedFd, hide: HideFd) -> std::io::Result<Session> {
        Ok(Session { socket: Some(hide(socket)?), state: State::OwnerServing, ..Session::inactive(hide) })
    }

    /// A session that takes no part: for a program run without `-g`.
    pub fn inactive(hide: HideFd) -> Session {
        Session {
            hide,
            state: State::Free,
            socket: None,
            settings: Settings::default(),
            local: Local::default(),
            pid: 0,
            tid: 0,
            plan: Resume::all(),
            framer: Framer::default(),
            gdb_lost: false,
            turn_unsure: false,
            owned: Owned::default(),
            link: None,
            heir_of: None,
            gdb_waits: true,
        }
    }

    /// False if there is no gdb, or no more.
    pub fn is_active(&self) -> bool {
        !matches!(self.state, State::Free | State::Gone)
    }

    /// Thread `tid` stopped; all others of the process stand still. Returns when gdb has decided.
    pub fn on_stop(&mut self, inferior: &mut dyn Inferior, tid: i32, stop: Stop) -> Resume {
        self.enter(inferior, tid);
        match stop {
            // gdb asks for this one with `?`.
            Stop::Start => self.owned.general = (self.pid, tid),
            Stop::Requested => self.do_requested(inferior),
            _ => {
                let report = self.report(inferior, tid, &stop);
                self.fire(inferior, Event::Stopped, With { report: Some(report), ..With::default() });
            }
        }
        self.stand(inferior)
    }

    /// Whether gdb wants to hear of this Linux signal before the guest gets it (QPassSignals).
    pub fn wants_signal(&self, signal: u32) -> bool {
        self.is_active() && self.settings.reports_signal(signal)
    }

    /// True if gdb, or another process of the session, wants something of this process that needs
    /// its threads to stand still.
    pub fn poll(&mut self) -> bool {
        match self.state {
            State::OwnerRunning => {
                self.read_available();
                self.gdb_lost || self.framer.has_interrupt() || !self.owned.pending.is_empty()
            }
            State::PeerRunning => self.link.as_ref().is_some_and(|link| link::is_readable(link.as_fd())),
            _ => false,
        }
    }

    /// Called by the forking thread, holding the stop lock.
    pub fn before_fork(&mut self, kind: ForkKind) -> ForkLink {
        let reported = self.is_active() && self.settings.reports_fork(kind);
        // Without descriptors left the child runs free: a fork does not fail because of gdb.
        let ends = reported.then(|| link::pair().and_then(|(a, b)| Ok(((self.hide)(a)?, (self.hide)(b)?))).ok());
        ForkLink { kind, ends: ends.flatten() }
    }

    /// In the parent: `child` was made by thread `tid`; all other threads are parked by now.
    pub fn after_fork_parent(&mut self, inferior: &mut dyn Inferior, tid: i32, link: ForkLink, child: i32) -> Resume {
        let Some((owners_end, _childs_end)) = link.ends else { return self.plan.clone() };
        self.enter(inferior, tid);
        let report = reply::of_fork(&self.settings, inferior, tid, link.kind, child);
        let with = With { report: Some(report), link: Some(owners_end), ..With::default() };
        self.fire(inferior, Event::Forked, with);
        self.stand(inferior)
    }

    /// In the child, which stands still until gdb has decided. Its only thread is the group leader;
    /// its breakpoint and watchpoint tables are the parent's.
    pub fn after_fork_child(&mut self, inferior: &mut dyn Inferior, link: ForkLink) -> Resume {
        self.enter(inferior, inferior.pid());
        match link.ends {
            Some((_owners_end, childs_end)) => {
                let with = With { link: Some(childs_end), ..With::default() };
                self.fire(inferior, Event::Born, with);
            }
            None => self.fire(inferior, Event::BornFree, With::default()),
        }
        self.stand(inferior)
    }

    /// The process executed a new program and stands at its first instruction. Its breakpoint and
    /// watchpoint tables are empty.
    pub fn on_exec(&mut self, inferior: &mut dyn Inferior, tid: i32) -> Resume {
        self.enter(inferior, tid);
        self.local.breakpoints.forget();
        let report = reply::of_exec(&self.settings, inferior, tid);
        self.fire(inferior, Event::Stopped, With { report: Some(report), ..With::default() });
        self.stand(inferior)
    }

    /// The process is about to end; all its other threads stand still or are gone.
    pub fn on_exit(&mut self, inferior: &mut dyn Inferior, status: ExitStatus) {
        self.enter(inferior, self.tid);
        let report = reply::of_exit(&self.settings, inferior.pid(), status);
        let owner_alone = self.state == State::OwnerRunning && self.owned.peers.is_empty();
        let event = if owner_alone { Event::EndedLast } else { Event::Ended };
        self.fire(inferior, event, With { report: Some(report), ..With::default() });
    }

    fn enter(&mut self, inferior: &dyn Inferior, tid: i32) {
        (self.pid, self.tid) = (inferior.pid(), tid);
    }

    pub(super) fn report(&self, inferior: &dyn Inferior, tid: i32, stop: &Stop) -> link::Report {
        reply::of_stop(&self.settings, &self.local.breakpoints, inferior, tid, stop)
    }

    /// One transition of the table.
    pub(super) fn fire(&mut self, inferior: &mut dyn Inferior, event: Event, mut with: With) {
        let Some((next, actions)) = ownership::next(self.state, event) else { return };
        for action in actions {
            self.perform(inferior, *action, &mut with);
        }
        self.state = next;
    }

    /// Talks until the table says that this process runs.
    pub(super) fn stand(&mut self, inferior: &mut dyn Inferior) -> Resume {
        loop {
            match self.state {
                State::OwnerServing => self.serve_gdb(inferior),
                State::OwnerWaiting => self.wait_for_others(inferior),
                State::PeerServing => self.serve_owner(inferior),
                State::OwnerRunning | State::PeerRunning => {
                    // What arrives from now on raises a signal; what has arrived before does not.
                    self.signal_on_input(true);
                    if !self.poll() {
                        let plan = self.plan.clone();
                        self.plan = plan.clone().without_signals();
                        return plan;
                    }
                    self.do_requested(inferior);
                }
                State::Free => return Resume::all(),
                State::Gone => return Resume::none(),
            }
        }
    }

    /// Does what [`Session::poll`] said is to be done.
    fn do_requested(&mut self, inferior: &mut dyn Inferior) {
        match self.state {
            State::OwnerRunning => self.hear_while_gdb_waits(inferior),
            State::PeerRunning => {
                if self.poll() {
                    self.hear_owner(inferior);
                }
            }
            _ => {}
        }
    }

    /// Whether input for this process raises SIGURG; errors mean only that gdb has to wait for the
    /// next stop.
    pub(super) fn signal_on_input(&self, enabled: bool) {
        let links = self.owned.peers.iter().map(|peer| &peer.link);
        let own: Option<&OwnedFd> = match self.state {
            State::PeerRunning | State::PeerServing => self.link.as_ref(),
            _ => self.socket.as_ref(),
        };
        for fd in links.chain(own) {
            let _ = fds::signal_on_input(fd.as_fd(), enabled);
        }
    }
}
