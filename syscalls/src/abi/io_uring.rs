//! The parts of io_uring's structures that are looked into (include/uapi/linux/io_uring.h). They are the same on
//! both sides; what entries hold may differ.

use super::bytes::{get_u32, get_u64};
use crate::GuestAddr;

/// Bytes of `struct io_uring_params`.
pub const PARAMS_SIZE: usize = 120;
/// The least that an entry has.
pub const ENTRY_SIZE: usize = 64;

/// IORING_SETUP_*: a thread of the kernel's looks for completions.
const SETUP_IOPOLL: u32 = 1;
/// One fetches entries.
pub const SETUP_SQPOLL: u32 = 1 << 1;
/// On this processor.
const SETUP_SQ_AFF: u32 = 1 << 2;
/// Only one thread submits.
const SETUP_SINGLE_ISSUER: u32 = 1 << 12;
/// Entries are twice as large.
const SETUP_SQE128: u32 = 1 << 10;
/// The rings lie where the program says.
const SETUP_NO_MMAP: u32 = 1 << 14;
/// There is no descriptor.
const SETUP_REGISTERED_FD_ONLY: u32 = 1 << 15;
/// Entries are taken in the order that they lie in.
const SETUP_NO_SQARRAY: u32 = 1 << 16;
/// IORING_SQ_NEED_WAKEUP, in the ring's flags: that thread sleeps, and io_uring_enter(2) is to wake it.
pub const SQ_NEED_WAKEUP: u32 = 1;
/// Where `struct io_uring_params` has its flags.
pub const PARAMS_FLAGS: usize = 8;
/// All that are known here.
const SETUP_KNOWN: u32 = (1 << 18) - 1;

/// Offsets at which the ring's descriptor is mapped.
pub const OFF_SQ_RING: u64 = 0;
/// The same memory as the first.
pub const OFF_CQ_RING: u64 = 0x800_0000;
/// The entries.
pub const OFF_SQES: u64 = 0x1000_0000;

/// Offsets in an entry, `struct io_uring_sqe`.
pub mod sqe {
    /// u8.
    pub const OPCODE: usize = 0;
    /// u8, IOSQE_*.
    pub const FLAGS: usize = 1;
    /// s32.
    pub const FD: usize = 4;
    /// u64, also `off`.
    pub const ADDR2: usize = 8;
    /// u64.
    pub const ADDR: usize = 16;
    /// u32.
    pub const LEN: usize = 24;
    /// u32: open_flags, statx_flags, hardlink_flags …
    pub const OP_FLAGS: usize = 28;
    /// u64.
    pub const ADDR3: usize = 48;
}

/// A ring, as io_uring_setup(2) made it and as the guest has mapped it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Ring {
    flags: u32,
    entries_count: u32,
    head: u32,
    tail: u32,
    state: u32,
    array: u32,
    /// Where the rings are; 0 until they are mapped.
    pub rings: GuestAddr,
    /// Where the entries are.
    pub entries: GuestAddr,
}

impl Ring {
    /// From `struct io_uring_params` as the kernel has filled it. None for a ring whose entries it may fetch at any
    /// time, or that cannot be read.
    pub fn from_params(params: &[u8; PARAMS_SIZE]) -> Option<Self> {
        let word = |at: usize| get_u32(params, at);
        let flags = word(PARAMS_FLAGS);
        let (sq_off, cq_off) = (40, 80);
        let placed = |at: usize| GuestAddr(if flags & SETUP_NO_MMAP != 0 { get_u64(params, at) } else { 0 });
        let is_fetched = flags & SETUP_SQPOLL != 0 && without_thread(flags).is_none();
        let is_readable = !is_fetched && flags & (SETUP_REGISTERED_FD_ONLY | !SETUP_KNOWN) == 0;
        is_readable.then(|| Ring {
            flags,
            entries_count: word(0),
            head: word(sq_off),
            tail: word(sq_off + 4),
            state: word(sq_off + 16),
            array: word(sq_off + 24),
            rings: placed(cq_off + 32),
            entries: placed(sq_off + 32),
        })
    }

    /// True for a ring whose program thinks that a thread of the kernel's fetches entries ([`without_thread`]).
    pub fn is_polled(&self) -> bool {
        self.flags & SETUP_SQPOLL != 0
    }

    /// Where its flags are, as the kernel shows them to the program; None until they are mapped.
    pub fn state(&self) -> Option<GuestAddr> {
        (self.rings.0 != 0).then(|| GuestAddr(self.rings.0.wrapping_add(self.state.into())))
    }

    /// How many entries wait. `word` reads the guest's memory.
    pub fn waiting(&self, word: impl Fn(GuestAddr) -> Option<u32>) -> u32 {
        let ring = |offset: u32| word(GuestAddr(self.rings.0.wrapping_add(offset.into())));
        match (ring(self.head), ring(self.tail)) {
            (Some(head), Some(tail)) if self.rings.0 != 0 => tail.wrapping_sub(head),
            _ => 0,
        }
    }

    /// Where the entries lie that the kernel takes next, at most `count` of them. `word` reads the guest's memory.
    pub fn next_entries(&self, count: u32, word: impl Fn(GuestAddr) -> Option<u32>) -> Vec<GuestAddr> {
        if self.rings.0 == 0 || self.entries.0 == 0 || !self.entries_count.is_power_of_two() {
            return Vec::new();
        }
        let ring = |offset: u32| word(GuestAddr(self.rings.0.wrapping_add(offset.into())));
        let Some(head) = ring(self.head) else { return Vec::new() };
        let size = if self.flags & SETUP_SQE128 != 0 { 2 } else { 1 } * ENTRY_SIZE as u64;
        let ready = self.waiting(&word).min(count).min(self.entries_count);
        let place = |n: u32| {
            let slot = head.wrapping_add(n) & (self.entries_count - 1);
            let is_direct = self.flags & SETUP_NO_SQARRAY != 0;
            let index = if is_direct { slot } else { ring(self.array.wrapping_add(4 * slot))? };
            // The kernel drops others.
            let is_there = index < self.entries_count;
            is_there.then(|| GuestAddr(self.entries.0.wrapping_add(u64::from(index) * size)))
        };
        (0..ready).filter_map(place).collect()
    }
}

/// The IORING_SETUP_* of a ring that serves as one with these, but whose entries are fetched in io_uring_enter(2) alone.
/// None where that would not do: a program that polls for completions may never come there.
pub fn without_thread(flags: u32) -> Option<u32> {
    let is_asked_for = flags & SETUP_SQPOLL != 0 && flags & (SETUP_IOPOLL | SETUP_REGISTERED_FD_ONLY) == 0;
    is_asked_for.then_some(flags & !(SETUP_SQPOLL | SETUP_SQ_AFF | SETUP_SINGLE_ISSUER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::bytes::put;

    #[test]
    fn entries_are_found_through_the_array_and_around_the_end() {
        let mut params = [0; PARAMS_SIZE];
        for (at, word) in [(0, 4u32), (40, 0), (44, 4), (64, 16)] {
            put(&mut params, at, &word.to_le_bytes());
        }
        let mut ring = Ring::from_params(&params).expect("readable");
        let memory = [3u32, 6, 0, 0, 2, 9, 0, 1];
        let word = |at: GuestAddr| memory.get((at.0 as usize - 0x1000) / 4).copied();
        assert_eq!(ring.next_entries(9, word), [], "not mapped yet");
        (ring.rings, ring.entries) = (GuestAddr(0x1000), GuestAddr(0x8000));
        // Slots 3, 0 and 1 hold the indices 1, 2 and 9, of which the last is none.
        assert_eq!(ring.next_entries(9, word), [GuestAddr(0x8040), GuestAddr(0x8080)]);
        assert_eq!(ring.next_entries(1, word), [GuestAddr(0x8040)]);
        assert_eq!((ring.waiting(word), ring.is_polled()), (3, false));
        put(&mut params, PARAMS_FLAGS, &(SETUP_SQPOLL | SETUP_IOPOLL).to_le_bytes());
        assert_eq!(Ring::from_params(&params), None);
        put(&mut params, PARAMS_FLAGS, &SETUP_SQPOLL.to_le_bytes());
        assert!(Ring::from_params(&params).is_some_and(|ring| ring.is_polled()));
    }
}
