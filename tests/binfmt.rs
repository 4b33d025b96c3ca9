//! `emu --binfmt`: registered in a user namespace of our own (Linux 6.7), the kernel runs AArch64
//! programs for host programs, with their own argv[0].

mod common;

use common::fixture::{Build, Fixture};
use common::{emu, run};
use std::process::Command;

/// Runs `script` where binfmt_misc is mounted and ours; None where the kernel does not allow it.
fn in_namespace(script: &str) -> Option<String> {
    let mount = "mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc";
    let inside = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "bash", "-c", &format!("{mount} && {script}")]);
        command.env("EMU", emu()).env("PROGRAM", Fixture::named("hello").build(Build::Static));
        run(&mut command)
    };
    if !inside("true").status.success() {
        eprintln!("skipped: binfmt_misc cannot be mounted in a user namespace here (Linux 6.7 can)");
        return None;
    }
    Some(inside(script).succeeded())
}

#[test]
fn this_machine_has_no_handler_of_its_own() {
    let error = Command::new(Fixture::named("hello").build(Build::Static)).spawn().map(|_| ()).expect_err(
        "the kernel runs AArch64 programs by itself here, so an execve that emu forgets would go unnoticed: \
         disable that entry of /proc/sys/fs/binfmt_misc",
    );
    assert_eq!(error.raw_os_error(), Some(libc::ENOEXEC), "{error}");
}

#[test]
fn a_registered_emu_runs_programs_for_the_host() {
    let script =
        "$EMU --binfmt install >/dev/null && $PROGRAM && $EMU --binfmt remove >/dev/null && ! $PROGRAM 2>/dev/null";
    if let Some(printed) = in_namespace(script) {
        assert_eq!(printed, "ok hello\n");
    }
}

#[test]
fn a_program_has_its_own_argv0() {
    let root = common::guest_root().join("bin/busybox");
    let script = format!("$EMU --binfmt install >/dev/null && exec -a echo {} -g 'a  b'", root.display());
    if let Some(printed) = in_namespace(&script) {
        assert_eq!(printed, "-g a  b\n", "busybox is what argv[0] says");
    }
}

#[test]
fn installing_twice_replaces_and_the_registration_can_be_printed() {
    let script = "$EMU --binfmt install && $EMU --binfmt install && cat /proc/sys/fs/binfmt_misc/emu-aarch64 && $EMU --binfmt print";
    if let Some(printed) = in_namespace(script) {
        assert!(printed.contains("flags: PF\n") && printed.contains(":emu-aarch64:M::"), "{printed}");
    }
}
