//! Register states and what executing an instruction makes of them, as they travel to the oracle.

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
}

/// What became of a state. The layout is `struct result` of executor.c.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Outcome {
    pub after: State,
    /// pc less the instruction's address.
    pub pc: u64,
    /// 0, or the signal that the instruction raised.
    pub signal: u32,
}

/// Bytes of a [`State`] on the wire.
pub const STATE_SIZE: usize = 33 * 8 + 8 + 32 * 16;
/// Bytes of an [`Outcome`] on the wire, signal code included.
pub const OUTCOME_SIZE: usize = STATE_SIZE + 16;

impl State {
    /// Appends the wire form.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.x.iter().chain([&self.sp, &self.nzcv]).for_each(|v| out.extend(v.to_le_bytes()));
        out.extend(self.fpsr.to_le_bytes());
        out.extend(self.fpcr.to_le_bytes());
        self.v.iter().for_each(|v| out.extend(v.to_le_bytes()));
    }

    fn read(bytes: &[u8]) -> State {
        let long = |n: usize| u64::from_le_bytes(bytes[8 * n..8 * n + 8].try_into().expect("eight bytes"));
        let pair = |n: usize| long(n) as u128 | (long(n + 1) as u128) << 64;
        State {
            x: std::array::from_fn(long),
            sp: long(31),
            nzcv: long(32),
            fpsr: long(33) as u32,
            fpcr: (long(33) >> 32) as u32,
            v: std::array::from_fn(|n| pair(34 + 2 * n)),
        }
    }
}

impl Outcome {
    /// From the wire form.
    pub fn read(bytes: &[u8]) -> Outcome {
        let tail = &bytes[STATE_SIZE..];
        Outcome {
            after: State::read(bytes),
            pc: u64::from_le_bytes(tail[..8].try_into().expect("eight bytes")),
            signal: u32::from_le_bytes(tail[8..12].try_into().expect("four bytes")),
        }
    }
}

/// What differs, and the registers that the instruction's fields name.
pub fn describe(before: &State, actual: &Outcome, expected: &Outcome) -> String {
    let mut out = format!("\n  before: fpcr {:08x} fpsr {:08x} nzcv {:08x}", before.fpcr, before.fpsr, before.nzcv);
    let mut line = |what: &str, was: u128, ours: u128, theirs: u128| {
        if ours != theirs {
            write!(out, "\n  {what}: was {was:x}\n     ours {ours:x}\n   oracle {theirs:x}").expect("memory");
        }
    };
    let (a, b) = (&actual.after, &expected.after);
    line("signal", 0, actual.signal as u128, expected.signal as u128);
    line("pc", 0, actual.pc as u128, expected.pc as u128);
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
