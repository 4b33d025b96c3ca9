//! The cases, from the rows: each argument word in turn is something bad of its kind, the others stay
//! what a call would have. Words are expressions of `program.c`.

use syscalls::flags;
use syscalls::kind::{FlagSet, Kind, Way};
use syscalls::table::{Row, TABLE};

/// Rows that are not called, and why.
const SKIPPED: &[(&str, &str)] = &[
    ("exit", "has no errors"),
    ("exit_group", "has no errors"),
    ("clone", "a child on no stack; its errors are in fixtures/pidfds.c"),
    ("rt_sigreturn", "takes a frame, not arguments"),
    ("rt_sigsuspend", "waits; its errors are in fixtures/signal_waits.c"),
    ("mq_open", "what it makes stays for other cases"),
    ("msgget", "what it makes stays for other cases"),
    ("semget", "what it makes stays for other cases"),
    ("shmget", "what it makes stays for other cases"),
];

/// What a word is when another one is bad, where the kind does not say it.
const USUAL: &[(&str, usize, &str)] = &[
    ("epoll_ctl", 0, "EPOLL_FD"),
    ("epoll_ctl", 1, "EPOLL_CTL_ADD"),
    ("epoll_ctl", 2, "PIPE_IN"),
    ("epoll_pwait", 0, "EPOLL_FD"),
    ("epoll_pwait", 2, "1"),
    ("epoll_pwait2", 0, "EPOLL_FD"),
    ("epoll_pwait2", 2, "1"),
    ("timerfd_settime", 0, "TIMER_FD"),
    ("timerfd_gettime", 0, "TIMER_FD"),
    ("inotify_add_watch", 0, "INOTIFY_FD"),
    ("inotify_add_watch", 2, "IN_MODIFY"),
    ("inotify_rm_watch", 0, "INOTIFY_FD"),
    ("signalfd4", 0, "SIGNAL_FD"),
    ("getdents64", 0, "DIRECTORY_FD"),
    ("getdents64", 2, "4096"),
    ("fchdir", 0, "DIRECTORY_FD"),
    ("vmsplice", 0, "PIPE_OUT"),
    ("vmsplice", 2, "1"),
    ("splice", 2, "PIPE_OUT"),
    ("splice", 1, "0"),
    ("splice", 3, "0"),
    ("tee", 0, "PIPE_IN"),
    ("tee", 1, "PIPE_OUT"),
    ("readv", 2, "1"),
    ("writev", 2, "1"),
    ("preadv", 2, "1"),
    ("pwritev", 2, "1"),
    ("preadv2", 2, "1"),
    ("pwritev2", 2, "1"),
    ("ppoll", 1, "1"),
    ("pselect6", 0, "1"),
    ("mq_timedsend", 0, "QUEUE_FD"),
    ("mq_timedreceive", 0, "QUEUE_FD"),
    ("mq_timedreceive", 2, "16"),
    ("mq_notify", 0, "QUEUE_FD"),
    ("mq_getsetattr", 0, "QUEUE_FD"),
    ("bind", 0, "SOCKET_FD"),
    ("bind", 2, "16"),
    ("connect", 0, "SOCKET_FD"),
    ("connect", 2, "16"),
    ("listen", 0, "SOCKET_FD"),
    ("accept", 0, "SOCKET_FD"),
    ("accept4", 0, "SOCKET_FD"),
    ("getsockname", 0, "SOCKET_FD"),
    ("getpeername", 0, "SOCKET_FD"),
    ("sendto", 0, "SOCKET_FD"),
    ("recvfrom", 0, "SOCKET_FD"),
    ("setsockopt", 0, "SOCKET_FD"),
    ("setsockopt", 1, "SOL_SOCKET"),
    ("setsockopt", 2, "SO_REUSEADDR"),
    ("setsockopt", 4, "4"),
    ("getsockopt", 0, "SOCKET_FD"),
    ("getsockopt", 1, "SOL_SOCKET"),
    ("getsockopt", 2, "SO_TYPE"),
    ("shutdown", 0, "SOCKET_FD"),
    ("sendmsg", 0, "SOCKET_FD"),
    ("recvmsg", 0, "SOCKET_FD"),
    ("sendmmsg", 0, "SOCKET_FD"),
    ("sendmmsg", 2, "1"),
    ("recvmmsg", 0, "SOCKET_FD"),
    ("recvmmsg", 2, "1"),
    ("socket", 0, "AF_UNIX"),
    ("socket", 1, "SOCK_STREAM"),
    ("socketpair", 0, "AF_UNIX"),
    ("socketpair", 1, "SOCK_STREAM"),
    ("pidfd_send_signal", 0, "PID_FD"),
    ("pidfd_getfd", 0, "PID_FD"),
    ("process_madvise", 0, "PID_FD"),
    ("process_mrelease", 0, "PID_FD"),
    ("landlock_add_rule", 0, "LANDLOCK_FD"),
    ("landlock_add_rule", 1, "1"),
    ("landlock_restrict_self", 0, "LANDLOCK_FD"),
    ("clone3", 1, "64"),
    ("mmap", 3, "MAP_PRIVATE"),
    ("rt_sigaction", 0, "SIGUSR1"),
    ("openat2", 3, "24"),
    ("futex", 1, "0x81"),
    ("futex_waitv", 1, "1"),
    ("get_robust_list", 0, "0"),
    ("cachestat", 0, "FILE_FD"),
];

/// `name: word 2 nowhere`, its number, its words.
pub struct Case {
    pub label: String,
    number: String,
    words: Vec<String>,
}

/// The cases as initialisers in C.
pub fn source() -> String {
    let text = |case: Case| format!("{{\"{}\", {}, {{{}}}}},\n", case.label, case.number, case.words.join(", "));
    all().into_iter().map(text).collect()
}

fn all() -> Vec<Case> {
    let called = |row: &&Row| !row.kinds.is_empty() && !SKIPPED.iter().any(|(name, _)| *name == row.name);
    TABLE.iter().filter(called).flat_map(of_row).collect()
}

fn of_row(row: &Row) -> Vec<Case> {
    // From here on all architectures share the numbers, and older headers lack the names.
    let number = if row.number >= 424 { row.number.to_string() } else { format!("SYS_{}", row.name) };
    let usual: Vec<String> = (0..row.kinds.len()).map(|at| usual_word(row, at)).collect();
    let case = |label: String, words: Vec<String>| Case {
        label: format!("{}: {label}", row.name),
        number: number.clone(),
        words,
    };
    let mut cases = Vec::new();
    for (at, kind) in row.kinds.iter().enumerate() {
        for (what, word) in bad_words(kind) {
            if row.name == "fallocate" && word == "1L << 40" {
                continue; // takes the room that other cases need
            }
            let mut words = usual.clone();
            word.clone_into(&mut words[at]);
            cases.push(case(format!("word {at} {what}"), words));
        }
    }
    // Several wrong at once: which the kernel looks at first.
    for word in ["-1", "NOWHERE", "NEGATIVE_POINTER", "ONES"] {
        cases.push(case(format!("all {word}"), vec![word.to_owned(); row.kinds.len()]));
    }
    for first in ["FILE_FD", "AT_FDCWD"] {
        for rest in ["-1", "NOWHERE", "0"] {
            let words = (0..row.kinds.len()).map(|at| if at == 0 { first } else { rest }.to_owned()).collect();
            cases.push(case(format!("{first}, then {rest}"), words));
        }
    }
    cases
}

fn usual_word(row: &Row, at: usize) -> String {
    if let Some((.., word)) = USUAL.iter().find(|(name, place, _)| *name == row.name && *place == at) {
        return (*word).to_owned();
    }
    let word = match &row.kinds[at] {
        Kind::Fd => "FILE_FD",
        Kind::Dirfd => "AT_FDCWD",
        Kind::NewFd => "UNUSED_FD",
        Kind::Addr | Kind::StrArray | Kind::Ptr(..) | Kind::BytesIn(_) | Kind::BytesOut(_) => "ROOM",
        Kind::Path(_) | Kind::RawPath | Kind::Str => "NAME",
        Kind::Size => "8",
        _ => "0",
    };
    word.to_owned()
}

type Word = (String, String);

fn bad_words(kind: &Kind) -> Vec<Word> {
    let listed =
        |words: &[&str]| words.iter().map(|word| ((*word).to_owned(), (*word).to_owned())).collect::<Vec<Word>>();
    const DESCRIPTORS: &[&str] = &[
        "-1",
        "UNUSED_FD",
        "INT_MAX",
        "FILE_FD",
        "DIRECTORY_FD",
        "PIPE_IN",
        "PIPE_OUT",
        "SOCKET_FD",
        "EPOLL_FD",
        "TIMER_FD",
        "EVENT_FD",
        "INOTIFY_FD",
        "SIGNAL_FD",
        "PID_FD",
        "QUEUE_FD",
    ];
    const PATHS: &[&str] = &[
        "MISSING",
        "BELOW_FILE",
        "EMPTY",
        "LOOP",
        "DIRECTORY_NAME",
        "SUBDIRECTORY",
        "LONG_TEXT",
        "0",
        "NOWHERE",
        "NEGATIVE_POINTER",
        "BEYOND",
    ];
    match kind {
        Kind::Fd => listed(DESCRIPTORS),
        Kind::Dirfd => listed(&["-1", "UNUSED_FD", "FILE_FD", "DIRECTORY_FD", "PIPE_IN", "SOCKET_FD"]),
        Kind::NewFd => listed(&["-1", "INT_MAX", "1 << 20", "FILE_FD"]),
        Kind::Path(_) | Kind::RawPath => listed(PATHS),
        Kind::Str => listed(&["EMPTY", "LONG_TEXT", "0", "NOWHERE", "NEGATIVE_POINTER", "BEYOND"]),
        Kind::StrArray | Kind::Environment => listed(&["ONES", "0", "NOWHERE", "NEGATIVE_POINTER", "BEYOND"]),
        Kind::Addr => listed(&["0", "ROOM + 1", "NOWHERE", "READONLY", "NEGATIVE_POINTER"]),
        Kind::BytesIn(_) | Kind::Ptr(Way::In, _) => {
            listed(&["0", "ONES", "ROOM + 1", "EDGE", "EDGE + 7", "NOWHERE", "NEGATIVE_POINTER", "BEYOND", "-1"])
        }
        Kind::BytesOut(_) | Kind::Ptr(..) => listed(&[
            "0",
            "ONES",
            "ROOM + 1",
            "READONLY",
            "EDGE",
            "EDGE + 7",
            "NOWHERE",
            "NEGATIVE_POINTER",
            "BEYOND",
            "-1",
        ]),
        Kind::Int | Kind::Uint => listed(&["-1", "1", "INT_MAX", "INT_MIN"]),
        Kind::Long | Kind::Size => listed(&["-1", "0", "1", "LONG_MAX", "LONG_MIN", "1L << 40"]),
        Kind::Hex => listed(&["-1", "1", "2", "4", "0x40000000"]),
        Kind::Mode | Kind::ModeIf(..) => listed(&["-1", "01777"]),
        Kind::Any => listed(&["-1", "1", "ROOM", "NOWHERE", "NEGATIVE_POINTER", "BEYOND"]),
        Kind::Signal => listed(&["-1", "64", "65", "INT_MIN"]),
        Kind::Flags(set) => flag_words(set),
    }
}

/// Each value that has a name, and two that have none.
fn flag_words(set: &FlagSet) -> Vec<Word> {
    // arm64 numbers some of these its own way (asm/fcntl.h); one has a number only, the same on both.
    let by_name = [&raw const flags::OPEN, &raw const flags::PIPE].contains(&std::ptr::from_ref(set));
    let named =
        set.choices.iter().chain(set.bits).filter(|(value, name)| !by_name || (*value != 0 && *name != "O_LARGEFILE"));
    let word = |&(value, name): &(u64, &'static str)| {
        (
            name.to_owned(),
            if by_name && name != "O_NOTIFICATION_PIPE" { name.to_owned() } else { format!("{value:#x}") },
        )
    };
    let unnamed = ["-1", "0x40000000"].map(|word| (word.to_owned(), word.to_owned()));
    named.map(word).chain(unnamed).collect()
}
