//! Each fixture passes on the host itself and under qemu-aarch64, so that it may judge, and under
//! emu, statically and dynamically linked; interpreted, and all translated, too.

mod common;

use common::fixture::{Build, Fixture};
use common::{CROSS_SYSROOT, Ran, emu_command, run};
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::Command;

fn main() {
    let trials = Fixture::all().into_iter().flat_map(trials).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trials(fixture: Fixture) -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |on: &str, build: Build, command: fn() -> Command| {
        let fixture = fixture.clone();
        let name = format!("{}::{}::{on}", fixture.name, build.name());
        trials.push(Trial::test(name, move || check(&fixture, build, command())));
    };
    if fixture.runs_natively {
        add("host", Build::Native, || Command::new("env"));
    }
    for &build in &fixture.builds {
        if fixture.runs_under_qemu {
            add("qemu", build, || {
                let mut command = Command::new("qemu-aarch64");
                command.args(["-L", CROSS_SYSROOT]);
                command
            });
        }
        add("emu", build, || {
            let mut command = emu_command();
            command.args(["-L", CROSS_SYSROOT]);
            command
        });
    }
    if let Some(&build) = fixture.builds.first() {
        add("emu-interp", build, || {
            let mut command = emu_command();
            command.args(["-L", CROSS_SYSROOT, "--engine", "interp"]);
            command
        });
        // By default little of a short program is translated.
        add("emu-jit", build, || {
            let mut command = emu_command();
            command.args(["-L", CROSS_SYSROOT, "--engine", "jit:0"]);
            command
        });
    }
    trials
}

fn check(fixture: &Fixture, build: Build, mut command: Command) -> Result<(), Failed> {
    command.arg(fixture.build(build)).args(&fixture.args).envs(fixture.env.iter().cloned());
    let Ran { status, stdout, stderr } = run(&mut command);
    if status.success() && stdout == format!("ok {}\n", fixture.name) && stderr.is_empty() {
        return Ok(());
    }
    Err(format!("{command:?}: {status}\n{stdout}{stderr}").into())
}
