//! The alternate signal stack (`do_sigaltstack` in kernel/signal.c).

use crate::host::raw::HostErrno;
use syscalls::guest::SigAltStack;

const SS_ONSTACK: i32 = libc::SS_ONSTACK;
const SS_DISABLE: i32 = libc::SS_DISABLE;
/// The stack is disarmed while a handler runs on it.
pub const SS_AUTODISARM: i32 = 1 << 31;
/// MINSIGSTKSZ of arm64 (arch/arm64/include/uapi/asm/signal.h).
const MINSIGSTKSZ: u64 = 5120;

/// A thread without one.
pub const NONE: SigAltStack = SigAltStack { sp: 0, flags: SS_DISABLE, pad: 0, size: 0 };
/// The same in a program that never had one.
pub const NEVER: SigAltStack = SigAltStack { flags: 0, ..NONE };

/// True if `sp` lies on the stack, so that a handler goes on using it.
pub fn is_on(stack: &SigAltStack, sp: u64) -> bool {
    // With SS_AUTODISARM the kernel never takes sp as being on it.
    stack.flags & SS_AUTODISARM == 0 && sp > stack.sp && sp - stack.sp <= stack.size
}

/// What sigaltstack(2) and a signal frame report.
pub fn reported(stack: &SigAltStack, sp: u64) -> SigAltStack {
    let state = match stack.size {
        0 => SS_DISABLE,
        _ if is_on(stack, sp) => SS_ONSTACK,
        _ => 0,
    };
    SigAltStack { flags: state | stack.flags & SS_AUTODISARM, pad: 0, ..*stack }
}

/// sigaltstack(2) of a thread whose stack pointer is `sp`; returns the old one.
pub fn set(stack: &mut SigAltStack, new: Option<SigAltStack>, sp: u64) -> Result<SigAltStack, HostErrno> {
    let old = reported(stack, sp);
    let Some(new) = new else { return Ok(old) };
    if is_on(stack, sp) {
        return Err(HostErrno(libc::EPERM));
    }
    match new.flags & !SS_AUTODISARM {
        // Nothing changes, so nothing is looked at.
        SS_DISABLE | 0 | SS_ONSTACK if (SigAltStack { pad: 0, ..new }) == *stack => {}
        SS_DISABLE => *stack = SigAltStack { flags: new.flags, ..NONE },
        0 | SS_ONSTACK if new.size < MINSIGSTKSZ => return Err(HostErrno(libc::ENOMEM)),
        0 | SS_ONSTACK => *stack = SigAltStack { pad: 0, ..new },
        _ => return Err(HostErrno(libc::EINVAL)),
    }
    Ok(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STACK: SigAltStack = SigAltStack { sp: 0x10000, flags: 0, pad: 0, size: 0x4000 };

    #[test]
    fn the_stack_in_use_cannot_be_changed() {
        let mut stack = STACK;
        assert_eq!(set(&mut stack, Some(NONE), 0x12000), Err(HostErrno(libc::EPERM)));
        assert_eq!(set(&mut stack, Some(NONE), 0x20000).map(|old| old.sp), Ok(0x10000));
        assert_eq!(reported(&stack, 0x12000).flags, SS_DISABLE);
    }

    #[test]
    fn too_small_a_stack_is_refused() {
        let mut stack = NEVER;
        let small = SigAltStack { size: 2048, ..STACK };
        assert_eq!(set(&mut stack, Some(small), 0), Err(HostErrno(libc::ENOMEM)));
        assert!(set(&mut stack, Some(NEVER), 0).is_ok(), "what it has already");
        assert!(set(&mut stack, Some(NONE), 0).is_ok());
        assert_eq!(set(&mut stack, Some(NEVER), 0), Err(HostErrno(libc::ENOMEM)));
    }
}
