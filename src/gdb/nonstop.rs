//! Non-stop mode (`set non-stop on`): threads stop and go on one by one while others run, and gdb says
//! what it likes at any time.
//!
//! There is no thread that waits for gdb while the guest runs. Input raises a signal, as it does in
//! all-stop mode; the thread that the kernel picks, running or parked, stops all others for as long as
//! it takes to answer what has been said, and then everybody goes on with what he was doing. So all
//! that looks into a process may still count on its threads standing still, and the guest pays only
//! while gdb talks. If no thread of a process is left running, the last one listens.
//!
//! A stop is news: it waits in the owner's `pending`, is announced by `%Stop`, and gdb takes it, and
//! what has come behind it, by `vStopped`. Until it has been taken, gdb believes that the thread runs,
//! and what it says to all threads is not meant for that one; so each process keeps which of its
//! threads are halted and whether gdb has been told.

use super::link::{self, Kept, Message, Report};
use super::ownership::{Event, State};
use super::packet::{Input, notification};
use super::reply;
use super::session::{Session, Turn};
use super::vcont::Plan;
use crate::debug::{Action, Inferior, Resume};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::BTreeMap;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// A thread that stands still for gdb.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Halt {
    /// The stop reply.
    body: Vec<u8>,
    /// gdb has taken it.
    told: bool,
}

/// What a process keeps of its threads.
#[derive(Default, Debug)]
pub struct Threads {
    halted: BTreeMap<i32, Halt>,
    /// What is new for the threads when they next go on.
    orders: BTreeMap<i32, Action>,
}

/// The protocol's number of SIGINT.
const INT: u8 = 2;
/// How long the last news of a process may wait to be taken.
const LAST_NEWS: Duration = Duration::from_secs(2);

impl Session {
    /// gdb has chosen the mode.
    pub(super) fn choose_mode(&mut self, inferior: &dyn Inferior, non_stop: bool) {
        let moves = self.settings.non_stop && (self.moves_any(inferior) || !self.owned.peers.is_empty());
        if !non_stop && moves {
            // Those that run would have to be stopped first.
            return self.reply(b"E01");
        }
        self.change_settings(|settings| settings.non_stop = non_stop);
        self.mode_changed(inferior);
        self.reply(b"OK");
    }

    /// In each process: everything stands still when the mode changes.
    pub(super) fn mode_changed(&mut self, inferior: &dyn Inferior) {
        self.threads = Threads::default();
        if self.settings.non_stop {
            for tid in inferior.threads() {
                let body = reply::of_halt(&self.settings, inferior, tid, 0).body;
                self.threads.halted.insert(tid, Halt { body, told: true });
                self.threads.orders.insert(tid, Action::Stay);
            }
        }
    }

    /// A thread has stopped by itself.
    pub(super) fn halt(&mut self, report: &Report) {
        if self.settings.non_stop {
            self.threads.halted.insert(report.tid, Halt { body: report.body.clone(), told: false });
            self.threads.orders.insert(report.tid, Action::Stay);
        }
    }

    /// The only thread of a new process, or a new program.
    pub(super) fn halt_alone(&mut self, inferior: &dyn Inferior, body: Vec<u8>, told: bool) {
        if self.settings.non_stop {
            let tid = inferior.pid();
            self.threads = Threads::default();
            self.threads.halted.insert(tid, Halt { body, told });
            self.threads.orders.insert(tid, Action::Stay);
        }
    }

    /// What the process's threads do next.
    pub(super) fn orders(&mut self) -> Resume {
        Resume::only(std::mem::take(&mut self.threads.orders))
    }

    /// Whether some thread of this process runs.
    pub(super) fn moves_any(&mut self, inferior: &dyn Inferior) -> bool {
        let tids = inferior.threads();
        // A number that is used again stands for another thread.
        self.threads.halted.retain(|tid, _| tids.contains(tid));
        tids.len() > self.threads.halted.len()
    }

    /// Does what `vCont` wants of this process.
    pub(super) fn obey(&mut self, inferior: &dyn Inferior, plan: &Resume) {
        for tid in inferior.threads() {
            match (plan.rule(tid), self.threads.halted.get(&tid)) {
                (Some(Action::Stay), None) => self.halt_for(inferior, tid, 0),
                (Some(Action::Stay) | None, _) => {}
                // It has halted meanwhile, or runs already: that was not meant.
                (Some(_), Some(Halt { told: false, .. }) | None) => {}
                (Some(action), Some(_)) => {
                    self.threads.halted.remove(&tid);
                    self.threads.orders.insert(tid, action);
                }
            }
        }
    }

    /// Halts a thread because gdb wants it, and reports that.
    fn halt_for(&mut self, inferior: &dyn Inferior, tid: i32, signal: u8) {
        let report = reply::of_halt(&self.settings, inferior, tid, signal);
        self.halt(&report);
        if self.link.is_some() {
            self.tell_owner(Message::Event(report, None));
        } else {
            self.owned.pending.push_back(report);
            self.announce();
        }
    }

    /// `vCtrlC`: halts a thread that runs; false if there is none.
    fn interrupt_any(&mut self, inferior: &dyn Inferior) -> bool {
        let running = inferior.threads().into_iter().find(|tid| !self.threads.halted.contains_key(tid));
        if let Some(tid) = running {
            self.halt_for(inferior, tid, INT);
        }
        running.is_some()
    }

    /// What gdb asks a peer for, of which its thread list knows: its halts, or Ctrl-C.
    pub(super) fn answer_for_threads(&mut self, inferior: &dyn Inferior, body: &[u8]) -> Option<Vec<Vec<u8>>> {
        match body {
            _ if !self.settings.non_stop => None,
            b"vCtrlC" => Some(if self.interrupt_any(inferior) { vec![b"OK".to_vec()] } else { Vec::new() }),
            b"?" => Some(self.halts(inferior.pid()).into_iter().map(|report| report.encode().into_bytes()).collect()),
            _ => None,
        }
    }

    /// Reports of all halted threads of this process, which gdb takes anew.
    fn halts(&mut self, pid: i32) -> Vec<Report> {
        let report = |(tid, halt): (&i32, &mut Halt)| {
            halt.told = false;
            let body = halt.body.clone();
            Report { pid, tid: *tid, kept: Kept::Waiting, newborn: None, says: Vec::new(), body }
        };
        self.threads.halted.iter_mut().map(report).collect()
    }

    /// gdb has taken the stop of a thread of this process.
    pub(super) fn note_told(&mut self, tid: i32) {
        if let Some(halt) = self.threads.halted.get_mut(&tid) {
            halt.told = true;
        }
    }

    /// What this process told an owner that died, and gdb may not have heard.
    pub(super) fn untold_halts(&mut self, pid: i32) -> Vec<Report> {
        let untold: Vec<i32> = self.threads.halted.iter().filter(|(_, halt)| !halt.told).map(|(tid, _)| *tid).collect();
        let reports = self.halts(pid);
        self.threads.halted.iter_mut().for_each(|(tid, halt)| halt.told = !untold.contains(tid));
        reports.into_iter().filter(|report| untold.contains(&report.tid)).collect()
    }

    // ── the owner ──────────────────────────────────────────────────────────────────────────────

    /// Packets of this mode; true if it was one.
    pub(super) fn handle_non_stop_packet(&mut self, inferior: &mut dyn Inferior, body: &[u8]) -> bool {
        match body {
            b"QNonStop:1" => self.choose_mode(inferior, true),
            b"QNonStop:0" => self.choose_mode(inferior, false),
            _ if !self.settings.non_stop => return false,
            b"?" => self.list_halts(inferior),
            b"vStopped" => self.tell_next(),
            b"vCtrlC" => self.interrupt(inferior),
            [b'c' | b'C' | b's' | b'S', ..] => self.reply(b"E01"),
            _ => match body.strip_prefix(b"vCont").filter(|actions| *actions != b"?") {
                Some(actions) => self.resume_some(inferior, Plan::parse(actions, self.owned.general.0)),
                None => return false,
            },
        }
        true
    }

    fn resume_some(&mut self, inferior: &dyn Inferior, plan: Option<Plan>) {
        let Some(plan) = plan else { return self.reply(b"E01") };
        self.reply(b"OK");
        self.obey(inferior, &plan.for_process(self.pid));
        for peer in self.owned.peers.iter().filter(|peer| peer.announced) {
            let _ = link::send(peer.link.as_fd(), Message::Resume(plan.for_process(peer.pid)));
        }
        self.owned.plan = plan;
        self.remember(Turn::Ours);
    }

    /// Ctrl-C stops one thread.
    pub(super) fn interrupt(&mut self, inferior: &dyn Inferior) {
        self.reply(b"OK");
        if self.interrupt_any(inferior) {
            return;
        }
        for pid in self.announced_pids() {
            let question = Message::Packet { tid: pid, body: b"vCtrlC".to_vec() };
            if matches!(self.ask(pid, question), Some(Message::Answer(replies)) if !replies.is_empty()) {
                return;
            }
        }
    }

    /// `?`: whatever stands still is news again.
    fn list_halts(&mut self, inferior: &dyn Inferior) {
        self.owned.pending.retain(|report| report.kept == Kept::Ended || report.newborn.is_some());
        let mut reports = self.halts(inferior.pid());
        for pid in self.announced_pids() {
            if let Some(Message::Answer(words)) = self.ask(pid, Message::Packet { tid: pid, body: b"?".to_vec() }) {
                let word = |word: &Vec<u8>| Report::decode(std::str::from_utf8(word).ok()?);
                reports.extend(words.iter().filter_map(word));
            }
        }
        self.owned.pending.extend(reports);
        self.tell_front();
    }

    /// Announces news, unless gdb is about to take some.
    pub(super) fn announce(&mut self) {
        if !self.settings.non_stop || self.owned.is_announced {
            return;
        }
        if let Some(report) = self.owned.pending.front() {
            let bytes = notification(&[b"Stop:", report.body.as_slice()].concat());
            self.owned.is_announced = true;
            self.send_bytes(&bytes);
        }
    }

    /// `vStopped`: gdb has taken what was announced, and wants what comes behind it.
    fn tell_next(&mut self) {
        if let Some(taken) = self.owned.pending.pop_front().filter(|_| self.owned.is_announced) {
            for peer in &mut self.owned.peers {
                peer.announced |= taken.newborn == Some(peer.pid);
            }
            if taken.pid == self.pid {
                self.note_told(taken.tid);
            } else if let Some(peer) = self.peer(taken.pid) {
                let _ = link::send(peer.link.as_fd(), Message::Told { tid: taken.tid });
            }
        }
        self.remember(Turn::Gdbs);
        self.tell_front();
    }

    fn tell_front(&mut self) {
        let next = self.owned.pending.front().map(|report| report.body.clone());
        self.owned.is_announced = next.is_some();
        self.reply(next.as_deref().unwrap_or(b"OK"));
    }

    /// gdb has said nothing more.
    pub(super) fn serve_or_go_on(&mut self, inferior: &mut dyn Inferior) {
        self.read_available();
        let can_answer = self.framer.has_input() && self.has_sent_all();
        if can_answer || self.gdb_lost {
            return;
        }
        if self.moves_any(inferior) {
            self.fire(inferior, Event::GoesOn, Default::default());
        } else {
            self.wait_for_input();
        }
    }

    /// The process is the last one, and ends: gdb takes its news first.
    pub(super) fn await_taken(&mut self) {
        let deadline = Instant::now() + LAST_NEWS;
        self.signal_on_input(false);
        while !self.owned.pending.is_empty() && !self.gdb_lost {
            match self.framer.next_input() {
                Some(Input::Packet(body)) if body == b"vStopped" => {
                    self.acknowledge();
                    self.tell_next();
                }
                Some(Input::Packet(_)) => {
                    self.acknowledge();
                    self.reply(b"E01");
                }
                Some(_) => {}
                None => {
                    let left = deadline.saturating_duration_since(Instant::now()).as_millis();
                    let Some(socket) = self.socket.as_ref().filter(|_| left > 0) else { return };
                    let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
                    // Whether something came or not, the time runs out.
                    let _ = poll(&mut fds, PollTimeout::try_from(left as i32).unwrap_or(PollTimeout::ZERO));
                    self.read_available();
                }
            }
        }
    }

    // ── a peer ─────────────────────────────────────────────────────────────────────────────────

    /// The owner has said nothing more, or is waited for.
    pub(super) fn hear_or_go_on(&mut self, inferior: &mut dyn Inferior) {
        let speaks = self.link.as_ref().is_some_and(|link| link::is_readable(link.as_fd()));
        if !speaks && self.moves_any(inferior) {
            self.fire(inferior, Event::GoesOn, Default::default());
        } else {
            self.hear_owner(inferior);
        }
    }

    /// Before something that is asked of a process whose threads run.
    pub(super) fn stand_to(&mut self, inferior: &mut dyn Inferior) {
        if self.settings.non_stop && matches!(self.state, State::OwnerRunning | State::PeerRunning) {
            self.fire(inferior, Event::Asked, Default::default());
        }
    }
}
