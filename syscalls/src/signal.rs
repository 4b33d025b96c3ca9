//! Signals: actions and masks belong to the process layer, which shares the host's signals with
//! the guest; sending, queueing and waiting are the host kernel's own.

use crate::abi::bytes;
use crate::guest::{Guest, GuestAddr, HostError, SigAction, SigAltStack};
use crate::kind::Args;
use crate::poll::{wait, wait_mask, with_mask};
use crate::table::Handled;
use crate::{Errno, Outcome};

/// sizeof(sigset_t) in the kernel.
const SIGSET_SIZE: u64 = 8;
const LAST_SIGNAL: i32 = 64;
/// SIGKILL and SIGSTOP, which no mask holds.
const UNBLOCKABLE: u64 = 1 << (libc::SIGKILL - 1) | 1 << (libc::SIGSTOP - 1);

/// Bytes of `struct sigaction`: handler, flags, restorer, mask, each of 8.
pub const SIGACTION_SIZE: usize = 32;
/// Bytes of `stack_t`: sp, flags and padding, size.
pub const SIGALTSTACK_SIZE: usize = 24;

/// rt_sigaction(2).
pub fn rt_sigaction(guest: &mut dyn Guest, args: Args) -> Handled {
    let (signal, new, old) = (args.int(0), args.addr(1), args.addr(2));
    if args.word(3) != SIGSET_SIZE {
        return Err(Errno::EINVAL.into());
    }
    let action = if new.0 == 0 { None } else { Some(read_action(guest, new)?) };
    let fixed = signal == libc::SIGKILL || signal == libc::SIGSTOP;
    if !(1..=LAST_SIGNAL).contains(&signal) || (fixed && action.is_some()) {
        return Err(Errno::EINVAL.into());
    }
    let before = guest.sigaction(signal as u32, action)?;
    if old.0 != 0 {
        guest.write(old, &action_bytes(&before))?;
    }
    Ok(0)
}

/// The guest's `struct sigaction`. Its mask never holds SIGKILL or SIGSTOP.
pub fn read_action(guest: &dyn Guest, at: GuestAddr) -> Result<SigAction, Errno> {
    let mut raw = [0; SIGACTION_SIZE];
    guest.read(at, &mut raw)?;
    Ok(SigAction {
        handler: bytes::get_u64(&raw, 0),
        flags: bytes::get_u64(&raw, 8),
        restorer: bytes::get_u64(&raw, 16),
        mask: bytes::get_u64(&raw, 24) & !UNBLOCKABLE,
    })
}

fn action_bytes(action: &SigAction) -> [u8; SIGACTION_SIZE] {
    let mut raw = [0; SIGACTION_SIZE];
    for (at, word) in [(0, action.handler), (8, action.flags), (16, action.restorer), (24, action.mask)] {
        bytes::put(&mut raw, at, &word.to_le_bytes());
    }
    raw
}

/// rt_sigprocmask(2).
pub fn rt_sigprocmask(guest: &mut dyn Guest, args: Args) -> Handled {
    let (how, set, old) = (args.int(0), args.addr(1), args.addr(2));
    if args.word(3) != SIGSET_SIZE {
        return Err(Errno::EINVAL.into());
    }
    let before = guest.sigmask();
    if set.0 != 0 {
        let mut raw = [0; 8];
        guest.read(set, &mut raw)?;
        let set = u64::from_le_bytes(raw) & !UNBLOCKABLE;
        let mask = match how {
            libc::SIG_BLOCK => before | set,
            libc::SIG_UNBLOCK => before & !set,
            libc::SIG_SETMASK => set,
            _ => return Err(Errno::EINVAL.into()),
        };
        guest.set_sigmask(mask)?;
    }
    if old.0 != 0 {
        guest.write(old, &before.to_le_bytes())?;
    }
    Ok(0)
}

/// rt_sigpending(2).
pub fn rt_sigpending(guest: &mut dyn Guest, args: Args) -> Handled {
    guest.host(libc::SYS_rt_sigpending, args.0)?;
    let here = guest.pending_here();
    if here != 0 {
        let mut set = [0; 8];
        guest.read(args.addr(0), &mut set)?;
        guest.write(args.addr(0), &(u64::from_le_bytes(set) | here).to_le_bytes())?;
    }
    Ok(0)
}

/// rt_sigtimedwait(2): what waits with us is looked for before the wait and when something ends it.
pub fn rt_sigtimedwait(guest: &mut dyn Guest, args: Args) -> Handled {
    let mut set = [0; 8];
    if args.word(3) != SIGSET_SIZE || guest.read(args.addr(0), &mut set).is_err() {
        return guest.host(libc::SYS_rt_sigtimedwait, args.0);
    }
    let taken = |guest: &mut dyn Guest| {
        let info = guest.take_pending(u64::from_le_bytes(set))?;
        let signal = u64::from(bytes::get_u32(&info, 0));
        Some(match args.word(1) {
            0 => Ok(signal),
            _ => guest.write(args.addr(1), &info).map(|()| signal).map_err(HostError::from),
        })
    };
    if let Some(signal) = taken(guest) {
        return signal;
    }
    let waited = guest.host(libc::SYS_rt_sigtimedwait, args.0);
    if waited.is_err()
        && let Some(signal) = taken(guest)
    {
        return signal;
    }
    waited
}

/// signalfd4(2). Of the signals that wait with us, its readers find those in the kernel from now on.
pub fn signalfd4(guest: &mut dyn Guest, args: Args) -> Handled {
    let fd = guest.host(libc::SYS_signalfd4, args.0)?;
    let mut set = [0; 8];
    if guest.read(args.addr(1), &mut set).is_ok() {
        guest.reads_signals(u64::from_le_bytes(set));
    }
    Ok(fd)
}

/// rt_sigsuspend(2): always ends in EINTR, after a handler has run.
pub fn rt_sigsuspend(guest: &mut dyn Guest, args: Args) -> Handled {
    let mask = wait_mask(guest, args.addr(0), args.word(1));
    wait(guest, libc::SYS_rt_sigsuspend, with_mask(args, 0, &mask))
}

/// sigaltstack(2).
pub fn sigaltstack(guest: &mut dyn Guest, args: Args) -> Handled {
    let (new, old) = (args.addr(0), args.addr(1));
    let stack = match new {
        GuestAddr(0) => None,
        at => {
            let mut raw = [0; SIGALTSTACK_SIZE];
            guest.read(at, &mut raw)?;
            let (sp, flags, size) = (bytes::get_u64(&raw, 0), bytes::get_i32(&raw, 8), bytes::get_u64(&raw, 16));
            Some(SigAltStack { sp, flags, pad: 0, size })
        }
    };
    let before = guest.sigaltstack(stack)?;
    if old.0 != 0 {
        let mut raw = [0; SIGALTSTACK_SIZE];
        bytes::put(&mut raw, 0, &before.sp.to_le_bytes());
        bytes::put(&mut raw, 8, &before.flags.to_le_bytes());
        bytes::put(&mut raw, 16, &before.size.to_le_bytes());
        guest.write(old, &raw)?;
    }
    Ok(0)
}

/// rt_sigreturn(2).
pub fn rt_sigreturn(_guest: &mut dyn Guest, _args: Args) -> Outcome {
    Outcome::SigReturn
}

/// restart_syscall(2): only the kernel's own restarts use it, and those stay inside the host's.
pub fn restart_syscall(_guest: &mut dyn Guest, _args: Args) -> Handled {
    Err(Errno::EINTR.into())
}
