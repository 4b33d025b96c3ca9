//! How threads and processes end.

use super::thread::Thread;
use super::{clone, coredump};
use crate::debug::ExitStatus;
use crate::host::raw::{args, exit_group, syscall};
use crate::signal::{SigInfo, host};
use syscalls::strace::signal_name;

/// exit(2): the thread ends; the kernel clears its tid word, and ends the process with the last.
pub fn thread(thread: &mut Thread, status: i32) -> ! {
    if !thread.is_last() {
        thread.report_thread_end(status as u8);
    }
    if !thread.leave_to_others() {
        thread.report_ending(ExitStatus::Exited(status as u8));
    }
    thread.retire();
    // Of a process that shares this memory, others free it.
    if !thread.is_vfork_child
        && !thread.is_neighbour
        && let Some(memory) = clone::free_self(thread)
    {
        memory.exit_and_free(status);
    }
    loop {
        let _ = syscall(libc::SYS_exit, args([status as u64]));
    }
}

/// exit_group(2).
pub fn group(thread: &mut Thread, status: i32) -> ! {
    thread.log_strace(format_args!("+++ exited with {} +++", status & 0xff));
    thread.report_ending(ExitStatus::Exited(status as u8));
    crate::run::engine::log_stats();
    exit_group(status)
}

/// Death by a guest signal is death of the host process by the same one.
pub fn by_signal(thread: &mut Thread, info: &SigInfo) -> ! {
    let signal = info.signal();
    thread.report_ending(ExitStatus::Signaled(signal));
    let dumped = if coredump::dump(thread, info) { " (core dumped)" } else { "" };
    thread.log_strace(format_args!("+++ killed by {}{dumped} +++", signal_name(signal as i32)));
    host::die(signal)
}
