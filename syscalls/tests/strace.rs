//! `-strace` lines of calls that really happen.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::{CWD, TestGuest, int, number};
use syscalls::strace::Entry;
use syscalls::{Errno, Outcome, dispatch};

/// Makes the call and returns its line.
fn line(guest: &mut TestGuest, name: &str, words: &[u64]) -> String {
    let mut all = [0; 6];
    all[..words.len()].copy_from_slice(words);
    let entry = Entry::new(guest, number(name), all);
    match dispatch(guest, number(name), all) {
        Outcome::Return(result) => entry.returned(guest, result),
        Outcome::Restart => entry.interrupted(),
        _ => entry.unfinished(),
    }
}

#[test]
fn open_names_its_flags() {
    let mut guest = TestGuest::new();
    let path = guest.str("/nonexistent");
    assert_eq!(
        line(&mut guest, "openat", &[CWD, path, 0o2_000_000]),
        r#"openat(AT_FDCWD, "/nonexistent", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)"#
    );
    assert_eq!(
        line(&mut guest, "openat", &[CWD, path, 0o140_002 | 0o100, 0o644]),
        r#"openat(AT_FDCWD, "/nonexistent", O_RDWR|O_CREAT|O_DIRECTORY|O_NOFOLLOW, 0644) = -1 EINVAL (Invalid argument)"#
    );
}

#[test]
fn buffers_show_what_was_transferred() {
    let mut guest = TestGuest::new();
    let pair = guest.room(8);
    let made = line(&mut guest, "pipe2", &[pair, 0]);
    let (read, write) = (guest.half(pair), guest.half(pair + 4));
    assert_eq!(made, format!("pipe2([{read}, {write}], 0) = 0"));
    let text = guest.put(b"line\n");
    assert_eq!(line(&mut guest, "write", &[write.into(), text, 5]), format!(r#"write({write}, "line\n", 5) = 5"#));
    let buffer = guest.room(100);
    assert_eq!(line(&mut guest, "read", &[read.into(), buffer, 100]), format!(r#"read({read}, "line\n", 100) = 5"#));
    assert_eq!(
        line(&mut guest, "read", &[int(-1), buffer, 100]),
        format!("read(-1, {buffer:#x}, 100) = -1 EBADF (Bad file descriptor)")
    );
    for fd in [read, write] {
        assert_eq!(line(&mut guest, "close", &[fd.into()]), format!("close({fd}) = 0"));
    }
}

#[test]
fn structures_show_after_the_call() {
    let mut guest = TestGuest::new();
    let (path, buffer) = (guest.str("/dev/null"), guest.room(128));
    assert_eq!(
        line(&mut guest, "newfstatat", &[CWD, path, buffer, 0]),
        r#"newfstatat(AT_FDCWD, "/dev/null", {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}, 0) = 0"#
    );
    let limit = guest.room(16);
    let shown = line(&mut guest, "prlimit64", &[0, 3, 0, limit]);
    assert!(shown.starts_with("prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur="), "{shown}");
    let sleep = guest.words(&[0, 1]);
    assert_eq!(
        line(&mut guest, "clock_nanosleep", &[1, 0, sleep, 0]),
        "clock_nanosleep(CLOCK_MONOTONIC, 0, {tv_sec=0, tv_nsec=1}, NULL) = 0"
    );
}

#[test]
fn signals_and_sets_have_names() {
    let mut guest = TestGuest::new();
    let action = guest.words(&[1, 0x1000_0000, 0, 1 << 16]);
    assert_eq!(
        line(&mut guest, "rt_sigaction", &[2, action, 0, 8]),
        "rt_sigaction(SIGINT, {sa_handler=SIG_IGN, sa_mask=[CHLD], sa_flags=SA_RESTART}, NULL, 8) = 0"
    );
    let set = guest.words(&[1 << 16]);
    assert_eq!(line(&mut guest, "rt_sigprocmask", &[0, set, 0, 8]), "rt_sigprocmask(SIG_BLOCK, [CHLD], NULL, 8) = 0");
}

#[test]
fn memory_calls_show_addresses() {
    let mut guest = TestGuest::new();
    assert_eq!(
        line(&mut guest, "mmap", &[0, 4096, 3, 0x22, int(-1), 0]),
        "mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x1000"
    );
    assert_eq!(line(&mut guest, "mprotect", &[0x1000, 4096, 0]), "mprotect(0x1000, 4096, PROT_NONE) = 0");
    assert_eq!(line(&mut guest, "brk", &[0]), "brk(NULL) = 0x3000");
}

#[test]
fn calls_that_do_not_return_say_so() {
    let mut guest = TestGuest::new();
    assert_eq!(line(&mut guest, "exit_group", &[1]), "exit_group(1) = ?");
    let (path, one) = (guest.str("/bin/ls"), guest.str("ls"));
    let argv = guest.words(&[one, 0]);
    assert_eq!(line(&mut guest, "execve", &[path, argv, 0]), r#"execve("/bin/ls", ["ls"], NULL) = ?"#);
    let shown = line(&mut guest, "execve", &[path, argv, argv]);
    assert_eq!(shown, format!(r#"execve("/bin/ls", ["ls"], {argv:#x} /* 1 var */) = ?"#));
    guest.restart = true;
    assert_eq!(line(&mut guest, "getpid", &[]), "getpid() = ? ERESTARTSYS (To be restarted if SA_RESTART is set)");
}

#[test]
fn socket_addresses_are_readable() {
    let mut guest = TestGuest::new();
    let address = guest.put(&[2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(
        line(&mut guest, "connect", &[int(-1), address, 16]),
        r#"connect(-1, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EBADF (Bad file descriptor)"#
    );
    let mut v6 = [0u8; 28];
    (v6[0], v6[3], v6[23]) = (10, 53, 1);
    let address = guest.put(&v6);
    let shown = line(&mut guest, "bind", &[int(-1), address, 28]);
    assert!(shown.contains(r#"{sa_family=AF_INET6, sin6_port=htons(53), inet_pton(AF_INET6, "::1")}"#), "{shown}");
}

#[test]
fn lengths_show_what_the_call_made_of_them() {
    let mut guest = TestGuest::new();
    let pair = guest.room(8);
    line(&mut guest, "socketpair", &[1, 1, 0, pair]);
    let (left, right) = (guest.half(pair), guest.half(pair + 4));
    let (address, length) = (guest.room(110), guest.put(&110u32.to_le_bytes()));
    assert_eq!(
        line(&mut guest, "getsockname", &[left.into(), address, length]),
        format!("getsockname({left}, {{sa_family=AF_UNIX}}, [110 => 2]) = 0")
    );
    for fd in [left, right] {
        assert_eq!(line(&mut guest, "close", &[fd.into()]), format!("close({fd}) = 0"));
    }
}

#[test]
fn a_command_says_what_the_word_beside_it_is() {
    let mut guest = TestGuest::new();
    let pair = guest.room(8);
    line(&mut guest, "socketpair", &[1, 1, 0, pair]);
    let (left, right) = (guest.half(pair), guest.half(pair + 4));
    let fd = u64::from(left);
    assert_eq!(line(&mut guest, "fcntl", &[fd, 2, 1]), format!("fcntl({left}, F_SETFD, FD_CLOEXEC) = 0"));
    assert_eq!(line(&mut guest, "fcntl", &[fd, 4, 0o4000]), format!("fcntl({left}, F_SETFL, O_RDONLY|O_NONBLOCK) = 0"));
    let text = guest.put(b"abc");
    line(&mut guest, "write", &[right.into(), text, 3]);
    let count = guest.room(4);
    assert_eq!(line(&mut guest, "ioctl", &[fd, 0x541b, count]), format!("ioctl({left}, FIONREAD, [3]) = 0"));
    let (value, length) = (guest.room(4), guest.put(&4u32.to_le_bytes()));
    assert_eq!(
        line(&mut guest, "getsockopt", &[fd, 1, 3, value, length]),
        format!("getsockopt({left}, SOL_SOCKET, SO_TYPE, [1], [4]) = 0")
    );
    let polled = guest.put(&[left.to_le_bytes(), [1, 0, 0, 0]].concat());
    let now = guest.words(&[0, 0]);
    assert_eq!(
        line(&mut guest, "ppoll", &[polled, 1, now, 0, 8]),
        format!(
            "ppoll([{{fd={left}, events=POLLIN}}], 1, {{tv_sec=0, tv_nsec=0}}, NULL, 8) = 1 ([{{fd={left}, revents=POLLIN}}])"
        )
    );
    for fd in [left, right] {
        line(&mut guest, "close", &[fd.into()]);
    }
}

#[test]
fn bad_pointers_print_as_addresses() {
    let guest = TestGuest::new();
    let bad = guest.unmapped();
    let entry = Entry::new(&guest, number("openat"), [CWD, bad, 0, 0, 0, 0]);
    assert_eq!(
        entry.returned(&guest, Err(Errno::EFAULT)),
        format!("openat(AT_FDCWD, {bad:#x}, O_RDONLY) = -1 EFAULT (Bad address)")
    );
}

#[test]
fn unknown_call_shows_its_words() {
    let guest = TestGuest::new();
    let entry = Entry::new(&guest, 463, [1, 2, 3, 4, 5, 6]);
    assert_eq!(
        entry.returned(&guest, Err(Errno::ENOSYS)),
        "syscall_0x1cf(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) = -1 ENOSYS (Function not implemented)"
    );
}
