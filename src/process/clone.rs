//! clone(2) and clone3(2): a new guest thread or process, one small function per thing that a flag
//! decides. The kernel gets the guest's flags and pointers and does the rest: tids, pidfds, robust
//! lists, namespaces, what is shared.
#![allow(unsafe_code)]

use super::fork;
use super::host_thread::{HostCloneArgs, ThreadMemory, spawn};
use super::tenancy::{self, Tenancy};
use super::thread::{Process, Thread};
use super::world::Debug;
use crate::cpu::CpuState;
use crate::cpu::state::Exclusive;
use crate::debug::{ForkKind, Stop};
use crate::host::raw::{close, getpid};
use crate::host::{HostErrno, fds};
use crate::signal::deliver::SignalState;
use crate::signal::{Actions, altstack};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use syscalls::errno::Errno;
use syscalls::guest::CloneArgs;

const CLONE_VM: u64 = libc::CLONE_VM as u64;
const CLONE_VFORK: u64 = libc::CLONE_VFORK as u64;
const CLONE_THREAD: u64 = libc::CLONE_THREAD as u64;
const CLONE_SIGHAND: u64 = libc::CLONE_SIGHAND as u64;
const CLONE_SETTLS: u64 = libc::CLONE_SETTLS as u64;
/// clone3 only: the child's handlers are reset.
pub const CLONE_CLEAR_SIGHAND: u64 = 1 << 32;

/// Makes the child; returns its tid to the parent. The child returns from its own SVC.
pub fn clone(thread: &mut Thread, args: &CloneArgs) -> Result<u64, Errno> {
    let is_vfork = args.flags & CLONE_VFORK != 0;
    let is_debugged_vfork = is_vfork && args.flags & CLONE_THREAD == 0 && thread.process.debug().is_some();
    if thread.is_traced() {
        thread.publish();
    }
    let made = match (args.flags & CLONE_VM != 0, is_debugged_vfork) {
        (false, false) => fork::fork(thread, args),
        (false, true) => fork::vfork(thread, args),
        (true, false) => share_memory(thread, args),
        (true, true) => vfork_sharing_memory(thread, args),
    };
    made.map(|tid| tid as u64).map_err(|error| Errno(error.0))
}

/// What the host's clone is asked for: the same, but for the thread pointer and the signal handlers,
/// which are ours there.
pub fn host_args(args: &CloneArgs) -> HostCloneArgs {
    HostCloneArgs {
        flags: args.flags & !(CLONE_SETTLS | CLONE_CLEAR_SIGHAND),
        pidfd: args.pidfd.0,
        child_tid: args.child_tid.0,
        parent_tid: args.parent_tid.0,
        exit_signal: args.exit_signal,
        set_tid: args.set_tid.0.0,
        set_tid_size: args.set_tid.1,
        cgroup: args.cgroup,
        ..HostCloneArgs::default()
    }
}

/// The child's registers: its own stack, its own thread pointer, 0 from the call.
pub fn child_cpu(parent: &CpuState, args: &CloneArgs) -> CpuState {
    let mut cpu = parent.clone();
    cpu.x[0] = 0;
    cpu.exclusive.addr = Exclusive::NONE;
    if args.stack != 0 {
        cpu.sp = args.stack;
    }
    if args.flags & CLONE_SETTLS != 0 {
        cpu.tpidr_el0 = args.tls;
    }
    cpu
}

/// A child that shares memory leaves the alternate stack to its parent, unless that waits.
fn child_signals(parent: &SignalState, args: &CloneArgs) -> SignalState {
    let keeps_altstack = args.flags & CLONE_VFORK != 0;
    SignalState { altstack: if keeps_altstack { parent.altstack } else { altstack::NONE }, wait_mask: None, ..*parent }
}

/// CLONE_SIGHAND shares the actions, else they are copied.
fn child_actions(parent: &Arc<Actions>, args: &CloneArgs) -> Arc<Actions> {
    if args.flags & CLONE_SIGHAND != 0 { parent.clone() } else { Arc::new(parent.copied()) }
}

/// CLONE_THREAD joins the process; without it the child is a process that shares memory.
fn child_process(parent: &Arc<Process>, args: &CloneArgs, debug: Option<Arc<Debug>>) -> Arc<Process> {
    if args.flags & CLONE_THREAD != 0 {
        parent.clone()
    } else {
        parent.sharing_memory(child_actions(&parent.actions, args), debug)
    }
}

/// CLONE_VM: the child runs on a host thread of its own. With CLONE_VFORK the kernel lets us go on
/// only when the child has executed a program or ended, and then its memory here is ours to free.
fn share_memory(thread: &mut Thread, args: &CloneArgs) -> Result<i32, HostErrno> {
    let is_neighbour = args.flags & (CLONE_VFORK | CLONE_THREAD) == 0;
    if is_neighbour {
        // SAFETY: the thread was boxed here, and its process has ended.
        tenancy::clear_up(|thread, memory| unsafe { free_child(thread, memory) });
    }
    let memory = ThreadMemory::new()?;
    // The child opens its mask when it is ready for signals.
    thread.block_signals().inspect_err(|_| memory.free())?;
    let child = new_child(thread, args, memory, None);
    let tenancy = child.tenancy;
    let child = Box::into_raw(child);
    let is_thread = args.flags & CLONE_THREAD != 0;
    thread.process.unborn.fetch_add(u32::from(is_thread), Ordering::AcqRel);
    let made = spawn(&host_args(args), &memory, child_main, child.cast());
    if made.is_err() {
        thread.process.unborn.fetch_sub(u32::from(is_thread), Ordering::AcqRel);
    }
    match made {
        Ok(pid) if is_neighbour => tenancy::note_neighbour(pid, tenancy, child, memory),
        Ok(_) if args.flags & CLONE_VFORK == 0 => {}
        _ => {
            if !is_thread {
                tenancy.end();
            }
            // SAFETY: there is no child, or it no longer runs in this memory.
            unsafe { free_child(child, memory) };
        }
    }
    thread.open_mask();
    made
}

/// # Safety
///
/// [`share_memory`] made the thread, and it does not run, nor ever will.
unsafe fn free_child(thread: *mut Thread, memory: ThreadMemory) {
    // SAFETY: so says the caller.
    drop(unsafe { Box::from_raw(thread) });
    memory.free();
}

fn new_child(thread: &Thread, args: &CloneArgs, memory: ThreadMemory, debug: Option<Arc<Debug>>) -> Box<Thread> {
    let cpu = child_cpu(&thread.interp.cpu, args);
    let process = child_process(&thread.process, args, debug);
    let mut child = Thread::new(cpu, process, thread.code, child_signals(&thread.signals, args));
    child.memory = Some(memory);
    child.is_vfork_child = args.flags & CLONE_VFORK != 0;
    let is_thread = args.flags & CLONE_THREAD != 0;
    child.is_neighbour = !is_thread && !child.is_vfork_child;
    child.tenancy = if is_thread { thread.tenancy } else { Tenancy::begin() };
    child.drops_watch = thread.is_watched_in_vain(child.record, args);
    child.record.seccomp.inherit(&thread.record.seccomp);
    child.takes_tags = thread.takes_tags;
    child.drops_handlers = args.flags & CLONE_CLEAR_SIGHAND != 0;
    child
}

/// A vfork under a debugger. In the kernel's own wait this thread could not stand still for the
/// debugger, so it is made without CLONE_VFORK: the child alone has the writing end of a pipe, in
/// a descriptor table of its own, and the kernel closes that only after the child has left this memory.
/// The pipe is there only while no other thread forks, whose child would have it, too.
fn vfork_sharing_memory(thread: &mut Thread, args: &CloneArgs) -> Result<i32, HostErrno> {
    const WAITS: u64 = CLONE_VFORK | libc::CLONE_FILES as u64;
    let memory = ThreadMemory::new()?;
    thread.block_signals().inspect_err(|_| memory.free())?;
    let is_reported = thread.before_fork(ForkKind::Vfork);
    let (reader, writer) = fork::hidden_pipe().inspect_err(|_| {
        thread.open_mask();
        thread.forked_parent(is_reported, None);
        memory.free();
    })?;
    let debug = if is_reported { thread.debugger_of_child() } else { None };
    let mut child = new_child(thread, args, memory, debug);
    child.holds_parent = Some(writer);
    let tenancy = child.tenancy;
    let child = Box::into_raw(child);
    let host_args = HostCloneArgs { flags: host_args(args).flags & !WAITS, ..host_args(args) };
    let made = spawn(&host_args, &memory, child_main, child.cast());
    thread.open_mask();
    // Its number stays hidden: the child has it open.
    close(writer);
    thread.forked_parent(is_reported, made.ok());
    if made.is_ok() {
        fork::wait_for_end_of_file(thread, reader);
    }
    tenancy.end();
    fds::forget(writer);
    fds::close_hidden(reader);
    // SAFETY: there is no child, or it no longer runs in this memory.
    free_vfork_child(unsafe { Box::from_raw(child) });
    memory.free();
    if made.is_ok() && is_reported {
        thread.stop_for(Stop::VforkDone);
        thread.catch_return();
    }
    made
}

/// In the parent. What the child was using when it was killed cannot be taken apart, and stays.
fn free_vfork_child(child: Box<Thread>) {
    let Some(debug) = child.process.debug().cloned() else { return };
    debug.abandon(child.code);
    if !debug.is_at_rest() {
        std::mem::forget(debug);
    }
}

/// Where a child that shares memory begins.
extern "C" fn child_main(thread: *mut u8) -> ! {
    // SAFETY: the parent made the thread for this child alone.
    let thread = unsafe { &mut *thread.cast::<Thread>() };
    thread.tenancy.enter();
    if thread.process.pid.load(Ordering::Relaxed) == 0 {
        thread.process.pid.store(getpid(), Ordering::Relaxed);
    }
    if thread.drops_handlers {
        thread.process.actions.drop_handlers(thread.record.signals.never_blocked());
    }
    if thread.drops_watch {
        thread.process.actions.watch(false, thread.record.signals.never_blocked());
    }
    thread.begin();
    if !thread.is_vfork_child && !thread.is_neighbour {
        thread.process.unborn.fetch_sub(1, Ordering::AcqRel);
    }
    if thread.is_vfork_child {
        thread.forked_child();
    } else {
        thread.report_birth();
    }
    thread.run()
}

/// Frees a thread that [`clone`] made, when it ends by itself; returns the memory it runs on.
pub fn free_self(thread: &mut Thread) -> Option<ThreadMemory> {
    let memory = thread.memory?;
    // SAFETY: `share_memory` boxed it and gave it to the host thread that calls this, which uses
    // it no more.
    drop(unsafe { Box::from_raw(std::ptr::from_mut(thread)) });
    Some(memory)
}
