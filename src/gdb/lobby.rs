//! gdb in extended-remote mode, between two processes: the last one of the session has ended, was
//! killed or runs free, and `run` starts the next one.
//!
//! The process that ends executes the emulator once more, without a program, in a process of its own
//! that has gdb's socket: the lobby. It answers what can be answered without a process, and `vRun`
//! makes it the next process. `emu --multi` begins there.

use super::door::Door;
use super::estate::Estate;
use super::fds;
use super::hidden::{Hidden, Hider};
use super::next_run::{NextRun, Taken};
use super::ownership::{Event, State};
use super::session::{Session, Turn};
use crate::debug::{Catch, Inferior, Probe, Registers, Watchpoint};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Arc;

impl Session {
    /// A session over a connected socket, without a process, and without a guard.
    pub fn multi(socket: OwnedFd, door: Door, hider: Hider) -> std::io::Result<Session> {
        let mut lobby = NextRun::default();
        lobby.start_here();
        Ok(Session { lobby: Some(lobby), ..Session::new(socket, door, hider)? })
    }

    /// The session that a process's [`Inferior::start_lobby`] was about.
    pub fn lobby(text: &str, hider: Hider) -> Option<Session> {
        let mut words = text.strip_prefix("lobby ")?.splitn(3, ' ');
        let socket = hider.hide(fds::inherited(words.next()?.parse().ok()?)?).ok()?;
        let mut session = Session::awaiting(Door::decode(words.next()?, hider), hider);
        (session.socket, session.state) = (Some(socket), State::OwnerServing);
        session.inherit(Estate::decode(words.next()?), Vec::new());
        session.lobby = Some(std::mem::take(&mut session.owned.run));
        Some(session)
    }

    /// Talks to gdb until it wants a program to be run; `None` if it has gone.
    pub fn wait_for_run(&mut self, place: &mut NoProcess) -> Option<NextRun> {
        loop {
            let lobby = self.lobby.as_mut()?;
            if std::mem::take(&mut lobby.is_due) {
                return Some(lobby.clone());
            }
            lobby.is_restart = false;
            if self.state != State::OwnerServing {
                return None;
            }
            self.serve_gdb(place);
        }
    }

    /// That program cannot be run.
    pub fn refuse_run(&mut self) {
        // A process beside others says nothing to gdb, but ends, and the owner sees that.
        if self.state == State::OwnerServing && !self.lobby.as_ref().is_some_and(|run| run.is_restart) {
            self.reply(b"E01");
        }
    }

    /// `R`: all processes of the session end, and the first program is started once more.
    pub(super) fn restart(&mut self, inferior: &mut dyn Inferior) {
        let is_lobby = self.lobby.is_some();
        if self.lobby.as_mut().unwrap_or(&mut self.owned.run).restart() && !is_lobby {
            self.fire(inferior, Event::KilledAll, Default::default());
        }
    }

    /// Packets about the next process; true if it was one. To `vRun` the reply is the first stop.
    pub(super) fn handle_run_packet(&mut self, inferior: &mut dyn Inferior, body: &[u8]) -> bool {
        let is_lobby = self.lobby.is_some();
        if !is_lobby && self.owned.run.program.is_empty() {
            self.owned.run.program = inferior.exec_file();
        }
        match self.lobby.as_mut().unwrap_or(&mut self.owned.run).take(body) {
            Some(Taken::Waits) if is_lobby => {}
            Some(Taken::Waits) => {
                let next = self.owned.run.clone();
                self.owned.run.is_due = false;
                self.run_beside(inferior, &next);
            }
            Some(Taken::Yes) => self.reply(b"OK"),
            Some(Taken::Malformed) => self.reply(b"E01"),
            None => return false,
        }
        true
    }

    /// gdb goes on without a process.
    pub(super) fn leave_to_lobby(&mut self, inferior: &mut dyn Inferior) {
        let Some(socket) = self.socket.as_ref().filter(|_| self.settings.extended && !self.gdb_lost) else { return };
        let fd = socket.as_raw_fd();
        self.take_from_socket();
        if self.door.guard().is_some() {
            self.send_last_words();
            // It makes the new one when this one has left.
            self.leave_word(self.pid, Turn::Gdbs, Vec::new(), self.framer.unfinished());
            drop(std::mem::take(&mut self.door));
            return;
        }
        let estate = Estate { last_stop: Vec::new(), ..self.estate() };
        // A door that stays open is this process's.
        let door =
            if self.door.stays_open { Door::closed(self.door.on_disconnect) } else { std::mem::take(&mut self.door) };
        let text = format!("lobby {fd} {} {}", door.encode(), estate.encode());
        let survive = |survive: bool| {
            for fd in self.socket.as_ref().map(Hidden::as_fd).into_iter().chain(door.fds()) {
                // It fails only for what is not open.
                let _ = fds::close_on_exec(fd, !survive);
            }
        };
        survive(true);
        inferior.start_lobby(&text);
        survive(false);
    }
}

/// What gdb sees where there is no process: files, and other processes.
pub struct NoProcess {
    /// Opens a file as a program would: path, flags, mode.
    pub open: fn(&[u8], i32, u32) -> Result<OwnedFd, i32>,
    /// Calls a process to a place.
    pub summon: fn(i32, [u64; 2]) -> Result<(), i32>,
}

impl Inferior for NoProcess {
    fn pid(&self) -> i32 {
        0
    }

    fn threads(&self) -> Vec<i32> {
        Vec::new()
    }

    fn thread_name(&self, _tid: i32) -> Option<String> {
        None
    }

    fn core(&self, _tid: i32) -> Option<u32> {
        None
    }

    fn registers(&self, _tid: i32) -> Option<Registers> {
        None
    }

    fn set_registers(&mut self, _tid: i32, _registers: &Registers) -> bool {
        false
    }

    fn siginfo(&self, _tid: i32) -> Option<[u8; 128]> {
        None
    }

    fn set_siginfo(&mut self, _tid: i32, _siginfo: &[u8; 128]) -> bool {
        false
    }

    fn read_memory(&self, _addr: u64, _buf: &mut [u8]) -> usize {
        0
    }

    fn write_memory(&mut self, _addr: u64, _bytes: &[u8]) -> usize {
        0
    }

    fn map_memory(&mut self, _length: u64, _protection: i32) -> Option<u64> {
        None
    }

    fn unmap_memory(&mut self, _addr: u64, _length: u64) {}

    fn insert_breakpoint(&mut self, _pc: u64) {}

    fn set_probe(&mut self, _pc: u64, _probe: Option<Arc<dyn Probe>>) {}

    fn remove_breakpoint(&mut self, _pc: u64) {}

    fn insert_watchpoint(&mut self, _watch: Watchpoint) {}

    fn remove_watchpoint(&mut self, _watch: Watchpoint) {}

    fn catch_syscalls(&mut self, _catch: &Catch) {}

    fn auxv(&self) -> Vec<u8> {
        Vec::new()
    }

    fn exec_file(&self) -> Vec<u8> {
        Vec::new()
    }

    fn open(&mut self, path: &[u8], flags: i32, mode: u32) -> Result<OwnedFd, i32> {
        (self.open)(path, flags, mode)
    }

    fn readlink(&mut self, _path: &[u8]) -> Result<Vec<u8>, i32> {
        Err(libc::EINVAL)
    }

    fn unlink(&mut self, _path: &[u8]) -> Result<(), i32> {
        Err(libc::EROFS)
    }

    fn maps(&self) -> Vec<u8> {
        Vec::new()
    }

    fn descriptors(&mut self) -> Vec<(i32, Vec<u8>)> {
        Vec::new()
    }

    fn log_syscalls(&mut self, _enabled: bool) {}

    fn statistics(&self) -> String {
        String::new()
    }

    fn translation(&self, _addr: u64) -> String {
        String::new()
    }

    fn start_lobby(&mut self, _text: &str) {}

    fn summon(&mut self, pid: i32, place: [u64; 2]) -> Result<(), i32> {
        (self.summon)(pid, place)
    }

    fn kill(&mut self) {}
}
