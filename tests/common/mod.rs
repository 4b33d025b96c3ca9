//! What the tests of whole programs share: where the emulator and guest programs are, and running
//! them with a time limit.
#![allow(dead_code, clippy::panic)]

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// No guest program of the tests takes this long, even on a busy machine.
pub const TIME_LIMIT: Duration = Duration::from_secs(240);
/// Cross compiler and AArch64 libraries of Debian's gcc-aarch64-linux-gnu.
pub const CROSS_SYSROOT: &str = "/usr/aarch64-linux-gnu";

/// The emulator under test: EMU_BIN, or the one that cargo built with the tests.
pub fn emu() -> PathBuf {
    std::env::var_os("EMU_BIN").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_emu")), PathBuf::from)
}

/// The emulator as a command.
pub fn emu_command() -> Command {
    emu_command_of(emu())
}

/// A command that runs the emulator, without variables of the caller that would change what it does.
pub fn emu_command_of(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("EMU_") || name.starts_with("QEMU_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Debian's arm64 programs, unpacked.
pub fn guest_root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/guest-root");
    assert!(root.join(".packages").exists(), "{} is missing: run make guest-root", root.display());
    root
}

/// What came of a program.
#[derive(Debug)]
pub struct Ran {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The standard output of a program that must have succeeded silently.
    #[track_caller]
    pub fn succeeded(self) -> String {
        assert!(self.status.success(), "{self:#?}");
        assert_eq!(self.stderr, "", "{self:#?}");
        self.stdout
    }
}

/// Runs `command` with `input`, and kills its process group after [`TIME_LIMIT`].
#[track_caller]
pub fn run_with(command: &mut Command, input: &str) -> Ran {
    run_within(TIME_LIMIT, command, input)
}

/// The same with a limit of its own.
#[track_caller]
pub fn run_within(limit: Duration, command: &mut Command, input: &str) -> Ran {
    use std::io::Write;
    let mut child = command
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    // A program that does not read its input closes the pipe; that is its business.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    let status = wait(&mut child, limit).unwrap_or_else(|| panic!("{command:?}: not done after {limit:?}"));
    // What the program left behind may hold its output open.
    let text = |output: Receiver<Vec<u8>>| match output.recv_timeout(limit) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => {
            kill_group(&child);
            panic!("{command:?}: {status}, and a process that it left behind has its output open after {limit:?}")
        }
    };
    Ran { status, stdout: text(stdout), stderr: text(stderr) }
}

/// Runs `command` without input.
#[track_caller]
pub fn run(command: &mut Command) -> Ran {
    run_with(command, "")
}

/// All that comes out of `stream`, once it is closed.
fn collect(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let mut stream = stream.expect("piped");
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = child.try_wait().expect("wait") {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    kill_group(child);
    let _ = child.wait();
    None
}

fn kill_group(leader: &Child) {
    let group = nix::unistd::Pid::from_raw(leader.id() as i32);
    let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
}

/// A directory of this test's own, empty.
pub fn scratch(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("scratch directory");
    dir
}

pub mod fixture;
