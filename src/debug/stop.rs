//! Why a thread stopped, and how a process ended.

use super::inferior::WatchKind;

/// Which call made a child.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForkKind {
    /// fork, or clone without CLONE_VM and CLONE_VFORK.
    Fork,
    /// clone with CLONE_VFORK: the parent waits until the child execs or exits.
    Vfork,
}

/// Why a thread stopped; the process layer hands it to [`Debugger::on_stop`](super::Debugger::on_stop).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The program is loaded and stands at its first instruction.
    Start,
    /// A breakpoint at the thread's pc; nothing of that instruction has been executed.
    Breakpoint,
    /// The instruction at the thread's pc is about to access a watched range.
    Watchpoint {
        /// The first watched byte that it accesses.
        addr: u64,
        /// Of the watchpoint, not of the access.
        kind: WatchKind,
    },
    /// A step, or a range step, is done.
    Step,
    /// A Linux signal number is about to be delivered to the thread. [`Action`](super::Action) says
    /// which one is delivered instead, if any.
    Signal(u32),
    /// The thread is in a system call that [`Inferior::catch_syscalls`](super::Inferior::catch_syscalls)
    /// names; nothing of it has been done, pc is behind the SVC.
    SyscallEntry(u64),
    /// That call is done, its result in X0.
    SyscallReturn(u64),
    /// The thread is new, and stands at its first instruction.
    ThreadCreated,
    /// The thread is about to end, with this status.
    ThreadExited(u8),
    /// [`Debugger::poll`](super::Debugger::poll) asked for a stop.
    Requested,
    /// The parent of a vfork may go on: its child has executed another program, or ended.
    VforkDone,
    /// No thread is left that may run: those that gdb resumed have ended.
    NoneResumed,
}

/// How a process ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitStatus {
    /// exit(2) with this status, 0 to 255.
    Exited(u8),
    /// Death by this Linux signal.
    Signaled(u32),
}
