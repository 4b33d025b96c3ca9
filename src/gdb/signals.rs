//! Signal numbers: the protocol has numbers of its own (include/gdb/signals.def), which for most
//! signals are neither Linux's nor in Linux's order.

use crate::debug::Stop;
use gdbstub::common::Signal;

/// The protocol's numbers for Linux signals 1 to 31 (AArch64 and x86-64 agree on Linux's side).
const STANDARD: [Signal; 31] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGILL,
    Signal::SIGTRAP,
    Signal::SIGABRT,
    Signal::SIGBUS,
    Signal::SIGFPE,
    Signal::SIGKILL,
    Signal::SIGUSR1,
    Signal::SIGSEGV,
    Signal::SIGUSR2,
    Signal::SIGPIPE,
    Signal::SIGALRM,
    Signal::SIGTERM,
    Signal::UNKNOWN, // SIGSTKFLT
    Signal::SIGCHLD,
    Signal::SIGCONT,
    Signal::SIGSTOP,
    Signal::SIGTSTP,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
    Signal::SIGURG,
    Signal::SIGXCPU,
    Signal::SIGXFSZ,
    Signal::SIGVTALRM,
    Signal::SIGPROF,
    Signal::SIGWINCH,
    Signal::SIGIO,
    Signal::SIGPWR,
    Signal::SIGSYS,
];

/// The protocol's number for a Linux signal.
pub fn to_gdb(linux: u32) -> u8 {
    let signal = match linux {
        1..=31 => STANDARD[linux as usize - 1],
        32 => Signal::SIG32,
        33..=63 => Signal(Signal::SIG33.0 + (linux - 33) as u8),
        64 => Signal::SIG64,
        _ => Signal::UNKNOWN,
    };
    signal.0
}

/// The Linux signal for one of the protocol's numbers; `None` if Linux has no such signal.
pub fn to_linux(gdb: u8) -> Option<u32> {
    (1..=64).find(|&linux| gdb != Signal::UNKNOWN.0 && to_gdb(linux) == gdb)
}

/// `si_code` of the SIGTRAP that is a stop under ptrace(2) (include/uapi/asm-generic/siginfo.h).
pub fn code_of_trap(stop: &Stop) -> i32 {
    const TRAP_BRKPT: i32 = 1;
    const TRAP_TRACE: i32 = 2;
    const TRAP_HWBKPT: i32 = 4;
    match stop {
        Stop::Breakpoint => TRAP_BRKPT,
        Stop::Step => TRAP_TRACE,
        Stop::Watchpoint { .. } => TRAP_HWBKPT,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        for linux in (1..=64).filter(|&linux| linux != 16) {
            assert_eq!(to_linux(to_gdb(linux)), Some(linux));
        }
        assert_eq!(to_gdb(libc::SIGUSR1 as u32), 30);
        assert_eq!(to_gdb(34), 46);
        assert_eq!(to_linux(0), None);
        assert_eq!(to_linux(143), None);
    }
}
