//! Which facts of the kernel's ABI differ between arm64 and x86-64: exactly those that `abi/`
//! converts. The same C program prints them for both; the arm64 one runs under qemu-aarch64.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Names whose values differ, and what takes care of them.
const DIFFERENT: &[(&str, &str)] = &[
    ("struct stat", "abi/stat.rs"),
    ("struct stat.st_mode", "abi/stat.rs"),
    ("struct stat.st_nlink", "abi/stat.rs"),
    ("struct stat.st_uid", "abi/stat.rs"),
    ("struct stat.st_gid", "abi/stat.rs"),
    ("struct stat.st_rdev", "abi/stat.rs"),
    ("O_DIRECT", "abi/open_flags.rs"),
    ("O_LARGEFILE", "abi/open_flags.rs"),
    ("O_DIRECTORY", "abi/open_flags.rs"),
    ("O_NOFOLLOW", "abi/open_flags.rs"),
    ("O_TMPFILE", "abi/open_flags.rs, by O_DIRECTORY"),
    ("struct semid64_ds", "abi/sem.rs"),
    ("struct semid64_ds.sem_ctime", "abi/sem.rs"),
    ("struct semid64_ds.sem_nsems", "abi/sem.rs"),
    ("struct epoll_event", "abi/epoll.rs"),
    ("struct epoll_event.data", "abi/epoll.rs"),
    ("__kernel_old_dev_t", "fs/ioctl.rs"),
    ("struct loop_info", "fs/ioctl.rs"),
    ("MINSIGSTKSZ", "the process layer's sigaltstack"),
    ("SIGSTKSZ", "a recommendation to programs"),
    ("EXEC_PAGESIZE", "a constant for programs; pages are 4 KiB on both sides"),
];

/// Compiles and runs the program; None, with the reason printed, if a tool is missing.
fn facts(compiler: &str, options: &[&str], runner: Option<&str>) -> Option<Vec<String>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/abi_facts.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("abi_facts.{compiler}"));
    match Command::new(compiler).args(options).arg("-w").arg("-o").arg(&program).arg(source).status() {
        Ok(status) => assert!(status.success(), "{compiler}: {status}"),
        Err(error) => {
            eprintln!("skipped: {compiler}: {error}");
            return None;
        }
    }
    let mut run = match runner {
        Some(runner) => Command::new(runner),
        None => Command::new(&program),
    };
    if runner.is_some() {
        run.arg(&program);
    }
    match run.output() {
        Ok(output) => {
            assert!(output.status.success(), "{program:?}: {}", output.status);
            Some(String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect())
        }
        Err(error) => {
            eprintln!("skipped: {runner:?}: {error}");
            None
        }
    }
}

#[test]
fn only_what_abi_converts_differs() {
    let Some(host) = facts("gcc", &[], None) else { return };
    let Some(guest) = facts("aarch64-linux-gnu-gcc", &["-static"], Some("qemu-aarch64")) else { return };
    assert!(host.len() > 200 && host.len() == guest.len());
    let name = |line: &str| {
        let from = line.find(' ').unwrap() + 1;
        line[from..line.rfind(' ').unwrap()].to_string()
    };
    let different: BTreeSet<String> =
        host.iter().zip(&guest).filter(|(one, other)| one != other).map(|(line, _)| name(line)).collect();
    let expected: BTreeSet<String> = DIFFERENT.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(different, expected);
}
