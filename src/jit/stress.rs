//! A mode for tests: with EMU_RETIRE=N, whenever translated code has been left N times a unit taken at random is retired or
//! put to sleep, as if its code had changed. What a program does must be the same.

use super::link::Translations;
use crate::interp::CodeCache;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often, and what is random.
#[derive(Debug)]
pub struct Stress {
    every: u64,
    exits: AtomicU64,
}

impl Stress {
    /// As EMU_RETIRE asks for, if so.
    pub fn wanted() -> Option<Stress> {
        let every = std::env::var("EMU_RETIRE").ok()?.parse().ok().filter(|&every| every > 0)?;
        Some(Stress { every, exits: AtomicU64::new(0) })
    }

    /// A random number, if it is time to retire a unit.
    fn strike(&self) -> Option<u64> {
        let exits = self.exits.fetch_add(1, Ordering::Relaxed);
        // The output function of splitmix64, of which one bit of the input changes half of them.
        let mixed = (exits ^ exits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        exits.is_multiple_of(self.every).then_some(mixed ^ mixed >> 31)
    }
}

impl Translations {
    /// Translated code was left: a unit may have to go.
    #[inline]
    pub fn disturb(&self, code: &CodeCache) {
        if let Some(random) = self.stress.as_ref().and_then(Stress::strike) {
            self.retire_any(random, code);
        }
    }
}
