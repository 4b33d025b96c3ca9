//! Each fixture passes on the host itself and under qemu-aarch64, so that it may judge, and under
//! emu, statically and dynamically linked; interpreted, all translated, and while units are retired at random, too.
//! Where the tests run as root, each passes without privilege as well: permissions mean nothing to root.

mod common;

use common::fixture::{Build, Fixture};
use common::{CROSS_SYSROOT, Ran, emu_command, emu_command_of, run};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

fn main() {
    let trials = Fixture::all().into_iter().flat_map(trials).collect();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    let _ = std::fs::remove_dir_all(public_dir());
    conclusion.exit();
}

/// Where anybody finds the programs, wherever the tests were built.
fn public_dir() -> PathBuf {
    std::env::temp_dir().join(format!("emu-fixtures-{}", std::process::id()))
}

/// A copy of `file` there. Copied by another process: what this one writes, a fork of another test may
/// still have open when it is to be executed (ETXTBSY).
fn public(file: &Path) -> PathBuf {
    let dir = public_dir();
    std::fs::create_dir_all(&dir).expect("directory");
    let copied = Command::new("cp").arg("-p").arg(file).arg(&dir).status().expect("cp");
    assert!(copied.success(), "cp {}", file.display());
    dir.join(file.file_name().expect("a name"))
}

/// Nobody, without capabilities.
const UNPRIVILEGED: [&str; 5] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"];

/// emu as nobody.
fn unprivileged() -> Command {
    static EMU: LazyLock<PathBuf> = LazyLock::new(|| public(&common::emu()));
    let mut command = emu_command_of(UNPRIVILEGED[0]);
    command.args(&UNPRIVILEGED[1..]).arg(&*EMU).args(["-L", CROSS_SYSROOT]).current_dir("/tmp");
    command
}

fn trials(fixture: Fixture) -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |on: &str, build: Build, command: fn() -> Command, more: &[&str]| {
        let fixture = fixture.clone();
        let name = format!("{}::{}::{on}", fixture.name, build.name());
        let is_public = on == "emu-unprivileged";
        let more: Vec<String> = more.iter().map(|&word| word.to_owned()).collect();
        trials.push(Trial::test(name, move || {
            let (program, mut command) = (fixture.build(build), command());
            command.args(more);
            check(&fixture, if is_public { public(&program) } else { program }, command)
        }));
    };
    let emu = || {
        let mut command = emu_command();
        command.args(["-L", CROSS_SYSROOT]);
        command
    };
    let retiring = || {
        let mut command = emu_command();
        command.args(["-L", CROSS_SYSROOT]).env("EMU_RETIRE", "20");
        command
    };
    if fixture.runs_natively {
        add("host", Build::Native, || Command::new("env"), &[]);
    }
    for &build in &fixture.builds {
        if fixture.runs_under_qemu {
            add("qemu", build, || Command::new("qemu-aarch64"), &["-L", CROSS_SYSROOT]);
        }
        add("emu", build, emu, &[]);
        for cpu in &fixture.cpus {
            add(&format!("emu-{cpu}"), build, emu, &["-cpu", cpu]);
        }
    }
    if let Some(&build) = fixture.builds.first() {
        add("emu-interp", build, emu, &["--engine", "interp"]);
        if nix::unistd::geteuid().is_root() {
            add("emu-unprivileged", build, unprivileged, &[]);
        }
        // By default little of a short program is translated.
        add("emu-jit", build, emu, &["--engine", "jit:0"]);
        add("emu-retired", build, retiring, &["--engine", "jit:0"]);
    }
    trials
}

fn check(fixture: &Fixture, program: PathBuf, mut command: Command) -> Result<(), Failed> {
    command.arg(program).args(&fixture.args).envs(fixture.env.iter().cloned());
    let Ran { status, stdout, stderr } = run(&mut command);
    if status.success() && stdout == format!("ok {}\n", fixture.name) && stderr.is_empty() {
        return Ok(());
    }
    Err(format!("{command:?}: {status}\n{stdout}{stderr}").into())
}
