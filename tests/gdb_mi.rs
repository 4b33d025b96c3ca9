//! gdb/MI as an editor speaks it: asynchronously, one command after another has been answered (VS Code's cppdbg
//! begins with these commands, in this order).

#![allow(clippy::panic)] // how a test fails

mod common;

use common::fixture::{Build, Fixture};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const TIME_LIMIT: Duration = Duration::from_secs(60);

/// gdb, and emu behind it.
struct Editor {
    emu: Child,
    gdb: Child,
    input: ChildStdin,
    output: Receiver<String>,
    seen: Vec<String>,
    commands: u32,
}

impl Editor {
    fn start(fixture: &str) -> Editor {
        let program = Fixture::for_gdb(fixture).build(Build::Static);
        let socket = std::env::temp_dir().join(format!("emu-mi-{}", std::process::id()));
        let mut emu = common::emu_command();
        emu.arg("-g").arg(&socket).arg(&program).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut emu = emu.spawn().expect("emu");
        let mut line = String::new();
        BufReader::new(emu.stderr.take().expect("piped")).read_line(&mut line).expect("a line");
        assert!(line.starts_with("Listening on socket"), "{line}");
        let mut gdb = Command::new("gdb-multiarch");
        gdb.args(["-nx", "-q", "--interpreter=mi"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut gdb = gdb.spawn().expect("gdb-multiarch (run make deps)");
        let lines = BufReader::new(gdb.stdout.take().expect("piped")).lines();
        let (sender, output) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let input = gdb.stdin.take().expect("piped");
        let mut editor = Editor { emu, gdb, input, output, seen: Vec::new(), commands: 1000 };
        for command in [
            "-gdb-set mi-async on",
            "-interpreter-exec console \"set pagination off\"",
            "-gdb-set auto-solib-add on",
            "-gdb-set detach-on-fork off",
            "-gdb-set breakpoint pending on",
            "-gdb-set debuginfod enabled off",
            &format!("-file-exec-and-symbols {}", program.display()),
        ] {
            editor.done(command);
        }
        editor.ask(&format!("-target-select remote {}", socket.display()), "^connected");
        editor
    }

    /// Waits for a line that has all of these; it is taken in order.
    fn wait_for(&mut self, parts: &[&str]) -> String {
        let deadline = Instant::now() + TIME_LIMIT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.output.recv_timeout(left) else { panic!("{parts:?} is not seen: {:#?}", self.seen) };
            self.seen.push(line.clone());
            if parts.iter().all(|part| line.contains(part)) {
                return line;
            }
        }
    }

    /// The answer to a command, which begins like this.
    fn ask(&mut self, command: &str, answer: &str) -> String {
        self.commands += 1;
        let number = self.commands;
        writeln!(self.input, "{number}{command}").expect("gdb runs");
        self.wait_for(&[&format!("{number}{answer}")])
    }

    fn done(&mut self, command: &str) -> String {
        self.ask(command, "^done")
    }
}

impl Drop for Editor {
    /// Whatever the test came to, nothing stays behind.
    fn drop(&mut self) {
        for process in [&mut self.gdb, &mut self.emu] {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[test]
fn editor_breaks_steps_interrupts_and_goes_on() {
    let mut editor = Editor::start("waiting");
    editor.done("-break-insert -f main");
    editor.ask("-exec-continue", "^running");
    editor.wait_for(&["*stopped,reason=\"breakpoint-hit\"", "func=\"main\""]);
    assert!(editor.done("-thread-info").contains("state=\"stopped\""));
    assert!(editor.done("-stack-list-frames 0 1000").contains("func=\"main\""));
    editor.done("-stack-list-variables --simple-values");
    assert!(editor.done("-var-create - * spins").contains("value=\"0\""));
    editor.ask("-exec-next", "^running");
    editor.wait_for(&["*stopped,reason=\"end-stepping-range\""]);
    editor.done("-break-insert -t -i 3 waiting.c:13");
    editor.ask("-exec-continue", "^running");
    editor.wait_for(&["*stopped,reason=\"breakpoint-hit\",disp=\"del\""]);
    assert!(editor.done("-var-update --all-values *").contains("value=\"3\",in_scope=\"true\""));
    editor.ask("-exec-continue", "^running");
    editor.ask("-exec-interrupt", "^done");
    editor.wait_for(&["*stopped,reason=\"signal-received\",signal-name=\"SIGINT\""]);
    assert!(editor.done("-data-evaluate-expression spins>0").contains("value=\"1\""));
    assert!(editor.done("-data-list-register-names").contains("\"pc\""));
    assert!(editor.done("-data-disassemble -s $pc -e $pc+8 -- 0").contains("inst="));
    editor.ask("-exec-continue --all", "^running");
    editor.ask("-exec-interrupt --all", "^done");
    editor.wait_for(&["*stopped,reason=\"signal-received\""]);
    editor.done("-target-detach");
}
