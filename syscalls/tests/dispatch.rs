//! Calls through the whole path, from guest number to the real host kernel.

#![allow(clippy::unwrap_used, clippy::panic)]
#![allow(unsafe_code)]

mod common;

use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd};

use common::{CWD, TestGuest, int};
use syscalls::guest::{GUEST_TOP, GuestAddr};
use syscalls::{Errno, Outcome};

// ── the dispatcher ─────────────────────────────────────────────────────────────────────────────

#[test]
fn unknown_number_is_enosys_and_named() {
    let mut guest = TestGuest::new();
    for number in [244, 300, 463, u64::MAX] {
        let outcome = syscalls::dispatch(&mut guest, number, [0; 6]);
        assert!(matches!(outcome, Outcome::Return(Err(Errno::ENOSYS))), "{outcome:?}");
    }
    assert_eq!(guest.notes[2], "syscall_0x1cf does not exist in Linux 6.12");
    assert!(guest.host_calls.is_empty());
}

#[test]
fn plain_call_passes_with_the_hosts_number() {
    let mut guest = TestGuest::new();
    assert_eq!(guest.call("getpid", &[]), Ok(u64::from(std::process::id())));
    assert_eq!(guest.host_calls, [libc::SYS_getpid]);
}

#[test]
fn refused_calls_never_reach_the_host() {
    let mut guest = TestGuest::new();
    assert_eq!(guest.call("rseq", &[]), Err(Errno::ENOSYS));
    assert_eq!(guest.call("pkey_alloc", &[]), Err(Errno::ENOSPC));
    assert!(guest.host_calls.is_empty());
}

#[test]
fn restart_comes_back_as_an_outcome() {
    let mut guest = TestGuest::new();
    guest.restart = true;
    assert!(matches!(guest.outcome("getpid", &[]), Outcome::Restart));
    let buffer = guest.room(128);
    guest.restart = true;
    assert!(matches!(guest.outcome("fstat", &[0, buffer]), Outcome::Restart));
}

#[test]
fn hidden_descriptor_looks_closed() {
    let file = std::fs::File::open("/dev/null").unwrap();
    let fd = file.as_raw_fd();
    let mut guest = TestGuest::new();
    let buffer = guest.room(128);
    let name = guest.str("x");
    assert_eq!(guest.call("fstat", &[int(fd), buffer]), Ok(0));
    guest.hidden = vec![fd];
    for (call, words) in [
        ("read", vec![int(fd), buffer, 1]),
        ("fstat", vec![int(fd), buffer]),
        ("close", vec![int(fd)]),
        ("dup", vec![int(fd)]),
        ("fcntl", vec![int(fd), libc::F_GETFD as u64]),
        ("openat", vec![int(fd), name, 0]),
    ] {
        assert_eq!(guest.call(call, &words), Err(Errno::EBADF), "{call}");
    }
    guest.hidden.clear();
    assert_eq!(guest.call("fstat", &[int(fd), buffer]), Ok(0));
}

#[test]
fn pointer_to_the_emulators_memory_faults() {
    let mut guest = TestGuest::new();
    let own = [0u8; 128];
    let above = own.as_ptr() as u64;
    assert!(above > GUEST_TOP);
    let zero = std::fs::File::open("/dev/zero").unwrap();
    let fd = int(zero.as_raw_fd());
    assert_eq!(guest.call("read", &[fd, above, 128]), Err(Errno::EFAULT));
    assert_eq!(guest.call("fstat", &[fd, above]), Err(Errno::EFAULT));
    assert_eq!(guest.call("getcwd", &[above, 128]), Err(Errno::EFAULT));
    assert_eq!(guest.call("clock_gettime", &[0, above]), Err(Errno::EFAULT));
    let vectors = guest.words(&[own.as_ptr() as u64, 128]);
    assert_eq!(guest.call("readv", &[fd, vectors, 1]), Err(Errno::EFAULT));
    let message = guest.words(&[0, 0, vectors, 1, 0, 0, 0]);
    let socket = guest.call("socket", &[1, 2, 0]).unwrap();
    assert_eq!(guest.call("sendmsg", &[socket, message, 0]), Err(Errno::EFAULT));
    assert_eq!(guest.call("close", &[socket]), Ok(0));
    // The kernel's order of errors stays: a bad descriptor comes first.
    assert_eq!(guest.call("read", &[int(-1), above, 128]), Err(Errno::EBADF));
}

#[test]
fn overlay_replaces_paths_and_knows_the_last_link() {
    let mut guest = TestGuest::new();
    guest.overlay = Some(("/no/such/file", "/dev/null".into()));
    let (path, buffer) = (guest.str("/no/such/file"), guest.room(256));
    assert_eq!(guest.call("newfstatat", &[CWD, path, buffer, 0]), Ok(0));
    assert_eq!(guest.half(buffer + 16) & libc::S_IFMT, libc::S_IFCHR);
    assert_eq!(guest.call("faccessat", &[CWD, path, 0]), Ok(0));
    assert_eq!(guest.call("statx", &[CWD, path, libc::AT_SYMLINK_NOFOLLOW as u64, 0x7ff, buffer]), Ok(0));
    let fd = guest.call("openat", &[CWD, path, 0]).unwrap();
    assert_eq!(guest.call("close", &[fd]), Ok(0));
    let follow: Vec<_> = guest.acts.iter().map(|act| act.split(", ").nth(1).unwrap()).collect();
    assert_eq!(follow, ["Yes)", "Yes)", "No)", "Yes)"]);
}

// ── files ──────────────────────────────────────────────────────────────────────────────────────

#[test]
fn stat_has_the_guests_layout() {
    use std::os::unix::fs::MetadataExt;
    let mut guest = TestGuest::new();
    let (path, buffer) = (guest.str("/proc/self/exe"), guest.room(256));
    assert_eq!(guest.call("newfstatat", &[CWD, path, buffer, 0]), Ok(0));
    let expected = std::fs::metadata("/proc/self/exe").unwrap();
    assert_eq!(guest.word(buffer), expected.dev());
    assert_eq!(guest.word(buffer + 8), expected.ino());
    assert_eq!(guest.half(buffer + 16), expected.mode());
    assert_eq!(u64::from(guest.half(buffer + 20)), expected.nlink());
    assert_eq!(guest.word(buffer + 48), expected.size());
    assert_eq!(guest.word(buffer + 88) as i64, expected.mtime());
    assert_eq!(guest.word(buffer + 128), 0, "nothing behind the structure is touched");
}

#[test]
fn open_flags_are_converted_both_ways() {
    const O_DIRECTORY: u64 = 0o40000;
    const O_LARGEFILE: u64 = 0o400000;
    let mut guest = TestGuest::new();
    let (directory, file) = (guest.str("/proc"), guest.str("/proc/self/exe"));
    let fd = guest.call("openat", &[CWD, directory, O_DIRECTORY]).unwrap();
    assert_eq!(guest.call("fcntl", &[fd, 3]), Ok(O_DIRECTORY | O_LARGEFILE));
    assert_eq!(guest.call("close", &[fd]), Ok(0));
    assert_eq!(guest.call("openat", &[CWD, file, O_DIRECTORY]), Err(Errno::ENOTDIR));
    let how = guest.words(&[O_DIRECTORY, 0, 0]);
    assert_eq!(guest.call("openat2", &[CWD, file, how, 24]), Err(Errno::ENOTDIR));
    assert_eq!(guest.call("openat2", &[CWD, file, how, 23]), Err(Errno::EINVAL));
    let longer = guest.words(&[0, 0, 0, 1]);
    assert_eq!(guest.call("openat2", &[CWD, file, longer, 32]), Err(Errno::E2BIG));
}

#[test]
fn nofollow_stops_at_a_link() {
    const O_NOFOLLOW: u64 = 0o100000;
    let mut guest = TestGuest::new();
    let link = guest.str("/proc/self/exe");
    assert_eq!(guest.call("openat", &[CWD, link, O_NOFOLLOW]), Err(Errno::ELOOP));
    assert_eq!(guest.acts, ["host_path(/proc/self/exe, No)"]);
}

#[test]
fn made_up_file_is_opened_instead() {
    let mut guest = TestGuest::new();
    guest.synthetic = Some(("/proc/self/maps", 77));
    let (made, other) = (guest.str("/proc/self/maps"), guest.str("/nonexistent"));
    assert_eq!(guest.call("openat", &[CWD, made, 0]), Ok(77));
    assert!(guest.host_calls.is_empty());
    assert_eq!(guest.call("openat", &[CWD, other, 0]), Err(Errno::ENOENT));
}

#[test]
fn made_up_link_is_cut_to_the_buffer() {
    let mut guest = TestGuest::new();
    guest.link = Some(("/proc/self/exe", "/bin/guest"));
    let (link, buffer) = (guest.str("/proc/self/exe"), guest.room(64));
    assert_eq!(guest.call("readlinkat", &[CWD, link, buffer, 64]), Ok(10));
    assert_eq!(&guest.bytes::<10>(buffer), b"/bin/guest");
    assert_eq!(guest.call("readlinkat", &[CWD, link, buffer, 4]), Ok(4));
    assert_eq!(guest.call("readlinkat", &[CWD, link, buffer, 0]), Err(Errno::EINVAL));
    let real = guest.str("/proc/self/cwd");
    let len = guest.call("readlinkat", &[CWD, real, buffer, 64]).unwrap();
    assert_eq!(len as usize, std::env::current_dir().unwrap().as_os_str().len().min(64));
}

#[test]
fn pipe_in_packet_mode() {
    const O_DIRECT: u64 = 0o200000;
    let mut guest = TestGuest::new();
    let pair = guest.room(8);
    assert_eq!(guest.call("pipe2", &[pair, O_DIRECT]), Ok(0));
    let (read, write) = (guest.half(pair), guest.half(pair + 4));
    assert_eq!(guest.call("fcntl", &[write.into(), 3]), Ok(O_DIRECT | 1));
    let text = guest.put(b"two");
    for _ in 0..2 {
        assert_eq!(guest.call("write", &[write.into(), text, 3]), Ok(3));
    }
    let buffer = guest.room(16);
    assert_eq!(guest.call("read", &[read.into(), buffer, 16]), Ok(3), "packets stay apart");
    // SAFETY: the two descriptors were made above and belong to nobody else.
    drop(unsafe { (std::fs::File::from_raw_fd(read as i32), std::fs::File::from_raw_fd(write as i32)) });
}

#[test]
fn dup3_onto_a_hidden_descriptor_moves_it_first() {
    let mut guest = TestGuest::new();
    let null = std::fs::File::open("/dev/null").unwrap();
    guest.hidden = vec![900];
    assert_eq!(guest.call("dup3", &[int(null.as_raw_fd()), 900, 0]), Ok(900));
    assert_eq!(guest.acts, ["vacate_fd(900)"]);
    guest.hidden.clear();
    assert_eq!(guest.call("close", &[900]), Ok(0));
}

#[test]
fn close_range_spares_hidden_descriptors() {
    let mut guest = TestGuest::new();
    let null = std::fs::File::open("/dev/null").unwrap();
    for fd in 800..=803 {
        assert_eq!(guest.call("dup3", &[int(null.as_raw_fd()), fd, 0]), Ok(fd));
    }
    guest.hidden = vec![801];
    assert_eq!(guest.call("close_range", &[800, 803, 0]), Ok(0));
    guest.hidden.clear();
    let open: Vec<u64> = (800..=803).filter(|&fd| guest.call("close", &[fd]).is_ok()).collect();
    assert_eq!(open, [801]);
    assert_eq!(guest.call("close_range", &[5, 4, 0]), Err(Errno::EINVAL));
    assert_eq!(guest.call("close_range", &[5, 6, 1]), Err(Errno::EINVAL));
}

#[test]
fn listing_of_descriptors_leaves_out_hidden_ones() {
    let mut guest = TestGuest::new();
    let null = std::fs::File::open("/dev/null").unwrap();
    for fd in [700, 701] {
        assert_eq!(guest.call("dup3", &[int(null.as_raw_fd()), fd, 0]), Ok(fd));
    }
    let (path, buffer) = (guest.str("/proc/self/fd"), guest.room(32768));
    let listed = |guest: &mut TestGuest| {
        let directory = guest.call("openat", &[CWD, path, 0o40000]).unwrap();
        let len = guest.call("getdents64", &[directory, buffer, 32768]).unwrap() as usize;
        assert_eq!(guest.call("close", &[directory]), Ok(0));
        let entries = guest.bytes::<32768>(buffer);
        ["700\0", "701\0"].map(|name| entries[..len].windows(name.len()).any(|part| part == name.as_bytes()))
    };
    assert_eq!(listed(&mut guest), [true, true]);
    guest.hidden = vec![700];
    assert_eq!(listed(&mut guest), [false, true]);
    guest.hidden.clear();
    for fd in [700, 701] {
        assert_eq!(guest.call("close", &[fd]), Ok(0));
    }
}

#[test]
fn unknown_ioctl_goes_through_and_is_named() {
    let mut guest = TestGuest::new();
    let null = std::fs::File::open("/dev/null").unwrap();
    let fd = int(null.as_raw_fd());
    assert_eq!(guest.call("ioctl", &[fd, 0x5413, 0]), Err(Errno::ENOTTY));
    assert!(guest.notes.is_empty());
    assert_eq!(guest.call("ioctl", &[fd, 0xabcd, 0]), Err(Errno::ENOTTY));
    assert_eq!(guest.notes, ["ioctl 0xabcd goes to the host kernel as it is"]);
}

#[test]
fn other_commands_without_a_name_pass_and_are_named() {
    let mut guest = TestGuest::new();
    let number = |value: i32| int(value);
    let socket = guest.call("socket", &[number(libc::AF_UNIX), number(libc::SOCK_STREAM), 0]).unwrap();
    let value = guest.words(&[1]);
    let reuse = number(libc::SO_REUSEADDR);
    assert!(guest.call("setsockopt", &[socket, number(libc::SOL_SOCKET), reuse, value, 4]).is_ok());
    assert!(guest.call("fcntl", &[socket, number(libc::F_GETFD), 0]).is_ok());
    assert!(guest.notes.is_empty(), "{:?}", guest.notes);
    let unknown = guest.call("setsockopt", &[socket, number(libc::SOL_SOCKET), 9999, value, 4]);
    assert_eq!(unknown, Err(Errno(libc::ENOPROTOOPT)));
    assert!(guest.call("getsockopt", &[socket, 4444, 1, value, value]).is_err());
    assert_eq!(guest.call("fcntl", &[socket, 9999, 0]), Err(Errno::EINVAL));
    assert!(guest.call("socket", &[99, number(libc::SOCK_RAW), 0]).is_err());
    assert!(guest.call("socket", &[number(libc::AF_NETLINK), number(libc::SOCK_RAW), 31]).is_err());
    let wanted = [
        "setsockopt level 1 option 9999",
        "getsockopt level 4444 option 1",
        "fcntl 9999",
        "socket of family 99",
        "netlink family 31",
    ];
    assert_eq!(guest.notes, wanted.map(|what| format!("{what} goes to the host kernel as it is")));
}

// ── waiting ────────────────────────────────────────────────────────────────────────────────────

#[test]
fn epoll_events_are_unpacked() {
    let mut guest = TestGuest::new();
    let epoll = guest.call("epoll_create1", &[0]).unwrap();
    let event = guest.call("eventfd2", &[1, 0]).unwrap();
    let other = guest.call("eventfd2", &[1, 0]).unwrap();
    for (fd, data) in [(event, 0x1122_3344_5566_7788), (other, 0x99)] {
        let registered = guest.words(&[libc::EPOLLIN as u64, data]);
        assert_eq!(guest.call("epoll_ctl", &[epoll, 1, fd, registered]), Ok(0));
    }
    let events = guest.room(64);
    assert_eq!(guest.call("epoll_pwait", &[epoll, events, 4, 0, 0, 8]), Ok(2));
    let mut seen = [guest.word(events + 8), guest.word(events + 24)];
    seen.sort_unstable();
    assert_eq!(seen, [0x99, 0x1122_3344_5566_7788]);
    assert_eq!(guest.word(events), libc::EPOLLIN as u64, "padding is zero");
    assert_eq!(guest.call("epoll_pwait", &[epoll, events, 0, 0, 0, 8]), Err(Errno::EINVAL));
    let timeout = guest.words(&[0, 0]);
    assert_eq!(guest.call("epoll_pwait2", &[epoll, events, 1, timeout, 0, 8]), Ok(1));
    assert_eq!(guest.call("epoll_ctl", &[epoll, 2, event, 0]), Ok(0), "EPOLL_CTL_DEL needs no event");
    assert_eq!(guest.call("epoll_ctl", &[epoll, 1, event, 0]), Err(Errno::EFAULT));
    for fd in [epoll, event, other] {
        assert_eq!(guest.call("close", &[fd]), Ok(0));
    }
}

#[test]
fn epoll_fills_the_whole_array() {
    const COUNT: u64 = 300;
    let mut guest = TestGuest::new();
    let epoll = guest.call("epoll_create1", &[0]).unwrap();
    let fds: Vec<u64> = (0..COUNT).map(|_| guest.call("eventfd2", &[1, 0]).unwrap()).collect();
    for (index, &fd) in fds.iter().enumerate() {
        let registered = guest.words(&[libc::EPOLLIN as u64, index as u64]);
        assert_eq!(guest.call("epoll_ctl", &[epoll, 1, fd, registered]), Ok(0));
    }
    let events = guest.room(16 * COUNT as usize);
    assert_eq!(guest.call("epoll_pwait", &[epoll, events, COUNT, 0, 0, 8]), Ok(COUNT));
    let mut seen: Vec<u64> = (0..COUNT).map(|index| guest.word(events + 16 * index + 8)).collect();
    seen.sort_unstable();
    assert!(seen.into_iter().eq(0..COUNT));
    let end = guest.unmapped();
    assert_eq!(guest.call("epoll_pwait", &[epoll, end, 1, 0, 0, 8]), Err(Errno::EFAULT));
    for fd in fds.into_iter().chain([epoll]) {
        assert_eq!(guest.call("close", &[fd]), Ok(0));
    }
}

#[test]
fn waits_take_their_mask_through_the_process_layer() {
    let mut guest = TestGuest::new();
    let (mask, zero) = (guest.words(&[0x4000]), guest.words(&[0, 0]));
    assert_eq!(guest.call("ppoll", &[0, 0, zero, mask, 8]), Ok(0));
    assert_eq!(guest.waited_with.take(), Some(0x4000));
    assert_eq!(guest.call("ppoll", &[0, 0, zero, mask, 16]), Err(Errno::EINVAL));
    let pair = guest.words(&[mask, 8]);
    assert_eq!(guest.call("pselect6", &[0, 0, 0, 0, zero, pair]), Ok(0));
    assert_eq!(guest.waited_with.take(), Some(0x4000));
    let none = guest.words(&[0, 8]);
    assert_eq!(guest.call("pselect6", &[0, 0, 0, 0, zero, none]), Ok(0));
    assert_eq!(guest.waited_with, None);
    assert_eq!(guest.call("rt_sigsuspend", &[mask, 4]), Err(Errno::EINVAL));
    assert_eq!(guest.call("rt_sigsuspend", &[0, 8]), Err(Errno::EFAULT));
}

// ── memory ─────────────────────────────────────────────────────────────────────────────────────

#[test]
fn mapping_calls_go_to_the_process_layer() {
    let mut guest = TestGuest::new();
    // MAP_PRIVATE|MAP_ANONYMOUS and x86's MAP_32BIT, which arm64 ignores.
    assert_eq!(guest.call("mmap", &[0, 8192, 3, 0x22 | 0x40, int(-1), 0]), Ok(0x1000));
    assert_eq!(guest.call("mmap", &[0, 8192, 3, 0x22, int(-1), 1]), Err(Errno::EINVAL));
    assert_eq!(guest.call("brk", &[0]), Ok(0x3000));
    assert_eq!(guest.call("munmap", &[0x1000, 4096]), Ok(0));
    assert_eq!(guest.call("mprotect", &[0x1000, 4096, 1]), Ok(0));
    assert_eq!(guest.call("pkey_mprotect", &[0x1000, 4096, 1, int(-1)]), Ok(0));
    assert_eq!(guest.call("pkey_mprotect", &[0x1000, 4096, 1, 1]), Err(Errno::EINVAL));
    assert_eq!(guest.call("mremap", &[0x1000, 4096, 8192, 1, 0]), Ok(0x2000));
    assert_eq!(guest.call("madvise", &[0x1000, 4096, 4]), Ok(0));
    assert_eq!(guest.call("shmat", &[int(3), 0, 0]), Ok(0x4000));
    assert_eq!(guest.call("shmdt", &[0x4000]), Ok(0));
    assert!(guest.host_calls.is_empty());
    assert_eq!(guest.acts[0], "mmap(0x0, 0x2000, 0x3, 0x22, -1, 0x0)");
    assert_eq!(guest.acts[3], guest.acts[4]);
}

#[test]
fn emulators_pages_look_unmapped() {
    let mut guest = TestGuest::new();
    let own = (TestGuest::new as *const () as u64) & !4095;
    let resident = guest.room(1);
    let mine = guest.unmapped() - 4096;
    assert_eq!(guest.call("mincore", &[mine, 4096, resident]), Ok(0));
    for (call, words) in [("mincore", [own, 4096, resident]), ("mlock", [own, 4096, 0]), ("msync", [own, 4096, 4])] {
        assert_eq!(guest.call(call, &words), Err(Errno::ENOMEM), "{call}");
    }
    assert_eq!(guest.call("mincore", &[mine, 1 << 47, resident]), Err(Errno::ENOMEM));
}

// ── processes ──────────────────────────────────────────────────────────────────────────────────

#[test]
fn exits_are_outcomes() {
    let mut guest = TestGuest::new();
    assert!(matches!(guest.outcome("exit", &[3]), Outcome::Exit(3)));
    assert!(matches!(guest.outcome("exit_group", &[int(-1)]), Outcome::ExitGroup(-1)));
    assert!(matches!(guest.outcome("rt_sigreturn", &[]), Outcome::SigReturn));
}

#[test]
fn clone_takes_tls_before_child_tid() {
    let mut guest = TestGuest::new();
    let flags = (libc::CLONE_VM | libc::CLONE_SETTLS | libc::SIGCHLD) as u64;
    let args = guest.clone_args("clone", &[flags, 0x1000, 0x2000, 0x3000, 0x4000]).unwrap();
    assert_eq!(args.flags, flags & !0xff);
    assert_eq!(args.exit_signal, libc::SIGCHLD as u64);
    assert_eq!((args.stack, args.parent_tid.0, args.tls, args.child_tid.0), (0x1000, 0x2000, 0x3000, 0x4000));
}

#[test]
fn clone3_checks_its_structure_as_the_kernel_does() {
    let mut guest = TestGuest::new();
    let size = 88;
    let mut words = [0u64; 12];
    (words[0], words[3], words[5], words[6], words[7]) = (0x100, 0x2000, 0x10000, 0x8000, 0x3000);
    words[4] = 17;
    let good = guest.words(&words);
    let args = guest.clone_args("clone3", &[good, size]).unwrap();
    assert_eq!((args.stack, args.tls, args.parent_tid.0, args.exit_signal), (0x18000, 0x3000, 0x2000, 17));

    let mut with = |at: usize, value: u64, size: u64| {
        let mut changed = words;
        changed[at] = value;
        let address = guest.words(&changed);
        guest.clone_args("clone3", &[address, size]).err()
    };
    assert_eq!(with(0, 0x100, 63), Some(Errno::EINVAL), "too short");
    assert_eq!(with(0, 0x100, 4097), Some(Errno::E2BIG), "beyond a page");
    assert_eq!(with(11, 1, 96), Some(Errno::E2BIG), "an unknown field that is set");
    assert_eq!(with(11, 0, 96), None, "an unknown field that is zero");
    assert_eq!(with(4, 0x100, size), Some(Errno::EINVAL), "exit signal beyond CSIGNAL");
    assert_eq!(with(6, 0, size), Some(Errno::EINVAL), "stack without size");
    assert_eq!(with(0, 17, size), Some(Errno::EINVAL), "a signal among the flags");
    assert_eq!(with(9, 33, size), Some(Errno::EINVAL), "too many levels of set_tid");
}

#[test]
fn execve_copies_its_strings() {
    let mut guest = TestGuest::new();
    let (path, one, two) = (guest.str("/bin/ls"), guest.str("ls"), guest.str("-l"));
    let argv = guest.words(&[one, two, 0]);
    let Outcome::Exec(exec) = guest.outcome("execve", &[path, argv, 0]) else { panic!() };
    assert_eq!((exec.path.as_slice(), exec.dirfd, exec.flags), (b"/bin/ls".as_slice(), libc::AT_FDCWD, 0));
    assert_eq!(exec.argv, [b"ls".to_vec(), b"-l".to_vec()]);
    assert!(exec.envp.is_empty());
    assert!(guest.acts.is_empty(), "the path stays as the guest gave it");
    let unterminated = guest.unmapped() - 8;
    syscalls::Guest::write(&guest, GuestAddr(unterminated), &one.to_le_bytes()).unwrap();
    assert_eq!(guest.call("execve", &[path, unterminated, 0]), Err(Errno::EFAULT));
    assert_eq!(guest.call("execve", &[0, argv, 0]), Err(Errno::EFAULT));
}

#[test]
fn machine_is_aarch64() {
    let mut guest = TestGuest::new();
    let names = guest.room(390);
    assert_eq!(guest.call("uname", &[names]), Ok(0));
    assert_eq!(&guest.bytes::<6>(names), b"Linux\0");
    assert_eq!(&guest.bytes::<8>(names + 260), b"aarch64\0");
    let end = guest.unmapped();
    assert_eq!(guest.call("uname", &[end]), Err(Errno::EFAULT));
}

#[test]
fn prctl_passes_refuses_and_answers() {
    let mut guest = TestGuest::new();
    let name = guest.room(16);
    assert_eq!(guest.call("prctl", &[16, name]), Ok(0), "PR_GET_NAME");
    assert_ne!(guest.bytes::<1>(name), [0]);
    assert_eq!(guest.call("prctl", &[22, 1]), Ok(0), "PR_SET_SECCOMP");
    assert_eq!(guest.acts, ["set_strict_seccomp"]);
    for option in [50, 59, 63] {
        assert_eq!(guest.call("prctl", &[option, 1]), Err(Errno::EINVAL), "option {option}");
    }
    assert_eq!(guest.call("prctl", &[35, 7, 0x1000]), Err(Errno::EINVAL), "PR_SET_MM_BRK");
    assert_eq!(guest.call("prctl", &[54, 1]), Ok(0), "PR_PAC_RESET_KEYS");
    assert_eq!(guest.call("prctl", &[54, 1, 1]), Err(Errno::EINVAL), "with a word too many");
    assert_eq!(guest.call("prctl", &[65, 1]), Ok(0), "PR_SET_MDWE");
    assert_eq!(guest.call("prctl", &[65, 1, 1]), Err(Errno::EINVAL));
    assert_eq!(guest.call("prctl", &[66]), Ok(2), "PR_GET_MDWE");
    assert_eq!(guest.acts.last().map(String::as_str), Some("refuse_exec_gain 1"));
    let auxv = guest.room(24);
    assert_eq!(guest.call("prctl", &[0x4155_5856, auxv, 16]), Ok(400), "PR_GET_AUXV");
    assert_eq!((guest.bytes::<16>(auxv), guest.bytes::<8>(auxv + 16)), ([1; 16], [0; 8]));
    assert_eq!(guest.call("prctl", &[0x4155_5856, auxv, 16, 1]), Err(Errno::EINVAL));
    assert_eq!(guest.call("prctl", &[0x4155_5856, guest.unmapped(), 16]), Err(Errno::EFAULT));
    assert_eq!(guest.host_calls, [libc::SYS_prctl]);
    assert_eq!(guest.call("prctl", &[0x7fff]), Err(Errno::EINVAL));
    assert_eq!(guest.notes, ["prctl option 32767 is unknown"]);
}

#[test]
fn tags_in_pointers_are_taken_once_the_guest_has_asked_for_it() {
    let tag = |address: u64| address | 0x2a << 56;
    let mut guest = TestGuest::new();
    let buf = guest.room(100);
    let vectors = guest.words(&[tag(buf), 1, tag(buf), 1]);
    let zero = std::fs::File::open("/dev/zero").unwrap();
    let fd = zero.as_raw_fd() as u64;
    for call in ["read", "readv"] {
        assert_eq!(guest.call(call, &[fd, tag(vectors), 1]), Err(Errno::EFAULT), "{call}");
    }
    assert_eq!(guest.call("prctl", &[55, 1]), Ok(0));
    assert_eq!(guest.call("prctl", &[56]), Ok(1));
    assert_eq!(guest.call("readv", &[fd, tag(vectors), 2]), Ok(2));
    assert_eq!(guest.call("readv", &[fd, tag(vectors), 1025]), Err(Errno::EINVAL));
    // The emulator's memory stays out of reach.
    let reach = guest.words(&[tag(0x7000_0000_0000), 1]);
    assert_eq!(guest.call("readv", &[fd, reach, 1]), Err(Errno::EFAULT));
    assert_eq!(guest.call("read", &[fd, tag(0x7000_0000_0000), 1]), Err(Errno::EFAULT));
    assert_eq!(guest.call("prctl", &[55, 0]), Ok(0));
    assert_eq!(guest.call("read", &[fd, tag(buf), 1]), Err(Errno::EFAULT));
}

#[test]
fn thirty_two_bit_personality_does_not_exist() {
    let mut guest = TestGuest::new();
    assert_eq!(guest.call("personality", &[8]), Err(Errno::EINVAL));
    assert!(guest.call("personality", &[0xffff_ffff]).is_ok());
}

// ── signals ────────────────────────────────────────────────────────────────────────────────────

#[test]
fn sigaction_reads_and_writes_the_guests_structure() {
    let mut guest = TestGuest::new();
    let new = guest.words(&[0xaa, 4, 0xbb, u64::MAX]);
    let old = guest.room(32);
    assert_eq!(guest.call("rt_sigaction", &[10, new, old, 8]), Ok(0));
    assert!(guest.acts[0].starts_with("sigaction(10, Some(SigAction { handler: aa, flags: 4, restorer: bb"));
    assert!(guest.acts[0].contains("mask: fffffffffffbfeff"), "SIGKILL and SIGSTOP are never blocked");
    assert_eq!([0, 8, 16, 24].map(|at| guest.word(old + at)), [0x11, 0x22, 0x33, 0x44]);
    assert_eq!(guest.call("rt_sigaction", &[10, new, 0, 16]), Err(Errno::EINVAL));
    assert_eq!(guest.call("rt_sigaction", &[9, new, 0, 8]), Err(Errno::EINVAL));
    assert_eq!(guest.call("rt_sigaction", &[9, 0, old, 8]), Ok(0));
    for signal in [0, 65] {
        assert_eq!(guest.call("rt_sigaction", &[signal, 0, old, 8]), Err(Errno::EINVAL));
    }
    assert_eq!(guest.call("rt_sigaction", &[10, 8, 0, 8]), Err(Errno::EFAULT));
}

#[test]
fn sigprocmask_blocks_unblocks_and_sets() {
    let mut guest = TestGuest::new();
    let (one, all, old) = (guest.words(&[1]), guest.words(&[u64::MAX]), guest.room(8));
    assert_eq!(guest.call("rt_sigprocmask", &[0, one, old, 8]), Ok(0));
    assert_eq!((guest.mask, guest.word(old)), (1, 0));
    assert_eq!(guest.call("rt_sigprocmask", &[0, all, old, 8]), Ok(0));
    assert_eq!((guest.mask, guest.word(old)), (0xffff_ffff_fffb_feff, 1));
    assert_eq!(guest.call("rt_sigprocmask", &[1, one, 0, 8]), Ok(0));
    assert_eq!(guest.mask & 1, 0);
    assert_eq!(guest.call("rt_sigprocmask", &[2, one, 0, 8]), Ok(0));
    assert_eq!(guest.mask, 1);
    assert_eq!(guest.call("rt_sigprocmask", &[3, one, 0, 8]), Err(Errno::EINVAL));
    assert_eq!(guest.call("rt_sigprocmask", &[3, 0, old, 8]), Ok(0), "how does not count without a set");
    assert_eq!(guest.call("rt_sigprocmask", &[2, one, 0, 4]), Err(Errno::EINVAL));
}

#[test]
fn sigaltstack_reads_and_writes_the_guests_structure() {
    let mut guest = TestGuest::new();
    let (new, old) = (guest.words(&[0x7000, 0xdead_beef_0000_0000, 0x8000]), guest.room(24));
    assert_eq!(guest.call("sigaltstack", &[new, old]), Ok(0));
    assert_eq!(guest.acts[0], "sigaltstack(Some(SigAltStack { sp: 7000, flags: 0, pad: 0, size: 8000 }))");
    assert_eq!([0, 8, 16].map(|at| guest.word(old + at)), [0x5000, 2, 0x6000]);
}

// ── System V IPC ───────────────────────────────────────────────────────────────────────────────

#[test]
fn semaphore_set_has_the_guests_layout() {
    let mut guest = TestGuest::new();
    let id = guest.call("semget", &[0, 3, 0o600 | 0o1000]).unwrap();
    let buffer = guest.room(128);
    let stat = guest.call("semctl", &[id, 0, 2, buffer]);
    let set = guest.call("semctl", &[id, 0, 1, buffer]);
    let removed = guest.call("semctl", &[id, 0, 0, 0]);
    assert_eq!((stat, set, removed), (Ok(0), Ok(0), Ok(0)));
    assert_eq!(guest.word(buffer + 64), 3, "sem_nsems");
    assert_ne!(guest.word(buffer + 56), 0, "sem_ctime");
    assert_eq!(guest.word(buffer + 88), 0, "nothing behind the structure is touched");
}

// ── data goes through ──────────────────────────────────────────────────────────────────────────

#[test]
fn vectors_and_messages_pass_as_they_are() {
    let mut guest = TestGuest::new();
    let pair = guest.room(8);
    assert_eq!(guest.call("socketpair", &[1, 1, 0, pair]), Ok(0));
    let (left, right) = (guest.half(pair), guest.half(pair + 4));
    let (one, two) = (guest.put(b"hello "), guest.put(b"world"));
    let vectors = guest.words(&[one, 6, two, 5]);
    assert_eq!(guest.call("writev", &[left.into(), vectors, 2]), Ok(11));
    let message = guest.words(&[0, 0, vectors, 2, 0, 0, 0]);
    assert_eq!(guest.call("sendmsg", &[left.into(), message, 0]), Ok(11));
    // SAFETY: the two descriptors were made above and belong to nobody else.
    let (left, mut right) =
        unsafe { (std::fs::File::from_raw_fd(left as i32), std::fs::File::from_raw_fd(right as i32)) };
    drop(left);
    let mut text = String::new();
    right.read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello worldhello world");
}

#[test]
fn a_seccomp_filter_is_read_and_checked_before_the_process_layer_gets_it() {
    let mut guest = TestGuest::new();
    let insns = guest.words(&[0x20, 0x7fff_0000_0000_0006]);
    let program = guest.words(&[2, insns]);
    assert_eq!(guest.call("seccomp", &[1, 1, program]), Ok(0));
    assert_eq!(guest.acts, ["add_filter(2 insns, 0x1)"]);
    let unended = guest.words(&[1, insns]);
    assert_eq!(guest.call("seccomp", &[1, 0, unended]), Err(Errno::EINVAL));
    assert_eq!(guest.call("seccomp", &[1, 8, program]), Err(Errno::EINVAL), "a listener");
    let end = guest.unmapped();
    assert_eq!(guest.call("seccomp", &[1, 0, end]), Err(Errno::EFAULT));
    assert!(guest.host_calls.is_empty());
}

#[test]
fn a_wait_tells_what_the_process_layer_makes_of_the_status() {
    let mut guest = TestGuest::new();
    // SAFETY: the child ends at once.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: nothing of the parent's is touched.
        unsafe { libc::_exit(3) };
    }
    let status = guest.put(&[0xff; 8]);
    assert_eq!(guest.call("wait4", &[int(child), status, 0, 0]), Ok(child as u64));
    assert_eq!(guest.bytes::<8>(status), [0, 3, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(guest.acts, ["waited(0x300)"]);
    assert_eq!(guest.call("wait4", &[int(child), status, 0, 0]), Err(Errno::ECHILD));
    assert_eq!(guest.call("ptrace", &[0, 0, 0, 0]), Ok(0));
    assert_eq!(guest.acts, ["waited(0x300)", "ptrace(0x0, 0, 0x0, 0x0)"]);
}
