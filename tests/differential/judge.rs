//! Whom the interpreter is compared with: the oracle, the JIT, or what the manual says.

use super::engine::{Engine, SIGBUS, SIGSEGV};
use super::exceptions;
use super::generate::Rng;
use super::manual;
use super::moves;
use super::oracle::Oracle;
use super::place::{BRK, MEMORY_SIZE, Place, Program};
use super::state::{Outcome, State};
use emu::decode::{Insn, Row, decode};
use emu::jit::features::HostFeatures;

/// Names of accesses to several places begin like this.
const MULTIPLE: [&str; 13] =
    ["LDP", "LDNP", "STP", "STNP", "LD1", "LD2", "LD3", "LD4", "ST1", "ST2", "ST3", "ST4", "LDPSW"];

/// The other side.
pub enum Judge {
    Oracle(Oracle),
    Jit(Box<Engine>),
    Manual(Place),
}

/// Whether a row is an operation of floating-point numbers, most likely.
pub fn is_floating_point(row: &Row) -> bool {
    row.name.starts_with('F') || row.name.contains("CVTF")
}

impl Judge {
    pub fn oracle(place: Place) -> Judge {
        Judge::Oracle(Oracle::start(place))
    }

    pub fn jit(place: Place) -> Judge {
        Self::jit_with(place, HostFeatures::default(), false)
    }

    /// The JIT of a host with these features; whether pairs are one access of 16 bytes.
    pub fn jit_with(place: Place, features: HostFeatures, atomic_pairs: bool) -> Judge {
        Judge::Jit(Box::new(Engine::jit(place, features, atomic_pairs)))
    }

    /// What the two sides are called.
    pub fn sides(&self) -> [&'static str; 2] {
        match self {
            Judge::Oracle(_) => ["ours", "oracle"],
            Judge::Jit(_) => ["interpreter", "JIT"],
            Judge::Manual(_) => ["ours", "manual"],
        }
    }

    /// Why a row is not tried, or None.
    pub fn skipped(&self, row: &Row) -> Option<&'static str> {
        match self {
            Judge::Oracle(_) => exceptions::skipped(row),
            Judge::Jit(_) | Judge::Manual(_) => None,
        }
    }

    /// Why a difference does not count, or None.
    pub fn exception(&self, word: u32, before: &State, ours: &Outcome, theirs: &Outcome) -> Option<&'static str> {
        match self {
            Judge::Oracle(_) => exceptions::reason(word, before, ours, theirs),
            Judge::Jit(_) => {
                let name = decode(Insn(word)).map_or("", |op| op.row().name);
                let is_multiple = MULTIPLE.iter().any(|prefix| name.starts_with(prefix));
                let unknown = is_multiple.then(|| unknown(ours, theirs)).flatten();
                unknown.or_else(|| tininess(before, ours, theirs)).or_else(|| moved(word, ours, theirs))
            }
            Judge::Manual(_) => unknown(ours, theirs),
        }
    }

    /// Why a difference in the last instruction of a program does not count, or None.
    pub fn exception_of_program(&self, words: &[u32]) -> Option<&'static str> {
        match self {
            Judge::Oracle(_) => exceptions::of_program(words),
            Judge::Jit(_) | Judge::Manual(_) => None,
        }
    }

    /// Makes a state worth trying: most translated code runs with FPCR zero.
    pub fn prepare(&self, state: &mut State, rng: &mut Rng) {
        if matches!(self, Judge::Jit(_)) && !rng.one_in(8) {
            state.fpcr = 0;
        }
    }

    /// Executes each program on its share of the states, each with this memory.
    pub fn execute(&mut self, memory: &[u8; MEMORY_SIZE], programs: &[Program], states: &[State]) -> Vec<Outcome> {
        let engine = match self {
            Judge::Oracle(oracle) => return oracle.execute(memory, programs, states),
            Judge::Manual(place) => return manual::execute(*place, memory, programs, states),
            Judge::Jit(engine) => engine,
        };
        engine.load(memory, programs);
        let each = states.len() / programs.len();
        let mut execute = |n: usize, state: &State| {
            let index = n / each;
            // Half of all longer programs become two units.
            let is_long = programs[index][2] != BRK;
            if is_long && n % 2 == 1 {
                engine.split(index, n / 2 % 8, state);
            }
            engine.execute(index, state)
        };
        states.iter().enumerate().map(|(n, state)| execute(n, state)).collect()
    }
}

/// The difference of an access in several steps that faults.
fn unknown(ours: &Outcome, theirs: &Outcome) -> Option<&'static str> {
    let faults = matches!(ours.signal, SIGSEGV | SIGBUS);
    let alike = (ours.signal, ours.pc, ours.address) == (theirs.signal, theirs.pc, theirs.address);
    (faults && alike)
        .then_some("what a multiple access that faults has loaded or stored is UNKNOWN (Arm ARM, LDP, STP, LD1)")
}

/// The one difference of translated floating point (`jit::lower::fp_tiny`), where nobody has looked at FPSR.
fn tininess(before: &State, ours: &Outcome, theirs: &Outcome) -> Option<&'static str> {
    const UFC: u32 = 1 << 3;
    let mut same = *theirs;
    same.after.fpsr |= UFC;
    (!before.looks_at_fpsr && same == *ours).then_some("tininess is detected after rounding")
}

/// A memory move that nobody has begun, and of which the two sides touched different bytes first.
fn moved(word: u32, ours: &Outcome, theirs: &Outcome) -> Option<&'static str> {
    let is_move = decode(Insn(word)).is_some_and(|op| moves::is_move(op.row()));
    let same = Outcome { address: ours.address, ..*theirs } == *ours;
    (is_move && same && moves::fault_alike(ours, theirs)).then_some(moves::ANY_BYTE)
}
