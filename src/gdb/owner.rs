//! The owner of the socket: packets about the session as a whole, and the way of all others to the
//! process that they are about.

use super::actions::With;
use super::commons::Commons;
use super::fds;
use super::link::{self, Kept, Message, Report, ThreadInfo};
use super::ownership::{Event, State};
use super::packet::{Input, MAX_BODY, escape, frame, from_hex, hex_u64, xfer_piece};
use super::session::{Session, Turn};
use super::settings::Settings;
use super::thread_id::{Id, ThreadId, spell};
use super::vcont::{self, Plan};
use super::{lldb, monitor, osdata, xml};
use crate::debug::Inferior;
use crate::debug::Stop;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, recv};
use std::os::fd::{AsFd, AsRawFd};

/// How long the last stop reply may wait to be acknowledged before the socket is closed, in
/// milliseconds.
const LAST_ACK_MS: u16 = 500;

/// The most bytes that are read from the socket at once.
const PEEKED_AT_ONCE: usize = 0x4000;

/// How often, if that was not all.
const READS_AT_ONCE: usize = 64;

impl Session {
    /// gdb's turn: one input.
    pub(super) fn serve_gdb(&mut self, inferior: &mut dyn Inferior) {
        let input = if self.has_sent_all() { self.framer.next_input() } else { None };
        match input {
            Some(Input::Packet(body)) => {
                self.acknowledge();
                self.handle_packet(inferior, &body);
            }
            Some(Input::Damaged) if self.settings.no_ack => self.reply(b"E01"),
            Some(Input::Damaged) => self.send_bytes(b"-"),
            Some(Input::Resend) => {
                let again = self.owned.last_sent.clone();
                self.send_bytes(&again);
            }
            // Everything stands still already, or gdb says which thread is to.
            Some(Input::Interrupt) => {}
            None if self.gdb_lost => {
                let loss = self.loss();
                self.fire(inferior, loss, With::default());
            }
            None if self.settings.non_stop => self.serve_or_go_on(inferior),
            None => self.wait_for_input(),
        }
    }

    pub(super) fn acknowledge(&mut self) {
        if !self.settings.no_ack {
            self.send_bytes(b"+");
        }
    }

    /// gdb waits, this process stands still, others run.
    pub(super) fn wait_for_others(&mut self, inferior: &mut dyn Inferior) {
        self.hear_while_gdb_waits(inferior);
        if self.state == State::OwnerWaiting {
            self.wait_for_input();
        }
    }

    /// What has arrived while gdb waits for a stop.
    pub(super) fn hear_while_gdb_waits(&mut self, inferior: &mut dyn Inferior) {
        self.read_available();
        let event = if self.framer.take_interrupt() {
            Event::Interrupted
        } else if self.due().is_some() {
            Event::PeerStopped
        } else if self.gdb_lost {
            self.loss()
        } else {
            return;
        };
        let interrupted = event == Event::Interrupted;
        self.fire(inferior, event, With { interrupted, ..With::default() });
    }

    // ── packets about the session ──────────────────────────────────────────────────────────────

    fn handle_packet(&mut self, inferior: &mut dyn Inferior, body: &[u8]) {
        match body {
            _ if self.handle_non_stop_packet(inferior, body) => {}
            [b'?'] => self.repeat_stop(inferior),
            [b'!'] => {
                self.change_settings(|settings| settings.extended = true);
                self.reply(b"OK");
            }
            [b'H', op, thread @ ..] => self.choose_thread(inferior, *op, thread),
            [b'c' | b'C' | b's' | b'S', ..] => {
                self.resume(inferior, Plan::parse_old(body, self.owned.resumed, self.owned.general.0));
            }
            [b'D', pid @ ..] => self.detach(inferior, pid),
            [b'R', ..] if self.settings.extended => self.restart(inferior),
            [b'k'] => {
                if self.owned.is_lldb {
                    // gdb expects no answer.
                    self.reply(b"X09");
                }
                self.fire(inferior, Event::KilledAll, With::default());
            }
            b"vCont?" => self.reply(vcont::SUPPORTED.as_bytes()),
            b"qC" => {
                let (pid, tid) = self.owned.general;
                self.reply(format!("QC{}", spell(self.settings.multiprocess, pid, tid)).as_bytes());
            }
            b"QStartNoAckMode" => {
                self.reply(b"OK");
                self.change_settings(|settings| settings.no_ack = true);
            }
            b"qHostInfo" => {
                self.owned.is_lldb = true;
                self.reply(&lldb::host_info());
            }
            b"qWatchpointSupportInfo:" => self.reply(lldb::WATCHPOINT_SUPPORT_INFO),
            b"qProcessInfo" if self.lobby.is_none() => self.reply(&lldb::process_info(self.owned.general.0)),
            b"jThreadsInfo" if self.lobby.is_none() => {
                let pid = self.owned.general.0;
                let threads = self.all_threads(inferior).into_iter().filter(|(process, _)| *process == pid);
                let threads: Vec<_> = threads.map(|(_, thread)| thread).collect();
                let info = lldb::threads_info(&threads, &self.owned.last_stop);
                self.reply(&escape(info.as_bytes()));
            }
            // Whatever thread is chosen.
            b"vMustReplyEmpty" => self.reply(b""),
            b"qfThreadInfo" => self.list_threads(inferior),
            b"qsThreadInfo" => self.reply(b"l"),
            // No symbols are wanted.
            [b'q', b'S', b'y', b'm', b'b', b'o', b'l', b':', ..] => self.reply(b"OK"),
            _ => self.handle_long_packet(inferior, body),
        }
    }

    /// Packets that are known by a longer prefix.
    fn handle_long_packet(&mut self, inferior: &mut dyn Inferior, body: &[u8]) {
        if self.handle_run_packet(inferior, body) {
            // Answered.
        } else if let Some(actions) = body.strip_prefix(b"vCont") {
            self.resume(inferior, Plan::parse(actions, self.owned.general.0));
        } else if let Some(pid) = body.strip_prefix(b"vAttach;") {
            self.attach(inferior, parse_pid(pid));
        } else if let Some(pid) = body.strip_prefix(b"vKill;") {
            self.kill(inferior, pid);
        } else if let Some(features) = body.strip_prefix(b"qSupported") {
            self.change_settings(|settings| settings.negotiate(features.strip_prefix(b":").unwrap_or_default()));
            self.reply(supported().as_bytes());
        } else if let Some(signals) = body.strip_prefix(b"QPassSignals:") {
            let taken = self.change_settings(|settings| settings.set_pass_signals(signals));
            self.reply(if taken { b"OK" } else { b"E01" });
        } else if let Some(signals) = body.strip_prefix(b"QProgramSignals:") {
            let taken = self.change_settings(|settings| settings.set_program_signals(signals));
            self.reply(if taken { b"OK" } else { b"E01" });
        } else if let Some(switch) = body.strip_prefix(b"QThreadEvents:") {
            self.change_settings(|settings| settings.thread_events = switch == b"1");
            self.reply(b"OK");
        } else if let Some(piece) = body.strip_prefix(b"qXfer:threads:read::") {
            let threads = self.threads_xml(inferior);
            self.reply(&xfer_piece(threads.as_bytes(), piece));
        } else if let Some(request) = body.strip_prefix(b"qXfer:osdata:read:") {
            let piece = self.os_data(request).unwrap_or(b"E00".to_vec());
            self.reply(&piece);
        } else if body.strip_prefix(b"qRcmd,").and_then(from_hex).is_some_and(|line| line == monitor::EXIT.as_bytes()) {
            self.reply(b"OK");
            self.change_settings(|settings| settings.extended = false);
            self.fire(inferior, Event::KilledAll, With::default());
        } else if body.starts_with(b"qAttached") {
            // A program that was started for gdb ends with it, as under gdbserver.
            self.reply(if self.door.stays_open || self.door.is_attached { b"1" } else { b"0" });
        } else {
            self.route(inferior, body);
        }
    }

    /// A setting is every process's; all stand still and will have it before they go on.
    pub(super) fn change_settings<T>(&mut self, change: impl FnOnce(&mut Settings) -> T) -> T {
        let result = change(&mut self.settings);
        for peer in &self.owned.peers {
            let _ = link::send(peer.link.as_fd(), Message::Settings(self.settings.clone()));
        }
        result
    }

    /// The last stop reply, or the first.
    fn repeat_stop(&mut self, inferior: &dyn Inferior) {
        if self.lobby.is_some() {
            return self.reply(b"W00");
        }
        if self.owned.last_stop.is_empty() {
            let signal = inferior.siginfo(self.tid).and_then(|info| info.first_chunk().copied());
            let stop = signal.map_or(Stop::Start, |number| Stop::Signal(u32::from_le_bytes(number)));
            self.owned.last_stop = self.report(inferior, self.tid, &stop).body;
        }
        self.reply(&self.owned.last_stop.clone());
    }

    fn choose_thread(&mut self, inferior: &dyn Inferior, op: u8, thread: &[u8]) {
        let (Some(chosen), b'g' | b'c') = (ThreadId::parse(thread), op) else { return self.reply(b"E01") };
        if op == b'c' {
            self.owned.resumed = Some(chosen);
            return self.reply(b"OK");
        }
        let pid = match chosen.pid {
            Some(Id::One(pid)) => pid,
            _ => inferior.pid(),
        };
        let tid = match chosen.tid {
            Id::One(tid) => tid,
            Id::Any | Id::All if pid == inferior.pid() => self.tid,
            Id::Any | Id::All => pid,
        };
        // Quirk: gdb does not look at the reply, so an unknown thread is chosen all the same: what
        // gdb means for it must not happen to another.
        self.owned.general = (pid, tid);
        let is_known = if pid == inferior.pid() {
            inferior.threads().contains(&tid)
        } else {
            self.peer(pid).is_some() || self.is_unburied(pid)
        };
        self.reply(if is_known { b"OK" } else { b"E01" });
    }

    /// True for a process that has ended and of which gdb has not been told yet.
    fn is_unburied(&self, pid: i32) -> bool {
        self.owned.pending.iter().any(|report| report.pid == pid && report.kept == Kept::Ended)
    }

    fn resume(&mut self, inferior: &mut dyn Inferior, plan: Option<Plan>) {
        let Some(plan) = plan else { return self.reply(b"E01") };
        let moves_self = plan.for_process(self.pid).moves(&inferior.threads());
        let moves_others = self.owned.peers.iter().any(|peer| peer.announced && plan.names(peer.pid));
        self.owned.plan = plan.clone();
        // What happened while gdb was told something else comes first; nothing moves for it.
        if let Some(report) = self.take_due() {
            return self.tell_gdb(report);
        }
        let event = match (moves_self, moves_others) {
            (true, _) => Event::ResumedSelf,
            (false, true) => Event::ResumedOthers,
            (false, false) => return self.reply(b"E01"),
        };
        self.fire(inferior, event, With { plan, ..With::default() });
    }

    fn detach(&mut self, inferior: &mut dyn Inferior, pid: &[u8]) {
        let events = [Event::DetachedSelf, Event::DetachedLast, Event::DetachedPeer];
        // Without a pid, the process is the only one.
        let pid = if pid.is_empty() { Some(inferior.pid()) } else { pid.strip_prefix(b";").and_then(parse_pid) };
        self.part(inferior, pid, events);
    }

    fn kill(&mut self, inferior: &mut dyn Inferior, pid: &[u8]) {
        self.part(inferior, parse_pid(pid), [Event::KilledSelf, Event::KilledLast, Event::KilledPeer]);
    }

    /// One process leaves: this one while there are others, this one as the last, or another.
    fn part(&mut self, inferior: &mut dyn Inferior, pid: Option<i32>, [own, last, peers]: [Event; 3]) {
        // Who is dead does not inherit.
        self.read_available();
        let event = match pid {
            Some(pid) if pid == inferior.pid() && self.owned.peers.is_empty() => last,
            Some(pid) if pid == inferior.pid() => own,
            Some(pid) if self.peer(pid).is_some() => peers,
            Some(pid) if own == Event::KilledSelf && self.is_unburied(pid) => {
                self.owned.pending.retain(|report| report.pid != pid);
                return self.reply(b"OK");
            }
            _ => return self.reply(b"E01"),
        };
        if event == Event::KilledLast && self.owned.pending.iter().any(Report::is_end) {
            // gdb goes on without a process: it knows of others, and has still to hear that they are dead.
            self.settings.extended = true;
        }
        self.fire(inferior, event, With { peer: pid.unwrap_or(0), ..With::default() });
    }

    // ── threads of all processes ───────────────────────────────────────────────────────────────

    /// Every thread that gdb may know, with its process.
    fn all_threads(&mut self, inferior: &dyn Inferior) -> Vec<(i32, ThreadInfo)> {
        let own = own_threads(inferior).into_iter().map(|thread| (inferior.pid(), thread));
        let mut all: Vec<_> = own.collect();
        for pid in self.announced_pids() {
            if let Some(Message::Threads(threads)) = self.ask(pid, Message::ListThreads) {
                all.extend(threads.into_iter().map(|thread| (pid, thread)));
            }
        }
        let unburied = self.owned.pending.iter().filter(|report| report.kept == Kept::Ended);
        let dead = |tid| ThreadInfo { tid, name: String::new(), core: None };
        all.extend(unburied.map(|report| (report.pid, dead(report.tid))));
        all
    }

    fn list_threads(&mut self, inferior: &dyn Inferior) {
        let threads = self.all_threads(inferior);
        let multiprocess = self.settings.multiprocess;
        let mut ids: Vec<String> = threads.iter().map(|(pid, thread)| spell(multiprocess, *pid, thread.tid)).collect();
        // Only a gdb that does not know `qXfer:threads` asks, so a list that fits is enough.
        ids.truncate(MAX_BODY / 24);
        self.reply(format!("m{}", ids.join(",")).as_bytes());
    }

    fn threads_xml(&mut self, inferior: &dyn Inferior) -> String {
        let multiprocess = self.settings.multiprocess;
        let thread = |(pid, ThreadInfo { tid, name, core }): (i32, ThreadInfo)| {
            let id = spell(multiprocess, pid, tid);
            let core = core.map_or_else(String::new, |core| format!(" core=\"{core}\""));
            format!("<thread id=\"{id}\"{core} name=\"{}\"/>\n", xml::text(&name))
        };
        let threads: String = self.all_threads(inferior).into_iter().map(thread).collect();
        format!("<?xml version=\"1.0\"?>\n<threads>\n{threads}</threads>\n")
    }

    /// `NAME:offset,length` of `qXfer:osdata:read`.
    fn os_data(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        let (name, piece) = request.split_at(request.iter().position(|byte| *byte == b':')?);
        let piece = piece.get(1..)?;
        if piece.starts_with(b"0,") {
            self.owned.os_data = osdata::document(std::str::from_utf8(name).ok()?)?.into_bytes();
        }
        Some(xfer_piece(&self.owned.os_data, piece))
    }

    // ── packets about one process ──────────────────────────────────────────────────────────────

    /// Answers here, or has the process answer that the packet is about.
    fn route(&mut self, inferior: &mut dyn Inferior, body: &[u8]) {
        let (general_pid, tid) = self.owned.general;
        let pid = named_process(body).unwrap_or(general_pid);
        // gdb's open files are the owner's, whichever process it looks at.
        let replies = if pid == inferior.pid() || body.starts_with(b"vFile:") {
            self.local.answer(inferior, tid, body)
        } else if self.is_unburied(pid) && matches!(body.first(), Some(b'z' | b'Z' | b'T')) {
            // Its breakpoints went with it.
            vec![b"OK".to_vec()]
        } else {
            match self.ask(pid, Message::Packet { tid, body: body.to_vec() }) {
                Some(Message::Answer(replies)) => replies,
                _ => vec![b"E01".to_vec()],
            }
        };
        for reply in replies {
            self.reply(&reply);
        }
    }

    /// A peer's answer to a question; `None` if it is gone, or never was.
    pub(super) fn ask(&mut self, pid: i32, question: Message) -> Option<Message> {
        let _ = link::send(self.peer(pid)?.link.as_fd(), question);
        loop {
            match link::receive(self.peer(pid)?.link.as_fd()) {
                answer @ Some(Message::Answer(_) | Message::Threads(_)) => return answer,
                other => self.note(pid, other),
            }
        }
    }

    // ── the socket ─────────────────────────────────────────────────────────────────────────────

    /// Waits until something can be read, and reads it.
    pub(super) fn wait_for_input(&mut self) {
        let all_sent = self.has_sent_all();
        let mut wanted = if self.reads_on() { PollFlags::POLLIN } else { PollFlags::empty() };
        wanted.set(PollFlags::POLLOUT, !all_sent);
        let socket = self.socket.iter().map(|fd| PollFd::new(fd.as_fd(), wanted));
        let peers = self.owned.peers.iter().filter(|_| all_sent).map(|peer| &peer.link);
        let calls = self.commons.as_ref().map(Commons::calls);
        let others =
            peers.chain(self.door.listener()).chain(calls).map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN));
        let mut fds: Vec<PollFd<'_>> = socket.chain(others).collect();
        // Interrupted by a signal or not: what there is is read.
        let _ = poll(&mut fds, PollTimeout::NONE);
        self.read_available();
    }

    /// What has been read and not answered is as much as need be: the rest waits in the socket.
    fn reads_on(&self) -> bool {
        self.state != State::OwnerServing || !self.framer.has_input()
    }

    /// Reads from the socket and the links what is there.
    pub(super) fn read_available(&mut self) {
        let all_sent = self.has_sent_all();
        if self.reads_on() {
            self.read_socket();
        }
        // Not while the end of the connection is there to be seen, behind what has to be read first.
        let is_engaged = || self.socket.as_ref().is_some_and(|socket| !fds::is_hung_up(socket.as_fd()));
        self.door.turn_away(self.hider, is_engaged);
        let peers = self.owned.peers.iter().filter(|_| all_sent);
        let readable = peers.filter(|peer| link::is_readable(peer.link.as_fd()));
        for pid in readable.map(|peer| peer.pid).collect::<Vec<_>>() {
            let message = self.peer(pid).and_then(|peer| link::receive(peer.link.as_fd()));
            self.note(pid, message);
        }
        self.release_strangers();
        self.announce();
    }

    fn read_socket(&mut self) {
        for _ in 0..READS_AT_ONCE {
            self.take_from_socket();
            if self.framer.waiting_bytes() > MAX_BODY {
                // Said while gdb waits for a stop, when all that it has to say is Ctrl-C.
                self.framer.forget_packets();
            }
            self.peek();
            if self.peeked < PEEKED_AT_ONCE || self.state == State::OwnerServing {
                return;
            }
        }
        // Room for more, of which a signal tells.
        self.take_from_socket();
    }

    fn peek(&mut self) {
        let mut buffer = vec![0; PEEKED_AT_ONCE];
        while let Some(socket) = self.socket.as_ref().filter(|_| !self.gdb_lost) {
            match recv(socket.as_raw_fd(), &mut buffer, MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_PEEK) {
                Ok(0) => self.gdb_lost = true,
                Ok(count) => {
                    self.framer.push(buffer.get(..count).unwrap_or_default());
                    self.peeked = count;
                    break;
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => break,
                Err(_) => self.gdb_lost = true,
            }
        }
    }

    /// What has been read is dealt with. Until then it stays in the socket, so that the successor of an
    /// owner that dies in the middle of a packet finds it there.
    pub(super) fn take_from_socket(&mut self) {
        if self.peeked > 0 {
            // Half a packet counts only where packets are answered.
            self.taken = if self.state == State::OwnerServing { self.framer.unfinished() } else { Vec::new() };
            if !self.taken.is_empty() {
                // Before it is taken: a successor that finds it in both places reads it once, since a `$` begins anew.
                self.remember(Turn::Gdbs);
            }
        }
        self.take_bytes(self.peeked);
    }

    /// What the owner before had read.
    pub(super) fn continue_with(&mut self, unread: Vec<u8>) {
        self.framer.push(&unread);
        self.taken = unread;
    }

    /// What is answered now is not for a successor to answer again, which it would be if it were taken behind the answer;
    /// half a packet is.
    fn take_answered(&mut self) {
        if !self.framer.has_input() {
            let half = self.framer.unfinished().len();
            if half == 0 || self.peeked > 0 {
                self.taken.clear();
            }
            self.take_bytes(self.peeked.saturating_sub(half));
        }
    }

    fn take_bytes(&mut self, mut left: usize) {
        self.peeked -= left;
        let mut buffer = vec![0; left];
        while let Some(socket) = self.socket.as_ref().filter(|_| left > 0) {
            match recv(socket.as_raw_fd(), buffer.get_mut(..left).unwrap_or_default(), MsgFlags::MSG_DONTWAIT) {
                Err(Errno::EINTR) => {}
                Err(_) | Ok(0) => break,
                Ok(count) => left = left.saturating_sub(count),
            }
        }
    }

    /// Sends a packet whose body is escaped already.
    pub(super) fn reply(&mut self, body: &[u8]) {
        self.take_answered();
        self.owned.last_sent = frame(body);
        let bytes = self.owned.last_sent.clone();
        self.send_bytes(&bytes);
    }

    /// Whether gdb says something in this time.
    pub(super) fn gdb_speaks_within(&mut self, milliseconds: u16) -> bool {
        let Some(socket) = &self.socket else { return false };
        let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
        // Whether it came or not, the time is over.
        let _ = poll(&mut fds, PollTimeout::from(milliseconds));
        self.read_available();
        self.framer.has_input() && !self.framer.has_interrupt()
    }

    /// Closing a socket with unread input makes TCP throw away what was sent last, so the
    /// acknowledgement of the last packet is waited for.
    pub(super) fn await_ack(&mut self) {
        if let Some(socket) = self.socket.as_ref().filter(|_| !self.settings.no_ack && !self.gdb_lost) {
            let mut fds = [PollFd::new(socket.as_fd(), PollFlags::POLLIN)];
            // Whether it came or not, that was all that could be done.
            let _ = poll(&mut fds, PollTimeout::from(LAST_ACK_MS));
            self.read_available();
        }
    }
}

/// The reply to `qSupported`.
fn supported() -> String {
    let objects = [
        "features:read",
        "auxv:read",
        "exec-file:read",
        "threads:read",
        "siginfo:read",
        "siginfo:write",
        "libraries-svr4:read",
        "osdata:read",
    ];
    let objects: String = objects.iter().map(|object| format!(";qXfer:{object}+")).collect();
    let others = ";QPassSignals+;QProgramSignals+;QCatchSyscalls+;ConditionalBreakpoints+;BreakpointCommands+;QEnvironmentHexEncoded+;QEnvironmentUnset+;QEnvironmentReset+;QSetWorkingDir+;QDisableRandomization+;QStartupWithShell+;augmented-libraries-svr4-read+;vContSupported+;binary-upload+";
    format!("PacketSize={MAX_BODY:x}{}{objects}{others}", Settings::offered())
}

/// A process's threads.
pub(super) fn own_threads(inferior: &dyn Inferior) -> Vec<ThreadInfo> {
    let thread = |tid| {
        let name = inferior.thread_name(tid).unwrap_or_default();
        ThreadInfo { tid, name, core: inferior.core(tid) }
    };
    inferior.threads().into_iter().map(thread).collect()
}

/// The process that a packet itself names.
fn named_process(body: &[u8]) -> Option<i32> {
    let thread = match body {
        [b'T', thread @ ..] => Some(thread),
        _ => body.strip_prefix(b"qThreadExtraInfo,"),
    };
    let thread = thread.or_else(|| body.strip_prefix(b"qGetTLSAddr:")?.split(|byte| *byte == b',').next());
    if let Some(thread) = thread {
        return match ThreadId::parse(thread)?.pid? {
            Id::One(pid) => Some(pid),
            _ => None,
        };
    }
    parse_pid(body.strip_prefix(b"qXfer:exec-file:read:")?.split(|byte| *byte == b':').next()?)
}

fn parse_pid(digits: &[u8]) -> Option<i32> {
    i32::try_from(hex_u64(digits)?).ok()
}
