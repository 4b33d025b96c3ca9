//! The session of one process with gdb: what the process layer calls.
//!
//! The process layer keeps one `Session` under its stop lock, and calls it
//!
//! | when | what |
//! |---|---|
//! | a thread stops for a [`Stop`] | [`on_stop`](Session::on_stop), all other threads parked |
//! | a guest signal is about to be delivered | `on_stop(Stop::Signal)` if [`wants_signal`](Session::wants_signal) |
//! | SIGURG with a hidden descriptor in `si_fd` arrived | [`poll`](Session::poll); if true, park all threads, then `on_stop(Stop::Requested)` |
//! | before and after a fork | [`before_fork`](Session::before_fork), [`after_fork_parent`](Session::after_fork_parent), [`after_fork_child`](Session::after_fork_child) |
//! | around an exec | [`before_exec`](Session::before_exec), then [`on_exec`](Session::on_exec) in the new program |
//! | the process is about to end | [`on_exit`](Session::on_exit) |
//!
//! Between the return of a [`Resume`] and the next call guest threads run. A session that has ended
//! answers every call at once, with [`Resume::all`].

use super::inferior::Inferior;
use super::resume::Resume;
use super::stop::{ExitStatus, ForkKind, Stop};
use std::os::fd::OwnedFd;

/// Moves a descriptor to where the guest neither sees nor closes it.
pub type HideFd = fn(OwnedFd) -> std::io::Result<OwnedFd>;

/// One process's part in the debugging session.
pub struct Session {
    hide: HideFd,
}

/// What parent and child need to find each other after a fork.
pub struct ForkLink {}

/// What survives the host's execve: text for the new program image, and the descriptors that must
/// stay open (their close-on-exec flags are already clear).
pub struct Handover {
    /// For [`Session::resume_handover`].
    pub text: String,
}

impl Session {
    /// A session over a connected socket. The process is to stop at its first instruction and call
    /// [`Session::on_stop`] with [`Stop::Start`].
    pub fn new(socket: OwnedFd, hide: HideFd) -> std::io::Result<Session> {
        let _socket = hide(socket)?;
        Ok(Session { hide })
    }

    /// A session that takes no part: for a program run without `-g`.
    pub fn is_active(&self) -> bool {
        let _ = self.hide;
        false
    }

    /// Thread `tid` stopped; all others of the process stand still. Returns when gdb has decided.
    pub fn on_stop(&mut self, inferior: &mut dyn Inferior, tid: i32, stop: Stop) -> Resume {
        let _ = (inferior, tid, stop);
        Resume::all()
    }

    /// Whether gdb wants to hear of this Linux signal before the guest gets it (QPassSignals).
    pub fn wants_signal(&self, signal: u32) -> bool {
        let _ = signal;
        self.is_active()
    }

    /// True if gdb, or another process of the session, asked this process to stop.
    pub fn poll(&mut self) -> bool {
        false
    }

    /// Called by the forking thread, holding the stop lock.
    pub fn before_fork(&mut self) -> std::io::Result<ForkLink> {
        Ok(ForkLink {})
    }

    /// In the parent: `child` was made by thread `tid`; all other threads are parked by now.
    pub fn after_fork_parent(
        &mut self,
        inferior: &mut dyn Inferior,
        tid: i32,
        link: ForkLink,
        kind: ForkKind,
        child: i32,
    ) -> Resume {
        let _ = (inferior, tid, link, kind, child);
        Resume::all()
    }

    /// In the parent: the fork failed.
    pub fn fork_failed(&mut self, link: ForkLink) {
        let _ = link;
    }

    /// In the child, which stands still until gdb has decided. Its threads are one, its breakpoint
    /// and watchpoint tables are the parent's.
    pub fn after_fork_child(&mut self, inferior: &mut dyn Inferior, link: ForkLink) -> Resume {
        let _ = (inferior, link);
        Resume::all()
    }

    /// Prepares for a host execve of the emulator by itself; `None` if the session has ended.
    pub fn before_exec(&mut self) -> Option<Handover> {
        None
    }

    /// That execve failed: the descriptors are closed on exec again.
    pub fn exec_failed(&mut self) {}

    /// The session of the program that executed this one.
    pub fn resume_handover(text: &str, hide: HideFd) -> Option<Session> {
        let _ = text;
        Some(Session { hide })
    }

    /// The process executed a new program and stands at its first instruction. Its breakpoint and
    /// watchpoint tables are empty.
    pub fn on_exec(&mut self, inferior: &mut dyn Inferior, tid: i32) -> Resume {
        let _ = (inferior, tid);
        Resume::all()
    }

    /// The process is about to end; all its other threads stand still or are gone.
    pub fn on_exit(&mut self, inferior: &mut dyn Inferior, status: ExitStatus) {
        let _ = (inferior, status);
    }
}
