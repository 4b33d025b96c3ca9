//! Whatever words a guest passes to whatever call: dispatch and `-strace` end in a result.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::TestGuest;
use syscalls::strace::Entry;
use syscalls::table::TABLE;
use syscalls::{Errno, dispatch};

/// A xorshift generator: the same sequence in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn one_of(&mut self, choices: &[u64]) -> u64 {
        choices[self.next() as usize % choices.len()]
    }
}

/// Words at the edges of what a guest can pass.
fn edges(guest: &mut TestGuest) -> Vec<u64> {
    let text = guest.str("/some/path");
    let noise: Vec<u64> = (0..64).map(|index| 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(index)).collect();
    let noise = guest.words(&noise);
    // A structure whose pointers lead back to itself.
    let own = guest.room(256);
    for at in (0..256).step_by(8) {
        syscalls::Guest::write(guest, syscalls::GuestAddr(own + at), &own.to_le_bytes()).unwrap();
    }
    let end = guest.unmapped();
    let mut words = vec![text, noise, own, end - 1, end - 8, end, 0xffff_8000_0000_0000, u64::MAX];
    words.extend([0, 1, 2, 3, 8, 17, 64, 100, 4096, 1 << 20, i32::MAX as u64, 1 << 31, u64::from(u32::MAX)]);
    words.extend([syscalls::guest::GUEST_TOP - 1, syscalls::guest::GUEST_TOP, 0x7fff_ffff_f000, 1 << 63]);
    words
}

#[test]
fn every_call_ends_in_a_result() {
    let mut guest = TestGuest::new();
    let edges = edges(&mut guest);
    let mut random = Random(0x1234_5678_9abc_def1);
    for row in TABLE {
        for _ in 0..60 {
            let words: [u64; 6] = std::array::from_fn(|_| random.one_of(&edges));
            guest.inert =
                Some(if random.next().is_multiple_of(3) { Err(Errno::EINVAL) } else { Ok(random.next() % 64) });
            // Zero ends what goes on until the kernel has nothing more (getdents64).
            if row.name == "getdents64" {
                guest.inert = Some(Ok(0));
            }
            let _ = dispatch(&mut guest, row.number.into(), words);
            guest.acts.clear();
            guest.host_calls.clear();
        }
    }
}

#[test]
fn every_call_can_be_printed() {
    let mut guest = TestGuest::new();
    let edges = edges(&mut guest);
    let mut random = Random(0x0fed_cba9_8765_4321);
    for row in TABLE {
        for _ in 0..60 {
            let words: [u64; 6] = std::array::from_fn(|_| random.one_of(&edges));
            let entry = Entry::new(&guest, row.number.into(), words);
            let start = format!("{}(", row.name);
            for line in [
                entry.returned(&guest, Ok(random.one_of(&edges))),
                entry.returned(&guest, Err(Errno(random.next() as i32 & 4095))),
                entry.unfinished(),
                entry.interrupted(),
            ] {
                assert!(line.starts_with(&start), "{line}");
                assert!(!line.contains('\n') && line.len() < 200_000, "{line}");
            }
        }
    }
}
