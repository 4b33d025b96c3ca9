//! What `emu --multi` does beside its processes, seen over the wire: all of them killed at once, their terminal
//! and process groups, and a gdb that goes away and comes again.

mod common;
mod gdb_fake;

use common::fixture::{Build, Fixture};
use gdb_fake::{FEATURES, Gdb, pid_after};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const TIME_LIMIT: Duration = Duration::from_secs(60);

/// `emu --multi`, and the path of its socket.
struct Multi {
    emu: Child,
    socket: PathBuf,
    /// What gdb has run, which is in process groups of its own.
    programs: Vec<i32>,
}

impl Multi {
    fn start(test: &str, flags: &[&str]) -> Multi {
        let socket = socket_path(test);
        let mut command = common::emu_command();
        command.arg("--multi").arg("-g").arg(&socket).args(flags).process_group(0);
        let mut emu = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("emu");
        let mut line = String::new();
        BufReader::new(emu.stderr.take().expect("piped")).read_line(&mut line).expect("a line");
        assert!(line.starts_with("Listening on socket"), "{line}");
        Multi { emu, socket, programs: Vec::new() }
    }

    fn connect(&self) -> Gdb {
        connect(&self.socket)
    }

    /// Runs the fixture; its pid.
    fn run(&mut self, gdb: &mut Gdb, program: &str) -> i32 {
        self.run_with(gdb, program, "1")
    }

    fn run_with(&mut self, gdb: &mut Gdb, program: &str, arg: &str) -> i32 {
        let pid = run(gdb, &Fixture::for_gdb(program).build(Build::Static), arg);
        self.programs.push(pid);
        pid
    }
}

impl Drop for Multi {
    /// Whatever the test came to, nothing stays behind.
    fn drop(&mut self) {
        for group in self.programs.iter().chain([&(self.emu.id() as i32)]) {
            let _ = kill(Pid::from_raw(-group), Signal::SIGKILL);
        }
        let _ = self.emu.wait();
        let _ = std::fs::remove_file(&self.socket);
    }
}

fn socket_path(test: &str) -> PathBuf {
    std::env::temp_dir().join(format!("emu-guard-{}-{test}", std::process::id()))
}

fn connect(socket: &Path) -> Gdb {
    let mut gdb = Gdb::new(UnixStream::connect(socket).expect("connected"));
    assert!(gdb.ask(&format!("qSupported:{FEATURES}")).contains("fork-events+"));
    assert_eq!(gdb.ask("QStartNoAckMode"), "OK");
    gdb.no_ack();
    assert_eq!(gdb.ask("!"), "OK");
    gdb
}

fn run(gdb: &mut Gdb, program: &Path, arg: &str) -> i32 {
    let [name, arg] = [program.to_str().expect("a path"), arg]
        .map(|word| word.bytes().map(|byte| format!("{byte:02x}")).collect::<String>());
    pid_after("thread:p", &gdb.ask(&format!("vRun;{name};{arg}")))
}

/// Kills processes such that none sees another's end.
fn kill_at_once(pids: &[i32]) {
    for signal in [Signal::SIGSTOP, Signal::SIGKILL] {
        pids.iter().for_each(|pid| kill(Pid::from_raw(*pid), signal).expect("it lives"));
    }
}

/// Whoever waits for it.
fn wait_until_dead(pid: i32) {
    let deadline = Instant::now() + TIME_LIMIT;
    let stat = format!("/proc/{pid}/stat");
    let lives = || {
        std::fs::read_to_string(&stat)
            .is_ok_and(|line| line.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X'])))
    };
    while lives() {
        assert!(Instant::now() < deadline, "{pid} does not end");
        std::thread::yield_now();
    }
}

#[test]
fn each_of_those_killed_at_once_is_reported() {
    for runs in [false, true] {
        let mut multi = Multi::start(&format!("killed-{runs}"), &[]);
        let mut gdb = multi.connect();
        let parent = multi.run(&mut gdb, "pair");
        let child = pid_after("fork:p", &gdb.ask("vCont;c"));
        if runs {
            gdb.send("vCont;c");
            // Until the owner has told it on.
            std::thread::sleep(Duration::from_millis(50));
        }
        kill_at_once(&[parent, child]);
        let first = if runs { gdb.receive() } else { gdb.ask("vCont;c") };
        let mut told = [first, gdb.ask("vCont;c")];
        told.sort();
        let mut expected = [parent, child].map(|pid| format!("X09;process:{pid:x}"));
        expected.sort();
        assert_eq!(told, expected, "while they ran: {runs}");
        // gdb goes on.
        assert!(multi.run(&mut gdb, "pair") > 0);
        gdb.send("k");
    }
}

/// Two families, which know each other by way of the owner only: whoever is left takes its place, and the guard has nothing to say.
#[test]
fn who_is_left_goes_on_whichever_are_killed_at_once() {
    for spared in 0..5 {
        let mut multi = Multi::start(&format!("spared-{spared}"), &[]);
        let mut gdb = multi.connect();
        let mut pids = vec![multi.run_with(&mut gdb, "pair", "2")];
        for _ in 0..2 {
            pids.push(pid_after("fork:p", &gdb.ask(&format!("vCont;c:p{:x}.-1", pids[0]))));
        }
        pids.push(multi.run(&mut gdb, "pair"));
        pids.push(pid_after("fork:p", &gdb.ask(&format!("vCont;c:p{:x}.-1", pids[3]))));
        let left = pids.remove(spared);
        kill_at_once(&pids);
        // Then it all is to be told before anything moves.
        pids.iter().for_each(|pid| wait_until_dead(*pid));
        assert_eq!(gdb.ask(&format!("Hgp{left:x}.{left:x}")), "OK", "{spared}");
        assert_eq!(gdb.ask("p20").len(), 16, "{spared}");
        let mut told: Vec<String> = pids.iter().map(|_| gdb.ask("vCont;c")).collect();
        told.sort();
        let mut expected: Vec<String> = pids.iter().map(|pid| format!("X09;process:{pid:x}")).collect();
        expected.sort();
        assert_eq!(told, expected, "{spared}");
        assert_eq!(gdb.ask(&format!("vKill;{left:x}")), "OK");
        gdb.send("k");
    }
}

#[test]
fn those_killed_are_gone_for_a_gdb_that_kills_them_too() {
    let mut multi = Multi::start("killed-twice", &[]);
    let mut gdb = multi.connect();
    let parent = multi.run(&mut gdb, "pair");
    let child = pid_after("fork:p", &gdb.ask("vCont;c"));
    kill_at_once(&[parent, child]);
    for pid in [parent, child] {
        assert_eq!(gdb.ask(&format!("vKill;{pid:x}")), "OK");
    }
    assert_eq!(gdb.ask("vCont;c"), "E01", "nothing is left to be told");
    gdb.send("k");
}

#[test]
fn processes_wait_for_the_next_gdb() {
    let mut multi = Multi::start("stop", &["--on-disconnect", "stop"]);
    let mut gdb = multi.connect();
    let parent = multi.run(&mut gdb, "pair");
    let child = pid_after("fork:p", &gdb.ask("vCont;c"));
    gdb.send("vCont;c");
    let mut second = UnixStream::connect(&multi.socket).expect("connected");
    let mut said = String::new();
    second.read_to_string(&mut said).expect("told and sent away");
    assert!(said.starts_with("$E.another gdb is connected"), "{said}");
    gdb.close();
    let mut gdb = multi.connect();
    let threads = gdb.ask("qfThreadInfo");
    assert!(threads.contains(&format!("p{parent:x}.")) && threads.contains(&format!("p{child:x}.")), "{threads}");
    // The guard knows the new connection.
    kill_at_once(&[parent, child]);
    assert!(gdb.ask("vCont;c").starts_with("X09"));
    assert!(gdb.ask("vCont;c").starts_with("X09"));
    // Without a process there is nothing to keep; and then it begins anew.
    gdb.close();
    let mut gdb = multi.connect();
    assert_eq!(gdb.ask("?"), "W00");
    assert!(multi.run(&mut gdb, "pair") > 0);
    gdb.send("k");
}

/// `emu --multi` in a terminal, which script(1) makes.
struct Terminal {
    script: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Terminal {
    fn start(socket: &Path) -> Terminal {
        let emu = common::emu_command().get_program().to_string_lossy().into_owned();
        let command = format!("{emu} --multi -g {}", socket.display());
        let mut script = Command::new("script");
        script.args(["-q", "-e", "-c", &command, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut script = script.spawn().expect("script, of bsdutils");
        let lines = BufReader::new(script.stdout.take().expect("piped"));
        Terminal { script, lines }
    }

    fn wait_for(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(self.lines.read_line(&mut line).expect("a line") > 0, "{text} is not seen");
        }
    }

    fn type_in(&mut self, text: &[u8]) {
        self.script.stdin.as_mut().expect("piped").write_all(text).expect("typed");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

#[test]
fn program_has_the_terminal_while_it_lives() {
    let socket = socket_path("terminal");
    let mut terminal = Terminal::start(&socket);
    terminal.wait_for("Listening on socket");
    let mut gdb = connect(&socket);
    let program = Fixture::for_gdb("jobs").build(Build::Static);
    assert_eq!(gdb.ask("QPassSignals:f"), "OK"); // SIGTERM
    for _ in 0..2 {
        let pid = run(&mut gdb, &program, "");
        gdb.send("vCont;c");
        // Its signal has reached itself, and not the emulator.
        terminal.wait_for("leads 1, foreground 1");
        terminal.type_in(b"hello\n");
        terminal.wait_for("read hello");
        terminal.type_in(b"\x03");
        assert!(gdb.receive().starts_with("T02"), "Ctrl-C in the terminal is the program's");
        assert_eq!(gdb.ask(&format!("vKill;{pid:x}")), "OK");
    }
    // Now it is for the emulator that waits.
    let deadline = Instant::now() + TIME_LIMIT;
    while terminal.script.try_wait().expect("our child").is_none() {
        assert!(Instant::now() < deadline, "Ctrl-C does not reach the emulator");
        terminal.script.stdin.as_mut().expect("piped").write_all(b"\x03").unwrap_or_default();
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = std::fs::remove_file(&socket);
}
