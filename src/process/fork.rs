//! A child with memory of its own: fork.
//!
//! The host's clone is called raw, with every lock of the emulator held, so that the child finds
//! none taken by a thread that it does not have, and what they guard whole.

use super::clone::{child_cpu, host_args};
use super::host_thread;
use super::thread::{Process, Thread, hold_records, release_records};
use crate::host::HostErrno;
use crate::host::raw::{getpid, gettid};
use crate::memory::{alloc, space};
use crate::signal::host;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use syscalls::guest::CloneArgs;

/// Makes the child; returns its pid in the parent and 0 in the child.
pub fn fork(thread: &mut Thread, args: &CloneArgs) -> Result<i32, HostErrno> {
    let cpu = child_cpu(&thread.interp.cpu, args);
    let args = host_args(args);
    host::set_mask(!0);
    let forked = with_locks_held(thread, || host_thread::fork(&args));
    if forked == Ok(0) {
        become_child(thread);
        thread.interp.cpu = cpu;
    }
    thread.open_mask();
    forked
}

/// Runs `fork` with every lock held, and lets go of them in both processes.
fn with_locks_held<R>(thread: &Thread, fork: impl FnOnce() -> R) -> R {
    let process: &Process = &thread.process;
    process.threads.hold();
    process.noted.hold();
    process.actions.hold();
    hold_records();
    let code = thread.code.hold();
    space().hold();
    // Last: the others may allocate while they wait.
    alloc::hold_heap();
    let result = fork();
    alloc::release_heap();
    space().release();
    drop(code);
    release_records();
    process.actions.release();
    process.noted.release();
    process.threads.release();
    result
}

/// In the child: of all threads only this one is left, and what waited for delivery was sent to
/// the parent.
fn become_child(thread: &mut Thread) {
    thread.record.signals.clear();
    thread.record.tid.store(gettid(), Ordering::Release);
    thread.code.keep_only(thread.record.engine);
    let process = Arc::clone(&thread.process);
    process.pid.store(getpid(), Ordering::Relaxed);
    *process.threads.lock() = vec![thread.record];
}
