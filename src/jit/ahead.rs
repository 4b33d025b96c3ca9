//! Whether NZCV matters where a unit leaves to: a short look at the code there, which nearly always sets the
//! flags before it reads them. Then the unit need not save them on its way out.
//!
//! What was looked at is part of what the unit is made from: if it changes, the unit is retired.

use super::ir::{Record, Recorder};
use super::units::Source;
use crate::decode::{COUNT, Insn, Op, decode};
use crate::memory::access;

/// Instructions that are looked at, at most.
const LIMIT: usize = 16;
/// Which many rows have for 64 bits.
const SF: u32 = 1 << 31;
/// Which many rows have for 128 bits.
const Q: u32 = 1 << 30;

/// What is known of all instructions of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Not yet looked at; words of the row have been met so many times.
    Unknown(u8),
    /// They neither read nor set the flags, and go on.
    Neutral,
    /// They set all of them and read none.
    Sets,
    /// It depends.
    Other,
}

/// To look at a row costs as much as to look at so many words of it.
const WORTH_KNOWING: u8 = 6;

/// Looks at code; its memory is used again.
pub struct Ahead {
    rec: Recorder,
    kinds: Box<[Kind; COUNT]>,
    pending: Vec<u64>,
}

impl Default for Ahead {
    fn default() -> Self {
        Ahead { rec: Recorder::default(), kinds: Box::new([Kind::Unknown(0); COUNT]), pending: Vec::new() }
    }
}

impl Ahead {
    /// Whether the flags may be read on any way from `pc` on. Adds what was looked at to `text`.
    pub fn wants_flags(&mut self, pc: u64, source: &dyn Source, text: &mut Vec<(u64, u32)>) -> bool {
        let mut left = LIMIT;
        self.pending.clear();
        self.pending.push(pc);
        while let Some(mut pc) = self.pending.pop() {
            loop {
                let word = if pc & 3 == 0 && source.is_executable(pc) { read(pc) } else { None };
                let (Some(word), Some(less)) = (word, left.checked_sub(1)) else { return true };
                left = less;
                text.push((pc, word));
                match self.next(pc, word) {
                    Next::Ahead => pc = pc.wrapping_add(4),
                    Next::Branches(to, true) => pc = to,
                    Next::Branches(to, false) => {
                        self.pending.extend([to, pc.wrapping_add(4)]);
                        break;
                    }
                    Next::Done => break,
                    Next::Wants => return true,
                }
            }
        }
        false
    }

    fn next(&mut self, pc: u64, word: u32) -> Next {
        match decode(Insn(word)).map(|op| self.met(op)) {
            Some(Kind::Neutral) => return Next::Ahead,
            Some(Kind::Sets) => return Next::Done,
            _ => {}
        }
        let record = self.record(pc, word);
        match (kind(&self.rec, &record), record.target) {
            (Kind::Neutral, _) => Next::Ahead,
            (Kind::Sets, _) => Next::Done,
            (_, Some(to)) if !record.reads_flags => Next::Branches(to, record.ends),
            _ => Next::Wants,
        }
    }

    /// What is known of a row of which a word has been met.
    fn met(&mut self, op: Op) -> Kind {
        match self.kinds.get_mut(op as usize) {
            Some(Kind::Unknown(times)) if *times < WORTH_KNOWING => {
                *times += 1;
                Kind::Unknown(*times)
            }
            _ => self.kind(op),
        }
    }

    /// What is known of a row, found out by its encoding with zeros for all operands: what is conditional
    /// reads Z then. If that or one with ones is undefined, each word of the row is to be looked at, as
    /// an undefined one shows the flags.
    fn kind(&mut self, op: Op) -> Kind {
        match self.kinds.get(op as usize) {
            Some(Kind::Unknown(_)) => {}
            known => return known.copied().unwrap_or(Kind::Other),
        }
        let row = op.row();
        let zeros = row.value;
        let is_defined = [!0, !SF, !Q, SF, 0].into_iter().all(|operands| {
            let word = row.value | operands & !row.mask;
            self.record(0, word);
            decode(Insn(word)) == Some(op) && !self.rec.undefined
        });
        let record = self.record(0, zeros);
        let kind = if is_defined { kind(&self.rec, &record) } else { Kind::Other };
        if let Some(place) = self.kinds.get_mut(op as usize) {
            *place = kind;
        }
        kind
    }

    fn record(&mut self, pc: u64, word: u32) -> Record {
        self.rec.clear();
        self.rec.record(pc, word)
    }
}

/// What comes of an instruction.
enum Next {
    /// The one behind it.
    Ahead,
    /// The flags are set.
    Done,
    /// They may be read.
    Wants,
    /// Another one; always, or that or the one behind it.
    Branches(u64, bool),
}

fn kind(rec: &Recorder, record: &Record) -> Kind {
    let goes_on = !record.ends && record.target.is_none() && !rec.is_interpreted(record);
    match (record.reads_flags, record.writes_flags) {
        (false, false) if goes_on => Kind::Neutral,
        (false, true) if goes_on => Kind::Sets,
        _ => Kind::Other,
    }
}

fn read(pc: u64) -> Option<u32> {
    let mut bytes = [0; 4];
    access::copy_in(pc, &mut bytes).ok()?;
    Some(u32::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::ROWS;

    #[test]
    fn a_row_is_of_one_kind() {
        let mut ahead = Ahead::default();
        let mut state = 1u64;
        let mut counts = [0; 3];
        for row in ROWS.iter() {
            for _ in 0..64 {
                state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
                let word = row.value | (state >> 32) as u32 & !row.mask;
                let Some(op) = decode(Insn(word)) else { continue };
                let known = ahead.kind(op);
                let record = ahead.record(0x1000, word);
                assert!(!ahead.rec.undefined || known == Kind::Other, "{word:08x} {op:?}");
                let is_interpreted = ahead.rec.is_interpreted(&record);
                match known {
                    Kind::Neutral => assert!(is_interpreted || kind(&ahead.rec, &record) == known, "{word:08x} {op:?}"),
                    Kind::Sets => assert!(is_interpreted || kind(&ahead.rec, &record) == known, "{word:08x} {op:?}"),
                    _ => {}
                }
                counts[usize::from(known == Kind::Sets) + 2 * usize::from(known == Kind::Other)] += 1;
            }
        }
        // Most rows are neutral, and some of each kind are there.
        assert!(counts[0] > counts[2] && counts.iter().all(|&n| n > 0), "{counts:?}");
    }
}
