//! The system calls of arm64 Linux 6.12: one row each, in the order of
//! include/uapi/asm-generic/unistd.h.
//!
//! A row says everything that is known of a call: number, name, what its argument words are, what
//! is done with it and how far that goes. The dispatcher, `-strace` and the support page derive
//! from it. Numbers that arm64 leaves out (244 to 259 for other architectures, 295 to 423 for
//! 32-bit times) have no row and give ENOSYS.

use libc::*;

use crate::errno::Errno;
use crate::flags as f;
use crate::fs::{descriptors, ioctl, open, paths, stat};
use crate::guest::{Guest, HostError, Outcome};
use crate::kind::Kind::{self, *};
use crate::kind::{Args, FlagSet, Shape, Walk, Way};
use crate::{io_uring, ipc, memory, net, poll, prctl, process, ptrace, seccomp, signal};

/// What a handler gives back when it does not change the flow of control.
pub type Handled = Result<u64, HostError>;

/// What is done with a call.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// The host kernel's call of this number, with the same words.
    Pass(i64),
    /// A handler that gives a value or an error.
    Call(fn(&mut dyn Guest, Args) -> Handled),
    /// A handler whose outcome may be another flow of control.
    Flow(fn(&mut dyn Guest, Args) -> Outcome),
    /// Always this error.
    Refuse(Errno),
}

/// How far a call is supported, in words that a user reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Support {
    /// Nothing is known to be missing.
    Full,
    /// Works but for what the text says.
    Partly(&'static str),
    /// Refused, for the reason that the text gives.
    No(&'static str),
}

/// One system call.
#[derive(Debug)]
pub struct Row {
    /// The guest's number, in X8.
    pub number: u16,
    /// The name in unistd.h.
    pub name: &'static str,
    /// What the argument words are, X0 first.
    pub kinds: &'static [Kind],
    /// What is done.
    pub action: Action,
    /// How far it goes.
    pub support: Support,
}

/// The row of a number.
#[inline]
pub fn row(number: u64) -> Option<&'static Row> {
    let at = *INDEX.get(usize::try_from(number).ok()?)?;
    TABLE.get(usize::from(at))
}

/// The name of a number, `syscall_463` for one that has no row.
pub fn name(number: u64) -> std::borrow::Cow<'static, str> {
    match row(number) {
        Some(row) => row.name.into(),
        None => format!("syscall_{number:#x}").into(),
    }
}

/// The highest number of Linux 6.12 (mseal).
pub const LAST: u16 = 462;

/// Row positions by number; NO_ROW where there is none.
static INDEX: [u16; LAST as usize + 1] = index();
const NO_ROW: u16 = u16::MAX;

const fn index() -> [u16; LAST as usize + 1] {
    let mut index = [NO_ROW; LAST as usize + 1];
    let mut at = 0;
    while at < TABLE.len() {
        index[TABLE[at].number as usize] = at as u16;
        at += 1;
    }
    index
}

const fn call(number: u16, name: &'static str, kinds: &'static [Kind], action: Action, support: Support) -> Row {
    Row { number, name, kinds, action, support }
}

use Action::{Call, Flow, Pass, Refuse};
use Support::{Full, No, Partly};

const PATH: Kind = Path(Walk::Follow);
const LINK: Kind = Path(Walk::NoFollow);
const PTR_IN: Kind = Ptr(Way::In, Shape::Opaque);
const PTR_OUT: Kind = Ptr(Way::Out, Shape::Opaque);
const PTR_INOUT: Kind = Ptr(Way::InOut, Shape::Opaque);
const PID: Kind = Int;
const UID: Kind = Int;
const SIGSET_IN: Kind = Ptr(Way::In, Shape::SigSet);
const TIMESPEC_IN: Kind = Ptr(Way::In, Shape::Timespec);
const TIMESPEC_OUT: Kind = Ptr(Way::Out, Shape::Timespec);
const ITIMERSPEC_IN: Kind = Ptr(Way::In, Shape::Itimerspec);
const ITIMERSPEC_OUT: Kind = Ptr(Way::Out, Shape::Itimerspec);
const UINT_OUT: Kind = Ptr(Way::Out, Shape::Uint);
const OFFSET_INOUT: Kind = Ptr(Way::InOut, Shape::Long);
const SYMLINK_NOFOLLOW: u32 = AT_SYMLINK_NOFOLLOW as u32;
const SYMLINK_FOLLOW: u32 = AT_SYMLINK_FOLLOW as u32;

const fn flags(set: &'static FlagSet) -> Kind {
    Flags(set)
}

// Numbers that the libc crate does not name; from 424 on all architectures share them.
const SYS_CACHESTAT: i64 = 451;
const SYS_FUTEX_WAKE: i64 = 454;
const SYS_FUTEX_WAIT: i64 = 455;
const SYS_FUTEX_REQUEUE: i64 = 456;
const SYS_STATMOUNT: i64 = 457;
const SYS_LISTMOUNT: i64 = 458;
const SYS_LSM_GET_SELF_ATTR: i64 = 459;
const SYS_LSM_SET_SELF_ATTR: i64 = 460;
const SYS_LSM_LIST_MODULES: i64 = 461;

const NO_PKEYS: Support = No("the CPU announces no protection keys (FEAT_S1POE)");
const RESTRICTS_EMULATOR: Support =
    Partly("the rules bind the emulator too, so execve needs its own file to stay readable and executable");

const NOT_PRIVILEGED: Support = Partly(
    "set-user-ID and set-group-ID bits and file capabilities count only where the kernel starts emu (binfmt_misc, flag C)",
);

/// All rows, ascending by number.
#[rustfmt::skip]
pub static TABLE: &[Row] = &[
    // fs/aio.c
    call(0, "io_setup", &[Uint, Ptr(Way::InOut, Shape::Long)], Pass(SYS_io_setup),
        Partly("the kernel places the ring itself, above the guest's top; libaio reads it there")),
    call(1, "io_destroy", &[Hex], Pass(SYS_io_destroy), Full),
    call(2, "io_submit", &[Hex, Long, PTR_IN], Pass(SYS_io_submit), Full),
    call(3, "io_cancel", &[Hex, PTR_IN, PTR_OUT], Pass(SYS_io_cancel), Full),
    call(4, "io_getevents", &[Hex, Long, Long, PTR_OUT, TIMESPEC_IN], Pass(SYS_io_getevents), Full),
    // fs/xattr.c
    call(5, "setxattr", &[PATH, Str, BytesIn(3), Size, flags(&f::XATTR)], Pass(SYS_setxattr), Full),
    call(6, "lsetxattr", &[LINK, Str, BytesIn(3), Size, flags(&f::XATTR)], Pass(SYS_lsetxattr), Full),
    call(7, "fsetxattr", &[Fd, Str, BytesIn(3), Size, flags(&f::XATTR)], Pass(SYS_fsetxattr), Full),
    call(8, "getxattr", &[PATH, Str, BytesOut(3), Size], Pass(SYS_getxattr), Full),
    call(9, "lgetxattr", &[LINK, Str, BytesOut(3), Size], Pass(SYS_lgetxattr), Full),
    call(10, "fgetxattr", &[Fd, Str, BytesOut(3), Size], Pass(SYS_fgetxattr), Full),
    call(11, "listxattr", &[PATH, BytesOut(2), Size], Pass(SYS_listxattr), Full),
    call(12, "llistxattr", &[LINK, BytesOut(2), Size], Pass(SYS_llistxattr), Full),
    call(13, "flistxattr", &[Fd, BytesOut(2), Size], Pass(SYS_flistxattr), Full),
    call(14, "removexattr", &[PATH, Str], Pass(SYS_removexattr), Full),
    call(15, "lremovexattr", &[LINK, Str], Pass(SYS_lremovexattr), Full),
    call(16, "fremovexattr", &[Fd, Str], Pass(SYS_fremovexattr), Full),
    // fs/d_path.c, fs/eventfd.c, fs/eventpoll.c
    call(17, "getcwd", &[BytesOut(1), Size], Pass(SYS_getcwd), Full),
    call(18, "lookup_dcookie", &[Hex, BytesOut(2), Size], Refuse(Errno::ENOSYS), No("removed in Linux 6.6")),
    call(19, "eventfd2", &[Uint, flags(&f::EVENTFD)], Pass(SYS_eventfd2), Full),
    call(20, "epoll_create1", &[flags(&f::EPOLL_CREATE)], Pass(SYS_epoll_create1), Full),
    call(21, "epoll_ctl", &[Fd, flags(&f::EPOLL_CTL), Fd, Ptr(Way::In, Shape::EpollEvent)], Call(poll::epoll_ctl), Full),
    call(22, "epoll_pwait", &[Fd, Ptr(Way::Out, Shape::EpollEvents), Int, Int, SIGSET_IN, Size],
        Call(poll::epoll_pwait), Full),
    // fs/fcntl.c, fs/notify, fs/ioctl.c, block/ioprio.c, fs/locks.c
    call(23, "dup", &[Fd], Call(descriptors::dup), Full),
    call(24, "dup3", &[Fd, NewFd, flags(&f::PIPE)], Call(descriptors::dup3), Full),
    call(25, "fcntl", &[Fd, flags(&f::FCNTL), Any], Call(open::fcntl), Full),
    call(26, "inotify_init1", &[flags(&f::INOTIFY)], Pass(SYS_inotify_init1), Full),
    call(27, "inotify_add_watch", &[Fd, Path(Walk::Unless(2, IN_DONT_FOLLOW)), flags(&f::INOTIFY_MASK)],
        Pass(SYS_inotify_add_watch), Full),
    call(28, "inotify_rm_watch", &[Fd, Int], Pass(SYS_inotify_rm_watch), Full),
    call(29, "ioctl", &[Fd, flags(&f::IOCTL), Any], Call(ioctl::ioctl),
        Partly("requests of terminals, sockets, files and block devices are the same on both sides; a device's own go through as they are")),
    call(30, "ioprio_set", &[Int, Int, Int], Pass(SYS_ioprio_set), Full),
    call(31, "ioprio_get", &[Int, Int], Pass(SYS_ioprio_get), Full),
    call(32, "flock", &[Fd, flags(&f::FLOCK)], Pass(SYS_flock), Full),
    // fs/namei.c, fs/namespace.c
    call(33, "mknodat", &[Dirfd, LINK, Mode, Hex], Pass(SYS_mknodat), Full),
    call(34, "mkdirat", &[Dirfd, LINK, Mode], Pass(SYS_mkdirat), Full),
    call(35, "unlinkat", &[Dirfd, LINK, flags(&f::UNLINK)], Pass(SYS_unlinkat), Full),
    call(36, "symlinkat", &[RawPath, Dirfd, LINK], Pass(SYS_symlinkat), Full),
    call(37, "linkat", &[Dirfd, Path(Walk::If(4, SYMLINK_FOLLOW)), Dirfd, LINK, flags(&f::AT)], Pass(SYS_linkat), Full),
    call(38, "renameat", &[Dirfd, LINK, Dirfd, LINK], Pass(SYS_renameat), Full),
    call(39, "umount2", &[PATH, flags(&f::UMOUNT)], Pass(SYS_umount2), Full),
    call(40, "mount", &[Str, PATH, Str, flags(&f::MOUNT), PTR_IN], Pass(SYS_mount), Full),
    call(41, "pivot_root", &[PATH, PATH], Pass(SYS_pivot_root), Full),
    call(42, "nfsservctl", &[], Refuse(Errno::ENOSYS), No("removed in Linux 3.1")),
    // fs/statfs.c, fs/open.c
    call(43, "statfs", &[PATH, Ptr(Way::Out, Shape::Statfs)], Pass(SYS_statfs), Full),
    call(44, "fstatfs", &[Fd, Ptr(Way::Out, Shape::Statfs)], Pass(SYS_fstatfs), Full),
    call(45, "truncate", &[RawPath, Long], Call(open::truncate), Full),
    call(46, "ftruncate", &[Fd, Long], Pass(SYS_ftruncate), Full),
    call(47, "fallocate", &[Fd, flags(&f::FALLOCATE), Long, Long], Pass(SYS_fallocate), Full),
    call(48, "faccessat", &[Dirfd, PATH, flags(&f::ACCESS)], Pass(SYS_faccessat), Full),
    call(49, "chdir", &[PATH], Pass(SYS_chdir), Full),
    call(50, "fchdir", &[Fd], Pass(SYS_fchdir), Full),
    call(51, "chroot", &[PATH], Pass(SYS_chroot), Full),
    call(52, "fchmod", &[Fd, Mode], Pass(SYS_fchmod), Full),
    call(53, "fchmodat", &[Dirfd, PATH, Mode], Pass(SYS_fchmodat), Full),
    call(54, "fchownat", &[Dirfd, Path(Walk::Unless(4, SYMLINK_NOFOLLOW)), UID, UID, flags(&f::AT)], Pass(SYS_fchownat), Full),
    call(55, "fchown", &[Fd, UID, UID], Pass(SYS_fchown), Full),
    call(56, "openat", &[Dirfd, RawPath, flags(&f::OPEN), ModeIf(2, OPEN_CREATES)], Call(open::openat), Full),
    call(57, "close", &[Fd], Pass(SYS_close), Full),
    call(58, "vhangup", &[], Pass(SYS_vhangup), Full),
    // fs/pipe.c, fs/quota, fs/readdir.c, fs/read_write.c
    call(59, "pipe2", &[Ptr(Way::Out, Shape::FdPair), flags(&f::PIPE)], Call(open::pipe2), Full),
    call(60, "quotactl", &[Hex, PATH, Int, PTR_INOUT], Pass(SYS_quotactl), Full),
    call(61, "getdents64", &[Fd, Ptr(Way::Out, Shape::Dirents), Size], Call(descriptors::getdents64), Full),
    call(62, "lseek", &[Fd, Long, flags(&f::WHENCE)], Call(descriptors::lseek), Full),
    call(63, "read", &[Fd, BytesOut(2), Size], Pass(SYS_read), Full),
    call(64, "write", &[Fd, BytesIn(2), Size], Pass(SYS_write), Full),
    call(65, "readv", &[Fd, Ptr(Way::Out, Shape::Iovec(2)), Int], Pass(SYS_readv), Full),
    call(66, "writev", &[Fd, Ptr(Way::In, Shape::Iovec(2)), Int], Pass(SYS_writev), Full),
    call(67, "pread64", &[Fd, BytesOut(2), Size, Long], Pass(SYS_pread64), Full),
    call(68, "pwrite64", &[Fd, BytesIn(2), Size, Long], Pass(SYS_pwrite64), Full),
    call(69, "preadv", &[Fd, Ptr(Way::Out, Shape::Iovec(2)), Int, Long, Long], Pass(SYS_preadv), Full),
    call(70, "pwritev", &[Fd, Ptr(Way::In, Shape::Iovec(2)), Int, Long, Long], Pass(SYS_pwritev), Full),
    call(71, "sendfile", &[Fd, Fd, OFFSET_INOUT, Size], Pass(SYS_sendfile), Full),
    // fs/select.c, fs/signalfd.c, fs/splice.c, fs/stat.c, fs/sync.c, fs/timerfd.c, fs/utimes.c
    call(72, "pselect6", &[Int, Ptr(Way::InOut, Shape::FdSet(0)), Ptr(Way::InOut, Shape::FdSet(0)),
        Ptr(Way::InOut, Shape::FdSet(0)), Ptr(Way::InOut, Shape::Timespec), PTR_IN], Call(poll::pselect6), Full),
    call(73, "ppoll", &[Ptr(Way::InOut, Shape::Pollfds(1)), Uint, Ptr(Way::InOut, Shape::Timespec), SIGSET_IN, Size],
        Call(poll::ppoll), Full),
    call(74, "signalfd4", &[Fd, SIGSET_IN, Size, flags(&f::SIGNALFD)], Call(signal::signalfd4),
        Partly("SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGTRAP that are sent to a process of several threads may wait in another than reads it; nor does a program read them that has the descriptor from an execve")),
    call(75, "vmsplice", &[Fd, Ptr(Way::In, Shape::Iovec(2)), Size, flags(&f::SPLICE)], Pass(SYS_vmsplice), Full),
    call(76, "splice", &[Fd, OFFSET_INOUT, Fd, OFFSET_INOUT, Size, flags(&f::SPLICE)], Pass(SYS_splice), Full),
    call(77, "tee", &[Fd, Fd, Size, flags(&f::SPLICE)], Pass(SYS_tee), Full),
    call(78, "readlinkat", &[Dirfd, RawPath, BytesOut(3), Size], Call(paths::readlinkat), Full),
    call(79, "newfstatat", &[Dirfd, Path(Walk::Unless(3, SYMLINK_NOFOLLOW)), Ptr(Way::Out, Shape::Stat), flags(&f::AT)],
        Call(stat::newfstatat), Full),
    call(80, "fstat", &[Fd, Ptr(Way::Out, Shape::Stat)], Call(stat::fstat), Full),
    call(81, "sync", &[], Pass(SYS_sync), Full),
    call(82, "fsync", &[Fd], Pass(SYS_fsync), Full),
    call(83, "fdatasync", &[Fd], Pass(SYS_fdatasync), Full),
    call(84, "sync_file_range", &[Fd, Long, Long, Hex], Pass(SYS_sync_file_range), Full),
    call(85, "timerfd_create", &[flags(&f::CLOCK), flags(&f::TIMERFD)], Pass(SYS_timerfd_create), Full),
    call(86, "timerfd_settime", &[Fd, flags(&f::TIMER), ITIMERSPEC_IN, ITIMERSPEC_OUT], Pass(SYS_timerfd_settime), Full),
    call(87, "timerfd_gettime", &[Fd, ITIMERSPEC_OUT], Pass(SYS_timerfd_gettime), Full),
    call(88, "utimensat", &[Dirfd, Path(Walk::Unless(3, SYMLINK_NOFOLLOW)), Ptr(Way::In, Shape::TimespecPair), flags(&f::AT)],
        Pass(SYS_utimensat), Full),
    // kernel/acct.c, kernel/capability.c, kernel/exec_domain.c, kernel/exit.c, kernel/fork.c
    call(89, "acct", &[PATH], Pass(SYS_acct), Full),
    call(90, "capget", &[PTR_INOUT, PTR_OUT], Pass(SYS_capget), Full),
    call(91, "capset", &[PTR_IN, PTR_IN], Pass(SYS_capset), Full),
    call(92, "personality", &[Hex], Call(process::personality),
        Partly("READ_IMPLIES_EXEC and the layout bits reach the host but not the emulator's own choice of addresses")),
    call(93, "exit", &[Int], Flow(process::exit), Full),
    call(94, "exit_group", &[Int], Flow(process::exit_group), Full),
    call(95, "waitid", &[flags(&f::IDTYPE), PID, Ptr(Way::Out, Shape::SigInfo), flags(&f::WAIT), Ptr(Way::Out, Shape::Rusage)],
        Call(ptrace::waitid), Full),
    call(96, "set_tid_address", &[PTR_OUT], Pass(SYS_set_tid_address), Full),
    call(97, "unshare", &[flags(&f::NAMESPACES)], Pass(SYS_unshare), Full),
    // kernel/futex, kernel/time, kernel/kexec.c, kernel/module
    call(98, "futex", &[PTR_INOUT, flags(&f::FUTEX), Uint, Any, Any, Uint], Pass(SYS_futex), Full),
    call(99, "set_robust_list", &[PTR_IN, Size], Pass(SYS_set_robust_list), Full),
    call(100, "get_robust_list", &[PID, Ptr(Way::Out, Shape::Long), Ptr(Way::Out, Shape::Long)], Pass(SYS_get_robust_list), Full),
    call(101, "nanosleep", &[TIMESPEC_IN, TIMESPEC_OUT], Pass(SYS_nanosleep), Full),
    call(102, "getitimer", &[flags(&f::ITIMER), Ptr(Way::Out, Shape::Itimerval)], Pass(SYS_getitimer), Full),
    call(103, "setitimer", &[flags(&f::ITIMER), Ptr(Way::In, Shape::Itimerval), Ptr(Way::Out, Shape::Itimerval)],
        Pass(SYS_setitimer), Full),
    call(104, "kexec_load", &[Hex, Size, PTR_IN, Hex], Pass(SYS_kexec_load),
        Partly("the host kernel refuses a kernel of another architecture")),
    call(105, "init_module", &[PTR_IN, Size, Str], Pass(SYS_init_module),
        Partly("the host kernel refuses a module of another architecture")),
    call(106, "delete_module", &[Str, Hex], Pass(SYS_delete_module), Full),
    call(107, "timer_create", &[flags(&f::CLOCK), PTR_IN, Ptr(Way::Out, Shape::Int)], Pass(SYS_timer_create), Full),
    call(108, "timer_gettime", &[Int, ITIMERSPEC_OUT], Pass(SYS_timer_gettime), Full),
    call(109, "timer_getoverrun", &[Int], Pass(SYS_timer_getoverrun), Full),
    call(110, "timer_settime", &[Int, flags(&f::TIMER), ITIMERSPEC_IN, ITIMERSPEC_OUT], Pass(SYS_timer_settime), Full),
    call(111, "timer_delete", &[Int], Pass(SYS_timer_delete), Full),
    call(112, "clock_settime", &[flags(&f::CLOCK), TIMESPEC_IN], Pass(SYS_clock_settime), Full),
    call(113, "clock_gettime", &[flags(&f::CLOCK), TIMESPEC_OUT], Pass(SYS_clock_gettime), Full),
    call(114, "clock_getres", &[flags(&f::CLOCK), TIMESPEC_OUT], Pass(SYS_clock_getres), Full),
    call(115, "clock_nanosleep", &[flags(&f::CLOCK), flags(&f::TIMER), TIMESPEC_IN, TIMESPEC_OUT], Pass(SYS_clock_nanosleep), Full),
    call(116, "syslog", &[Int, BytesOut(2), Int], Pass(SYS_syslog), Full),
    call(117, "ptrace", &[Hex, PID, Hex, Hex], Call(ptrace::ptrace),
        Partly("between guests, as on a processor without hardware breakpoints; programs of the host are not traced")),
    call(118, "sched_setparam", &[PID, Ptr(Way::In, Shape::Int)], Pass(SYS_sched_setparam), Full),
    call(119, "sched_setscheduler", &[PID, flags(&f::SCHED), Ptr(Way::In, Shape::Int)], Pass(SYS_sched_setscheduler), Full),
    call(120, "sched_getscheduler", &[PID], Pass(SYS_sched_getscheduler), Full),
    call(121, "sched_getparam", &[PID, Ptr(Way::Out, Shape::Int)], Pass(SYS_sched_getparam), Full),
    call(122, "sched_setaffinity", &[PID, Size, PTR_IN], Pass(SYS_sched_setaffinity), Full),
    call(123, "sched_getaffinity", &[PID, Size, PTR_OUT], Pass(SYS_sched_getaffinity), Full),
    call(124, "sched_yield", &[], Pass(SYS_sched_yield), Full),
    call(125, "sched_get_priority_max", &[flags(&f::SCHED)], Pass(SYS_sched_get_priority_max), Full),
    call(126, "sched_get_priority_min", &[flags(&f::SCHED)], Pass(SYS_sched_get_priority_min), Full),
    call(127, "sched_rr_get_interval", &[PID, TIMESPEC_OUT], Pass(SYS_sched_rr_get_interval), Full),
    // kernel/signal.c
    call(128, "restart_syscall", &[], Call(signal::restart_syscall), Full),
    call(129, "kill", &[PID, Signal], Pass(SYS_kill), Full),
    call(130, "tkill", &[PID, Signal], Pass(SYS_tkill), Full),
    call(131, "tgkill", &[PID, PID, Signal], Pass(SYS_tgkill), Full),
    call(132, "sigaltstack", &[Ptr(Way::In, Shape::SigAltStack), Ptr(Way::Out, Shape::SigAltStack)], Call(signal::sigaltstack), Full),
    call(133, "rt_sigsuspend", &[SIGSET_IN, Size], Call(signal::rt_sigsuspend), Full),
    call(134, "rt_sigaction", &[Signal, Ptr(Way::In, Shape::SigAction), Ptr(Way::Out, Shape::SigAction), Size],
        Call(signal::rt_sigaction), Full),
    call(135, "rt_sigprocmask", &[flags(&f::SIGMASK_HOW), SIGSET_IN, Ptr(Way::Out, Shape::SigSet), Size],
        Call(signal::rt_sigprocmask), Full),
    call(136, "rt_sigpending", &[Ptr(Way::Out, Shape::SigSet), Size], Call(signal::rt_sigpending), Full),
    call(137, "rt_sigtimedwait", &[SIGSET_IN, Ptr(Way::Out, Shape::SigInfo), TIMESPEC_IN, Size], Call(signal::rt_sigtimedwait), Full),
    call(138, "rt_sigqueueinfo", &[PID, Signal, Ptr(Way::In, Shape::SigInfo)], Pass(SYS_rt_sigqueueinfo), Full),
    call(139, "rt_sigreturn", &[], Flow(signal::rt_sigreturn), Full),
    // kernel/sys.c
    call(140, "setpriority", &[flags(&f::PRIO), Int, Int], Pass(SYS_setpriority), Full),
    call(141, "getpriority", &[flags(&f::PRIO), Int], Pass(SYS_getpriority), Full),
    call(142, "reboot", &[Hex, Hex, Hex, Any], Pass(SYS_reboot), Full),
    call(143, "setregid", &[UID, UID], Pass(SYS_setregid), Full),
    call(144, "setgid", &[UID], Pass(SYS_setgid), Full),
    call(145, "setreuid", &[UID, UID], Pass(SYS_setreuid), Full),
    call(146, "setuid", &[UID], Pass(SYS_setuid), Full),
    call(147, "setresuid", &[UID, UID, UID], Pass(SYS_setresuid), Full),
    call(148, "getresuid", &[UINT_OUT, UINT_OUT, UINT_OUT], Pass(SYS_getresuid), Full),
    call(149, "setresgid", &[UID, UID, UID], Pass(SYS_setresgid), Full),
    call(150, "getresgid", &[UINT_OUT, UINT_OUT, UINT_OUT], Pass(SYS_getresgid), Full),
    call(151, "setfsuid", &[UID], Pass(SYS_setfsuid), Full),
    call(152, "setfsgid", &[UID], Pass(SYS_setfsgid), Full),
    call(153, "times", &[PTR_OUT], Pass(SYS_times), Full),
    call(154, "setpgid", &[PID, PID], Pass(SYS_setpgid), Full),
    call(155, "getpgid", &[PID], Pass(SYS_getpgid), Full),
    call(156, "getsid", &[PID], Pass(SYS_getsid), Full),
    call(157, "setsid", &[], Pass(SYS_setsid), Full),
    call(158, "getgroups", &[Int, PTR_OUT], Pass(SYS_getgroups), Full),
    call(159, "setgroups", &[Int, PTR_IN], Pass(SYS_setgroups), Full),
    call(160, "uname", &[Ptr(Way::Out, Shape::Utsname)], Call(process::uname), Full),
    call(161, "sethostname", &[BytesIn(1), Size], Pass(SYS_sethostname), Full),
    call(162, "setdomainname", &[BytesIn(1), Size], Pass(SYS_setdomainname), Full),
    call(163, "getrlimit", &[flags(&f::RLIMIT), Ptr(Way::Out, Shape::Rlimit)], Call(process::getrlimit), Full),
    call(164, "setrlimit", &[flags(&f::RLIMIT), Ptr(Way::In, Shape::Rlimit)], Call(process::setrlimit), Full),
    call(165, "getrusage", &[flags(&f::RUSAGE), Ptr(Way::Out, Shape::Rusage)], Pass(SYS_getrusage), Full),
    call(166, "umask", &[Mode], Pass(SYS_umask), Full),
    call(167, "prctl", &[flags(&prctl::PRCTL), Any, Any, Any, Any], Call(prctl::prctl),
        Partly("PR_SET_MM changes neither the break nor the auxiliary vector (EINVAL); the options of SVE and SME, which are not there, give EINVAL")),
    call(168, "getcpu", &[UINT_OUT, UINT_OUT, PTR_OUT], Pass(SYS_getcpu), Full),
    call(169, "gettimeofday", &[Ptr(Way::Out, Shape::Timeval), PTR_OUT], Pass(SYS_gettimeofday), Full),
    call(170, "settimeofday", &[Ptr(Way::In, Shape::Timeval), PTR_IN], Pass(SYS_settimeofday), Full),
    call(171, "adjtimex", &[PTR_INOUT], Pass(SYS_adjtimex), Full),
    call(172, "getpid", &[], Pass(SYS_getpid), Full),
    call(173, "getppid", &[], Pass(SYS_getppid), Full),
    call(174, "getuid", &[], Pass(SYS_getuid), Full),
    call(175, "geteuid", &[], Pass(SYS_geteuid), Full),
    call(176, "getgid", &[], Pass(SYS_getgid), Full),
    call(177, "getegid", &[], Pass(SYS_getegid), Full),
    call(178, "gettid", &[], Pass(SYS_gettid), Full),
    call(179, "sysinfo", &[PTR_OUT], Pass(SYS_sysinfo), Full),
    // ipc
    call(180, "mq_open", &[Str, flags(&f::OPEN), Mode, PTR_IN], Pass(SYS_mq_open), Full),
    call(181, "mq_unlink", &[Str], Pass(SYS_mq_unlink), Full),
    call(182, "mq_timedsend", &[Fd, BytesIn(2), Size, Uint, TIMESPEC_IN], Pass(SYS_mq_timedsend), Full),
    call(183, "mq_timedreceive", &[Fd, BytesOut(2), Size, UINT_OUT, TIMESPEC_IN], Pass(SYS_mq_timedreceive), Full),
    call(184, "mq_notify", &[Fd, PTR_IN], Pass(SYS_mq_notify), Full),
    call(185, "mq_getsetattr", &[Fd, PTR_IN, PTR_OUT], Pass(SYS_mq_getsetattr), Full),
    call(186, "msgget", &[Hex, flags(&f::IPC_GET)], Pass(SYS_msgget), Full),
    call(187, "msgctl", &[Int, flags(&f::IPC_CTL), PTR_INOUT], Pass(SYS_msgctl), Full),
    call(188, "msgrcv", &[Int, PTR_OUT, Size, Long, flags(&f::MSGFLG)], Pass(SYS_msgrcv), Full),
    call(189, "msgsnd", &[Int, PTR_IN, Size, flags(&f::MSGFLG)], Pass(SYS_msgsnd), Full),
    call(190, "semget", &[Hex, Int, flags(&f::IPC_GET)], Pass(SYS_semget), Full),
    call(191, "semctl", &[Int, Int, flags(&f::IPC_CTL), Any], Call(ipc::semctl), Full),
    call(192, "semtimedop", &[Int, PTR_IN, Size, TIMESPEC_IN], Pass(SYS_semtimedop), Full),
    call(193, "semop", &[Int, PTR_IN, Size], Pass(SYS_semop), Full),
    call(194, "shmget", &[Hex, Size, flags(&f::IPC_GET)], Pass(SYS_shmget), Full),
    call(195, "shmctl", &[Int, flags(&f::IPC_CTL), PTR_INOUT], Pass(SYS_shmctl), Full),
    call(196, "shmat", &[Int, Addr, flags(&f::SHMAT)], Call(ipc::shmat), Full),
    call(197, "shmdt", &[Addr], Call(ipc::shmdt), Full),
    // net/socket.c
    call(198, "socket", &[flags(&f::AF), flags(&f::SOCK), Int], Call(net::socket), Full),
    call(199, "socketpair", &[flags(&f::AF), flags(&f::SOCK), Int, Ptr(Way::Out, Shape::FdPair)], Pass(SYS_socketpair), Full),
    call(200, "bind", &[Fd, Ptr(Way::In, Shape::Sockaddr(2)), Int], Pass(SYS_bind), Full),
    call(201, "listen", &[Fd, Int], Pass(SYS_listen), Full),
    call(202, "accept", &[Fd, Ptr(Way::Out, Shape::Sockaddr(2)), Ptr(Way::InOut, Shape::Int)], Pass(SYS_accept), Full),
    call(203, "connect", &[Fd, Ptr(Way::In, Shape::Sockaddr(2)), Int], Pass(SYS_connect), Full),
    call(204, "getsockname", &[Fd, Ptr(Way::Out, Shape::Sockaddr(2)), Ptr(Way::InOut, Shape::Int)], Pass(SYS_getsockname), Full),
    call(205, "getpeername", &[Fd, Ptr(Way::Out, Shape::Sockaddr(2)), Ptr(Way::InOut, Shape::Int)], Pass(SYS_getpeername), Full),
    call(206, "sendto", &[Fd, BytesIn(2), Size, flags(&f::MSG), Ptr(Way::In, Shape::Sockaddr(5)), Int], Pass(SYS_sendto), Full),
    call(207, "recvfrom", &[Fd, BytesOut(2), Size, flags(&f::MSG), Ptr(Way::Out, Shape::Sockaddr(5)), Ptr(Way::InOut, Shape::Int)],
        Pass(SYS_recvfrom), Full),
    call(208, "setsockopt", &[Fd, flags(&f::SOL), Int, Ptr(Way::In, Shape::Int), Int], Call(net::setsockopt), Full),
    call(209, "getsockopt", &[Fd, flags(&f::SOL), Int, Ptr(Way::Out, Shape::Int), Ptr(Way::InOut, Shape::Int)], Call(net::getsockopt), Full),
    call(210, "shutdown", &[Fd, flags(&f::SHUT)], Pass(SYS_shutdown), Full),
    call(211, "sendmsg", &[Fd, Ptr(Way::In, Shape::Msghdr), flags(&f::MSG)], Pass(SYS_sendmsg), Full),
    call(212, "recvmsg", &[Fd, Ptr(Way::InOut, Shape::Msghdr), flags(&f::MSG)], Pass(SYS_recvmsg), Full),
    // mm, security/keys
    call(213, "readahead", &[Fd, Long, Size], Pass(SYS_readahead), Full),
    call(214, "brk", &[Addr], Call(memory::brk), Full),
    call(215, "munmap", &[Addr, Size], Call(memory::munmap), Full),
    call(216, "mremap", &[Addr, Size, Size, flags(&f::MREMAP), Addr], Call(memory::mremap), Full),
    call(217, "add_key", &[Str, Str, BytesIn(3), Size, Int], Pass(SYS_add_key), Full),
    call(218, "request_key", &[Str, Str, Str, Int], Pass(SYS_request_key), Full),
    call(219, "keyctl", &[Int, Any, Any, Any, Any], Pass(SYS_keyctl), Full),
    call(220, "clone", &[flags(&f::CLONE), Addr, Ptr(Way::Out, Shape::Int), Addr, PTR_OUT], Flow(process::clone), Full),
    call(221, "execve", &[RawPath, StrArray, Environment], Flow(process::execve), NOT_PRIVILEGED),
    call(222, "mmap", &[Addr, Size, flags(&f::PROT), flags(&f::MAP), Fd, Hex], Call(memory::mmap), Full),
    call(223, "fadvise64", &[Fd, Long, Long, flags(&f::FADVICE)], Pass(SYS_fadvise64), Full),
    call(224, "swapon", &[PATH, Hex], Pass(SYS_swapon), Full),
    call(225, "swapoff", &[PATH], Pass(SYS_swapoff), Full),
    call(226, "mprotect", &[Addr, Size, flags(&f::PROT)], Call(memory::mprotect), Full),
    call(227, "msync", &[Addr, Size, flags(&f::MSYNC)], Call(memory::msync), Full),
    call(228, "mlock", &[Addr, Size], Call(memory::mlock), Full),
    call(229, "munlock", &[Addr, Size], Call(memory::munlock), Full),
    call(230, "mlockall", &[flags(&f::MLOCKALL)], Call(memory::mlockall), Full),
    call(231, "munlockall", &[], Call(memory::munlockall), Full),
    call(232, "mincore", &[Addr, Size, PTR_OUT], Call(memory::mincore), Full),
    call(233, "madvise", &[Addr, Size, flags(&f::MADVICE)], Call(memory::madvise), Full),
    call(234, "remap_file_pages", &[Addr, Size, Hex, Size, Hex], Call(memory::remap_file_pages), Full),
    call(235, "mbind", &[Addr, Size, Int, PTR_IN, Size, Hex], Call(memory::mbind), Full),
    call(236, "get_mempolicy", &[Ptr(Way::Out, Shape::Int), PTR_OUT, Size, Addr, Hex], Pass(SYS_get_mempolicy), Full),
    call(237, "set_mempolicy", &[Int, PTR_IN, Size], Pass(SYS_set_mempolicy), Full),
    call(238, "migrate_pages", &[PID, Size, PTR_IN, PTR_IN], Pass(SYS_migrate_pages), Full),
    call(239, "move_pages", &[PID, Size, PTR_IN, PTR_IN, PTR_OUT, Hex], Pass(SYS_move_pages), Full),
    call(240, "rt_tgsigqueueinfo", &[PID, PID, Signal, Ptr(Way::In, Shape::SigInfo)], Pass(SYS_rt_tgsigqueueinfo), Full),
    call(241, "perf_event_open", &[PTR_IN, PID, Int, Int, Hex], Refuse(Errno::ENOSYS),
        No("counters would count the emulator's instructions; programs take it for a kernel without CONFIG_PERF_EVENTS")),
    call(242, "accept4", &[Fd, Ptr(Way::Out, Shape::Sockaddr(2)), Ptr(Way::InOut, Shape::Int), flags(&f::ACCEPT)], Pass(SYS_accept4), Full),
    call(243, "recvmmsg", &[Fd, Ptr(Way::InOut, Shape::Mmsghdrs(2)), Uint, flags(&f::MSG), Ptr(Way::InOut, Shape::Timespec)], Pass(SYS_recvmmsg), Full),
    // From here on, calls were added as they were written.
    call(260, "wait4", &[PID, Ptr(Way::Out, Shape::WaitStatus), flags(&f::WAIT), Ptr(Way::Out, Shape::Rusage)], Call(ptrace::wait4), Full),
    call(261, "prlimit64", &[PID, flags(&f::RLIMIT), Ptr(Way::In, Shape::Rlimit), Ptr(Way::Out, Shape::Rlimit)], Call(process::prlimit64),
        Partly("RLIMIT_AS and RLIMIT_DATA of another process are the emulator's there")),
    call(262, "fanotify_init", &[Hex, flags(&f::OPEN)], Call(open::fanotify_init), Full),
    call(263, "fanotify_mark", &[Fd, Hex, Hex, Dirfd, Path(Walk::Unless(1, FAN_MARK_DONT_FOLLOW))], Pass(SYS_fanotify_mark), Full),
    call(264, "name_to_handle_at", &[Dirfd, Path(Walk::If(4, SYMLINK_FOLLOW)), PTR_INOUT, Ptr(Way::Out, Shape::Int), flags(&f::AT)],
        Pass(SYS_name_to_handle_at), Full),
    call(265, "open_by_handle_at", &[Fd, PTR_IN, flags(&f::OPEN)], Call(open::open_by_handle_at), Full),
    call(266, "clock_adjtime", &[flags(&f::CLOCK), PTR_INOUT], Pass(SYS_clock_adjtime), Full),
    call(267, "syncfs", &[Fd], Pass(SYS_syncfs), Full),
    call(268, "setns", &[Fd, flags(&f::NAMESPACES)], Pass(SYS_setns), Full),
    call(269, "sendmmsg", &[Fd, Ptr(Way::InOut, Shape::Mmsghdrs(2)), Uint, flags(&f::MSG)], Pass(SYS_sendmmsg), Full),
    call(270, "process_vm_readv", &[PID, Ptr(Way::Out, Shape::Iovec(2)), Size, Ptr(Way::In, Shape::RemoteIovec(4)), Size, Hex], Pass(SYS_process_vm_readv), Full),
    call(271, "process_vm_writev", &[PID, Ptr(Way::In, Shape::Iovec(2)), Size, Ptr(Way::In, Shape::RemoteIovec(4)), Size, Hex], Pass(SYS_process_vm_writev), Full),
    call(272, "kcmp", &[PID, PID, Int, Hex, Hex], Pass(SYS_kcmp), Full),
    call(273, "finit_module", &[Fd, Str, Hex], Pass(SYS_finit_module),
        Partly("the host kernel refuses a module of another architecture")),
    call(274, "sched_setattr", &[PID, PTR_IN, Hex], Pass(SYS_sched_setattr), Full),
    call(275, "sched_getattr", &[PID, PTR_OUT, Uint, Hex], Pass(SYS_sched_getattr), Full),
    call(276, "renameat2", &[Dirfd, LINK, Dirfd, LINK, flags(&f::RENAME)], Pass(SYS_renameat2), Full),
    call(277, "seccomp", &[Int, Hex, Any], Call(seccomp::seccomp),
        Partly("filters run in the emulator: for compatibility, no security boundary; no notifications; programs of the host are not executed under one")),
    call(278, "getrandom", &[BytesOut(1), Size, flags(&f::GETRANDOM)], Pass(SYS_getrandom), Full),
    call(279, "memfd_create", &[Str, flags(&f::MEMFD)], Pass(SYS_memfd_create), Full),
    call(280, "bpf", &[Int, PTR_INOUT, Uint], Refuse(Errno::EPERM),
        No("programs would see the host's registers and numbers; programs take it for unprivileged_bpf_disabled")),
    call(281, "execveat", &[Dirfd, RawPath, StrArray, Environment, flags(&f::AT)], Flow(process::execveat),
        Partly("as execve; a path near PATH_MAX below a descriptor is too long (ENAMETOOLONG)")),
    call(282, "userfaultfd", &[flags(&f::PIPE)], Pass(SYS_userfaultfd), Full),
    call(283, "membarrier", &[flags(&f::MEMBARRIER), Hex, Int], Pass(SYS_membarrier), Full),
    call(284, "mlock2", &[Addr, Size, Hex], Call(memory::mlock2), Full),
    call(285, "copy_file_range", &[Fd, OFFSET_INOUT, Fd, OFFSET_INOUT, Size, Hex], Pass(SYS_copy_file_range), Full),
    call(286, "preadv2", &[Fd, Ptr(Way::Out, Shape::Iovec(2)), Int, Long, Long, flags(&f::RWF)], Pass(SYS_preadv2), Full),
    call(287, "pwritev2", &[Fd, Ptr(Way::In, Shape::Iovec(2)), Int, Long, Long, flags(&f::RWF)], Pass(SYS_pwritev2), Full),
    call(288, "pkey_mprotect", &[Addr, Size, flags(&f::PROT), Int], Call(memory::pkey_mprotect), NO_PKEYS),
    call(289, "pkey_alloc", &[Hex, Hex], Refuse(Errno::ENOSPC), NO_PKEYS),
    call(290, "pkey_free", &[Int], Refuse(Errno::EINVAL), NO_PKEYS),
    call(291, "statx", &[Dirfd, Path(Walk::Unless(2, SYMLINK_NOFOLLOW)), flags(&f::AT), flags(&f::STATX), Ptr(Way::Out, Shape::Statx)],
        Pass(SYS_statx), Full),
    call(292, "io_pgetevents", &[Hex, Long, Long, PTR_OUT, TIMESPEC_IN, PTR_IN], Call(poll::io_pgetevents), Full),
    call(293, "rseq", &[PTR_IN, Uint, Hex, Hex], Refuse(Errno::ENOSYS),
        No("the kernel would compare the host's pc with the guest's critical section; stays so until the emulator aborts sections itself")),
    call(294, "kexec_file_load", &[Fd, Fd, Size, Str, Hex], Pass(SYS_kexec_file_load),
        Partly("the host kernel refuses a kernel of another architecture")),
    call(424, "pidfd_send_signal", &[Fd, Signal, Ptr(Way::In, Shape::SigInfo), Hex], Pass(SYS_pidfd_send_signal), Full),
    call(425, "io_uring_setup", &[Uint, PTR_INOUT], Call(io_uring::setup), Full),
    call(
        426,
        "io_uring_enter",
        &[Fd, Uint, Uint, Hex, PTR_IN, Size],
        Call(io_uring::enter),
        Partly("through a descriptor that comes from another process or before an execve, O_* flags, struct epoll_event and paths of the sysroot inside entries go to the kernel as they are"),
    ),
    call(427, "io_uring_register", &[Fd, Uint, PTR_INOUT, Uint], Call(io_uring::register), Partly("no IORING_REGISTER_RING_FDS, as before Linux 5.18")),
    call(428, "open_tree", &[Dirfd, Path(Walk::Unless(2, SYMLINK_NOFOLLOW)), Hex], Pass(SYS_open_tree), Full),
    call(429, "move_mount", &[Dirfd, LINK, Dirfd, LINK, Hex], Pass(SYS_move_mount), Full),
    call(430, "fsopen", &[Str, Hex], Pass(SYS_fsopen), Full),
    call(431, "fsconfig", &[Fd, Uint, Str, Any, Int], Pass(SYS_fsconfig), Full),
    call(432, "fsmount", &[Fd, Hex, Hex], Pass(SYS_fsmount), Full),
    call(433, "fspick", &[Dirfd, PATH, Hex], Pass(SYS_fspick), Full),
    call(434, "pidfd_open", &[PID, flags(&f::PIPE)], Pass(SYS_pidfd_open), Full),
    call(435, "clone3", &[Ptr(Way::In, Shape::CloneArgs(1)), Size], Flow(process::clone3), Full),
    call(436, "close_range", &[Uint, Uint, flags(&f::CLOSE_RANGE)], Call(descriptors::close_range), Full),
    call(437, "openat2", &[Dirfd, RawPath, Ptr(Way::In, Shape::OpenHow), Size], Call(open::openat2), Full),
    call(438, "pidfd_getfd", &[Fd, Int, Hex], Pass(SYS_pidfd_getfd), Full),
    call(439, "faccessat2", &[Dirfd, Path(Walk::Unless(3, SYMLINK_NOFOLLOW)), flags(&f::ACCESS), flags(&f::FACCESS)], Pass(SYS_faccessat2), Full),
    call(440, "process_madvise", &[Fd, Ptr(Way::In, Shape::RemoteIovec(2)), Size, flags(&f::MADVICE), Hex], Pass(SYS_process_madvise), Full),
    call(441, "epoll_pwait2", &[Fd, Ptr(Way::Out, Shape::EpollEvents), Int, TIMESPEC_IN, SIGSET_IN, Size], Call(poll::epoll_pwait2), Full),
    call(442, "mount_setattr", &[Dirfd, Path(Walk::Unless(2, SYMLINK_NOFOLLOW)), flags(&f::AT), PTR_IN, Size], Pass(SYS_mount_setattr), Full),
    call(443, "quotactl_fd", &[Fd, Hex, Int, PTR_INOUT], Pass(SYS_quotactl_fd), Full),
    call(444, "landlock_create_ruleset", &[PTR_IN, Size, Hex], Pass(SYS_landlock_create_ruleset), Full),
    call(445, "landlock_add_rule", &[Fd, Int, PTR_IN, Hex], Pass(SYS_landlock_add_rule), Full),
    call(446, "landlock_restrict_self", &[Fd, Hex], Pass(SYS_landlock_restrict_self), RESTRICTS_EMULATOR),
    call(447, "memfd_secret", &[flags(&f::PIPE)], Pass(SYS_memfd_secret), Full),
    call(448, "process_mrelease", &[Fd, Hex], Pass(SYS_process_mrelease), Full),
    call(449, "futex_waitv", &[Ptr(Way::In, Shape::FutexWaiters(1)), Uint, Hex, TIMESPEC_IN, flags(&f::CLOCK)], Pass(SYS_futex_waitv), Full),
    call(450, "set_mempolicy_home_node", &[Addr, Size, Size, Hex], Call(memory::set_mempolicy_home_node), Full),
    call(451, "cachestat", &[Fd, PTR_IN, PTR_OUT, Hex], Pass(SYS_CACHESTAT), Full),
    call(452, "fchmodat2", &[Dirfd, Path(Walk::Unless(3, SYMLINK_NOFOLLOW)), Mode, flags(&f::AT)], Pass(SYS_fchmodat2), Full),
    call(453, "map_shadow_stack", &[Addr, Size, Hex], Refuse(Errno::ENOSYS), No("arm64 has it from Linux 6.13, with FEAT_GCS")),
    call(454, "futex_wake", &[PTR_IN, Hex, Int, Hex], Pass(SYS_FUTEX_WAKE), Full),
    call(455, "futex_wait", &[PTR_IN, Hex, Hex, Hex, TIMESPEC_IN, flags(&f::CLOCK)], Pass(SYS_FUTEX_WAIT), Full),
    call(456, "futex_requeue", &[PTR_IN, Hex, Int, Int], Pass(SYS_FUTEX_REQUEUE), Full),
    call(457, "statmount", &[PTR_IN, PTR_OUT, Size, Hex], Pass(SYS_STATMOUNT), Full),
    call(458, "listmount", &[PTR_IN, PTR_OUT, Size, Hex], Pass(SYS_LISTMOUNT), Full),
    call(459, "lsm_get_self_attr", &[Uint, PTR_OUT, PTR_INOUT, Hex], Pass(SYS_LSM_GET_SELF_ATTR), Full),
    call(460, "lsm_set_self_attr", &[Uint, PTR_IN, Uint, Hex], Pass(SYS_LSM_SET_SELF_ATTR), Full),
    call(461, "lsm_list_modules", &[PTR_OUT, PTR_INOUT, Hex], Pass(SYS_LSM_LIST_MODULES), Full),
    call(462, "mseal", &[Addr, Size, Hex], Call(memory::mseal), Full),
];

/// The bits of open(2)'s flags that make its mode count: O_CREAT and O_TMPFILE's own.
const OPEN_CREATES: u64 = 0o100 | 0o20_000_000;
