//! Which system calls `-strace=SET` shows: names, classes and numbers, as strace(1) has them behind
//! `-e trace=`.
//!
//! What a row's argument kinds say makes its class (%file, %desc); the other classes are lists of
//! names. A call of the older kind, which programs still make by its name in C but which arm64 has
//! only in a newer form, stands for that one.

use crate::kind::Kind;
use crate::table::{LAST, Row, TABLE};

/// A set of system call numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Filter([u64; LAST as usize / 64 + 1]);

/// What tells whether a row belongs to a class.
enum Members {
    Rows(fn(&Row) -> bool),
    Names(&'static [&'static str]),
}

/// The classes of strace(1).
const CLASSES: &[(&str, Members)] = &[
    ("all", Members::Rows(|_| true)),
    ("none", Members::Rows(|_| false)),
    ("file", Members::Rows(|row| row.kinds.iter().any(|kind| matches!(kind, Kind::Path(_) | Kind::RawPath)))),
    ("desc", Members::Rows(|row| row.kinds.iter().any(|kind| matches!(kind, Kind::Fd | Kind::Dirfd)))),
    (
        "process",
        Members::Names(&[
            "clone",
            "clone3",
            "execve",
            "execveat",
            "exit",
            "exit_group",
            "kill",
            "pidfd_send_signal",
            "rt_sigqueueinfo",
            "rt_tgsigqueueinfo",
            "tgkill",
            "tkill",
            "unshare",
            "wait4",
            "waitid",
        ]),
    ),
    (
        "network",
        Members::Names(&[
            "accept",
            "accept4",
            "bind",
            "connect",
            "getpeername",
            "getsockname",
            "getsockopt",
            "listen",
            "recvfrom",
            "recvmmsg",
            "recvmsg",
            "sendfile",
            "sendmmsg",
            "sendmsg",
            "sendto",
            "setsockopt",
            "shutdown",
            "socket",
            "socketpair",
        ]),
    ),
    (
        "signal",
        Members::Names(&[
            "kill",
            "pidfd_send_signal",
            "restart_syscall",
            "rt_sigaction",
            "rt_sigpending",
            "rt_sigprocmask",
            "rt_sigqueueinfo",
            "rt_sigreturn",
            "rt_sigsuspend",
            "rt_sigtimedwait",
            "rt_tgsigqueueinfo",
            "sigaltstack",
            "signalfd4",
            "tgkill",
            "tkill",
        ]),
    ),
    (
        "ipc",
        Members::Names(&[
            "msgctl",
            "msgget",
            "msgrcv",
            "msgsnd",
            "semctl",
            "semget",
            "semop",
            "semtimedop",
            "shmat",
            "shmctl",
            "shmdt",
            "shmget",
        ]),
    ),
    (
        "memory",
        Members::Names(&[
            "brk",
            "get_mempolicy",
            "io_destroy",
            "io_setup",
            "io_uring_register",
            "madvise",
            "map_shadow_stack",
            "mbind",
            "migrate_pages",
            "mincore",
            "mlock",
            "mlock2",
            "mlockall",
            "mmap",
            "move_pages",
            "mprotect",
            "mremap",
            "mseal",
            "msync",
            "munlock",
            "munlockall",
            "munmap",
            "pkey_mprotect",
            "process_madvise",
            "process_mrelease",
            "remap_file_pages",
            "set_mempolicy",
            "set_mempolicy_home_node",
            "shmat",
            "shmdt",
        ]),
    ),
    (
        "creds",
        Members::Names(&[
            "capget",
            "capset",
            "getegid",
            "geteuid",
            "getgid",
            "getgroups",
            "getresgid",
            "getresuid",
            "getuid",
            "prctl",
            "setfsgid",
            "setfsuid",
            "setgid",
            "setgroups",
            "setregid",
            "setresgid",
            "setresuid",
            "setreuid",
            "setuid",
        ]),
    ),
    (
        "clock",
        Members::Names(&[
            "adjtimex",
            "clock_adjtime",
            "clock_getres",
            "clock_gettime",
            "clock_settime",
            "gettimeofday",
            "settimeofday",
        ]),
    ),
];

/// Calls that arm64 has in a newer form only.
const OLDER: &[(&str, &[&str])] = &[
    ("access", &["faccessat", "faccessat2"]),
    ("chmod", &["fchmodat", "fchmodat2"]),
    ("chown", &["fchownat"]),
    ("creat", &["openat"]),
    ("dup2", &["dup3"]),
    ("epoll_wait", &["epoll_pwait"]),
    ("fork", &["clone"]),
    ("link", &["linkat"]),
    ("lstat", &["newfstatat"]),
    ("mkdir", &["mkdirat"]),
    ("mknod", &["mknodat"]),
    ("open", &["openat"]),
    ("pipe", &["pipe2"]),
    ("poll", &["ppoll"]),
    ("readlink", &["readlinkat"]),
    ("rename", &["renameat", "renameat2"]),
    ("rmdir", &["unlinkat"]),
    ("select", &["pselect6"]),
    ("stat", &["newfstatat"]),
    ("symlink", &["symlinkat"]),
    ("unlink", &["unlinkat"]),
    ("vfork", &["clone"]),
];

impl Default for Filter {
    /// Every call, also those that do not exist.
    fn default() -> Self {
        Filter([u64::MAX; _])
    }
}

impl Filter {
    /// Parses names, %classes and numbers, separated by commas; `!` before the list means all others. The
    /// first word that is none of them is the error.
    pub fn parse(list: &str) -> Result<Filter, String> {
        let (list, is_inverted) = list.strip_prefix('!').map_or((list, false), |rest| (rest, true));
        let mut filter = Filter([0; _]);
        for word in list.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            filter.add(word)?;
        }
        match is_inverted {
            true => Ok(Filter(filter.0.map(|word| !word))),
            // What has no row is shown as long as nothing is left out.
            false if TABLE.iter().all(|row| filter.has(row.number.into())) => Ok(Filter::default()),
            false => Ok(filter),
        }
    }

    fn add(&mut self, word: &str) -> Result<(), String> {
        let number = word.parse::<u16>().ok().filter(|number| *number <= LAST);
        let class = word.strip_prefix('%').or(matches!(word, "all" | "none").then_some(word));
        let class = class.map(|name| if name == "net" { "network" } else { name });
        let rows: Vec<&Row> = match class {
            Some(class) => {
                let (_, members) = CLASSES.iter().find(|(name, _)| *name == class).ok_or_else(|| word.to_owned())?;
                TABLE.iter().filter(|row| members.have(row)).collect()
            }
            None => {
                let newer = OLDER.iter().find(|(older, _)| *older == word).map(|(_, newer)| *newer);
                let is_it = |row: &&Row| match newer {
                    Some(newer) => newer.contains(&row.name),
                    None => row.name == word || number == Some(row.number),
                };
                TABLE.iter().filter(is_it).collect()
            }
        };
        if rows.is_empty() && word != "none" && word != "%none" {
            return Err(word.to_owned());
        }
        for row in rows {
            if let Some(bits) = self.0.get_mut(usize::from(row.number) / 64) {
                *bits |= 1 << (row.number % 64);
            }
        }
        Ok(())
    }

    /// True if call `number` is shown.
    pub fn has(&self, number: u64) -> bool {
        match usize::try_from(number / 64).ok().and_then(|at| self.0.get(at)) {
            Some(bits) => bits >> (number % 64) & 1 != 0,
            // Beyond the table: shown unless something is left out.
            None => *self == Filter::default(),
        }
    }
}

impl Members {
    fn have(&self, row: &Row) -> bool {
        match self {
            Members::Rows(is_member) => is_member(row),
            Members::Names(names) => names.contains(&row.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(list: &str) -> Vec<&'static str> {
        let filter = Filter::parse(list).expect("a list");
        TABLE.iter().filter(|row| filter.has(row.number.into())).map(|row| row.name).collect()
    }

    #[test]
    fn names_that_are_listed_are_rows() {
        let is_row = |name: &&str| TABLE.iter().any(|row| row.name == *name);
        for (class, members) in CLASSES {
            if let Members::Names(names) = members {
                assert!(names.iter().all(is_row), "%{class}");
            }
        }
        for (older, newer) in OLDER {
            assert!(!is_row(older) && newer.iter().all(is_row), "{older}");
        }
    }

    #[test]
    fn lists_name_calls_classes_and_numbers() {
        assert_eq!(shown("open, read,64"), ["openat", "read", "write"]);
        assert_eq!(shown("%clock,none").len(), 7);
        assert!(["openat", "execve", "statx"].iter().all(|name| shown("%file").contains(name)));
        assert!(["read", "openat", "mmap"].iter().all(|name| shown("%desc").contains(name)));
        assert_eq!(shown("%net"), shown("%network"));
        assert_eq!(shown("!read").len(), TABLE.len() - 1);
        assert_eq!(Filter::parse("all"), Ok(Filter::default()));
        assert!(Filter::default().has(9999) && !Filter::parse("read").is_ok_and(|filter| filter.has(9999)));
        assert_eq!(Filter::parse("read,nonsense"), Err("nonsense".to_owned()));
        assert_eq!(Filter::parse("%nonsense"), Err("%nonsense".to_owned()));
    }
}
