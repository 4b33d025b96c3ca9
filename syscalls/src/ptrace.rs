//! ptrace(2) and the waits that report its stops: numbers of include/uapi/linux/ptrace.h and of
//! arch/arm64's, and what surrounds [`Guest::ptrace`] and [`Guest::waited`].

use crate::abi::bytes;
use crate::guest::{Guest, HostError};
use crate::kind::Args;
use crate::table::Handled;

/// PTRACE_*, without the prefix.
#[allow(missing_docs)]
pub mod request {
    pub const TRACEME: u32 = 0;
    pub const PEEKTEXT: u32 = 1;
    pub const PEEKDATA: u32 = 2;
    pub const POKETEXT: u32 = 4;
    pub const POKEDATA: u32 = 5;
    pub const CONT: u32 = 7;
    pub const KILL: u32 = 8;
    pub const SINGLESTEP: u32 = 9;
    pub const ATTACH: u32 = 16;
    pub const DETACH: u32 = 17;
    pub const SYSCALL: u32 = 24;
    pub const SYSEMU: u32 = 31;
    pub const SYSEMU_SINGLESTEP: u32 = 32;
    pub const SETOPTIONS: u32 = 0x4200;
    pub const GETEVENTMSG: u32 = 0x4201;
    pub const GETSIGINFO: u32 = 0x4202;
    pub const SETSIGINFO: u32 = 0x4203;
    pub const GETREGSET: u32 = 0x4204;
    pub const SETREGSET: u32 = 0x4205;
    pub const SEIZE: u32 = 0x4206;
    pub const INTERRUPT: u32 = 0x4207;
    pub const LISTEN: u32 = 0x4208;
    pub const PEEKSIGINFO: u32 = 0x4209;
    pub const GETSIGMASK: u32 = 0x420a;
    pub const SETSIGMASK: u32 = 0x420b;
    pub const SECCOMP_GET_FILTER: u32 = 0x420c;
    pub const SECCOMP_GET_METADATA: u32 = 0x420d;
    pub const GET_SYSCALL_INFO: u32 = 0x420e;
}

/// PTRACE_O_*.
#[allow(missing_docs)]
pub mod option {
    pub const TRACESYSGOOD: u32 = 1;
    pub const TRACEFORK: u32 = 2;
    pub const TRACEVFORK: u32 = 4;
    pub const TRACECLONE: u32 = 8;
    pub const TRACEEXEC: u32 = 16;
    pub const TRACEVFORKDONE: u32 = 32;
    pub const TRACEEXIT: u32 = 64;
    pub const TRACESECCOMP: u32 = 128;
    pub const EXITKILL: u32 = 1 << 20;
    pub const SUSPEND_SECCOMP: u32 = 1 << 21;
    pub const ALL: u32 = 0xff | EXITKILL | SUSPEND_SECCOMP;
}

/// PTRACE_EVENT_*.
#[allow(missing_docs)]
pub mod event {
    pub const FORK: u32 = 1;
    pub const VFORK: u32 = 2;
    pub const CLONE: u32 = 3;
    pub const EXEC: u32 = 4;
    pub const VFORK_DONE: u32 = 5;
    pub const EXIT: u32 = 6;
    pub const SECCOMP: u32 = 7;
    pub const STOP: u32 = 128;
    /// Under PTRACE_O_TRACESYSGOOD, the status of a stop at a system call.
    pub const SYSCALL: u32 = libc::SIGTRAP as u32 | 0x80;
}

/// PTRACE_EVENTMSG_*.
#[allow(missing_docs)]
pub mod message {
    pub const SYSCALL_ENTRY: u64 = 1;
    pub const SYSCALL_EXIT: u64 = 2;
}

/// ptrace(2).
pub fn ptrace(guest: &mut dyn Guest, args: Args) -> Handled {
    guest.ptrace(args.word(0), args.int(1), args.word(2), args.word(3))
}

/// wait4(2). Stops of a tracee that only its emulator knows are not reported.
pub fn wait4(guest: &mut dyn Guest, args: Args) -> Handled {
    let (place, mut status) = (args.addr(1), [0; 4]);
    loop {
        let words = args.with(1, bytes::address_of_mut(&mut status));
        let pid = guest.host(libc::SYS_wait4, words.0)?;
        if pid == 0 {
            return Ok(0);
        }
        if let Some(status) = guest.waited(pid as i32, i32::from_le_bytes(status)) {
            if place.0 != 0 {
                guest.write(place, &status.to_le_bytes())?;
            }
            return Ok(pid);
        }
    }
}

/// waitid(2), likewise; with WNOWAIT the stop is only looked at.
pub fn waitid(guest: &mut dyn Guest, args: Args) -> Handled {
    const WNOWAIT: u32 = 0x0100_0000;
    const CODE: usize = 8;
    const PID: usize = 16;
    const STATUS: usize = 24;
    let place = args.addr(2);
    if args.uint(3) & WNOWAIT != 0 {
        return guest.host(libc::SYS_waitid, args.0);
    }
    loop {
        let mut info = [0; 128];
        let waited = guest.host(libc::SYS_waitid, args.with(2, bytes::address_of_mut(&mut info)).0);
        if let Err(HostError::Restart) = waited {
            return waited;
        }
        // Whatever the error is, the kernel writes an empty siginfo, and fails with EFAULT if it cannot
        // (kernel/exit.c).
        let (code, pid) = (bytes::get_i32(&info, CODE), bytes::get_i32(&info, PID));
        if code == libc::CLD_TRAPPED || code == libc::CLD_STOPPED {
            let Some(status) = guest.waited(pid, bytes::get_i32(&info, STATUS) << 8 | 0x7f) else { continue };
            bytes::put(&mut info, STATUS, &(status >> 8).to_le_bytes());
        } else if pid != 0 {
            guest.waited(pid, 0);
        }
        if place.0 != 0 {
            // The kernel writes these fields and no others.
            for (at, len) in [(0, 12), (PID, 12)] {
                let field = info.get(at..at + len).unwrap_or_default();
                guest.write(crate::GuestAddr(place.0.wrapping_add(at as u64)), field)?;
            }
        }
        return waited;
    }
}
