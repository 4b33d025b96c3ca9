//! Register states and what executing a program makes of them, as they travel to the oracle.

use super::place::MEMORY_SIZE;
use std::fmt::Write;

/// The registers that an instruction can see. The layout is `struct state` of executor.c.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct State {
    pub x: [u64; 31],
    pub sp: u64,
    pub nzcv: u64,
    pub fpsr: u32,
    pub fpcr: u32,
    pub v: [u128; 32],
    /// Ours only, and only before: whether the thread has looked at FPSR.
    pub looks_at_fpsr: bool,
}

/// What became of a state. The layout is `struct result` of executor.c.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Outcome {
    pub after: State,
    /// pc less the program's address.
    pub pc: u64,
    /// 0 if BRK was reached, or the signal that an instruction raised.
    pub signal: u32,
    /// `si_addr` of SIGSEGV and SIGBUS, else 0.
    pub address: u64,
    /// What was stored.
    pub change: Change,
}

/// How memory differs from what it was.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Change {
    /// Offset of the first 16 bytes that differ, `MEMORY_SIZE` if none do.
    pub first: u32,
    /// Hash of all memory, 0 if nothing differs.
    pub hash: u64,
    /// Memory from `first` on, as much as there is.
    pub bytes: [u8; CHANGE_SIZE],
}

/// Bytes of a change that are shown.
pub const CHANGE_SIZE: usize = 128;

/// Bytes of a [`State`] on the wire.
pub const STATE_SIZE: usize = 33 * 8 + 8 + 32 * 16;
/// Bytes of an [`Outcome`] on the wire.
pub const OUTCOME_SIZE: usize = STATE_SIZE + 4 * 8 + 8 + CHANGE_SIZE + 8;

/// Reads the eight bytes at word `n`.
fn long(bytes: &[u8], n: usize) -> u64 {
    u64::from_le_bytes(bytes[8 * n..8 * n + 8].try_into().expect("eight bytes"))
}

impl State {
    /// Appends the wire form.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.x.iter().chain([&self.sp, &self.nzcv]).for_each(|v| out.extend(v.to_le_bytes()));
        out.extend(self.fpsr.to_le_bytes());
        out.extend(self.fpcr.to_le_bytes());
        self.v.iter().for_each(|v| out.extend(v.to_le_bytes()));
    }

    fn read(bytes: &[u8]) -> State {
        let pair = |n: usize| long(bytes, n) as u128 | (long(bytes, n + 1) as u128) << 64;
        State {
            x: std::array::from_fn(|n| long(bytes, n)),
            sp: long(bytes, 31),
            nzcv: long(bytes, 32),
            fpsr: long(bytes, 33) as u32,
            fpcr: (long(bytes, 33) >> 32) as u32,
            v: std::array::from_fn(|n| pair(34 + 2 * n)),
            looks_at_fpsr: false,
        }
    }

    /// Xn, or SP where n is 31.
    pub fn x_sp(&mut self, n: u32) -> &mut u64 {
        self.x.get_mut(n as usize).unwrap_or(&mut self.sp)
    }
}

impl Change {
    /// Nothing was stored.
    pub const NONE: Change = Change { first: MEMORY_SIZE as u32, hash: 0, bytes: [0; CHANGE_SIZE] };

    /// The difference between memory before and after.
    pub fn between(before: &[u8; MEMORY_SIZE], after: &[u8; MEMORY_SIZE]) -> Change {
        let (before, _) = before.as_chunks::<16>();
        let (pieces, _) = after.as_chunks::<16>();
        let Some(first) = before.iter().zip(pieces).position(|(a, b)| a != b) else { return Change::NONE };
        let shown = &after[16 * first..MEMORY_SIZE.min(16 * first + CHANGE_SIZE)];
        let mut bytes = [0; CHANGE_SIZE];
        bytes[..shown.len()].copy_from_slice(shown);
        let hash = after.as_chunks::<8>().0.iter().fold(0u64, |hash, word| {
            (hash ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
        });
        Change { first: 16 * first as u32, hash, bytes }
    }
}

impl Outcome {
    /// From the wire form.
    pub fn read(bytes: &[u8]) -> Outcome {
        let tail = &bytes[STATE_SIZE..];
        Outcome {
            after: State::read(bytes),
            pc: long(tail, 0),
            signal: long(tail, 1) as u32,
            address: long(tail, 2),
            change: Change {
                hash: long(tail, 3),
                first: long(tail, 4) as u32,
                bytes: tail[40..40 + CHANGE_SIZE].try_into().expect("fixed size"),
            },
        }
    }
}

/// What differs.
pub fn describe(before: &State, actual: &Outcome, expected: &Outcome, sides: [&str; 2]) -> String {
    let width = sides[0].len().max(sides[1].len()) + 4;
    let mut out = format!("\n  before: fpcr {:08x} fpsr {:08x} nzcv {:08x}", before.fpcr, before.fpsr, before.nzcv);
    let mut line = |what: &str, was: u128, ours: u128, theirs: u128| {
        if ours != theirs {
            let [one, other] = sides;
            write!(out, "\n  {what}: was {was:x}\n{one:>width$} {ours:x}\n{other:>width$} {theirs:x}").expect("memory");
        }
    };
    let (a, b) = (&actual.after, &expected.after);
    line("signal", 0, actual.signal as u128, expected.signal as u128);
    line("pc", 0, actual.pc as u128, expected.pc as u128);
    line("fault address", 0, actual.address as u128, expected.address as u128);
    line("nzcv", before.nzcv as u128, a.nzcv as u128, b.nzcv as u128);
    line("fpsr", before.fpsr as u128, a.fpsr as u128, b.fpsr as u128);
    line("fpcr", before.fpcr as u128, a.fpcr as u128, b.fpcr as u128);
    line("sp", before.sp as u128, a.sp as u128, b.sp as u128);
    for n in 0..31 {
        line(&format!("x{n}"), before.x[n] as u128, a.x[n] as u128, b.x[n] as u128);
    }
    for n in 0..32 {
        line(&format!("v{n}"), before.v[n], a.v[n], b.v[n]);
    }
    for (who, change) in sides.into_iter().zip([&actual.change, &expected.change]) {
        if actual.change != expected.change {
            let bytes: String = change.bytes.iter().map(|b| format!("{b:02x}")).collect();
            write!(out, "\n  memory, {who}, from {:#x}: {bytes}", change.first).expect("memory");
        }
    }
    out
}

/// The source registers of a word, where most encodings have them.
pub fn operands(word: u32, before: &State) -> String {
    let mut out = String::new();
    for (field, shift) in [("d", 0), ("n", 5), ("a", 10), ("m", 16)] {
        let n = (word >> shift & 31) as usize;
        let x = before.x.get(n).copied().unwrap_or(before.sp);
        write!(out, "\n  R{field} {n}: x {x:016x}  v {:032x}", before.v[n]).expect("memory");
    }
    out
}
