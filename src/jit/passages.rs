//! The guest code that a unit was made from, to be compared with what is in memory now.

use crate::memory::access;
use crate::memory::addr::{PAGE, page_down};

/// Runs of instructions, each instruction once.
#[derive(Clone, Default, Debug)]
pub struct Passages {
    runs: Vec<Run>,
    words: Vec<u32>,
}

/// Instructions that follow each other.
#[derive(Clone, Debug)]
struct Run {
    start: u64,
    /// Where its words begin.
    first: u32,
    len: u32,
}

impl Run {
    fn end(&self) -> u64 {
        self.start.wrapping_add(4 * u64::from(self.len))
    }
}

impl Passages {
    pub(super) fn clear(&mut self) {
        self.runs.clear();
        self.words.clear();
    }

    pub(super) fn push(&mut self, pc: u64, word: u32) {
        match self.runs.last_mut() {
            Some(last) if last.end() == pc => last.len += 1,
            _ => self.runs.push(Run { start: pc, first: self.words.len() as u32, len: 1 }),
        }
        self.words.push(word);
    }

    /// The pages that it lies in, each once, by their addresses.
    pub fn pages(&self) -> Vec<u64> {
        let pages = |run: &Run| (page_down(run.start)..run.end()).step_by(PAGE as usize);
        let mut pages: Vec<u64> = self.runs.iter().flat_map(pages).collect();
        pages.sort_unstable();
        pages.dedup();
        pages
    }

    /// Whether some of it lies in `[start, end)`.
    pub fn overlaps(&self, start: u64, end: u64) -> bool {
        self.runs.iter().any(|run| run.start < end && start < run.end())
    }

    /// Whether what of it lies in `[start, end)` is what is there in memory.
    pub fn is_in_memory(&self, start: u64, end: u64) -> bool {
        self.runs.iter().all(|run| {
            let first = u64::from(run.len).min(start.saturating_sub(run.start) / 4);
            let last = u64::from(run.len).min(end.saturating_sub(run.start).div_ceil(4));
            let words = self.words.get(run.first as usize..).unwrap_or_default();
            let words = words.get(first as usize..last as usize).unwrap_or_default();
            is_in_memory(run.start.wrapping_add(first * 4), words)
        })
    }
}

/// Whether these words are in memory there.
fn is_in_memory(mut at: u64, words: &[u32]) -> bool {
    words.chunks(STRETCH as usize / 4).all(|words| {
        let mut bytes = [0; STRETCH as usize];
        let bytes = &mut bytes[..words.len() * 4];
        let is_there = access::copy_in(at, bytes).is_ok();
        at = at.wrapping_add(STRETCH);
        is_there && bytes.chunks_exact(4).zip(words).all(|(bytes, word)| bytes == word.to_le_bytes())
    })
}

/// Bytes compared at once.
const STRETCH: u64 = 256;
