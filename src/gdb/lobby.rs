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
use super::ownership::State;
use super::packet::{from_hex, to_hex};
use super::session::Session;
use crate::debug::{Catch, Inferior, Probe, Registers, Watchpoint};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Arc;

/// What the next process is to be, as far as gdb has said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NextRun {
    /// The program; empty: the same as before.
    pub program: Vec<u8>,
    /// Its arguments, without the name.
    pub args: Vec<Vec<u8>>,
    /// Working directory.
    pub cwd: Option<Vec<u8>>,
    /// Variables of its environment, set or (without a value) removed, in this order.
    pub environment: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Its addresses are to be the same each time.
    pub fixed_addresses: bool,
    /// `vRun` has come.
    pub(super) is_due: bool,
}

/// What became of a packet about the next process.
enum Taken {
    Yes,
    Malformed,
    /// The program is to be run.
    Waits,
}

impl Default for NextRun {
    /// As long as gdb says nothing else, addresses are fixed, as gdbserver has it.
    fn default() -> NextRun {
        NextRun {
            program: Vec::new(),
            args: Vec::new(),
            cwd: None,
            environment: Vec::new(),
            fixed_addresses: true,
            is_due: false,
        }
    }
}

impl NextRun {
    /// `None` if the packet is about something else.
    fn take(&mut self, body: &[u8]) -> Option<Taken> {
        let (name, value) = body.split_at(body.iter().position(|byte| b":;".contains(byte)).unwrap_or(body.len()));
        let value = value.get(1..).unwrap_or_default();
        let taken = match name {
            b"QEnvironmentReset" => {
                self.environment.clear();
                Some(())
            }
            b"QEnvironmentHexEncoded" => self.set_variable(value),
            b"QEnvironmentUnset" => from_hex(value).map(|name| self.environment.push((name, None))),
            b"QSetWorkingDir" => from_hex(value).map(|dir| self.cwd = Some(dir).filter(|dir| !dir.is_empty())),
            b"QDisableRandomization" => {
                self.fixed_addresses = value == b"1";
                Some(())
            }
            // No shell takes part: gdb has split the arguments, and what they are is what the program gets.
            b"QStartupWithShell" => Some(()),
            b"vRun" => return Some(self.set_command(value).map_or(Taken::Malformed, |()| Taken::Waits)),
            _ => return None,
        };
        Some(taken.map_or(Taken::Malformed, |()| Taken::Yes))
    }

    fn set_variable(&mut self, hex: &[u8]) -> Option<()> {
        let variable = from_hex(hex)?;
        let (name, value) = variable.split_at(variable.iter().position(|byte| *byte == b'=')?);
        self.environment.push((name.to_vec(), Some(value.get(1..)?.to_vec())));
        Some(())
    }

    /// Program and arguments; without a program it is the one before.
    fn set_command(&mut self, words: &[u8]) -> Option<()> {
        let mut words = words.split(|byte| *byte == b';').map(from_hex).collect::<Option<Vec<_>>>()?.into_iter();
        self.program = words.next().filter(|program| !program.is_empty()).unwrap_or(std::mem::take(&mut self.program));
        self.args = words.collect();
        self.is_due = !self.program.is_empty();
        self.is_due.then_some(())
    }
}

impl Session {
    /// A session over a connected socket, without a process.
    pub fn multi(socket: OwnedFd, door: Door, hider: Hider) -> std::io::Result<Session> {
        let lobby = NextRun::default();
        Ok(Session { lobby: Some(lobby), ..Session::new(socket, door, hider)? })
    }

    /// The session that a process's [`Inferior::start_lobby`] was about.
    pub fn lobby(text: &str, hider: Hider) -> Option<Session> {
        let mut words = text.strip_prefix("lobby ")?.splitn(4, ' ');
        let socket = hider.hide(fds::inherited(words.next()?.parse().ok()?)?).ok()?;
        let program = from_hex(words.next()?.as_bytes())?;
        let lobby = NextRun { program, ..NextRun::default() };
        let mut session = Session::awaiting(Door::decode(words.next()?, hider), hider);
        (session.socket, session.state, session.lobby) = (Some(socket), State::OwnerServing, Some(lobby));
        session.inherit(Estate::decode(words.next()?), Vec::new());
        Some(session)
    }

    /// Talks to gdb until it wants a program to be run; `None` if it has gone.
    pub fn wait_for_run(&mut self, place: &mut NoProcess) -> Option<NextRun> {
        loop {
            let lobby = self.lobby.as_mut()?;
            if std::mem::take(&mut lobby.is_due) {
                return Some(lobby.clone());
            }
            if self.state != State::OwnerServing {
                return None;
            }
            self.serve_gdb(place);
        }
    }

    /// That program cannot be run.
    pub fn refuse_run(&mut self) {
        self.reply(b"E01");
    }

    /// Packets about the next process; true if it was one. To `vRun` the reply is the first stop.
    pub(super) fn handle_run_packet(&mut self, inferior: &mut dyn Inferior, body: &[u8]) -> bool {
        let is_lobby = self.lobby.is_some();
        if !is_lobby && self.run.program.is_empty() {
            self.run.program = inferior.exec_file();
        }
        match self.lobby.as_mut().unwrap_or(&mut self.run).take(body) {
            Some(Taken::Waits) if is_lobby => {}
            Some(Taken::Waits) => {
                let next = std::mem::take(&mut self.run);
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
        let program = to_hex(&inferior.exec_file());
        self.take_from_socket();
        let estate = Estate { last_stop: Vec::new(), ..self.estate() };
        // A door that stays open is this process's.
        let door =
            if self.door.stays_open { Door::closed(self.door.on_disconnect) } else { std::mem::take(&mut self.door) };
        let text = format!("lobby {fd} {program} {} {}", door.encode(), estate.encode());
        let survive = |survive: bool| {
            for fd in self.socket.as_ref().map(Hidden::as_fd).into_iter().chain(door.fd()) {
                // It fails only for what is not open.
                let _ = fds::close_on_exec(fd, !survive);
            }
        };
        survive(true);
        inferior.start_lobby(&text);
        survive(false);
    }
}

/// What gdb sees where there is no process: files only.
pub struct NoProcess {
    /// Opens a file as a program would: path, flags, mode.
    pub open: fn(&[u8], i32, u32) -> Result<OwnedFd, i32>,
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

    fn start_lobby(&mut self, _text: &str) {}

    fn kill(&mut self) {}
}
