//! What a process and its debugger say to each other: the words, and the two sides as traits.
//!
//! Imports nothing of ours. The process layer implements [`Inferior`] and calls a [`Debugger`]; the
//! gdb session is one. Neither knows the other; `main` brings them together.
//!
//! A thread that stops hands in a [`Stop`] and gets back a [`Resume`], which says for each thread of
//! the process what it does next. In between, all threads stand still.

pub mod disconnect;
pub mod inferior;
pub mod probe;
pub mod resume;
pub mod stop;

pub use disconnect::OnDisconnect;
pub use inferior::{Catch, Inferior, Registers, WatchKind, Watchpoint};
pub use probe::{Place, Probe, Verdict};
pub use resume::{Action, Resume};
pub use stop::{ExitStatus, ForkKind, Stop};

/// A debugger's part in one process. The process layer calls it
///
/// | when | what |
/// |---|---|
/// | a thread stops for a [`Stop`] | [`on_stop`](Debugger::on_stop), all other threads parked |
/// | a guest signal is about to be delivered, a thread begins or ends | `on_stop` if it [`wants`](Debugger::wants) that |
/// | SIGURG for one of the emulator's own descriptors | [`poll`](Debugger::poll); if true, park all threads, then `on_stop(Stop::Requested)` |
/// | before and after a fork | [`before_fork`](Debugger::before_fork), then [`after_fork_parent`](Debugger::after_fork_parent) and [`after_fork_child`](Debugger::after_fork_child), or [`fork_failed`](Debugger::fork_failed) |
/// | around an exec | [`before_exec`](Debugger::before_exec), then [`on_exec`](Debugger::on_exec) in the new program, or [`exec_failed`](Debugger::exec_failed) |
/// | the process is about to end | [`on_exit`](Debugger::on_exit) |
///
/// Between the return of a [`Resume`] and the next call guest threads run. One call at a time, by a
/// thread of the process; a debugger that is no longer active answers every call at once.
pub trait Debugger: Send {
    /// False if there is no debugger any more.
    fn is_active(&self) -> bool;
    /// Thread `tid` stopped; all others of the process stand still. Returns when it is decided what
    /// they do next.
    fn on_stop(&mut self, inferior: &mut dyn Inferior, tid: i32, stop: Stop) -> Resume;
    /// Whether this stop is to be reported. Asked for signals, before the guest gets them, and for
    /// threads that begin or end; every other stop is wanted.
    fn wants(&self, stop: &Stop) -> bool;
    /// A [`Probe`] has something to say to the user. False if that has to wait, as the user does not listen:
    /// nothing has been said.
    fn say(&mut self, text: &[u8]) -> bool;
    /// True if something is wanted of this process that needs its threads to stand still.
    fn poll(&mut self) -> bool;

    /// A thread is about to fork; all others are parked. False if nobody hears of that fork.
    fn before_fork(&mut self, kind: ForkKind) -> bool;
    /// In the parent: thread `tid` made `child`; all others are parked.
    fn after_fork_parent(&mut self, inferior: &mut dyn Inferior, tid: i32, child: i32) -> Resume;
    /// In the child, whose only thread is the group leader, and whose breakpoint and watchpoint
    /// tables are the parent's.
    fn after_fork_child(&mut self, inferior: &mut dyn Inferior) -> Resume;
    /// The fork failed.
    fn fork_failed(&mut self);
    /// Between [`before_fork`](Debugger::before_fork), which was true, and the making of a child that
    /// shares memory: the child's debugger, of which [`after_fork_child`](Debugger::after_fork_child)
    /// is called in the child. Its descriptors are those that the child's copy of the descriptor
    /// table will have.
    fn for_child_sharing_memory(&mut self) -> Box<dyn Debugger>;
    /// This is the debugger of a child that shared memory, called in its parent: the child has ended,
    /// executes another program or was never made, and the descriptors were its own.
    fn abandon(&mut self);

    /// What the program that the host executes next needs to go on, one line of text; `None` if
    /// there is no debugger any more. What it needs to keep open stays open across execve.
    fn before_exec(&mut self) -> Option<String>;
    /// That execve failed.
    fn exec_failed(&mut self);
    /// The process is about to execute a program of the host, which cannot be debugged; all its
    /// other threads stand still. To the debugger that is its end.
    fn on_host_exec(&mut self, inferior: &mut dyn Inferior, path: &[u8]);
    /// A new program has been loaded by exec and stands at its first instruction; its breakpoint and
    /// watchpoint tables are empty.
    fn on_exec(&mut self, inferior: &mut dyn Inferior, tid: i32) -> Resume;

    /// The process is about to end; all its other threads stand still or are gone.
    fn on_exit(&mut self, inferior: &mut dyn Inferior, status: ExitStatus);
}
