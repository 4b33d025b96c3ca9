//! Dialogues with a real gdb: `tests/gdb/NAME.gdb` is a gdb script, run against a program of
//! `fixtures/gdb/` under `emu -g`. Comments at its top say what is run and what must come of it:
//!
//! ```text
//! # program: forks            fixtures/gdb/forks.c
//! # build: dynamic            through the dynamic linker; static if not given
//! # args: one two
//! # status: 6                 how emu ends: an exit status, or `signal 11`; 0 if not given
//! # guest: TEXT               must be in the guest's output; several in this order
//! # files: local              gdb reads the program itself, not through the connection
//! # target: extended-remote   instead of `target remote`; `multi`: the same, and emu has no program yet,
//!                             which gdb finds in $program; `pipe`: gdb starts emu, and its end is gdb's to see
//! # target: attach           the same, and emu's program is that of `beside`
//! # beside: NAME             runs under an emu without gdb; its number, which it prints first, is in $pid
//! # emu: --on-disconnect stop what emu is told beside
//! # starts: at once           without waiting for gdb, which connects when the guest has printed something
//! # before: set non-stop on   said to gdb before it connects; where it connects to is in $target
//! # native: no (reason)      gdbserver does otherwise, or this machine
//! # interrupt: TEXT           when the guest prints it, gdb gets Ctrl-C; several in this order
//! # interrupt-asleep: TEXT    when the guest has printed it and then sleeps in the kernel
//! ```
//!
//! GDB names another gdb; with GDB_NATIVELY set it is the machine's own, and gdbserver's on the other side.
//!
//! Among the commands, `# see: TEXT` must be in gdb's output, in this order, and `# never: TEXT` must
//! not be anywhere in it. `...` in a TEXT stands for anything on the same line.

#![allow(clippy::panic)] // how a test fails

mod common;

use common::fixture::Build;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A dialogue that takes longer hangs.
const TIME_LIMIT: Duration = Duration::from_secs(120);

macro_rules! dialogues {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        $(#[test] fn $name() { Dialogue::read(stringify!($name)).run(); })*
    };
}

dialogues! {
    agent_dprintf
    all_processes_at_once
    as_pwndbg_asks
    attach
    attach_and_reconnect
    attach_beside
    attach_from_command_line
    attach_and_look
    attach_later
    attach_stopped
    breakpoints_and_steps
    catch_fork_and_detach
    catch_execve
    catch_syscall
    call_that_crashes
    calls_and_jumps
    conditions
    crowd
    disconnect
    exec
    exec_of_host_program
    exec_that_fails
    follow_changed_midway
    follow_child
    follow_parent
    fork_in_thread_follow_child
    fork_in_thread_follow_parent
    fork_storm
    extended_remote
    machine_interface
    memory_and_files
    multi
    several_programs
    non_stop
    none_resumed
    non_stop_processes
    parent_killed
    pipe
    reconnect
    restart
    scheduler_locking
    stepping_over_births
    kill_and_detach_inferiors
    leader_ends
    load_and_unload
    siginfo
    signals_set_to_be_ignored
    interrupt
    jumps_out_and_back
    many_breakpoints
    signals
    signed_returns
    sleep_goes_on
    ignored_signals
    run_where_emu_was_started
    thread_variables
    thread_variables_dynamic
    threads
    threads_end_while_all_stop
    vfork_follow_child_into_exec
    vfork_follow_parent
    vfork_memory_both
    vfork_memory_follow_child
    vfork_memory_follow_parent
    vforks_in_threads
    watch_every_writer
    watch_local
    watchpoints
}

#[test]
fn every_dialogue_is_run() {
    let files = std::fs::read_dir(dialogue_dir()).expect("tests/gdb").map(|entry| entry.expect("entry").path());
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "gdb")) {
        let name = file.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        assert!(NAMES.contains(&name.as_str()), "{name} is not in the list");
    }
}

/// The same dialogues with gdbserver in emu's place, on the same programs for this machine: what is to be seen
/// is gdb's own idea (`make gdb-natively`).
fn is_native() -> bool {
    std::env::var_os("GDB_NATIVELY").is_some()
}

fn dialogue_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gdb")
}

/// A dialogue file.
struct Dialogue {
    script: PathBuf,
    text: String,
}

impl Dialogue {
    fn read(name: &str) -> Dialogue {
        let script = dialogue_dir().join(format!("{name}.gdb"));
        let text = std::fs::read_to_string(&script).expect("a dialogue");
        Dialogue { script, text }
    }

    fn fields<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.text.lines().filter_map(move |line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": "))
    }

    fn field<'a>(&'a self, name: &'a str) -> &'a str {
        self.fields(name).next().unwrap_or_default()
    }

    fn run(&self) {
        if is_native() && self.field("native").starts_with("no") {
            return;
        }
        let program = self.program();
        if self.field("target") == "pipe" {
            return self.run_through_pipe(&program);
        }
        let starts_at_once = self.field("starts") == "at once";
        let mut beside = self.beside();
        let pid = beside.as_ref().map_or(0, |running| running.child.id());
        let is_multi = self.field("target") == "multi";
        let mut emu = Running::start(&mut self.server(&program, pid));
        let listening = emu.wait_for_line(|line| line.starts_with("Listening on "));
        let target = match listening.rsplit_once(' ') {
            Some(("Listening on socket", path)) => path.to_owned(),
            Some(("Listening on port", port)) => format!("127.0.0.1:{port}"),
            _ => panic!("{listening}"),
        };
        if starts_at_once {
            emu.next_line();
        }
        let mut gdb = Running::start(self.gdb(&program, &target).args(["-iex", &format!("set $pid = {pid}")]));
        for text in self.fields("interrupt") {
            emu.wait_for_line(|line| matches(line, text));
            gdb.interrupt();
        }
        for text in self.fields("interrupt-asleep") {
            emu.wait_for_line(|line| matches(line, text));
            emu.wait_until_asleep();
            gdb.interrupt();
        }
        let (gdb_status, said) = gdb.finish();
        if is_multi {
            emu.end();
        }
        let (status, mut printed) = emu.finish();
        // It is left where emu was killed.
        let _ = std::fs::remove_file(self.socket());
        if let Some(mut beside) = beside.take() {
            printed += &beside.finish().1;
        }
        let whole = format!("gdb ({gdb_status}):\n{said}\nemu ({status}):\n{printed}");
        self.expect_in_order("see", &said, &whole);
        self.expect_in_order("guest", &printed, &whole);
        for text in self.fields("never").chain(["internal-error", "Remote connection closed", "Ignoring packet error"])
        {
            assert!(!said.lines().any(|line| matches(line, text)), "{text:?} was seen in\n{whole}");
        }
        if !is_native() {
            assert_eq!(describe(status), self.status(), "emu's end in\n{whole}");
        }
    }

    fn socket(&self) -> PathBuf {
        std::env::temp_dir().join(format!("emu-gdb-{}-{}", std::process::id(), self.name()))
    }

    /// What gdb connects to.
    fn server(&self, program: &Path, pid: u32) -> Command {
        let mut address = self.socket().into_os_string();
        address.push(if self.field("starts") == "at once" { ",suspend=n" } else { "" });
        let flag = match self.field("target") {
            "multi" => Some("--multi"),
            "attach" => Some("--attach"),
            _ => None,
        };
        let mut command;
        if is_native() {
            command = Command::new("gdbserver");
            command.arg("--once").args(flag).arg("127.0.0.1:0");
        } else {
            command = common::emu_command();
            command
                .arg("-g")
                .arg(address)
                .args(["-L", common::CROSS_SYSROOT])
                .args(self.field("emu").split_whitespace());
            command.args(flag);
        }
        match flag {
            Some("--multi") => &mut command,
            Some(_) => command.arg(pid.to_string()),
            None => command.arg(program).args(self.field("args").split_whitespace()),
        };
        command
    }

    /// gdb, which connects to `target` and says what the script says.
    fn gdb(&self, program: &Path, target: &str) -> Command {
        let kind = if matches!(self.field("target"), "" | "pipe" | "attach") { "remote" } else { "extended-remote" };
        let own = if is_native() { "gdb" } else { "gdb-multiarch" };
        let mut gdb = Command::new(std::env::var_os("GDB").unwrap_or(own.into()));
        gdb.args(["-nx", "-q", "-batch", "-iex", "set debuginfod enabled off", "-iex", "set confirm off"]);
        gdb.args(["-iex", "set pagination off", "-iex", "set width 0"]);
        gdb.args(["-iex", if self.field("files") == "local" { "set sysroot" } else { "set sysroot target:" }]);
        gdb.args(["-iex", &format!("set $program = \"{}\"", program.display())]);
        gdb.args(["-iex", &format!("set $target = \"{target}\"")]);
        for command in self.fields("before") {
            gdb.args(["-iex", command]);
        }
        gdb.args(["-ex", &format!("target {kind} {target}")]).arg("-x").arg(&self.script);
        gdb
    }

    /// What runs without gdb, and has said so.
    fn beside(&self) -> Option<Running> {
        let name = Some(self.field("beside")).filter(|name| !name.is_empty())?;
        let program = common::fixture::Fixture::for_gdb(name);
        let mut running = match is_native() {
            true => Running::start(&mut Command::new(program.build(Build::Native))),
            false => Running::start(common::emu_command().arg(program.build(Build::Static))),
        };
        running.next_line();
        Some(running)
    }

    /// gdb starts emu, whose standard error is part of what gdb prints.
    fn run_through_pipe(&self, program: &Path) {
        let emu = common::emu_command().get_program().to_string_lossy().into_owned();
        let target = format!("| {emu} -g - -L {} {}", common::CROSS_SYSROOT, program.display());
        let (status, said) = Running::start(&mut self.gdb(program, &target)).finish();
        let whole = format!("gdb ({status}):\n{said}");
        self.expect_in_order("see", &said, &whole);
        assert!(status.success(), "{whole}");
    }

    fn name(&self) -> &str {
        self.script.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
    }

    fn status(&self) -> String {
        let status = self.field("status");
        if status.is_empty() { "0".to_owned() } else { status.to_owned() }
    }

    /// Compiles the program without optimisation, so that every line and variable is there.
    fn program(&self) -> PathBuf {
        let build = if self.field("build") == "dynamic" { Build::Dynamic } else { Build::Static };
        let build = if is_native() { Build::Native } else { build };
        common::fixture::Fixture::for_gdb(self.field("program")).build(build)
    }

    fn expect_in_order(&self, field: &str, output: &str, whole: &str) {
        let mut lines = output.lines();
        for text in self.fields(field) {
            assert!(lines.any(|line| matches(line, text)), "{field} {text:?} is not, or not in order, in\n{whole}");
        }
    }
}

fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => code.to_string(),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

/// The pieces between `...` are in the line, in this order.
fn matches(line: &str, text: &str) -> bool {
    let mut rest = line;
    text.split("...").all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}

/// A process and the lines that it prints, on either stream.
struct Running {
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    deadline: Instant,
}

impl Running {
    fn start(command: &mut Command) -> Running {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let copy = writer.try_clone().expect("a copy");
        // A group of its own, so that what it leaves behind can be ended.
        let child = command.process_group(0).stdin(Stdio::piped()).stdout(copy).stderr(writer).spawn();
        let child = child.unwrap_or_else(|error| panic!("{command:?}: {error} (run make deps)"));
        // The command keeps the write ends open.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            let mut line = Vec::new();
            while reader.by_ref().read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                if sender.send(text).is_err() {
                    return;
                }
                line.clear();
            }
        });
        Running { child, lines, seen: Vec::new(), deadline: Instant::now() + TIME_LIMIT }
    }

    fn next_line(&mut self) -> Option<String> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let line = self.lines.recv_timeout(left).ok()?;
        self.seen.push(line.clone());
        Some(line)
    }

    fn wait_for_line(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        while let Some(line) = self.next_line() {
            if wanted(&line) {
                return line;
            }
        }
        panic!("not seen in time: {:#?}", self.seen)
    }

    /// Waits until the main thread is blocked in the kernel.
    fn wait_until_asleep(&self) {
        let stat = format!("/proc/{}/stat", self.child.id());
        let is_asleep = || {
            let line = std::fs::read_to_string(&stat).expect("it lives");
            line.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S'))
        };
        while !is_asleep() {
            assert!(Instant::now() < self.deadline, "awake: {:#?}", self.seen);
            std::thread::yield_now();
        }
    }

    fn interrupt(&self) {
        let pid = nix::unistd::Pid::from_raw(self.child.id() as i32);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("gdb runs");
    }

    /// Asks it to end.
    fn end(&self) {
        let pid = nix::unistd::Pid::from_raw(self.child.id() as i32);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("it runs");
    }

    /// Waits for the end, or makes one.
    fn finish(&mut self) -> (ExitStatus, String) {
        while self.next_line().is_some() {}
        let group = nix::unistd::Pid::from_raw(-(self.child.id() as i32));
        if Instant::now() >= self.deadline {
            let _ = nix::sys::signal::kill(group, nix::sys::signal::Signal::SIGKILL);
        }
        let status = self.child.wait().expect("waited for");
        (status, self.seen.join("\n"))
    }
}

impl Drop for Running {
    /// Whatever the test came to, nothing stays behind.
    fn drop(&mut self) {
        let group = nix::unistd::Pid::from_raw(-(self.child.id() as i32));
        let _ = nix::sys::signal::kill(group, nix::sys::signal::Signal::SIGKILL);
        let _ = self.child.wait();
    }
}
