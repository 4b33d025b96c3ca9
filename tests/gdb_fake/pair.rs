//! Two processes of one session and the gdb that they share.

use crate::common::{
    self,
    fixture::{Build, Fixture},
};
use crate::gdb_fake::{FEATURES, Gdb, pid_after};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

pub const TIME_LIMIT: Duration = Duration::from_secs(60);

/// `fixtures/gdb/pair.c` under emu, and a client that is connected to it.
pub struct Pair {
    pub emu: Child,
    pub gdb: Gdb,
    pub parent: i32,
    pub child: i32,
}

impl Pair {
    /// Stands at the program's first instruction.
    pub fn start(test: &str) -> Pair {
        Pair::start_with(test, &[], &[]).0
    }

    /// The same, and the path of the socket.
    pub fn start_with(test: &str, flags: &[&str], args: &[&str]) -> (Pair, PathBuf) {
        Pair::start_program(test, "pair", flags, args)
    }

    /// Another program.
    pub fn start_program(test: &str, program: &str, flags: &[&str], args: &[&str]) -> (Pair, PathBuf) {
        let program = Fixture::for_gdb(program).build(Build::Static);
        let socket = std::env::temp_dir().join(format!("emu-faults-{}-{test}", std::process::id()));
        let mut command = common::emu_command();
        command
            .arg("-g")
            .arg(&socket)
            .args(flags)
            .arg(program)
            .args(args)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut emu = command.spawn().expect("emu");
        let mut line = String::new();
        BufReader::new(emu.stderr.take().expect("piped")).read_line(&mut line).expect("a line");
        assert!(line.starts_with("Listening on socket"), "{line}");
        let gdb = Gdb::new(UnixStream::connect(&socket).expect("connected"));
        let parent = emu.id() as i32;
        (Pair { emu, gdb, parent, child: 0 }, socket)
    }

    /// Both stand still at the fork, which gdb has been told of.
    pub fn forked(test: &str) -> Pair {
        let mut pair = Pair::start(test);
        pair.fork();
        pair
    }

    pub fn fork(&mut self) {
        let pair = self;
        assert!(pair.gdb.ask(&format!("qSupported:{FEATURES}")).contains("fork-events+"));
        assert_eq!(pair.gdb.ask("QStartNoAckMode"), "OK");
        pair.gdb.no_ack();
        assert_eq!(pair.gdb.ask("QPassSignals:14"), "OK"); // SIGCHLD
        pair.child = pid_after("fork:p", &pair.gdb.ask("vCont;c"));
    }

    /// Waits until the client is told something if it waits for that, and then has an answer; which is whether there
    /// is anybody. Who tells it forgets what it said before, as that may be why it waits.
    pub fn answers(&mut self) -> (bool, Vec<String>) {
        self.gdb.send_if_open(b"\x03");
        self.gdb.hears_within(3000);
        self.gdb.send_if_open(b"$qC#b4");
        let mut heard = Vec::new();
        while !heard.last().is_some_and(|packet: &String| packet.starts_with("QC")) {
            match self.gdb.receive_if_any() {
                Some(packet) => heard.push(packet),
                None => return (false, heard),
            }
        }
        (true, heard)
    }

    /// Both run, and the parent owns the socket.
    pub fn running(test: &str) -> Pair {
        let mut pair = Pair::forked(test);
        pair.gdb.send("vCont;c");
        pair
    }

    pub fn kill(&self, pid: i32) {
        kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it lives");
    }

    /// Waits until the kernel has ended a killed process, whoever waits for it.
    pub fn kill_and_see(&self, pid: i32) {
        self.kill(pid);
        let stat = format!("/proc/{pid}/stat");
        let deadline = Instant::now() + TIME_LIMIT;
        let lives = || {
            let line = std::fs::read_to_string(&stat).unwrap_or_default();
            line.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
        };
        while lives() {
            assert!(Instant::now() < deadline, "{pid} lives");
            std::thread::yield_now();
        }
    }

    /// Waits until a process is in this system call.
    pub fn wait_until_in(&self, pid: i32, call: i64) {
        assert!(self.gets_into(pid, call, TIME_LIMIT), "{pid} is not in {call}");
    }

    /// Whether a process gets into this system call in that time.
    pub fn gets_into(&self, pid: i32, call: i64, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        let is_in = || {
            let text = std::fs::read_to_string(format!("/proc/{pid}/syscall")).expect("it lives");
            text.split(' ').next() == Some(call.to_string().as_str())
        };
        while !is_in() {
            if Instant::now() > deadline {
                return false;
            }
            std::thread::yield_now();
        }
        true
    }

    /// Waits until the kernel shows a process's main thread in this state, as in proc(5).
    pub fn wait_until_state(&self, pid: i32, state: char) {
        let deadline = Instant::now() + TIME_LIMIT;
        let is_in = || {
            let line = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            line.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(state))
        };
        while !is_in() {
            assert!(Instant::now() < deadline, "{pid} is not in state {state}");
            std::thread::yield_now();
        }
    }

    pub fn ended(&mut self) -> (Option<i32>, Option<i32>) {
        let deadline = Instant::now() + TIME_LIMIT;
        loop {
            if let Some(status) = self.emu.try_wait().expect("our child") {
                return (status.code(), status.signal());
            }
            assert!(Instant::now() < deadline, "emu does not end");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub fn ask_about(&mut self, pid: i32, packet: &str) -> String {
        assert_eq!(self.gdb.ask(&format!("Hgp{pid:x}.{pid:x}")), "OK");
        self.gdb.ask(packet)
    }
}

impl Drop for Pair {
    /// Whatever the test came to, nothing stays behind.
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(-(self.emu.id() as i32)), Signal::SIGKILL);
        let _ = self.emu.wait();
    }
}
