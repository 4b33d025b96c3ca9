//! The io_urings of a process, for the entries that are not the same on both sides (`syscalls`' `io_uring`).
//!
//! Only what was set up and mapped in this process is known, by its descriptor. A ring that is unmapped is forgotten,
//! so that nothing else is taken for its entries.

use crate::host::Lock;
use crate::memory::addr::AddrRange;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use syscalls::abi::io_uring::Ring;

/// By descriptor.
#[derive(Debug, Default)]
pub struct Rings {
    /// False for nearly every program.
    is_used: AtomicBool,
    by_fd: Lock<BTreeMap<i32, Ring>>,
}

impl Rings {
    /// The one that `fd` is.
    pub fn get(&self, fd: i32) -> Option<Ring> {
        if !self.is_used.load(Ordering::Relaxed) {
            return None;
        }
        self.by_fd.lock().get(&fd).copied()
    }

    /// `fd` is that one, or none.
    pub fn set(&self, fd: i32, ring: Option<Ring>) {
        let mut by_fd = self.by_fd.lock();
        match ring {
            Some(ring) => {
                self.is_used.store(true, Ordering::Relaxed);
                by_fd.insert(fd, ring);
            }
            None => {
                by_fd.remove(&fd);
            }
        }
    }

    /// The guest has unmapped this.
    pub fn unmapped(&self, range: AddrRange) {
        if self.is_used.load(Ordering::Relaxed) {
            let is_inside = |addr: u64| (range.start..range.end).contains(&addr);
            self.by_fd.lock().retain(|_, ring| !is_inside(ring.rings.0) && !is_inside(ring.entries.0));
        }
    }

    /// For a child that shares the memory.
    pub fn copied(&self) -> Self {
        let is_used = AtomicBool::new(self.is_used.load(Ordering::Relaxed));
        Rings { is_used, by_fd: Lock::new(self.by_fd.lock().clone()) }
    }

    /// Takes the lock for the time of a fork.
    pub fn hold(&self) {
        self.by_fd.hold();
    }

    /// Undoes [`Rings::hold`].
    pub fn release(&self) {
        self.by_fd.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syscalls::guest::GuestAddr;

    #[test]
    fn a_ring_is_known_until_a_part_of_it_is_unmapped() {
        let rings = Rings::default();
        let mut ring = Ring::default();
        (ring.rings, ring.entries) = (GuestAddr(0x1000), GuestAddr(0x5000));
        rings.set(7, Some(ring));
        rings.unmapped(AddrRange { start: 0x2000, end: 0x5000 });
        assert_eq!((rings.get(7), rings.get(8)), (Some(ring), None));
        assert_eq!(rings.copied().get(7), Some(ring));
        rings.unmapped(AddrRange { start: 0x4000, end: 0x6000 });
        assert_eq!(rings.get(7), None);
    }
}
