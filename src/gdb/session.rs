//! The session of one process with gdb: the [`Debugger`] that the process layer calls.
//!
//! Each call becomes an [`Event`] of the [`ownership`] table; the table says what to do
//! ([`actions`](super::actions)) and where that leads; as long as it leads to standing still,
//! [`Session::stand`] talks to gdb ([`owner`](super::owner)) or to the socket's owner
//! ([`peer`](super::peer)).

use super::actions::With;
use super::attach::Arrival;
use super::commons::{Commons, Will};
use super::door::Door;
use super::estate::Owned;
use super::fds;
use super::hidden::{Hidden, Hider};
use super::link;
use super::next_run::NextRun;
use super::nonstop::Threads;
use super::ownership::{self, Event, State};
use super::packet::Framer;
use super::reply;
use super::serve::Local;
use super::settings::Settings;
use super::signals;
use super::terminal::Terminal;
use crate::debug::{Action, Debugger, ExitStatus, ForkKind, Inferior, Resume, Stop};
use std::os::fd::{AsFd, OwnedFd};

/// One process's part in the debugging session.
pub struct Session {
    pub(super) hider: Hider,
    pub(super) state: State,
    /// gdb's socket: open in every process of the session, used by its owner.
    pub(super) socket: Option<Hidden>,
    /// Where another gdb may come in.
    pub(super) door: Door,
    pub(super) settings: Settings,
    pub(super) local: Local,
    /// This process.
    pub(super) pid: i32,
    /// The last thread that stopped; it is the one that runs this code.
    pub(super) tid: i32,
    /// What this process's threads were last told to do.
    pub(super) plan: Resume,
    /// In non-stop mode: which of them stand still.
    pub(super) threads: Threads,
    /// As a process that was attached to: who waits for its first stop.
    pub(super) arrival: Option<Arrival>,
    /// There is no process: what is known of the next one.
    pub(super) lobby: Option<NextRun>,
    /// There is no process, and the guard has made this one for the next.
    pub terminal: Option<Terminal>,
    /// Made before a fork; `None` if the child is to run free.
    pub(super) fork_link: Option<ForkLink>,

    /// As the owner: what has been read.
    pub(super) framer: Framer,
    /// As the owner: how much of that is still in the socket.
    pub(super) peeked: usize,
    /// As the owner: what of a packet that has still to end is no longer there.
    pub(super) taken: Vec<u8>,
    /// As the owner: the socket's other end is gone.
    pub(super) gdb_lost: bool,
    /// As the owner: the rest.
    pub(super) owned: Owned,

    /// As a peer: to the owner.
    pub(super) link: Option<Hidden>,
    /// As a peer: what this process has told the owner, unless gdb knows it.
    pub(super) untold: Option<link::Report>,
    /// If there are others: what all have in common for the owner's death.
    pub(super) commons: Option<Commons>,
    /// In place of an owner that has died: its will.
    pub(super) will: Option<Will>,
}

/// Whether gdb or the processes of the session are expected to say something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Turn {
    /// gdb waits for a stop.
    #[default]
    Ours,
    /// The owner stops all, and then tells gdb why.
    Stopping,
    /// It has told.
    Gdbs,
}

/// Both ends of a link to a child that is about to be forked.
pub(super) struct ForkLink {
    pub(super) kind: ForkKind,
    pub(super) owners_end: Hidden,
    pub(super) childs_end: Hidden,
}

impl Session {
    /// A session over a connected socket. The process is to stop at its first instruction and call
    /// [`Debugger::on_stop`] with [`Stop::Start`].
    pub fn new(socket: OwnedFd, door: Door, hider: Hider) -> std::io::Result<Session> {
        Ok(Session { socket: Some(hider.hide(socket)?), state: State::OwnerServing, door, ..Session::inactive(hider) })
    }

    /// A session that gdb has still to come to. The process does the same, and runs on.
    pub fn awaiting(door: Door, hider: Hider) -> Session {
        Session { door, ..Session::inactive(hider) }
    }

    /// A session that takes no part.
    pub(super) fn inactive(hider: Hider) -> Session {
        Session {
            hider,
            state: State::Free,
            socket: None,
            door: Door::default(),
            settings: Settings::default(),
            local: Local::new(hider),
            pid: 0,
            tid: 0,
            plan: Resume::all(),
            threads: Threads::default(),
            arrival: None,
            lobby: None,
            terminal: None,
            fork_link: None,
            framer: Framer::default(),
            peeked: 0,
            taken: Vec::new(),
            gdb_lost: false,
            owned: Owned::default(),
            link: None,
            untold: None,
            commons: None,
            will: None,
        }
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
                State::OwnerDeserted => self.wait_for_gdb(inferior),
                State::PeerServing => self.serve_owner(inferior),
                State::OwnerRunning | State::PeerRunning | State::Free => {
                    // What arrives from now on raises a signal; what has arrived before does not.
                    self.signal_on_input(true);
                    if self.poll() {
                        self.do_requested(inferior);
                    } else if self.settings.non_stop && self.state != State::Free {
                        return self.orders();
                    } else if self.state == State::Free {
                        return self.parting(inferior);
                    } else {
                        let plan = self.plan.clone();
                        self.plan = plan.clone().without_signals();
                        return plan;
                    }
                }
                State::Gone => return Resume::none(),
            }
        }
    }

    /// Every thread runs, with the signal that it was stopped for if gdb would have it so.
    fn parting(&self, inferior: &dyn Inferior) -> Resume {
        let signal = |tid: i32| {
            let signal = inferior.siginfo(tid)?.first_chunk().map(|number| u32::from_le_bytes(*number))?;
            self.settings.leaves_signal(signal).then_some((Some(tid), Action::Continue(Some(signal))))
        };
        let rules = inferior.threads().into_iter().filter_map(signal);
        Resume::new(rules.chain([(None, Action::Continue(None))]).collect())
    }

    /// What other processes told before this one ends is reported before its end.
    fn let_others_speak_first(&mut self, inferior: &mut dyn Inferior) {
        while self.state == State::OwnerRunning && !self.settings.non_stop && self.poll() {
            self.hear_while_gdb_waits(inferior);
            self.stand(inferior);
        }
    }

    /// The process ends, as far as gdb is concerned.
    fn end(&mut self, inferior: &mut dyn Inferior, status: ExitStatus, says: String) {
        self.enter(inferior, self.tid);
        self.let_others_speak_first(inferior);
        let report = reply::of_exit(&self.settings, inferior.pid(), status);
        let report = link::Report { says: says.into_bytes(), ..report };
        let owner_alone = self.state == State::OwnerRunning && self.owned.peers.is_empty();
        let event = if owner_alone { Event::EndedLast } else { Event::Ended };
        self.fire(inferior, event, With { report: Some(report), ..With::default() });
    }

    /// Does what [`Session::poll`] said is to be done.
    fn do_requested(&mut self, inferior: &mut dyn Inferior) {
        self.stand_to(inferior);
        match self.state {
            State::OwnerRunning => self.hear_while_gdb_waits(inferior),
            State::PeerRunning => self.hear_owner_if_it_speaks(inferior),
            State::Free => self.let_gdb_in(inferior),
            _ => {}
        }
    }

    /// Whether input for this process raises SIGURG; errors mean only that gdb has to wait for the
    /// next stop.
    pub(super) fn signal_on_input(&self, enabled: bool) {
        let links = self.owned.peers.iter().map(|peer| &peer.link);
        let (link, socket, door) = (self.link.as_ref(), self.socket.as_ref(), self.door.listener());
        let calls = self.commons.as_ref().map(Commons::calls);
        let own = match self.state {
            State::PeerRunning | State::PeerServing => [link, None, None],
            _ => [socket, door, calls],
        };
        for fd in links.chain(own.into_iter().flatten()) {
            let _ = fds::signal_on_input(fd.as_fd(), enabled);
        }
    }
}

impl Debugger for Session {
    fn is_active(&self) -> bool {
        !matches!(self.state, State::Free | State::Gone)
    }

    fn on_stop(&mut self, inferior: &mut dyn Inferior, tid: i32, stop: Stop) -> Resume {
        self.enter(inferior, tid);
        if stop != Stop::Requested {
            self.local.trap = (tid, signals::code_of_trap(&stop));
        }
        match stop {
            // gdb asks for this one with `?`, unless it is the answer to `vRun`.
            Stop::Start => {
                self.owned.general = (self.pid, tid);
                match self.lobby.take() {
                    Some(run) => self.answer_run(inferior, run),
                    None => self.owned.run.is_as_now(inferior),
                }
                if let Some(arrival) = self.arrival.take() {
                    self.answer_attach(inferior, arrival);
                }
            }
            Stop::Requested => self.do_requested(inferior),
            _ => {
                let report = self.report(inferior, tid, &stop);
                // What has ended is news, and not held up.
                if !matches!(stop, Stop::ThreadExited(_)) {
                    self.halt(&report);
                }
                self.fire(inferior, Event::Stopped, With { report: Some(report), ..With::default() });
            }
        }
        self.stand(inferior)
    }

    fn wants(&self, stop: &Stop) -> bool {
        if *stop == Stop::Start {
            // To begin to listen, if not to talk.
            return self.is_active() || self.door.is_open();
        }
        self.is_active()
            && match stop {
                Stop::Signal(signal) => self.settings.reports_signal(*signal),
                Stop::ThreadCreated | Stop::ThreadExited(_) => self.settings.thread_events,
                Stop::NoneResumed => !self.settings.non_stop,
                _ => true,
            }
    }

    fn say(&mut self, text: &[u8]) -> bool {
        match self.state {
            State::OwnerRunning => {
                let can_print = self.has_sent_all();
                if can_print {
                    self.print(text);
                }
                can_print
            }
            State::PeerRunning => self.say_to_owner(text),
            _ => true,
        }
    }

    fn poll(&mut self) -> bool {
        match self.state {
            State::OwnerRunning => {
                self.read_available();
                let news = if self.settings.non_stop {
                    self.framer.has_input() && self.has_sent_all()
                } else {
                    self.due().is_some()
                };
                self.gdb_lost || self.framer.has_interrupt() || news
            }
            State::PeerRunning => self.link.as_ref().is_some_and(|link| link::is_readable(link.as_fd())),
            State::Free => self.door.listener().is_some_and(|listener| link::is_readable(listener.as_fd())),
            _ => false,
        }
    }

    fn before_fork(&mut self, kind: ForkKind) -> bool {
        if self.is_active() && self.settings.reports_fork(kind) && self.has_commons() {
            // Without descriptors left the child runs free: a fork does not fail because of gdb.
            self.fork_link = link::pair().ok().and_then(|(owners_end, childs_end)| {
                let (owners_end, childs_end) = (self.hider.hide(owners_end).ok()?, self.hider.hide(childs_end).ok()?);
                Some(ForkLink { kind, owners_end, childs_end })
            });
            if self.fork_link.is_none() {
                self.say(link::unfollowed(self.pid).as_bytes());
            }
        }
        self.fork_link.is_some()
    }

    fn after_fork_parent(&mut self, inferior: &mut dyn Inferior, tid: i32, child: i32) -> Resume {
        let Some(link) = self.fork_link.take() else { return Resume::only([]) };
        self.enter(inferior, tid);
        self.local.trap = (tid, 0);
        let report = reply::of_fork(&self.settings, inferior, tid, link.kind, child);
        self.halt(&report);
        let with = With { report: Some(report), link: Some(link.owners_end), ..With::default() };
        match link.kind {
            ForkKind::Fork => drop(link.childs_end),
            ForkKind::Vfork => link.childs_end.close_here(),
        }
        self.fire(inferior, Event::Forked, with);
        self.stand(inferior)
    }

    fn after_fork_child(&mut self, inferior: &mut dyn Inferior) -> Resume {
        self.enter(inferior, inferior.pid());
        match self.fork_link.take() {
            Some(link) => {
                let with = With { link: Some(link.childs_end), ..With::default() };
                drop(link.owners_end);
                self.fire(inferior, Event::Born, with);
                let body = reply::of_halt(&self.settings, inferior, self.pid, 0).body;
                self.halt_alone(inferior, body, true);
                // A child that shares memory has tables of its own.
                let caught = self.local.breakpoints.caught().clone();
                self.local.breakpoints.catch(inferior, caught);
            }
            None => {
                // That is its parent's to send.
                self.owned.unsent.clear();
                self.fire(inferior, Event::BornFree, With::default());
            }
        }
        self.stand(inferior)
    }

    fn fork_failed(&mut self) {
        self.fork_link = None;
    }

    fn for_child_sharing_memory(&mut self) -> Box<dyn Debugger> {
        Box::new(self.for_copied_table())
    }

    fn abandon(&mut self) {
        let own = [self.socket.take(), self.link.take()]
            .into_iter()
            .flatten()
            .chain(self.door.leave())
            .chain(self.commons.take().into_iter().flat_map(Commons::into_fds));
        let links = self.owned.peers.drain(..).map(|peer| peer.link);
        let fork = self.fork_link.take().into_iter().flat_map(|link| [link.owners_end, link.childs_end]);
        own.chain(links).chain(fork).chain(self.local.files.drain()).for_each(Hidden::abandon);
        self.state = State::Gone;
    }

    fn before_exec(&mut self) -> Option<String> {
        self.hand_to_next_image()
    }

    fn exec_failed(&mut self) {
        self.stay_in_this_image();
    }

    fn on_host_exec(&mut self, inferior: &mut dyn Inferior, path: &[u8]) {
        let path = String::from_utf8_lossy(path);
        let says = format!("Process {} executes {path}, a program of the host.\n", inferior.pid());
        self.end(inferior, ExitStatus::Exited(0), says);
        self.local.breakpoints.clear(inferior);
    }

    fn on_exec(&mut self, inferior: &mut dyn Inferior, tid: i32) -> Resume {
        self.enter(inferior, tid);
        self.local.trap = (tid, 0);
        // gdb inserts its breakpoints anew, but not this.
        let caught = self.local.breakpoints.caught().clone();
        self.local.breakpoints.catch(inferior, caught);
        let report = reply::of_exec(&self.settings, inferior, tid);
        self.halt_alone(inferior, report.body.clone(), false);
        self.fire(inferior, Event::Stopped, With { report: Some(report), ..With::default() });
        self.stand(inferior)
    }

    fn on_exit(&mut self, inferior: &mut dyn Inferior, status: ExitStatus) {
        self.end(inferior, status, String::new());
    }
}
