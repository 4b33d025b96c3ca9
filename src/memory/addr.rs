//! Guest addresses: their limits, pages and tags. A guest address is the host address of the same
//! byte.

pub use super::access::untag;
pub use crate::host::raw::GUEST_TOP;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Bytes per page, on both sides.
pub const PAGE: u64 = 4096;

/// `addr` rounded down to its page.
#[inline]
pub fn page_down(addr: u64) -> u64 {
    addr & !(PAGE - 1)
}

/// `addr` rounded up to a page, or None where that overflows.
#[inline]
pub fn page_up(addr: u64) -> Option<u64> {
    addr.checked_next_multiple_of(PAGE)
}

/// True for a multiple of the page size.
#[inline]
pub fn is_page_aligned(addr: u64) -> bool {
    addr.is_multiple_of(PAGE)
}

/// Hashes a guest address: multiplied, the upper bits used.
#[derive(Default)]
pub struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(self.0 << 8 ^ u64::from(byte)));
    }

    fn write_u64(&mut self, v: u64) {
        self.0 = v.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// By guest address, or what is made of one.
pub type AddressMap<T> = HashMap<u64, T, BuildHasherDefault<AddressHasher>>;

/// A half-open range of guest addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AddrRange {
    /// First address.
    pub start: u64,
    /// First address beyond.
    pub end: u64,
}

impl AddrRange {
    /// The range of `len` bytes at `addr`, or None if it is not below [`GUEST_TOP`] as a whole.
    pub fn of_guest(addr: u64, len: u64) -> Option<Self> {
        let end = addr.checked_add(len)?;
        (end <= GUEST_TOP).then_some(AddrRange { start: addr, end })
    }

    /// Bytes in the range.
    pub fn len(self) -> u64 {
        self.end - self.start
    }

    /// True for a range without bytes.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// True if `addr` lies inside.
    pub fn contains(self, addr: u64) -> bool {
        (self.start..self.end).contains(&addr)
    }
}
