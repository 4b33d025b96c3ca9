//! For those who want to see: each unit as it is made, and counts of why translated code was left.
//! Nothing of it costs anything unless it was asked for.

use super::entry::exit;
use crate::decode::COUNT;
use crate::interp::code::SPECIALS;
use std::sync::atomic::{AtomicU64, Ordering};

/// A unit.
pub struct Translated<'a> {
    /// Where its code lies.
    pub host: u64,
    /// The code.
    pub code: &'a [u8],
    /// Its guest instructions in the order of their code: address, word, and offset of the code.
    pub steps: Vec<(u64, u32, u32)>,
    /// Offset behind the last one's code: stubs and constants follow.
    pub end: u32,
}

impl Translated<'_> {
    /// The steps with their code.
    pub fn pieces(&self) -> impl Iterator<Item = (u64, u32, u32, &[u8])> {
        let ends = self.steps.iter().skip(1).map(|&(.., at)| at).chain([self.end]);
        self.steps
            .iter()
            .zip(ends)
            .map(|(&(pc, word, at), end)| (pc, word, at, self.code.get(at as usize..end as usize).unwrap_or_default()))
    }
}

/// Who is told of units.
pub trait Observer: Sync {
    /// There is a new unit. Called while the translations are locked.
    fn translated(&self, unit: &Translated);
}

/// What is observed of a process's translations.
#[derive(Default)]
pub struct Observed {
    counts: Option<Counts>,
    observer: Option<&'static dyn Observer>,
}

struct Counts {
    exits: [AtomicU64; exit::NAMES.len()],
    /// Calls of each of the interpreter's functions.
    calls: &'static [AtomicU64],
}

impl Observed {
    /// Counts, if so, and tells this observer.
    pub fn new(counts: bool, observer: Option<&'static dyn Observer>) -> Observed {
        let counts = counts.then(|| Counts {
            exits: Default::default(),
            // Translated code has its address.
            calls: Vec::leak((0..SPECIALS + COUNT).map(|_| AtomicU64::new(0)).collect()),
        });
        Observed { counts, observer }
    }

    /// Who is told.
    pub fn observer(&self) -> Option<&'static dyn Observer> {
        self.observer
    }

    /// Where translated code counts its calls of the interpreter's functions.
    pub fn counts_at(&self) -> Option<u64> {
        self.counts.as_ref().map(|c| c.calls.as_ptr() as u64)
    }

    /// Translated code was left.
    #[inline]
    pub fn count_exit(&self, why: u32) {
        if let Some(count) = self.counts.as_ref().and_then(|c| c.exits.get(why as usize)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Why it was left, and how often.
    pub fn exits(&self) -> Vec<(&'static str, u64)> {
        let counts = self.counts.iter().flat_map(|c| &c.exits).map(|n| n.load(Ordering::Relaxed));
        exit::NAMES.into_iter().zip(counts).filter(|(_, n)| *n != 0).collect()
    }

    /// How often each of the interpreter's functions was called, by number; the most frequent first.
    pub fn calls(&self) -> Vec<(u32, u64)> {
        let counts = self.counts.iter().flat_map(|c| c.calls).map(|n| n.load(Ordering::Relaxed));
        let mut calls: Vec<_> = (0..).zip(counts).filter(|(_, n)| *n != 0).collect();
        calls.sort_by_key(|&(_, n)| std::cmp::Reverse(n));
        calls
    }
}
