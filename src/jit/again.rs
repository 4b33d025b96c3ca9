//! NZCV from the instruction that set it, once more.
//!
//! Flags that nothing reads need not be kept on the host; only a fault, a signal or a debugger can show
//! them, or code elsewhere. Where the registers that they were made from are still there, a point of the code
//! ([`super::cache::Where::Again`]) names the instruction instead, and what it computes is computed again
//! from the registers at the stop, or by host code where control leaves. Where its result has replaced one of
//! two operands of a sum, that is what the result and the other one say. Where a register that it took is overwritten
//! later, the value has its [`Place`]: a copy, the register itself and what has been added to it, or a word of the
//! thread's record.
//!
//! Where ways join, or a unit goes on to another, the state takes the instruction's word in place of the flags
//! ([`is_name`]), if all that follows leaves those registers alone until the flags are set anew.

use super::entry::KEPT;
use super::ir::{Effect, Node, Record, Recorder, Ref, Registers};
use crate::cpu::{CpuState, Nzcv};
use crate::value::bits::ones;
use crate::value::fp::op::{FpEnv, FpType};
use crate::value::fp::{Fpcr, Fpsr};
use crate::value::int::{self, Int2, Size};
use std::ops::Range;

/// Where the value is that a register had behind the instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Place {
    /// The register; [`Place::NOTHING`] if this is no place at all.
    pub was: u8,
    /// It is in this one, or in [`Place::KEPT`] and so many ...
    pub now: u8,
    /// ... plus this.
    pub plus: i16,
}

/// The places of all general registers that an instruction takes.
pub type Places = [Place; KEPT];

impl Place {
    /// No register.
    const NOTHING: u8 = 0xff;
    /// From this number on it is a word of the thread's record.
    pub const KEPT: u8 = 32;
    /// Registers as they were.
    pub const NONE: Places = [Place { was: Self::NOTHING, now: Self::NOTHING, plus: 0 }; KEPT];

    /// A register as it was.
    fn of(x: u8) -> Place {
        Place { was: x, now: x, plus: 0 }
    }

    /// The register that it takes.
    pub fn register(self) -> Registers {
        if self.now < Self::KEPT { Registers::x(self.now) } else { Registers::NONE }
    }
}

/// An instruction whose flags can be had again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Again {
    /// Its effects, in [`Recorder::effects`].
    effects: (u32, u32),
    /// Its encoding.
    pub word: u32,
    /// The registers that it takes, where their values are now.
    pub needed: Registers,
    /// Of the general ones.
    pub places: Places,
    /// What else is where: a place for each place.
    pub copies: [Option<Place>; KEPT],
    /// Their low words are all that counts.
    pub is_narrow: bool,
}

/// The registers at a stop.
#[derive(Clone, Copy)]
pub struct Held<'a> {
    /// All of them.
    pub cpu: &'a CpuState,
    /// Where those are that an instruction takes.
    pub places: &'a Places,
    /// What the thread's record keeps.
    pub kept: &'a [u64; KEPT],
}

impl Held<'_> {
    fn x(self, x: u8) -> Option<u64> {
        let moved = self.places.iter().find(|place| place.was == x);
        let Place { now, plus, .. } = moved.copied().unwrap_or(Place::of(x));
        let value = match now {
            31 => self.cpu.sp,
            now if now < Place::KEPT => *self.cpu.x.get(now as usize)?,
            kept => *self.kept.get((kept - Place::KEPT) as usize)?,
        };
        Some(value.wrapping_add_signed(plus.into()))
    }
}

/// How an instruction makes NZCV of values.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// `adds`, `subs`; their first operand, if it is not to be had, follows from the result.
    #[allow(missing_docs)]
    Sum { sub: bool, sz: Size, a: Option<Ref>, b: Ref },
    /// `set_nz` of a value, or of the register that holds it.
    Value(Size, Ref),
    /// `fp_compare`. It has not trapped, so it does not now.
    #[allow(missing_docs)]
    Compare { ty: FpType, signal_nans: bool, a: Ref, b: Ref },
}

/// Whether what the state has in place of NZCV is an instruction's encoding: no word of those that set flags has zeros in
/// its upper half, as flags that are saved have.
pub fn is_name(flags: u32) -> bool {
    flags >> 16 != 0
}

/// A way to NZCV, if it is one of the simple ones, and the register that holds the result.
fn source_of(rec: &Recorder, effects: Range<u32>) -> Option<(Source, Option<u8>)> {
    let effects = rec.effects.get(effects.start as usize..effects.end as usize)?;
    let (set, result) = match *effects {
        [set] => (set, None),
        [set, Effect::SetX(x, v)] => (set, Some((x, v))),
        _ => return None,
    };
    let held_in = |made: Ref| match result {
        None => Some(None),
        Some((x, v)) if v == made => Some(Some(x)),
        Some(_) => None,
    };
    match set {
        Effect::Eval(sum) => {
            let Node::Sum { sub, sz, a, b } = rec.node(sum) else { return None };
            let x = held_in(sum)?;
            let is_replaced = |r| x.is_some_and(|x| registers(rec, r).is_none_or(|read| read.has(Registers::x(x))));
            if is_replaced(b) || is_replaced(a) && x.map(Node::X) != Some(rec.node(a)) {
                return None;
            }
            Some((Source::Sum { sub, sz, a: (!is_replaced(a)).then_some(a), b }, x))
        }
        Effect::SetNz(sz, v) => Some((Source::Value(sz, v), held_in(v)?)),
        Effect::FpCompare { ty, signal_nans, careful, a, b } if ty != FpType::H && result.is_none() => {
            Some((Source::Compare { ty, signal_nans: signal_nans && !careful, a, b }, None))
        }
        _ => None,
    }
}

impl Again {
    /// Whether the flags that an instruction sets can be had again.
    pub fn of(rec: &Recorder, record: &Record) -> Option<Again> {
        let bit = |x: Option<u8>| x.map_or(Registers::NONE, Registers::x);
        let effects = record.effects.clone();
        let needed = match source_of(rec, effects.clone())? {
            (Source::Sum { a: Some(a), b, .. } | Source::Compare { a, b, .. }, _) => {
                registers(rec, a)?.and(registers(rec, b)?)
            }
            (Source::Sum { a: None, b, .. }, x) => bit(x).and(registers(rec, b)?),
            (Source::Value(_, v), None) => registers(rec, v)?,
            (Source::Value(..), x) => bit(x),
        };
        let mut places = Place::NONE;
        let general = (0..32).filter(|&x| needed.has(Registers::x(x)));
        if general.clone().count() <= KEPT {
            places.iter_mut().zip(general).for_each(|(place, x)| *place = Place::of(x));
        }
        let is_narrow = is_narrow(rec, &record.effects);
        let effects = (effects.start, effects.end);
        Some(Again { effects, word: record.word, needed, places, copies: [None; KEPT], is_narrow })
    }

    /// The registers that have to stay what they are: there is no place for their values elsewhere.
    pub fn fixed(&self) -> Registers {
        Registers(self.places.iter().fold(self.needed, |all, place| Registers(all.0 & !place.register().0)).0)
    }

    /// Whether all is where it was.
    pub fn is_in_place(&self) -> bool {
        self.places.iter().all(|place| (place.was, 0) == (place.now, place.plus))
    }

    /// A value is elsewhere from now on.
    pub fn move_to(&mut self, n: usize, to: Place) {
        let fixed = self.fixed();
        if let (Some(place), Some(copy)) = (self.places.get_mut(n), self.copies.get_mut(n)) {
            *place = Place { was: place.was, ..to };
            copy.take_if(|copy| copy.now == to.now);
        }
        self.needed = self.places.iter().fold(fixed, |all, place| all.and(place.register()));
    }

    /// How, and the register that holds the result.
    pub fn source(self, rec: &Recorder) -> Option<(Source, Option<u8>)> {
        source_of(rec, self.effects.0..self.effects.1)
    }
}

/// NZCV behind the instruction `word`, from the registers as it has left them.
pub fn flags(word: u32, held: Held) -> Option<Nzcv> {
    let mut rec = Recorder::default();
    let record = rec.record(0, word);
    match source_of(&rec, record.effects)? {
        (Source::Sum { sub, sz, a, b }, result) => {
            let b = value(&rec, b, held)?;
            let undo = if sub { Int2::Add } else { Int2::Sub };
            let a = match (a, result) {
                (Some(a), _) => value(&rec, a, held)?,
                (None, result) => undo.apply(sz, held.x(result?)?, b),
            };
            let (_, n, z, c, v) =
                if sub { int::add_with_carry(sz, a, !b, 1) } else { int::add_with_carry(sz, a, b, 0) };
            Some(Nzcv::new(n, z, c, v))
        }
        (Source::Value(sz, v), result) => {
            let v = match result {
                Some(result) => held.x(result)?,
                None => value(&rec, v, held)?,
            };
            Some(Nzcv::new(sz.sext(v) < 0, sz.trunc(v) == 0, false, false))
        }
        (Source::Compare { ty, signal_nans, a, b }, _) => {
            let mut env = FpEnv { fpcr: Fpcr(held.cpu.fpcr), fpsr: Fpsr::default() };
            let lane = |r| Some(lowest(&rec, r, held.cpu)? & ones(ty.bits()));
            Some(Nzcv::from_imm4(env.compare(ty, signal_nans, lane(a)?, lane(b)?)))
        }
    }
}

/// The registers that a value is made of; None if it is made of anything else.
fn registers(rec: &Recorder, r: Ref) -> Option<Registers> {
    match rec.node(r) {
        Node::X(x) => Some(Registers::x(x)),
        Node::V(v) => Some(Registers::v(v)),
        Node::VecImm(_) => Some(Registers::NONE),
        node @ (Node::Imm(_) | Node::Int1(..) | Node::Int2(..) | Node::Extract { .. } | Node::Extr { .. }) => {
            let mut all = Some(Registers::NONE);
            Recorder::operands(node, |o| all = all.zip(registers(rec, o)).map(|(all, more)| all.and(more)));
            all
        }
        _ => None,
    }
}

/// Whether the low words of the registers are all that the flags are made of.
fn is_narrow(rec: &Recorder, effects: &Range<u32>) -> bool {
    fn value(rec: &Recorder, r: Ref) -> bool {
        let mut all = true;
        let node = rec.node(r);
        Recorder::operands(node, |o| all &= value(rec, o));
        let is_word = match node {
            Node::Int1(_, sz, _) | Node::Int2(_, sz, ..) | Node::Extract { sz, .. } | Node::Extr { sz, .. } => {
                sz == Size::W
            }
            node => matches!(node, Node::X(_) | Node::Imm(_)),
        };
        all && is_word
    }
    match source_of(rec, effects.clone()) {
        Some((Source::Sum { sz, a, b, .. }, _)) => sz == Size::W && value(rec, b) && a.is_none_or(|a| value(rec, a)),
        Some((Source::Value(sz, v), result)) => sz == Size::W && (result.is_some() || value(rec, v)),
        _ => false,
    }
}

/// The low half of a vector.
fn lowest(rec: &Recorder, r: Ref, cpu: &CpuState) -> Option<u64> {
    match rec.node(r) {
        Node::V(v) => cpu.v.get(v as usize).map(|&v| v as u64),
        Node::VecImm(_) => rec.vector_constant(r).map(|v| v as u64),
        _ => None,
    }
}

fn value(rec: &Recorder, r: Ref, held: Held) -> Option<u64> {
    let of = |r| value(rec, r, held);
    Some(match rec.node(r) {
        Node::Imm(v) => v,
        Node::X(x) => held.x(x)?,
        Node::Int1(op, sz, a) => op.apply(sz, of(a)?),
        Node::Int2(op, sz, a, b) => op.apply(sz, of(a)?, of(b)?),
        Node::Extract { sz, signed, a, lsb, width } => int::extract(sz, signed, of(a)?, lsb.into(), width.into()),
        Node::Extr { sz, hi, lo, lsb } => int::extr(sz, of(hi)?, of(lo)?, lsb.into()),
        _ => return None,
    })
}
