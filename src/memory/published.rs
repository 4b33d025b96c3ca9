//! What the emulators of other guests read in this one's memory, to show it in /proc: what the host's kernel
//! does not know of a guest. The same file runs there, so it lies at the same distance from its start
//! (`process::others`).
//!
//! Plain words, written under the locks of what they tell of; a reader that meets a change looks again.

use super::addr::AddrRange;
use std::sync::atomic::{AtomicU64, Ordering};

/// Executable areas that there is room for; of more, the highest are not shown.
const AREAS: usize = 256;

/// The words.
#[derive(Debug)]
#[repr(C)]
pub struct Published {
    /// Signals that have handlers.
    caught: AtomicU64,
    /// Signals that are ignored.
    ignored: AtomicU64,
    /// Where the heap begins.
    heap: AtomicU64,
    /// How often `code` has changed, twice; odd in the midst.
    changes: AtomicU64,
    /// Starts and ends of executable areas, in order; zeros behind the last.
    code: [[AtomicU64; 2]; AREAS],
}

/// One's own.
pub static PUBLISHED: Published = Published::new();

/// Somebody's, as it was read.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Seen {
    /// Signals that have handlers.
    pub caught: u64,
    /// Signals that are ignored.
    pub ignored: u64,
    /// Where its heap begins.
    pub heap: u64,
    /// Executable areas, in order.
    pub code: Vec<AddrRange>,
}

impl Published {
    /// Nothing to show.
    const fn new() -> Self {
        Published {
            caught: AtomicU64::new(0),
            ignored: AtomicU64::new(0),
            heap: AtomicU64::new(0),
            changes: AtomicU64::new(0),
            code: [const { [const { AtomicU64::new(0) }; 2] }; AREAS],
        }
    }

    /// Shows what is done at `signal`.
    pub fn set_action(&self, signal: u32, is_caught: bool, is_ignored: bool) {
        let bit = 1u64.checked_shl(signal.wrapping_sub(1)).unwrap_or(0);
        for (word, is_set) in [(&self.caught, is_caught), (&self.ignored, is_ignored)] {
            if is_set {
                word.fetch_or(bit, Ordering::Relaxed);
            } else {
                word.fetch_and(!bit, Ordering::Relaxed);
            }
        }
    }

    /// Shows where the heap begins.
    pub fn set_heap(&self, start: u64) {
        self.heap.store(start, Ordering::Relaxed);
    }

    /// Shows these executable areas.
    pub fn set_code(&self, areas: impl Iterator<Item = AddrRange>) {
        // Odd already if a process that shares this memory was killed in the midst of it.
        let change = self.changes.load(Ordering::Relaxed) | 1;
        self.changes.swap(change, Ordering::AcqRel);
        let mut areas = areas.fuse();
        for place in &self.code {
            let range = areas.next().unwrap_or(AddrRange { start: 0, end: 0 });
            let was = place[1].swap(range.end, Ordering::Relaxed);
            place[0].store(range.start, Ordering::Relaxed);
            if was == 0 && range.end == 0 {
                break;
            }
        }
        self.changes.store(change.wrapping_add(1), Ordering::Release);
    }
}

/// Its words.
pub const WORDS: usize = size_of::<Published>() / size_of::<u64>();

impl Seen {
    /// From the words; None in the midst of a change.
    pub fn from_words(words: &[u64; WORDS]) -> Option<Self> {
        let [caught, ignored, heap, changes, code @ ..] = words;
        let areas = code.as_chunks::<2>().0.iter().map(|&[start, end]| AddrRange { start, end });
        let code = areas.take_while(|range| range.end != 0).collect();
        (changes % 2 == 0).then_some(Seen { caught: *caught, ignored: *ignored, heap: *heap, code })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(of: &Published) -> [u64; WORDS] {
        let code = of.code.iter().flatten();
        let words = [&of.caught, &of.ignored, &of.heap, &of.changes].into_iter().chain(code);
        let all: Vec<u64> = words.map(|word| word.load(Ordering::Relaxed)).collect();
        all.try_into().expect("as many")
    }

    #[test]
    fn what_is_published_is_seen_and_what_is_gone_is_not() {
        let published = Published::new();
        let areas = |count: u64| (1..=count).map(|n| AddrRange { start: n << 16, end: (n << 16) + 4096 });
        published.set_action(64, true, false);
        published.set_action(1, false, true);
        published.set_heap(0x5000);
        published.set_code(areas(3));
        published.set_code(areas(2));
        let seen = Seen::from_words(&words(&published)).expect("no change under way");
        assert_eq!((seen.caught, seen.ignored, seen.heap, seen.code), (1 << 63, 1, 0x5000, areas(2).collect()));
        published.set_action(64, false, false);
        published.set_code(areas(AREAS as u64 + 1));
        let seen = Seen::from_words(&words(&published)).expect("no change under way");
        assert_eq!((seen.caught, seen.code.len()), (0, AREAS));
        published.changes.fetch_add(1, Ordering::Relaxed);
        assert_eq!(Seen::from_words(&words(&published)), None);
        published.set_code(areas(2));
        assert_eq!(Seen::from_words(&words(&published)).map(|seen| seen.code.len()), Some(2));
    }
}
