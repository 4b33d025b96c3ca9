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

/// Errors that take several words at once, by what the man pages say of each call. Words that are left out are 0.
const TOGETHER: &[(&str, &str)] = &[
    // Files.
    ("openat", "AT_FDCWD, NAME, O_CREAT | O_EXCL | O_RDWR, 0600"),
    ("openat", "AT_FDCWD, NAME, O_DIRECTORY"),
    ("openat", "AT_FDCWD, LOOP, O_NOFOLLOW"),
    ("openat", "AT_FDCWD, LOOP, O_PATH | O_NOFOLLOW"),
    ("openat", "AT_FDCWD, DIRECTORY_NAME, O_WRONLY"),
    ("openat", "AT_FDCWD, SUBDIRECTORY, O_RDONLY | O_CREAT, 0600"),
    ("openat", "AT_FDCWD, SUBDIRECTORY, O_TMPFILE | O_RDONLY, 0600"),
    ("openat", "AT_FDCWD, SUBDIRECTORY, O_TMPFILE | O_RDWR, 0600"),
    ("openat", "AT_FDCWD, NAME, O_TMPFILE | O_RDWR, 0600"),
    ("openat", "FILE_FD, NAME, O_RDONLY"),
    ("unlinkat", "AT_FDCWD, DIRECTORY_NAME, AT_REMOVEDIR"),
    ("unlinkat", "AT_FDCWD, SUBDIRECTORY, AT_REMOVEDIR"),
    ("unlinkat", "AT_FDCWD, NAME, AT_REMOVEDIR"),
    ("mkdirat", "AT_FDCWD, LOOP, 0700"),
    ("mknodat", "AT_FDCWD, MISSING, S_IFCHR | 0600, 0x103"),
    ("mknodat", "AT_FDCWD, MISSING, S_IFDIR | 0600"),
    ("mknodat", "AT_FDCWD, MISSING, S_IFIFO | 0600"),
    ("mknodat", "AT_FDCWD, NAME, S_IFIFO | 0600"),
    ("linkat", "AT_FDCWD, SUBDIRECTORY, AT_FDCWD, MISSING"),
    ("linkat", "AT_FDCWD, NAME, AT_FDCWD, SUBDIRECTORY"),
    ("linkat", "FILE_FD, EMPTY, AT_FDCWD, MISSING, AT_EMPTY_PATH"),
    ("linkat", "AT_FDCWD, LOOP, AT_FDCWD, MISSING, AT_SYMLINK_FOLLOW"),
    ("linkat", "AT_FDCWD, LOOP, AT_FDCWD, MISSING"),
    ("symlinkat", "EMPTY, AT_FDCWD, MISSING"),
    ("symlinkat", "NAME, AT_FDCWD, NAME"),
    ("renameat2", "AT_FDCWD, NAME, AT_FDCWD, SUBDIRECTORY"),
    ("renameat2", "AT_FDCWD, SUBDIRECTORY, AT_FDCWD, NAME"),
    ("renameat2", "AT_FDCWD, NAME, AT_FDCWD, NAME, RENAME_NOREPLACE"),
    ("renameat2", "AT_FDCWD, NAME, AT_FDCWD, MISSING, RENAME_EXCHANGE"),
    ("renameat2", "AT_FDCWD, NAME, AT_FDCWD, MISSING, RENAME_EXCHANGE | RENAME_NOREPLACE"),
    ("renameat2", "AT_FDCWD, NAME, AT_FDCWD, SUBDIRECTORY, RENAME_EXCHANGE"),
    ("renameat2", "AT_FDCWD, DIRECTORY_NAME, AT_FDCWD, MISSING"),
    ("readlinkat", "AT_FDCWD, NAME, ROOM, 100"),
    ("readlinkat", "AT_FDCWD, LOOP, ROOM, -1"),
    ("readlinkat", "AT_FDCWD, LOOP, NOWHERE, 100"),
    ("truncate", "SUBDIRECTORY, 0"),
    ("truncate", "NAME, LONG_MAX"),
    ("ftruncate", "PIPE_IN, 0"),
    ("ftruncate", "FILE_FD, -1"),
    ("fallocate", "FILE_FD, 3, -1, 5"),
    ("fallocate", "FILE_FD, 2, 0, 4096"),
    ("fallocate", "PIPE_OUT, 0, 0, 4096"),
    ("fallocate", "FILE_FD, 0, LONG_MAX, 4096"),
    ("lseek", "PIPE_IN, 0, SEEK_CUR"),
    ("lseek", "FILE_FD, -1, SEEK_SET"),
    ("lseek", "FILE_FD, 0, 99"),
    ("lseek", "FILE_FD, 5, SEEK_DATA"),
    ("read", "PIPE_IN, ROOM, 8"),
    ("read", "EPOLL_FD, ROOM, 8"),
    ("read", "EVENT_FD, ROOM, 4"),
    ("read", "DIRECTORY_FD, ROOM, 8"),
    ("write", "EVENT_FD, ONES, 4"),
    ("write", "DIRECTORY_FD, ONES, 8"),
    ("pread64", "FILE_FD, ROOM, 8, -1"),
    ("pread64", "PIPE_IN, ROOM, 8, 0"),
    ("sendfile", "FILE_FD, PIPE_IN, 0, 8"),
    ("splice", "FILE_FD, 0, FILE_FD, 0, 8"),
    ("splice", "PIPE_IN, ROOM, FILE_FD, 0, 8"),
    ("copy_file_range", "FILE_FD, 0, PIPE_OUT, 0, 8"),
    ("copy_file_range", "FILE_FD, 0, DIRECTORY_FD, 0, 8"),
    ("dup3", "FILE_FD, FILE_FD"),
    ("dup3", "FILE_FD, UNUSED_FD, O_NONBLOCK"),
    ("dup3", "FILE_FD, 1 << 30"),
    ("fcntl", "FILE_FD, F_DUPFD, 1 << 30"),
    ("fcntl", "FILE_FD, F_SETPIPE_SZ, 4096"),
    ("fcntl", "PIPE_OUT, F_SETPIPE_SZ, -1"),
    ("fcntl", "FILE_FD, F_ADD_SEALS, 1"),
    ("fcntl", "FILE_FD, F_SETLK, NOWHERE"),
    ("fcntl", "FILE_FD, F_SETLK, ONES"),
    ("fcntl", "FILE_FD, F_SETSIG, 99"),
    ("fcntl", "FILE_FD, F_SETOWN, 999999"),
    ("fcntl", "FILE_FD, F_SETFL, O_DIRECT"),
    ("flock", "FILE_FD, LOCK_SH | LOCK_EX"),
    ("fchdir", "FILE_FD"),
    ("chroot", "SUBDIRECTORY"),
    ("mount", "NAME, SUBDIRECTORY, NAME"),
    ("utimensat", "AT_FDCWD, NAME, ONES"),
    ("utimensat", "AT_FDCWD, 0, 0"),
    ("utimensat", "FILE_FD, 0, ONES"),
    ("faccessat2", "AT_FDCWD, NAME, 8"),
    ("faccessat2", "AT_FDCWD, NAME, R_OK, 1"),
    ("statx", "AT_FDCWD, NAME, 0x6000, 0xfff, ROOM"),
    ("statx", "AT_FDCWD, NAME, 0, 0x80000000, ROOM"),
    ("inotify_add_watch", "INOTIFY_FD, MISSING, IN_MODIFY"),
    ("inotify_add_watch", "INOTIFY_FD, NAME, IN_ONLYDIR | IN_MODIFY"),
    ("inotify_add_watch", "FILE_FD, NAME, IN_MODIFY"),
    ("epoll_ctl", "EPOLL_FD, EPOLL_CTL_ADD, EPOLL_FD, ROOM"),
    ("epoll_ctl", "EPOLL_FD, EPOLL_CTL_ADD, FILE_FD, ROOM"),
    ("epoll_ctl", "EPOLL_FD, EPOLL_CTL_MOD, PIPE_IN, ROOM"),
    ("epoll_ctl", "EPOLL_FD, EPOLL_CTL_DEL, PIPE_IN, 0"),
    ("epoll_pwait", "EPOLL_FD, ROOM, 0, 0"),
    ("epoll_pwait", "EPOLL_FD, ROOM, 1 << 30, 0"),
    ("timerfd_create", "CLOCK_REALTIME, 1"),
    ("timerfd_create", "CLOCK_PROCESS_CPUTIME_ID, 0"),
    ("timerfd_settime", "TIMER_FD, 0, ONES, 0"),
    ("close_range", "5, 4, 0"),
    ("memfd_create", "NAME, 0x10"),
    ("memfd_create", "LONG_TEXT, 0"),
    // Memory.
    ("mmap", "ROOM, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0"),
    ("mmap", "0, 4096, PROT_READ, MAP_PRIVATE | MAP_SHARED | MAP_ANONYMOUS, -1, 0"),
    ("mmap", "0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0"),
    ("mmap", "0, 4096, PROT_READ, MAP_PRIVATE, PIPE_IN, 0"),
    ("mmap", "0, 4096, PROT_READ, MAP_PRIVATE, DIRECTORY_FD, 0"),
    ("mmap", "0, 4096, PROT_READ, MAP_SHARED_VALIDATE | 0x4000000, FILE_FD, 0"),
    ("mmap", "0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1"),
    ("mmap", "0, LONG_MAX, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0"),
    ("mmap", "1, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0"),
    ("mmap", "0, 4096, PROT_READ, MAP_PRIVATE, FILE_FD, LONG_MAX & ~4095L"),
    ("munmap", "ROOM, LONG_MAX"),
    ("munmap", "ROOM, -1"),
    ("mprotect", "READONLY, 1L << 30, PROT_READ"),
    ("mprotect", "NOWHERE, 4096, PROT_READ"),
    ("mremap", "NOWHERE, 4096, 8192, MREMAP_MAYMOVE"),
    ("mremap", "ROOM, 4096, 0, MREMAP_MAYMOVE"),
    ("mremap", "ROOM, 4096, 4096, MREMAP_FIXED, READONLY"),
    ("mremap", "ROOM, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, ROOM + 4096"),
    ("mremap", "ROOM, 4096, 1L << 20, 0"),
    ("mremap", "ROOM, 1L << 20, 1L << 21, MREMAP_MAYMOVE"),
    ("madvise", "NOWHERE, 4096, MADV_DONTNEED"),
    ("madvise", "ROOM, -1, MADV_DONTNEED"),
    ("madvise", "ROOM, 4096, MADV_REMOVE"),
    ("madvise", "ROOM, 4096, MADV_HWPOISON"),
    ("madvise", "READONLY, 4096, MADV_POPULATE_WRITE"),
    ("msync", "ROOM, 4096, MS_SYNC | MS_ASYNC"),
    ("msync", "NOWHERE, 4096, MS_SYNC"),
    ("mincore", "ROOM, 4096, NOWHERE"),
    ("mincore", "NOWHERE, 4096, ROOM"),
    ("mlock", "NOWHERE, 4096"),
    ("mlock2", "ROOM, 4096, 2"),
    ("shmat", "-1, 0, 0"),
    ("shmdt", "ROOM"),
    ("remap_file_pages", "ROOM, 4096, 0, 0, 0"),
    ("process_vm_readv", "1, ROOM, 1, ROOM, 1, 1"),
    ("process_vm_readv", "999999, ROOM, 1, ROOM, 1, 0"),
    ("process_vm_readv", "1, ROOM, 1, ROOM, 1, 0"),
    // Processes, signals and time.
    ("kill", "999999, 0"),
    ("kill", "0, 65"),
    ("tgkill", "0, 1, 0"),
    ("tgkill", "1, 999999, 0"),
    ("tkill", "999999, 0"),
    ("rt_sigqueueinfo", "1, SIGUSR1, ROOM"),
    ("rt_sigaction", "SIGKILL, ROOM, 0, 8"),
    ("rt_sigaction", "SIGUSR1, ROOM, 0, 4"),
    ("rt_sigprocmask", "99, ROOM, 0, 8"),
    ("rt_sigprocmask", "99, 0, ROOM, 8"),
    ("rt_sigtimedwait", "ROOM, 0, ONES, 8"),
    ("rt_sigtimedwait", "ROOM, 0, ROOM, 8"),
    ("wait4", "-1, ROOM, 0, 0"),
    ("wait4", "-1, ROOM, 0x100, 0"),
    ("wait4", "INT_MIN, ROOM, 0, 0"),
    ("waitid", "P_ALL, 0, ROOM, WEXITED, 0"),
    ("waitid", "P_ALL, 0, ROOM, 0, 0"),
    ("waitid", "P_PIDFD, FILE_FD, ROOM, WEXITED, 0"),
    ("waitid", "P_PID, 0, ROOM, WEXITED, 0"),
    ("setpgid", "1, 0"),
    ("setpgid", "0, 999999"),
    ("getpgid", "999999"),
    ("setsid", ""),
    ("setpriority", "PRIO_PROCESS, 0, -20"),
    ("setpriority", "9, 0, 0"),
    ("setpriority", "PRIO_PROCESS, 999999, 0"),
    ("setrlimit", "RLIMIT_NOFILE, ONES"),
    ("setrlimit", "99, ROOM"),
    ("prlimit64", "1, RLIMIT_NOFILE, ROOM, 0"),
    ("prlimit64", "0, RLIMIT_AS, ONES, 0"),
    ("sched_setscheduler", "0, SCHED_FIFO, ONES"),
    ("sched_setaffinity", "0, 128, ROOM"),
    ("sched_getaffinity", "0, 4, ROOM"),
    ("unshare", "CLONE_NEWNET"),
    ("unshare", "CLONE_THREAD"),
    ("setns", "FILE_FD, 0"),
    ("setns", "PID_FD, CLONE_NEWNET"),
    ("setuid", "0"),
    ("setresuid", "0, 0, 0"),
    ("setgroups", "70000, ROOM"),
    ("setgroups", "1, ROOM"),
    ("sethostname", "NAME, 4"),
    ("sethostname", "NAME, 65"),
    ("clone", "CLONE_SIGHAND"),
    ("clone", "CLONE_THREAD | CLONE_VM"),
    ("clone", "CLONE_THREAD | CLONE_SIGHAND"),
    ("clone", "CLONE_NEWNS | CLONE_FS"),
    ("clone", "CLONE_NEWUSER | CLONE_FS"),
    ("clone", "CLONE_NEWUSER | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, ROOM + 4096"),
    ("clone", "CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, ROOM + 4096"),
    ("clone", "CLONE_NEWPID | CLONE_PARENT"),
    ("clone", "CLONE_NEWIPC | CLONE_SYSVSEM"),
    ("clone", "CLONE_PIDFD | CLONE_DETACHED"),
    ("clone", "CLONE_PIDFD | CLONE_PARENT_SETTID, 0, ROOM"),
    ("clone", "CLONE_PIDFD, 0, NOWHERE"),
    ("clone", "CLONE_NEWNET"),
    ("clone", "CLONE_NEWUTS"),
    ("clone", "CLONE_NEWCGROUP"),
    ("pidfd_open", "999999, 0"),
    ("pidfd_open", "1, 1"),
    ("pidfd_send_signal", "PID_FD, 65, 0, 0"),
    ("pidfd_getfd", "PID_FD, UNUSED_FD, 0"),
    ("clone3", "ROOM, 63"),
    ("clone3", "ONES, 88"),
    ("execveat", "AT_FDCWD, NAME, 0, 0, 0"),
    ("execveat", "AT_FDCWD, SUBDIRECTORY, 0, 0, 0"),
    ("execveat", "AT_FDCWD, LOOP, 0, 0, AT_SYMLINK_NOFOLLOW"),
    ("execveat", "FILE_FD, EMPTY, 0, 0, AT_EMPTY_PATH"),
    ("ptrace", "PTRACE_ATTACH, 999999, 0, 0"),
    ("ptrace", "PTRACE_CONT, 1, 0, 0"),
    ("ptrace", "PTRACE_PEEKDATA, 1, 0, 0"),
    ("nanosleep", "ONES, 0"),
    ("clock_nanosleep", "99, 0, ROOM, 0"),
    ("clock_nanosleep", "CLOCK_THREAD_CPUTIME_ID, 0, ROOM, 0"),
    ("clock_gettime", "99, ROOM"),
    ("clock_settime", "CLOCK_REALTIME, ROOM"),
    ("timer_create", "99, 0, ROOM"),
    ("timer_create", "CLOCK_MONOTONIC, ONES, ROOM"),
    ("timer_settime", "99, 0, ROOM, 0"),
    ("setitimer", "ITIMER_REAL, ONES, 0"),
    ("setitimer", "9, ROOM, 0"),
    ("futex", "ROOM, 0x80, 1, 0"),
    ("futex", "ROOM + 2, 0x80, 0, 0"),
    ("futex", "ROOM, 0x80, 0, ONES"),
    ("futex", "ROOM, 0x83, 1, 1, ROOM + 2"),
    ("futex", "ROOM, 0x84, 1, 1, ROOM + 8, 7"),
    ("futex", "ROOM, 0x87, 0, 0"),
    ("set_robust_list", "ROOM, 23"),
    ("get_robust_list", "999999, ROOM, ROOM"),
    ("membarrier", "8, 0"),
    ("membarrier", "1 << 20, 0"),
    ("personality", "8"),
    ("seccomp", "1, 0x100, ROOM"),
    ("seccomp", "1, 0, ROOM"),
    ("getrandom", "ROOM, 8, 0x100"),
    ("getrandom", "ROOM, 8, 6"),
    // Sockets and System V.
    ("socket", "AF_UNIX, 99, 0"),
    ("socket", "99, SOCK_STREAM, 0"),
    ("socket", "AF_INET, SOCK_STREAM, 99"),
    ("socket", "AF_INET, SOCK_RAW, 1"),
    ("socketpair", "AF_INET, SOCK_STREAM, 0, ROOM"),
    ("bind", "SOCKET_FD, ONES, 16"),
    ("bind", "SOCKET_FD, ROOM, 1"),
    ("bind", "SOCKET_FD, ROOM, 4096"),
    ("connect", "SOCKET_FD, ONES, 16"),
    ("listen", "FILE_FD, 1"),
    ("accept4", "SOCKET_FD, 0, 0, 1"),
    ("accept4", "SOCKET_FD, 0, 0, SOCK_NONBLOCK"),
    ("getpeername", "SOCKET_FD, ROOM, ROOM"),
    ("getsockname", "SOCKET_FD, ROOM, ONES"),
    ("sendto", "SOCKET_FD, ONES, 8, MSG_NOSIGNAL, 0, 0"),
    ("sendto", "SOCKET_FD, ONES, 8, MSG_OOB, 0, 0"),
    ("recvfrom", "SOCKET_FD, ROOM, 8, MSG_OOB, 0, 0"),
    ("setsockopt", "SOCKET_FD, SOL_SOCKET, SO_REUSEADDR, ROOM, 3"),
    ("setsockopt", "SOCKET_FD, SOL_SOCKET, 9999, ROOM, 4"),
    ("setsockopt", "SOCKET_FD, SOL_SOCKET, SO_RCVTIMEO, ONES, 16"),
    ("setsockopt", "SOCKET_FD, SOL_SOCKET, SO_ATTACH_FILTER, ROOM, 16"),
    ("getsockopt", "SOCKET_FD, SOL_SOCKET, 9999, ROOM, ROOM"),
    ("getsockopt", "SOCKET_FD, SOL_SOCKET, SO_PEERCRED, ROOM, ONES"),
    ("shutdown", "SOCKET_FD, 9"),
    ("sendmsg", "SOCKET_FD, ONES, 0"),
    ("recvmsg", "SOCKET_FD, ROOM, MSG_ERRQUEUE"),
    ("msgrcv", "-1, ROOM, 8, 0, 0"),
    ("msgsnd", "-1, ROOM, 8, 0"),
    ("semop", "-1, ROOM, 1"),
    ("semop", "0, ROOM, 501"),
    ("semctl", "-1, 0, 99, 0"),
    ("shmctl", "-1, 99, 0"),
    ("mq_timedsend", "QUEUE_FD, ROOM, 17, 0, 0"),
    ("mq_timedsend", "QUEUE_FD, ROOM, 1, 99999, 0"),
    ("mq_timedreceive", "QUEUE_FD, ROOM, 15, 0, 0"),
    ("mq_timedreceive", "QUEUE_FD, ROOM, 16, 0, ROOM"),
    ("mq_notify", "QUEUE_FD, ONES"),
    ("add_key", "NAME, NAME, ROOM, 8, 0"),
    ("keyctl", "99, 0"),
    ("io_uring_setup", "0, ROOM"),
    ("io_uring_setup", "8, ONES"),
    ("io_uring_enter", "FILE_FD, 1, 1, 1, 0, 0"),
    ("io_uring_register", "FILE_FD, 0, ROOM, 1"),
    ("userfaultfd", "0x100"),
    ("landlock_create_ruleset", "ROOM, 8, 0"),
    ("landlock_create_ruleset", "0, 0, 1"),
    ("landlock_restrict_self", "LANDLOCK_FD, 0x100"),
];

/// Families whose errors depend on a command or an option: each of these words with each of the others. `*` is every
/// value of the word that has a name, `1..9` each of those numbers.
const PRODUCTS: &[(&str, &[&[&str]])] = &[
    ("setsockopt", &[&["TCP_FD"], &["SOL_SOCKET"], &["1..84"], &["ROOM", "ONES", "NOWHERE"], &["3", "4", "16"]]),
    ("setsockopt", &[&["TCP_FD"], &["IPPROTO_TCP"], &["1..45"], &["ROOM", "ONES", "NOWHERE"], &["3", "4"]]),
    ("setsockopt", &[&["TCP_FD"], &["IPPROTO_IP"], &["1..52"], &["ROOM", "ONES", "NOWHERE"], &["0", "4"]]),
    ("setsockopt", &[&["UDP6_FD"], &["IPPROTO_IPV6"], &["1..81"], &["ROOM", "ONES", "NOWHERE"], &["0", "4"]]),
    ("setsockopt", &[&["UDP6_FD"], &["IPPROTO_UDP"], &["1", "100..105"], &["ROOM", "ONES", "NOWHERE"], &["3", "4"]]),
    ("setsockopt", &[&["NETLINK_FD"], &["SOL_NETLINK"], &["1..13"], &["ROOM", "ONES", "NOWHERE"], &["3", "4"]]),
    ("setsockopt", &[&["SOCKET_FD", "FILE_FD"], &["SOL_SOCKET", "IPPROTO_IP", "99"], &["1", "99"], &["ROOM"], &["4"]]),
    (
        "getsockopt",
        &[&["TCP_FD", "SOCKET_FD"], &["SOL_SOCKET"], &["1..84"], &["ROOM", "NOWHERE"], &["ROOM", "ONES", "NOWHERE"]],
    ),
    ("getsockopt", &[&["TCP_FD"], &["IPPROTO_TCP"], &["1..45"], &["ROOM", "NOWHERE"], &["ROOM", "ONES"]]),
    ("getsockopt", &[&["TCP_FD"], &["IPPROTO_IP"], &["1..52"], &["ROOM", "NOWHERE"], &["ROOM", "ONES"]]),
    ("getsockopt", &[&["UDP6_FD"], &["IPPROTO_IPV6"], &["1..81"], &["ROOM", "NOWHERE"], &["ROOM", "ONES"]]),
    ("getsockopt", &[&["NETLINK_FD"], &["SOL_NETLINK"], &["1..13"], &["ROOM", "NOWHERE"], &["ROOM", "ONES"]]),
    ("socket", &[&["0..46"], &["1..6"], &["0", "1"]]),
    (
        "ioctl",
        &[&["FILE_FD", "PIPE_IN", "TCP_FD", "PTY_FD"], &["*", "0", "0x12345678"], &["ROOM", "READONLY", "NOWHERE"]],
    ),
    (
        "fcntl",
        &[&["FILE_FD", "PIPE_OUT", "SOCKET_FD"], &["*", "99"], &["ROOM", "ONES", "READONLY", "NOWHERE", "-1", "1"]],
    ),
    ("prctl", &[&["*", "99"], &["ROOM", "NOWHERE", "1", "-1"], &["0", "ROOM", "-1"]]),
    ("keyctl", &[&["0..33"], &["0", "1", "NAME", "NOWHERE"], &["0", "ROOM", "NOWHERE"], &["0", "8"]]),
    ("msgctl", &[&["0", "-1"], &["0..15"], &["0", "ROOM", "NOWHERE"]]),
    ("shmctl", &[&["0", "-1"], &["0..17"], &["0", "ROOM", "NOWHERE"]]),
    ("semctl", &[&["0", "-1"], &["0"], &["0..21"], &["0", "ROOM", "NOWHERE"]]),
    ("timer_create", &[&["-1", "0..13"], &["0", "ROOM", "ONES"], &["ROOM", "NOWHERE"]]),
    ("clock_nanosleep", &[&["0..13"], &["0", "1"], &["ROOM", "ONES", "NOWHERE"], &["0"]]),
    ("timerfd_create", &[&["0..13"], &["0", "O_NONBLOCK"]]),
    ("unshare", &[&["*", "CLONE_NEWNS | CLONE_FS", "CLONE_VM | CLONE_FILES"]]),
    ("setns", &[&["PID_FD", "FILE_FD"], &["*", "0"]]),
    ("fsconfig", &[&["FILE_FD", "-1"], &["0..9"], &["0", "NAME"], &["0", "NAME", "NOWHERE"], &["0", "-100"]]),
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
    let together = TOGETHER.iter().map(|&(name, words)| of_words(row_named(name), words));
    let products = PRODUCTS.iter().flat_map(|&(name, words)| of_product(row_named(name), words));
    TABLE.iter().filter(called).flat_map(of_row).chain(together).chain(products).collect()
}

fn row_named(name: &str) -> &'static Row {
    TABLE.iter().find(|row| row.name == name).expect("the name of a call")
}

fn of_words(row: &Row, words: &str) -> Case {
    Case { label: format!("{}: {words}", row.name), number: number(row), words: vec![words.to_owned()] }
}

fn of_product(row: &Row, words: &[&[&str]]) -> Vec<Case> {
    let mut lists: Vec<Vec<Word>> = vec![Vec::new()];
    for (kind, alternatives) in row.kinds.iter().zip(words) {
        let values: Vec<Word> = alternatives.iter().flat_map(|word| values(kind, word)).collect();
        let longer = |list: Vec<Word>| values.iter().map(move |value| [list.clone(), vec![value.clone()]].concat());
        lists = lists.into_iter().flat_map(longer).collect();
    }
    let join = |list: &[Word], part: fn(&Word) -> &str| list.iter().map(part).collect::<Vec<_>>().join(", ");
    let case = |list: Vec<Word>| Case {
        label: format!("{}: each {}", row.name, join(&list, |word| &word.0)),
        ..of_words(row, &join(&list, |word| &word.1))
    };
    lists.into_iter().map(case).collect()
}

/// What a word of [`PRODUCTS`] stands for.
fn values(kind: &Kind, word: &str) -> Vec<Word> {
    match (kind, word.split_once("..")) {
        (Kind::Flags(set), _) if word == "*" => flag_words(set),
        (_, Some((first, end))) => {
            let numbers: std::ops::Range<u32> = first.parse().expect("first")..end.parse().expect("end");
            numbers.map(|number| (number.to_string(), number.to_string())).collect()
        }
        _ => vec![(word.to_owned(), word.to_owned())],
    }
}

fn number(row: &Row) -> String {
    // From here on all architectures share the numbers, and older headers lack the names.
    if row.number >= 424 { row.number.to_string() } else { format!("SYS_{}", row.name) }
}

fn of_row(row: &Row) -> Vec<Case> {
    let number = number(row);
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
