//! What the table calls supported is tested: each such system call succeeds in a fixture.
//!
//! The fixtures run with `-strace`, and its lines are read. Errors are the error table's part
//! (`tests/error_table`).

mod common;

use common::fixture::{Build, Fixture};
use common::{CROSS_SYSROOT, emu_command, run, scratch};
use std::collections::BTreeSet;
use std::path::Path;
use syscalls::table::{Action, TABLE};

/// Fixtures that take long and call nothing that others do not.
const LEFT_OUT: &[&str] = &["code_much", "code_threads", "floats", "memory_order", "signal_storm"];

const CHANGES_MACHINE: &str = "its success would change the machine that the tests run on";

/// Supported calls that do not succeed in any fixture, and why.
const NEVER_SUCCEED: &[(&str, &str)] = &[
    ("acct", CHANGES_MACHINE),
    ("clock_settime", CHANGES_MACHINE),
    ("delete_module", CHANGES_MACHINE),
    ("finit_module", CHANGES_MACHINE),
    ("init_module", CHANGES_MACHINE),
    ("kexec_file_load", CHANGES_MACHINE),
    ("kexec_load", CHANGES_MACHINE),
    ("lsm_set_self_attr", "takes a security module with attributes"),
    ("quotactl", "takes a file system with quotas"),
    ("quotactl_fd", "takes a file system with quotas"),
    ("reboot", CHANGES_MACHINE),
    ("settimeofday", CHANGES_MACHINE),
    ("swapoff", CHANGES_MACHINE),
    ("swapon", CHANGES_MACHINE),
    ("syslog", "may be the administrator's alone (kernel.dmesg_restrict)"),
    ("vhangup", CHANGES_MACHINE),
    ("restart_syscall", "is the kernel's own, and gives EINTR to others"),
    ("io_cancel", "no request that the kernel can cancel ends otherwise than EINPROGRESS"),
    ("rt_sigsuspend", "gives EINTR"),
];

/// Supported calls whose success the machine may not permit: without namespaces, without NUMA, without the
/// feature in the kernel's configuration, or not as root or not as a user.
const MAY_FAIL: &[&str] = &[
    "add_key",
    "cachestat",
    "chroot",
    "fanotify_init",
    "fanotify_mark",
    "fchmodat2",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "futex_requeue",
    "futex_wait",
    "futex_wake",
    "get_mempolicy",
    "getxattr",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "kcmp",
    "keyctl",
    "landlock_add_rule",
    "landlock_create_ruleset",
    "landlock_restrict_self",
    "lgetxattr",
    "listmount",
    "listxattr",
    "llistxattr",
    "lremovexattr",
    "lsetxattr",
    "lsm_get_self_attr",
    "lsm_list_modules",
    "mbind",
    "memfd_secret",
    "migrate_pages",
    "mlockall",
    "mount",
    "mount_setattr",
    "move_mount",
    "move_pages",
    "mseal",
    "name_to_handle_at",
    "open_by_handle_at",
    "open_tree",
    "pivot_root",
    "process_madvise",
    "process_mrelease",
    "removexattr",
    "request_key",
    "set_mempolicy",
    "set_mempolicy_home_node",
    "setdomainname",
    "sethostname",
    "setns",
    "setxattr",
    "statmount",
    "umount2",
    "unshare",
    "userfaultfd",
    "capset",
];

/// The calls that returned something else than an error, from the lines of `-strace`.
fn succeeded(log: &Path) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(&std::fs::read(log).expect("a log")).into_owned();
    let line = |line: &str| {
        let (_pid, rest) = line.split_once(' ')?;
        let rest = rest.trim_start(); // short process ids are padded
        let name = match rest.strip_prefix("<... ") {
            Some(resumed) => resumed.split_once(' ')?.0,
            None => rest.split_once('(')?.0,
        };
        let (_, result) = rest.rsplit_once(" = ")?;
        (!result.starts_with('-') && !result.starts_with("? ERESTART")).then(|| name.to_owned())
    };
    text.lines().filter_map(line).collect()
}

#[test]
fn each_supported_call_succeeds_in_a_fixture() {
    let dir = scratch("tested-calls");
    let mut seen = BTreeSet::new();
    for fixture in Fixture::all().into_iter().filter(|fixture| !LEFT_OUT.contains(&&*fixture.name)) {
        let log = dir.join(&fixture.name);
        let Some(&build) = fixture.builds.first() else { continue };
        assert_ne!(build, Build::Native);
        let mut command = emu_command();
        command.args(["-L", CROSS_SYSROOT, "-strace", "-D"]).arg(&log).arg(fixture.build(build));
        // Whether it passes is the business of tests/fixtures.rs.
        run(command.args(&fixture.args).envs(fixture.env.iter().cloned()));
        seen.extend(succeeded(&log));
    }
    let supported = TABLE.iter().filter(|row| !matches!(row.action, Action::Refuse(_)));
    let untested: Vec<&str> = supported
        .map(|row| row.name)
        .filter(|name| !seen.contains(*name) && !MAY_FAIL.contains(name))
        .filter(|name| !NEVER_SUCCEED.iter().any(|(listed, _)| listed == name))
        .collect();
    assert!(untested.is_empty(), "supported, and succeed in no fixture: {untested:?}");
    let stale: Vec<&str> = NEVER_SUCCEED.iter().map(|(name, _)| *name).filter(|name| seen.contains(*name)).collect();
    assert!(stale.is_empty(), "succeed, and are listed as if they never did: {stale:?}");
}
