//! PR_SET_MDWE (Linux 6.3): no memory becomes executable that could have been written. On the host nothing of the guest's
//! is executable, so the rule is kept here.

use super::areas::Prot;
use crate::host::HostErrno;
use std::sync::atomic::{AtomicU64, Ordering};

/// PR_MDWE_REFUSE_EXEC_GAIN.
const REFUSE: u64 = 1;
/// PR_MDWE_NO_INHERIT: not for the children.
const NO_INHERIT: u64 = 2;

/// PR_MDWE_* of an address space.
#[derive(Debug, Default)]
pub struct ExecGain(AtomicU64);

impl ExecGain {
    /// Everything is permitted.
    pub const fn new() -> Self {
        ExecGain(AtomicU64::new(0))
    }

    /// PR_GET_MDWE.
    pub fn bits(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// PR_SET_MDWE: once, and never back (kernel/sys.c, prctl_set_mdwe).
    pub fn set(&self, bits: u64) -> Result<u64, HostErrno> {
        if bits & !(REFUSE | NO_INHERIT) != 0 || bits == NO_INHERIT {
            return Err(HostErrno(libc::EINVAL));
        }
        match self.0.compare_exchange(0, bits, Ordering::Relaxed, Ordering::Relaxed) {
            Err(now) if now != bits => Err(HostErrno(libc::EPERM)),
            _ => Ok(0),
        }
    }

    /// What a child has, or the next program.
    pub fn inherited(&self) -> u64 {
        if self.bits() & NO_INHERIT != 0 { 0 } else { self.bits() }
    }

    /// In the child of a fork.
    pub fn in_child(&self) {
        self.0.store(self.inherited(), Ordering::Relaxed);
    }

    /// True if memory that had the protection `old` (new memory: that which it is to have) may not get `new`
    /// (`map_deny_write_exec`, include/linux/mman.h).
    pub fn refuses(&self, old: Prot, new: Prot) -> bool {
        self.bits() != 0 && new.is_exec() && (new.is_writable() || !old.is_exec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const R: Prot = Prot(libc::PROT_READ as u8);
    const RX: Prot = Prot((libc::PROT_READ | libc::PROT_EXEC) as u8);
    const RWX: Prot = Prot((libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC) as u8);

    #[test]
    fn what_was_not_executable_stays_so_and_what_is_written_is_not() {
        let gain = ExecGain::new();
        assert!(!gain.refuses(R, RWX));
        assert_eq!(gain.set(REFUSE), Ok(0));
        assert!(gain.refuses(R, RX) && gain.refuses(RX, RWX) && gain.refuses(RWX, RWX));
        assert!(!gain.refuses(RX, RX) && !gain.refuses(RX, R) && !gain.refuses(RWX, RX));
    }

    #[test]
    fn it_is_set_once() {
        let gain = ExecGain::new();
        assert_eq!(gain.set(NO_INHERIT), Err(HostErrno(libc::EINVAL)));
        assert_eq!(gain.set(4), Err(HostErrno(libc::EINVAL)));
        assert_eq!(gain.set(REFUSE | NO_INHERIT), Ok(0));
        assert_eq!(gain.set(REFUSE), Err(HostErrno(libc::EPERM)));
        assert_eq!((gain.bits(), gain.inherited()), (3, 0));
    }
}
