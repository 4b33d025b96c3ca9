//! The error-path table: each system call with each of its arguments bad in turn gives the kernel's errno.
//!
//! The cases are made from the rows of the system call table (`cases`), compiled into one program
//! (`program.c`) for the host and for AArch64, and the two lists of results must be the same, but for
//! what [`exceptions`] names. So the kernel that the test runs on is the judge, in its own order of checks.

#[path = "../common/mod.rs"]
mod common;

mod cases;
mod exceptions;

use common::fixture::{Build, Fixture};
use common::{emu_command, run};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the program lies with its cases, so that both compilers find them.
fn source() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("error-table");
    std::fs::create_dir_all(&dir).expect("directory");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/error_table/program.c");
    std::fs::write(dir.join("cases.h"), cases::source()).expect("cases.h");
    std::fs::copy(program, dir.join("error_table.c")).expect("error_table.c");
    dir.join("error_table.c")
}

/// Runs the cases with these labels, or all; None where the machine permits no namespaces.
fn results(mut command: Command, labels: &[&String]) -> Option<BTreeMap<String, String>> {
    let printed = run(command.args(labels)).succeeded();
    if let Some(reason) = printed.strip_prefix("no namespaces: ") {
        eprintln!("skipped: namespaces cannot be made here: {reason}");
        return None;
    }
    let pair = |line: &str| line.split_once('\t').map(|(label, result)| (label.to_owned(), result.to_owned()));
    Some(printed.lines().map(|line| pair(line).expect("label and result")).collect())
}

/// What differs: label, native result, result here. None where the machine permits no namespaces.
fn differences(labels: &[&String], native: &Path, guest: &Path) -> Option<Vec<(String, String, String)>> {
    let natively = results(Command::new(native), labels)?;
    let mut emu = emu_command();
    emu.arg(guest);
    let emulated = results(emu, labels)?;
    assert!(!natively.is_empty(), "no case was called");
    let differ = natively.into_iter().filter_map(|(label, result)| {
        let here = emulated.get(&label).cloned().unwrap_or_else(|| "not called".into());
        let is_named = exceptions::EXCEPTIONS.iter().any(|exception| exception.covers(&label, &result, &here));
        (result != here && !is_named).then_some((label, result, here))
    });
    Some(differ.collect())
}

#[test]
fn each_call_gives_the_kernels_errno_for_each_bad_argument() {
    let fixture = Fixture::of_test(&source());
    let (native, guest) = (fixture.build(Build::Native), fixture.build(Build::Static));
    let Some(first) = differences(&[], &native, &guest) else { return };
    // Cases that run at the same time meet in some calls (one queue, a user's priority), and on a busy machine
    // a call may seem to block: each that differed is asked again, alone.
    let alone = |(label, ..): &(String, String, String)| differences(&[label], &native, &guest).unwrap_or_default();
    let last: Vec<_> = first.iter().flat_map(alone).collect();
    let text: String =
        last.iter().map(|(label, native, here)| format!("{label}: {here} instead of {native}\n")).collect();
    assert!(last.is_empty(), "{} differ:\n{text}", last.len());
}
