//! The error-path table: each system call with each of its arguments bad in turn gives the kernel's errno.
//!
//! The cases are made from the rows of the system call table (`cases`), compiled into one program
//! (`program.c`) for the host and for AArch64, and the two lists of results must be the same, but for
//! what [`exceptions`] names. So the kernel that the test runs on is the judge, in its own order of checks.
//!
//! What a bad argument alone does not provoke is in fixtures, most of it in `fixtures/errors_*`; [`manual`] lists what
//! there is to provoke, and the second test holds it to what both have provoked.

#[path = "../common/mod.rs"]
mod common;

mod cases;
mod exceptions;
mod manual;

use common::fixture::{Build, Fixture};
use common::{emu_command, run};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use syscalls::table::{Action, TABLE};

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

/// A call and an errno, by the name that comes first where there are two.
type Pair = (String, String);

fn pair(call: &str, errno: &str) -> Pair {
    let errno = match errno {
        "EWOULDBLOCK" => "EAGAIN",
        "ENOTSUP" => "EOPNOTSUPP",
        errno => errno,
    };
    (call.to_owned(), errno.to_owned())
}

/// What the table provokes natively. None where the machine permits no namespaces.
fn provoked_by_table() -> Option<BTreeSet<Pair>> {
    let results = results(Command::new(Fixture::of_test(&source()).build(Build::Native)), &[])?;
    let named = results.iter().filter(|(_, result)| result.starts_with('E'));
    Some(named.map(|(label, result)| pair(label.split(':').next().unwrap_or_default(), result)).collect())
}

/// What fixtures provoke natively, and with what they say that this machine does not permit it.
fn provoked_by_fixtures() -> BTreeSet<Pair> {
    let mut provoked = BTreeSet::new();
    for fixture in Fixture::all().into_iter().filter(|fixture| fixture.runs_natively) {
        let text = std::fs::read_to_string(&fixture.source).expect("fixture");
        if !["FAILS(", "FAILED(", "note_error("].iter().any(|word| text.contains(word)) {
            continue;
        }
        let mut command = Command::new(fixture.build(Build::Native));
        let printed = run(command.args(&fixture.args).env("CHECKED_ERRORS", "1")).succeeded();
        for line in printed.lines() {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["fails", call, errno] => drop(provoked.insert(pair(call, errno))),
                ["skips", call, errno, ..] => {
                    eprintln!("skipped: {}: {call}, {errno}", fixture.name);
                    provoked.insert(pair(call, errno.trim_end_matches(':')));
                }
                _ => {}
            }
        }
    }
    provoked
}

#[test]
fn each_error_that_the_manual_lists_is_provoked_or_cannot_be() {
    let supported = TABLE.iter().filter(|row| !matches!(row.action, Action::Refuse(_))).map(|row| row.name);
    let with_page: Vec<&str> = supported.filter(|name| !manual::NO_PAGE.contains(name)).collect();
    assert_eq!(manual::MANUAL.iter().map(|listed| listed.call).collect::<Vec<_>>(), with_page);

    let Some(by_table) = provoked_by_table() else { return };
    let provoked = &by_table | &provoked_by_fixtures();
    let pairs = |call, errnos: &'static str| errnos.split_whitespace().map(move |errno| pair(call, errno));
    // The kernel may be older than a call, or made without it.
    let is_there = |call: &str| by_table.iter().any(|(of, errno)| of == call && errno != "ENOSYS");
    let is_missing = |call: &str| by_table.contains(&pair(call, "ENOSYS")) && !is_there(call);
    let listed = || manual::MANUAL.iter().filter(|listed| !is_missing(listed.call));
    let missing: Vec<Pair> = listed()
        .flat_map(|listed| pairs(listed.call, listed.provoked))
        .filter(|pair| !provoked.contains(pair))
        .collect();
    assert!(missing.is_empty(), "listed as provoked, and are not: {missing:?}");
    let reasons = || listed().flat_map(|listed| listed.not.iter().map(|(why, errnos)| (listed.call, *why, *errnos)));
    let stale: Vec<Pair> =
        reasons().flat_map(|(call, _, errnos)| pairs(call, errnos)).filter(|pair| provoked.contains(pair)).collect();
    assert!(stale.is_empty(), "are provoked, and listed as if they were not: {stale:?}");
}
