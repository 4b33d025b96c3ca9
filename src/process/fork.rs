//! A child with memory of its own: fork.
//!
//! The host's clone is called raw, with every lock of the emulator held, so that the child finds
//! none taken by a thread that it does not have, and what they guard whole.

use super::clone::{CLONE_CLEAR_SIGHAND, child_cpu, host_args};
use super::thread::{InterruptedCall, Process, Thread, hold_records, release_records};
use super::world::Debug;
use super::{host_thread, marks};
use super::{tenancy, tracer};
use crate::debug::{ForkKind, Stop};
use crate::host::call::{Interrupted, interruptible};
use crate::host::raw::{args, getpid, gettid, syscall};
use crate::host::{HostErrno, fds};
use crate::memory::{alloc, space};
use crate::signal::{SigSet, host};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use syscalls::guest::CloneArgs;

/// Makes the child; returns its pid in the parent and 0 in the child.
pub fn fork(thread: &mut Thread, args: &CloneArgs) -> Result<i32, HostErrno> {
    fork_as(thread, args, ForkKind::Fork, |_| Ok(()))
}

/// The same; a debugger hears of a vfork if it is one to the guest. What has to be done while no other thread forks is done
/// before.
fn fork_as(
    thread: &mut Thread,
    args: &CloneArgs,
    kind: ForkKind,
    prepare: impl FnOnce(&mut Thread) -> Result<(), HostErrno>,
) -> Result<i32, HostErrno> {
    thread.block_signals()?;
    let debug = thread.process.debug().cloned();
    let is_reported = thread.before_fork(kind);
    if let Err(error) = prepare(thread) {
        thread.open_mask();
        thread.forked_parent(is_reported, None);
        return Err(error);
    }
    let cpu = child_cpu(&thread.interp.cpu, args);
    let host_args = host_args(args);
    let waited = thread.record.signals.pending(!0);
    // A tracer's messages to the child must find it as one.
    let mask = if thread.is_traced() { !0 } else { thread.signals.mask & !thread.record.signals.never_blocked() };
    let is_as_before = |thread: &Thread| thread.process.debug().is_some() == debug.is_some();
    let forked = with_locks_held(thread, debug.as_deref(), || {
        if !is_as_before(thread) {
            // A debugger has come meanwhile, which wants to hear of it.
            return Err(Interrupted::BeforeEntry);
        }
        // A signal to the process's group comes before there is a child, or reaches both: the kernel sees to that
        // (copy_process()), where signals are not blocked.
        host::set_mask(mask);
        let forked = host_thread::fork_unless_signalled(&host_args, &thread.record.signals.attention);
        host::set_mask(!0);
        forked
    });
    let forked = forked.map_err(|interrupted| match interrupted {
        Interrupted::Errno(error) => error,
        Interrupted::BeforeEntry | Interrupted::WouldRestart => {
            thread.interrupted = Some(InterruptedCall::BeforeEntry);
            HostErrno(libc::EINTR)
        }
    });
    if forked == Ok(0) {
        become_child(thread, waited);
        thread.begin_after_fork(args);
        if kind == ForkKind::Fork
            && let Some(writer) = thread.holds_parent.take()
        {
            fds::close_hidden(writer);
        }
        if args.flags & CLONE_CLEAR_SIGHAND != 0 {
            thread.process.actions.drop_handlers(thread.record.signals.never_blocked());
        }
        thread.interp.cpu = cpu;
        thread.open_mask();
        thread.forked_child();
    } else {
        if kind == ForkKind::Vfork
            && let Some(writer) = thread.holds_parent.take()
        {
            fds::close_hidden(writer);
        }
        thread.open_mask();
        thread.forked_parent(is_reported, forked.ok());
    }
    forked
}

/// A fork whose parent waits until the child has executed a program or ended (CLONE_VFORK without
/// CLONE_VM), under a debugger: then the last descriptor of a pipe's writing end is closed. The
/// kernel's own wait could not be interrupted.
pub fn vfork(thread: &mut Thread, args: &CloneArgs) -> Result<i32, HostErrno> {
    const SHARING: u64 = (libc::CLONE_VM | libc::CLONE_VFORK) as u64;
    let mut reads_end = None;
    let make_pipe = |thread: &mut Thread| {
        let (reader, writer) = hidden_pipe()?;
        thread.holds_parent = Some(writer);
        reads_end = Some(reader);
        Ok(())
    };
    let forked = fork_as(thread, &CloneArgs { flags: args.flags & !SHARING, ..*args }, ForkKind::Vfork, make_pipe);
    let Some(reader) = reads_end else { return forked };
    if forked == Ok(0) {
        fds::close_hidden(reader);
        return forked;
    }
    if forked.is_ok() {
        wait_for_end_of_file(thread, reader);
        thread.stop_for(Stop::VforkDone);
        thread.catch_return();
    }
    fds::close_hidden(reader);
    forked
}

/// A pipe that the guest does not see: its reading end, and its writing end.
pub fn hidden_pipe() -> Result<(i32, i32), HostErrno> {
    let mut ends = [0i32; 2];
    // pipe2(2) fills both.
    syscall(libc::SYS_pipe2, args([ends.as_mut_ptr() as u64, libc::O_CLOEXEC as u64]))?;
    Ok((fds::hide(ends[0])?, fds::hide(ends[1])?))
}

/// Waits until nobody can write to `fd` any more, parking when told to. Signals wait meanwhile, as
/// they do for the parent of a vfork.
pub fn wait_for_end_of_file(thread: &mut Thread, fd: i32) {
    let attention = thread.record.signals.attention;
    let mut byte = 0u8;
    let read = [fd as u64, &raw mut byte as u64, 1, 0, 0, 0];
    loop {
        match interruptible(attention.word, attention.kick, libc::SYS_read, &read) {
            Ok(_) => return,
            Err(Interrupted::Errno(HostErrno(error))) if error != libc::EINTR => return,
            Err(_) => {}
        }
        if thread.has_kick() {
            attention.word.fetch_and(!attention.kick, Ordering::AcqRel);
            thread.heed_kick();
        }
    }
}

/// Runs `fork` with every lock held, the debugger's as well, and lets go of them in both processes.
///
/// A thread that is the only one in this memory holds the heap's alone: another may still be giving its own memory
/// back when it has left the cache of code, and takes no other lock then. Each page that a lock lies in would be
/// copied, in the parent and in the child.
fn with_locks_held<R>(thread: &Thread, debug: Option<&Debug>, fork: impl FnOnce() -> R) -> R {
    let process: &Process = &thread.process;
    if debug.is_none() && thread.code.has_one_thread() {
        alloc::hold_heap();
        let result = fork();
        alloc::release_heap();
        return result;
    }
    process.threads.hold();
    process.noted.hold();
    process.rings.hold();
    process.actions.hold();
    tracer::hold();
    tenancy::hold();
    marks::hold();
    hold_records();
    if let Some(debug) = debug {
        debug.hold();
    }
    space().hold_changes();
    let translations = crate::run::engine::translations().map(|t| t.hold());
    let code = thread.code.hold();
    space().hold();
    let disassembler = crate::decode::print::hold();
    // Last: the others may allocate while they wait.
    alloc::hold_heap();
    let result = fork();
    alloc::release_heap();
    drop(disassembler);
    space().release();
    drop(code);
    drop(translations);
    space().release_changes();
    if let Some(debug) = debug {
        debug.release();
    }
    release_records();
    marks::release();
    tenancy::release();
    tracer::release();
    process.actions.release();
    process.rings.release();
    process.noted.release();
    process.threads.release();
    result
}

/// In the child: of all threads only this one is left, and what had waited for delivery was sent to
/// the parent.
fn become_child(thread: &mut Thread, waited: SigSet) {
    thread.record.signals.forget(waited);
    thread.record.tid.store(gettid(), Ordering::Release);
    thread.record.engine.tid.store(gettid(), Ordering::Release);
    thread.code.keep_only(thread.record.engine);
    alloc::return_other_arenas();
    space().exec_gain.in_child();
    tenancy::forget_neighbours();
    thread.tenancy = thread.tenancy.alone();
    (thread.is_vfork_child, thread.is_neighbour) = (false, false);
    thread.caught_call = None;
    if let Some(debug) = thread.process.debug() {
        marks::keep_only(thread.code, &debug.points());
    }
    let process = Arc::clone(&thread.process);
    process.pid.store(getpid(), Ordering::Relaxed);
    *process.threads.lock() = vec![thread.record];
    process.unborn.store(0, Ordering::Relaxed);
}
