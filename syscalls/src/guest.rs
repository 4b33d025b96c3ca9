//! The interface between a syscall handler and the process it acts for.

use crate::abi::io_uring::Ring;
use crate::bpf::Program;
use crate::errno::Errno;

/// Guest addresses lie below this; the emulator's own image, heap, stacks and maps lie above, and
/// nothing is ever mapped in the terabytes that follow it.
pub const GUEST_TOP: u64 = 0x5000_0000_0000;

/// An address in the guest's address space.
///
/// Guest and host addresses are equal, so it may be handed to the host kernel as it is through
/// [`Guest::host`]; only the emulator's memory module may turn it into a pointer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
#[repr(transparent)]
pub struct GuestAddr(pub u64);

/// The guest's view of `struct sigaction` (include/uapi/asm-generic/signal.h; arm64 has
/// `sa_restorer`).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[repr(C)]
pub struct SigAction {
    /// Guest address of the handler, or SIG_DFL (0) or SIG_IGN (1).
    pub handler: u64,
    /// SA_* bits; the same numbers on both architectures, less SA_RESTORER.
    pub flags: u64,
    /// Guest address of the restorer if SA_RESTORER, else the vDSO's is used.
    pub restorer: u64,
    /// Signals blocked while the handler runs; bit N-1 is signal N.
    pub mask: u64,
}

/// The guest's `stack_t`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[repr(C)]
pub struct SigAltStack {
    /// Lowest address.
    pub sp: u64,
    /// SS_ONSTACK, SS_DISABLE, SS_AUTODISARM.
    pub flags: i32,
    /// Zero.
    pub pad: i32,
    /// Bytes.
    pub size: u64,
}

/// `struct rlimit`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rlimit {
    /// What holds.
    pub soft: u64,
    /// What it may be raised to.
    pub hard: u64,
}

/// What clone(2), clone3(2) ask for, in one form (fork and vfork do not exist on arm64).
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CloneArgs {
    /// CLONE_* bits without the exit signal.
    pub flags: u64,
    /// Where CLONE_PIDFD stores the descriptor (with clone(2): the parent_tid pointer).
    pub pidfd: GuestAddr,
    /// CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID.
    pub child_tid: GuestAddr,
    /// CLONE_PARENT_SETTID.
    pub parent_tid: GuestAddr,
    /// Signal sent to the parent at exit, 0 for none.
    pub exit_signal: u64,
    /// The child's SP: already stack + stack_size for clone3; 0 keeps the parent's.
    pub stack: u64,
    /// TPIDR_EL0 with CLONE_SETTLS.
    pub tls: u64,
    /// set_tid array: guest address and count (clone3 only).
    pub set_tid: (GuestAddr, u64),
    /// CLONE_INTO_CGROUP descriptor.
    pub cgroup: u64,
}

/// What execve(2), execveat(2) ask for, strings already copied in.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ExecArgs {
    /// AT_FDCWD for execve.
    pub dirfd: i32,
    /// As the guest gave it.
    pub path: Vec<u8>,
    /// argv without terminating NULs.
    pub argv: Vec<Vec<u8>>,
    /// envp without terminating NULs.
    pub envp: Vec<Vec<u8>>,
    /// AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW.
    pub flags: i32,
}

/// What a system call comes to. Nothing here calls back into the run loop.
#[derive(Debug)]
pub enum Outcome {
    /// Goes back to the guest in X0: a value, or an error as its negative.
    Return(Result<u64, Errno>),
    /// A signal arrived before the call took effect, or the kernel would restart it (ERESTARTSYS):
    /// the run loop delivers the signal and then executes the SVC again, or returns EINTR, as the
    /// action's SA_RESTART says.
    Restart,
    /// exit(2): this thread ends.
    Exit(i32),
    /// exit_group(2): the process ends.
    ExitGroup(i32),
    /// rt_sigreturn(2): the frame at SP replaces all registers; X0 is not written.
    SigReturn,
    /// clone(2) or clone3(2): the process layer makes the child and writes both X0s.
    Clone(CloneArgs),
    /// execve(2) or execveat(2): the process layer replaces the program, or writes an error to X0.
    Exec(Box<ExecArgs>),
}

impl From<Result<u64, HostError>> for Outcome {
    fn from(result: Result<u64, HostError>) -> Outcome {
        match result {
            Ok(value) => Outcome::Return(Ok(value)),
            Err(HostError::Errno(errno)) => Outcome::Return(Err(errno)),
            Err(HostError::Restart) => Outcome::Restart,
        }
    }
}

/// How a host call ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HostError {
    /// The kernel's errno.
    Errno(Errno),
    /// See [`Outcome::Restart`].
    Restart,
}

impl From<Errno> for HostError {
    fn from(errno: Errno) -> HostError {
        HostError::Errno(errno)
    }
}

/// Whether a path's last component is followed if it is a symbolic link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Follow {
    /// Yes.
    Yes,
    /// No (AT_SYMLINK_NOFOLLOW, O_NOFOLLOW, lstat, unlink, rename …).
    No,
}

/// A path as the host kernel is to see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HostPath {
    /// Hand the guest's own pointer through.
    AsGiven,
    /// Use this NUL-terminated path instead (sysroot overlay, /proc/self/exe …), absolute.
    Replaced(std::ffi::CString),
}

/// A file of /proc whose content the emulator makes up, already written to an unlinked memory file.
pub type SyntheticFd = i32;

/// What a handler needs from the process it acts for. One object per guest thread.
pub trait Guest {
    // ── the host kernel ────────────────────────────────────────────────────────────────────────

    /// Enters the host kernel: `nr` is the x86-64 number. A signal that arrives before the kernel
    /// is entered, or makes it restart, gives [`HostError::Restart`]; nothing is lost in between.
    fn host(&mut self, nr: i64, args: [u64; 6]) -> Result<u64, HostError>;

    // ── guest memory ───────────────────────────────────────────────────────────────────────────

    /// Copies in; EFAULT if any byte is unmapped or beyond the guest's top.
    fn read(&self, addr: GuestAddr, buf: &mut [u8]) -> Result<(), Errno>;
    /// Copies out; EFAULT likewise.
    fn write(&self, addr: GuestAddr, bytes: &[u8]) -> Result<(), Errno>;
    /// A NUL-terminated string of at most `max` bytes; ENAMETOOLONG beyond, EFAULT.
    fn read_cstr(&self, addr: GuestAddr, max: usize) -> Result<Vec<u8>, Errno>;

    // ── address space (mm/mmap.c) ──────────────────────────────────────────────────────────────

    /// mmap(2). Chooses the address itself where the guest leaves it open.
    fn mmap(&mut self, addr: u64, len: u64, prot: u64, flags: u64, fd: i32, offset: u64) -> Result<u64, Errno>;
    /// munmap(2).
    fn munmap(&mut self, addr: u64, len: u64) -> Result<u64, Errno>;
    /// mremap(2).
    fn mremap(&mut self, old: u64, old_len: u64, new_len: u64, flags: u64, new: u64) -> Result<u64, Errno>;
    /// mprotect(2).
    fn mprotect(&mut self, addr: u64, len: u64, prot: u64) -> Result<u64, Errno>;
    /// madvise(2).
    fn madvise(&mut self, addr: u64, len: u64, advice: u64) -> Result<u64, Errno>;
    /// brk(2): returns the new break, or the old one on failure.
    fn brk(&mut self, addr: u64) -> u64;
    /// mlockall(2) on the guest's own areas: those that are there, and whether later ones are
    /// locked when they are made.
    fn mlock_areas(&mut self, locks_now: bool, on_fault: bool, locks_later: bool) -> Result<u64, Errno>;
    /// shmat(2).
    fn shmat(&mut self, id: i32, addr: u64, flags: u64) -> Result<u64, Errno>;
    /// shmdt(2).
    fn shmdt(&mut self, addr: u64) -> Result<u64, Errno>;

    /// prlimit64(2) on this process for a limit that counts the guest's memory and not the emulator's; None for
    /// any other, which is the host's.
    fn memory_limit(&mut self, resource: u32, new: Option<Rlimit>) -> Option<Result<Rlimit, Errno>>;

    // ── signals (kernel/signal.c) ──────────────────────────────────────────────────────────────

    /// rt_sigaction(2), `signal` 1 to 64; returns the old action.
    fn sigaction(&mut self, signal: u32, new: Option<SigAction>) -> Result<SigAction, Errno>;
    /// Sets the thread's blocked mask, returning the old one. Fault signals stay open on the host.
    /// [`HostError::Restart`] if a signal came before: it is delivered under the old mask first.
    fn set_sigmask(&mut self, new: u64) -> Result<u64, HostError>;
    /// The thread's blocked mask.
    fn sigmask(&self) -> u64;
    /// The next host call waits under the guest mask `mask` (rt_sigsuspend, ppoll, pselect6,
    /// epoll_pwait, io_pgetevents): returns the mask to hand to the host kernel, in which what the
    /// emulator needs itself is open. A signal that ends the wait is delivered on top of `mask`,
    /// and its frame restores [`Guest::sigmask`].
    fn wait_mask(&mut self, mask: u64) -> u64;
    /// True if the wait whose mask was set by [`Guest::wait_mask`] is over before it begins: a signal that
    /// waits with us ([`Guest::pending_here`]) is open under that mask. It is delivered next.
    fn wait_is_over(&mut self) -> bool;
    /// Signals that were sent, are blocked and wait with us instead of the host's kernel (those by
    /// which the host reports faults).
    fn pending_here(&self) -> u64;
    /// Takes one of them that is in `set`: its `siginfo_t`.
    fn take_pending(&mut self, set: u64) -> Option<[u8; 128]>;
    /// Descriptors read the signals of `set` from now on (signalfd4(2)).
    fn reads_signals(&mut self, set: u64);
    /// sigaltstack(2); EPERM while on it, ENOMEM if too small (MINSIGSTKSZ is 5120 on arm64).
    fn sigaltstack(&mut self, new: Option<SigAltStack>) -> Result<SigAltStack, Errno>;

    // ── pointer authentication (arch/arm64/kernel/pointer_auth.c) ───────────────────────────────

    /// PR_PAC_RESET_KEYS.
    fn pac_reset_keys(&mut self, keys: u64) -> Result<u64, Errno>;
    /// PR_PAC_SET_ENABLED_KEYS.
    fn pac_set_enabled_keys(&mut self, affected: u64, enabled: u64) -> Result<u64, Errno>;
    /// PR_PAC_GET_ENABLED_KEYS.
    fn pac_enabled_keys(&self) -> Result<u64, Errno>;

    // ── the tagged address ABI (arch/arm64/kernel/process.c) ────────────────────────────────────

    /// True if the thread's calls may have tags in their pointers.
    fn takes_tags(&self) -> bool;
    /// PR_TAGGED_ADDR_ENABLE.
    fn take_tags(&mut self, on: bool);

    /// PR_GET_MDWE.
    fn exec_gain(&self) -> u64;
    /// PR_SET_MDWE.
    fn refuse_exec_gain(&mut self, bits: u64) -> Result<u64, Errno>;

    /// The auxiliary vector of the program.
    fn auxv(&self) -> Vec<u8>;
    /// The kernel release that it is to see, if not the host's.
    fn release(&self) -> Option<&str>;

    // ── this thread ────────────────────────────────────────────────────────────────────────────

    /// Host pid and tid, which are the guest's.
    fn pid(&self) -> i32;
    /// Thread id.
    fn tid(&self) -> i32;
    /// What is known of the io_uring that `fd` is.
    fn ring(&self, fd: i32) -> Option<Ring>;
    /// `fd` is that io_uring, or none whose entries are looked at.
    fn set_ring(&mut self, fd: i32, ring: Option<Ring>);
    /// True for one of the emulator's own descriptors: the guest gets EBADF.
    fn is_hidden_fd(&self, fd: i32) -> bool;
    /// The emulator's own descriptors in ascending order: close_range(2) works around them.
    fn hidden_fds(&self) -> Vec<i32>;
    /// dup2/dup3 or F_DUPFD onto a hidden descriptor moves it out of the way first.
    fn vacate_fd(&mut self, fd: i32);

    // ── seccomp (kernel/seccomp.c) ─────────────────────────────────────────────────────────────

    /// True if the thread may install a filter: CAP_SYS_ADMIN or no_new_privs.
    fn may_filter(&self) -> bool;
    /// Adds a filter; `flags` are SECCOMP_FILTER_FLAG_*. With TSYNC, the id of a thread that could
    /// not be synchronised.
    fn add_filter(&mut self, program: Program, flags: u32) -> Result<u64, Errno>;
    /// Strict mode; EINVAL under a filter.
    fn set_strict_seccomp(&mut self) -> Result<(), Errno>;
    /// SECCOMP_MODE_* of the thread.
    fn seccomp_mode(&self) -> u64;

    // ── tracing (kernel/ptrace.c) ──────────────────────────────────────────────────────────────

    /// ptrace(2) between guests.
    fn ptrace(&mut self, request: u64, tid: i32, addr: u64, data: u64) -> Result<u64, HostError>;
    /// A wait has found this status of a child or tracee: what the guest is to be told, or None
    /// where the change means nothing to it and the wait is to go on.
    fn waited(&mut self, tid: i32, status: i32) -> Option<i32>;

    // ── names ──────────────────────────────────────────────────────────────────────────────────

    /// Where the host kernel is to look for `path`: the sysroot overlay of -L and the /proc/self
    /// entries that would show the emulator.
    fn host_path(&mut self, dirfd: i32, path: &[u8], follow: Follow) -> HostPath;
    /// Opening one of these makes up its content (/proc/self/maps, auxv, cmdline, /proc/cpuinfo …):
    /// an open descriptor at offset 0 with the access mode and O_CLOEXEC of `flags`, or None.
    fn open_synthetic(&mut self, dirfd: i32, path: &[u8], flags: i32) -> Option<Result<SyntheticFd, Errno>>;
    /// If `fd` is such a file, it says what is so now.
    fn renew_synthetic(&mut self, fd: i32);
    /// PROCMAP_QUERY of such a file; None for any other descriptor.
    fn query_mapping(&mut self, fd: i32, query: GuestAddr) -> Option<Result<u64, Errno>>;
    /// readlink(2) of a link that would show the emulator (/proc/self/exe), or None.
    fn readlink_synthetic(&mut self, dirfd: i32, path: &[u8]) -> Option<Vec<u8>>;

    /// True if a guest runs the program that the path leads to: nobody may write to it then.
    fn runs_program(&mut self, dirfd: i32, path: &[u8], follow: Follow) -> bool;

    // ── messages ───────────────────────────────────────────────────────────────────────────────

    /// Says once per distinct text, in the log (`-d unimp`), what went through unconverted.
    fn note_once(&mut self, text: &str);
}
