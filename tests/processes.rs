//! How a guest process looks to others on the host, and where the emulator lies in it.

mod common;

use common::{emu, emu_command, guest_root, run};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Command;

/// Below this are the guest's addresses.
const GUEST_TOP: u64 = 0x5000_0000_0000;

fn busybox() -> PathBuf {
    guest_root().join("bin/busybox")
}

#[test]
fn signals_that_the_parent_ignored_stay_ignored() {
    let script = "trap '' PIPE; exec \"$0\" \"$1\" sh -c 'kill -PIPE $$; echo alive'";
    // Nothing but what emu hands on to itself may begin with EMU here, and that must not show.
    let ran = run(Command::new("sh").args(["-c", script]).arg(emu()).arg(busybox()).env_remove("EMU_BIN"));
    assert_eq!(ran.succeeded(), "alive\n");
    let ran = run(emu_command().arg(busybox()).args(["sh", "-c", "kill -PIPE $$; echo alive"]));
    assert_eq!(ran.status.signal(), Some(libc::SIGPIPE), "{ran:?}");
}

/// Runs a guest shell, as one that a guest has executed; its child, a program of the host, reads the host's /proc/PID of it.
fn executed_shell(limits: &str, file: &str) -> String {
    let script = format!(
        "{limits} exec \"$0\" \"$1\" sh -c 'exec \"$0\" sh -c \"/bin/cat /proc/\\$\\$/{file}; true\" name' \"$1\""
    );
    run(Command::new("sh").args(["-c", &script]).arg(emu()).arg(busybox())).succeeded()
}

#[test]
fn the_hosts_ps_shows_the_arguments_of_an_executed_guest() {
    let line = executed_shell("", "cmdline").replace('\0', " ");
    let expected = format!("{} sh -c /bin/cat /proc/$$/cmdline; true name ", busybox().display());
    assert_eq!(line, expected);
}

#[test]
fn an_unlimited_stack_leaves_the_emulator_above_the_guest() {
    for limits in ["", "ulimit -s unlimited;"] {
        let maps = executed_shell(limits, "maps");
        let image = maps.lines().filter(|line| line.ends_with(emu().to_str().expect("a plain path")));
        let starts: Vec<u64> = image.filter_map(|line| u64::from_str_radix(line.split('-').next()?, 16).ok()).collect();
        assert!(!starts.is_empty() && starts.iter().all(|&start| start >= GUEST_TOP), "{limits} {maps}");
    }
}

#[test]
fn an_unlimited_stack_is_what_the_guest_sees() {
    let script = "ulimit -s unlimited && exec \"$0\" \"$1\" sh -c 'ulimit -s; env | grep EMU'";
    // Nothing but what emu hands on to itself may begin with EMU here, and that must not show.
    let ran = run(Command::new("sh").args(["-c", script]).arg(emu()).arg(busybox()).env_remove("EMU_BIN"));
    assert_eq!(ran.stdout, "unlimited\n");
}
