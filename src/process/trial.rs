//! Whether the host would execute a program. The debugger hears of it as the end of the process, which is
//! to be true: what only the host's kernel can say (a damaged file, an interpreter that is missing, too
//! many arguments) a process finds out that executes the program and is killed at its first instruction.

use super::host_thread::{self, HostCloneArgs};
use crate::host::HostErrno;
use crate::host::raw::{args, exit_group, syscall};
use syscalls::errno::Errno;

/// The error that execveat(2) with these arguments would give. No error also where that cannot be found out.
pub fn exec_on_host(exec: [u64; 5]) -> Result<(), Errno> {
    // Its tracer's signals are not the guest's to see: both are processes of their own.
    match fork() {
        Ok(0) => exit_group(as_tracer(exec)),
        Ok(tracer) => match wait(tracer) {
            Some(0) | None => Ok(()),
            Some(error) => Err(Errno(error)),
        },
        Err(_) => Ok(()),
    }
}

fn as_tracer(exec: [u64; 5]) -> i32 {
    let child = match fork() {
        Ok(0) => exit_group(as_tracee(exec)),
        Ok(child) => child,
        Err(_) => return 0,
    };
    match wait(child) {
        Some(error) => error,
        None => {
            let _ = syscall(libc::SYS_kill, args([child as u64, libc::SIGKILL as u64]));
            wait(child).unwrap_or(0)
        }
    }
}

/// Comes back only if it cannot be executed, or must not be.
fn as_tracee(exec: [u64; 5]) -> i32 {
    if syscall(libc::SYS_ptrace, args([libc::PTRACE_TRACEME as u64])).is_err() {
        return 0;
    }
    match syscall(libc::SYS_execveat, args(exec)) {
        Ok(_) => 0,
        Err(HostErrno(error)) => error,
    }
}

fn fork() -> Result<i32, HostErrno> {
    host_thread::fork(&HostCloneArgs::default())
}

/// The exit status of a child; `None` if it has stopped, or was killed.
fn wait(child: i32) -> Option<i32> {
    let mut status = 0;
    let wait = args([child as u64, &raw mut status as u64, libc::__WALL as u64]);
    while syscall(libc::SYS_wait4, wait) == Err(HostErrno(libc::EINTR)) {}
    libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status))
}
