//! What the actions of the [`ownership`](super::ownership) table do.

use super::estate::{Estate, Peer};
use super::hidden::Hidden;
use super::link::{self, Kept, Message, Report};
use super::ownership::{Action, State};
use super::packet::{Framer, MAX_BODY, to_hex};
use super::reply;
use super::session::{Session, Turn};
use super::thread_id::spell;
use super::vcont::Plan;
use crate::debug::{self, ExitStatus, Inferior, Resume, Stop};
use std::os::fd::{AsFd, OwnedFd};

/// What comes with an event; each action takes what it needs.
#[derive(Default)]
pub struct With {
    /// This process's stop, fork or end.
    pub report: Option<Report>,
    /// The newborn's link: the owner's end in the parent, the child's end in the child.
    pub link: Option<Hidden>,
    /// What gdb wants all processes to do.
    pub plan: Plan,
    /// The peer that gdb named.
    pub peer: i32,
    /// What changes hands with the socket.
    pub estate: Option<(String, Vec<OwnedFd>)>,
    /// gdb pressed Ctrl-C.
    pub interrupted: bool,
    /// What has come in by the door.
    pub socket: Option<Hidden>,
    /// A thread that ran until the peers were stopped.
    pub ran: Option<(i32, i32)>,
}

impl Session {
    /// Takes one action. Errors are losses of the other side, which show where it is next heard.
    pub(super) fn perform(&mut self, inferior: &mut dyn Inferior, action: Action, with: &mut With) {
        match action {
            Action::StopPeers if self.settings.non_stop => {}
            Action::StopPeers => with.ran = self.stop_peers(),
            Action::ResumePeers => self.resume_peers(&with.plan),
            Action::ReleasePeer => self.dismiss(with.peer, || Message::Release),
            Action::ReleasePeers => self.dismiss_all(|| Message::Release),
            Action::KillPeer => self.dismiss(with.peer, || Message::Kill),
            Action::KillPeers => self.dismiss_all(|| Message::Kill),
            Action::AdoptChild => {
                if let (Some(link), Some(pid)) = (with.link.take(), with.report.as_ref().and_then(|r| r.newborn)) {
                    self.adopt(pid, false, link);
                }
            }
            Action::Report => self.send_report(inferior, with),
            Action::ReplyOk => {
                self.remember(Turn::Gdbs);
                self.reply(b"OK");
            }
            Action::HandOver => self.hand_over(),
            Action::TakeSocket => self.take_socket(with.estate.take()),
            Action::ReportOwnersDeath => self.report_owners_death(inferior, with),
            Action::FollowSuccessor => self.follow_successor(),
            Action::TellOwner => {
                if let Some(report) = with.report.take() {
                    self.untold = Some(report.clone()).filter(|report| !report.is_end());
                    let link = with.link.take().and_then(Hidden::reveal);
                    self.tell_owner(Message::Event(report, link));
                }
            }
            Action::TellParked => {
                let ran = self.state == State::PeerRunning;
                self.tell_owner(Message::Parked { tid: self.mover(inferior), ran });
            }
            Action::BeginAsChild => {
                self.owned = Default::default();
                self.local.files.clear();
                self.framer = Framer::default();
                (self.peeked, self.taken) = (0, Vec::new());
                self.link = with.link.take();
                self.untold = None;
            }
            Action::ClearBreakpoints => self.local.breakpoints.clear(inferior),
            Action::AwaitAck if self.settings.non_stop => self.await_taken(),
            Action::AwaitAck => self.await_ack(),
            Action::LeaveToLobby => self.leave_to_lobby(inferior),
            Action::ShutDoor => self.door.shut(),
            Action::ShutDoorUnlessItStays if self.door.stays_open => {}
            Action::ShutDoorUnlessItStays => self.door.shut(),
            Action::LeaveDoor => drop(self.door.leave()),
            Action::Leave => self.leave(),
            Action::Admit => self.admit(inferior, with.socket.take()),
            Action::Die => inferior.kill(),
        }
    }

    pub(super) fn tell_owner(&mut self, message: Message) {
        if let Some(link) = &self.link {
            let _ = link::send(link.as_fd(), message);
        }
    }

    /// Returns a thread that ran, if gdb wants to know one.
    pub(super) fn stop_peers(&mut self) -> Option<(i32, i32)> {
        self.signal_on_input(false);
        // What gdb says from now on it says because of the stop.
        self.take_from_socket();
        for peer in &self.owned.peers {
            let _ = link::send(peer.link.as_fd(), Message::Stop);
        }
        let mut ran = None;
        for pid in self.peer_pids() {
            // Ends with `Parked`, or with the end of the peer; newborns may be told of before.
            while let Some(peer) = self.peer(pid) {
                match link::receive(peer.link.as_fd()) {
                    Some(Message::Parked { tid, ran: true }) => {
                        ran = ran.or(Some((pid, tid)));
                        break;
                    }
                    Some(Message::Parked { .. }) => break,
                    message => self.note(pid, message),
                }
            }
        }
        ran
    }

    fn resume_peers(&mut self, plan: &Plan) {
        self.owned.plan = plan.clone();
        self.remember(Turn::Ours);
        for peer in &self.owned.peers {
            // gdb cannot mean a process that it has not been told of.
            let resume = if peer.announced { plan.for_process(peer.pid) } else { Resume::none() };
            let _ = link::send(peer.link.as_fd(), Message::Resume(resume));
        }
        self.plan = plan.for_process(self.pid);
    }

    /// A last message to one peer.
    pub(super) fn dismiss(&mut self, pid: i32, message: fn() -> Message) {
        if let Some(peer) = self.remove_peer(pid) {
            // If this process dies now, nobody waits for that one.
            self.remember(Turn::Gdbs);
            let _ = link::send(peer.link.as_fd(), message());
        }
    }

    fn dismiss_all(&mut self, message: fn() -> Message) {
        for peer in self.owned.peers.drain(..) {
            let _ = link::send(peer.link.as_fd(), message());
        }
    }

    /// The peer is no longer in the session, and neither is what it told.
    pub(super) fn remove_peer(&mut self, pid: i32) -> Option<Peer> {
        let index = self.owned.peers.iter().position(|peer| peer.pid == pid)?;
        let peer = self.owned.peers.remove(index);
        self.owned.pending.retain(|report| report.pid != pid || report.kept == Kept::Ended);
        Some(peer)
    }

    /// Takes a peer's unasked message: a report, or its end (`None`).
    pub(super) fn note(&mut self, pid: i32, message: Option<Message>) {
        match message {
            Some(Message::Event(mut report, link)) => {
                if let Some(newborn) = report.newborn.filter(|pid| self.peer(*pid).is_none()) {
                    match link.and_then(|link| self.hider.hide(link).ok()) {
                        Some(link) => self.adopt(newborn, false, link),
                        // Its link went with the owner before, and it has called, too.
                        None => drop(self.gather(&[newborn], false)),
                    }
                    if self.peer(newborn).is_none() {
                        // No descriptors left: the newborn finds its link closed.
                        report = report.without_newborn();
                    }
                }
                if report.kept == Kept::Ended {
                    self.remove_peer(pid);
                }
                self.owned.pending.push_back(report);
            }
            // Said while threads ran, heard at a stop at the latest; between two stops gdb waits.
            Some(Message::Says(text)) if matches!(self.state, State::OwnerRunning | State::OwnerWaiting) => {
                self.print(&text);
            }
            None => {
                self.remove_peer(pid);
                let killed = ExitStatus::Signaled(libc::SIGKILL as u32);
                self.owned.pending.push_back(reply::of_exit(&self.settings, pid, killed));
            }
            Some(_) => {}
        }
    }

    /// This process's own report, or Ctrl-C's, or the first that waits.
    pub(super) fn send_report(&mut self, inferior: &dyn Inferior, with: &mut With) {
        let interrupted = |session: &Session| {
            let (pid, tid) = with.ran.filter(|_| session.state == State::OwnerWaiting)?;
            let thread = spell(session.settings.multiprocess, pid, tid);
            let body = format!("T02thread:{thread};").into_bytes();
            Some(Report { pid, tid, kept: Kept::Dropped, newborn: None, says: Vec::new(), body })
        };
        if self.settings.non_stop {
            self.owned.pending.extend(with.report.take());
            return self.announce();
        }
        let told = match with.report.take() {
            None if with.interrupted => interrupted(self),
            None => self.take_due(),
            own => own,
        };
        let report = told.unwrap_or_else(|| self.report(inferior, self.mover(inferior), &Stop::Requested));
        self.tell_gdb(report);
    }

    /// A thread that gdb has resumed: whichever heard that all are to stand still, gdb expects one of those.
    fn mover(&self, inferior: &dyn Inferior) -> i32 {
        let moves = |tid: &i32| self.plan.action(*tid) != debug::Action::Stay;
        [self.tid].into_iter().chain(inferior.threads()).find(moves).unwrap_or(self.tid)
    }

    /// The first waiting report about a thread that gdb has resumed; it hears of no other.
    pub(super) fn due(&self) -> Option<usize> {
        let plan = &self.owned.plan;
        // The end of a process is that of all its threads.
        let is_due = |report: &Report| plan.moves(report.pid, report.tid) || report.is_end() && plan.names(report.pid);
        self.owned.pending.iter().position(is_due)
    }

    /// Takes that report out.
    pub(super) fn take_due(&mut self) -> Option<Report> {
        self.owned.pending.remove(self.due()?)
    }

    /// Sends a stop reply.
    pub(super) fn tell_gdb(&mut self, report: Report) {
        self.owned.pending.retain(|waiting| waiting.kept != Kept::Dropped);
        for peer in &mut self.owned.peers {
            peer.announced |= report.newborn == Some(peer.pid);
        }
        self.owned.general = (report.pid, report.tid);
        self.print(&report.says);
        self.owned.last_stop = report.body.clone();
        let is_own_end = report.is_end() && report.pid == self.pid;
        let known = |session: &Session, turn| match is_own_end {
            true => session.leave_word(session.pid, turn, session.announced_pids(), Vec::new()),
            false => session.remember(turn),
        };
        known(self, Turn::Stopping);
        self.reply(&report.body);
        known(self, Turn::Gdbs);
        self.spoke(report.pid);
    }

    /// Has gdb print something, which it does while it waits for a stop.
    pub(super) fn print(&mut self, text: &[u8]) {
        if self.settings.non_stop {
            // gdb does not wait for a stop, and would take it for an answer.
            return drop(std::io::Write::write_all(&mut std::io::stderr(), text));
        }
        for piece in text.chunks(MAX_BODY / 2 - 1) {
            self.reply(format!("O{}", to_hex(piece)).as_bytes());
        }
    }

    /// The next owner is the first peer that is still there.
    fn hand_over(&mut self) {
        self.take_from_socket();
        while let Some(next) = self.next_owner() {
            let known = next.announced.then_some(next.pid).into_iter().chain(self.announced_pids());
            self.leave_word(next.pid, Turn::Gdbs, known.collect(), self.framer.unfinished());
            let mut fds: Vec<OwnedFd> = Vec::new();
            let mut peers = Vec::new();
            for peer in &self.owned.peers {
                // Without descriptors left, that peer finds its link closed and goes free.
                if let Ok(link) = peer.link.try_clone() {
                    fds.push(link);
                    peers.push((peer.pid, peer.announced));
                }
            }
            let mut files = Vec::new();
            for (numbers, file) in self.local.files.iter() {
                if let Ok(file) = file.try_clone() {
                    fds.push(file);
                    files.push(numbers);
                }
            }
            let mut estate = self.estate();
            (estate.peers, estate.files) = (peers, files);
            if link::send(next.link.as_fd(), Message::HandOver { estate: estate.encode(), fds }).is_ok() {
                self.socket = None;
                self.local.files.clear();
                return;
            }
        }
    }

    fn next_owner(&mut self) -> Option<Peer> {
        let known = self.owned.peers.iter().position(|peer| peer.announced);
        if self.owned.peers.is_empty() { None } else { Some(self.owned.peers.remove(known.unwrap_or(0))) }
    }

    /// What changes hands, but for the descriptors.
    pub(super) fn estate(&self) -> Estate {
        Estate {
            settings: self.settings.clone(),
            peers: Vec::new(),
            files: Vec::new(),
            pending: self.owned.pending.iter().cloned().collect(),
            is_announced: self.owned.is_announced,
            general: self.owned.general,
            run: self.owned.run.clone(),
            plan: self.owned.plan.clone(),
            last_stop: self.owned.last_stop.clone(),
            unread: self.framer.unfinished(),
            unsent: self.owned.unsent.clone(),
        }
    }

    /// Without an estate, the owner died.
    fn take_socket(&mut self, estate: Option<(String, Vec<OwnedFd>)>) {
        self.link = None;
        self.owned = Default::default();
        self.owned.general = (self.pid, self.tid);
        self.framer = Framer::default();
        let Some((text, fds)) = estate else { return self.inherit_what_is_left() };
        self.untold = None;
        self.inherit(Estate::decode(&text), fds);
        self.remember(Turn::Gdbs);
    }

    /// Fills in what changed hands.
    pub(super) fn inherit(&mut self, estate: Estate, fds: Vec<OwnedFd>) {
        let mut fds = fds.into_iter();
        for ((pid, announced), link) in estate.peers.into_iter().zip(&mut fds) {
            if let Ok(link) = self.hider.hide(link) {
                self.adopt(pid, announced, link);
            }
        }
        self.local.files.replace(estate.files.into_iter().zip(fds));
        self.settings = estate.settings;
        self.owned.pending = estate.pending.into();
        self.owned.is_announced = estate.is_announced;
        self.owned.general = estate.general;
        self.owned.run = estate.run;
        self.owned.plan = estate.plan;
        self.owned.last_stop = estate.last_stop;
        self.continue_with(estate.unread);
        self.owned.unsent = estate.unsent;
    }

    fn leave(&mut self) {
        if self.socket.is_some() && !matches!(self.state, State::PeerRunning | State::PeerServing) {
            self.abdicate();
        }
        self.send_last_words();
        // A socket that is closed with input left throws away what it was to send.
        self.take_from_socket();
        self.socket = None;
        self.link = None;
        self.owned = Default::default();
        (self.commons, self.untold) = (None, None);
        self.local.files.clear();
    }

    pub(super) fn peer_pids(&self) -> Vec<i32> {
        self.owned.peers.iter().map(|peer| peer.pid).collect()
    }

    /// Those that gdb has been told of.
    pub(super) fn announced_pids(&self) -> Vec<i32> {
        self.owned.peers.iter().filter(|peer| peer.announced).map(|peer| peer.pid).collect()
    }

    /// The peer of a pid.
    pub(super) fn peer(&self, pid: i32) -> Option<&Peer> {
        self.owned.peers.iter().find(|peer| peer.pid == pid)
    }
}
