//! Whom the interpreter is compared with: the oracle, or the JIT.

use super::aim::has_base;
use super::engine::{Engine, SIGBUS, SIGSEGV};
use super::exceptions;
use super::generate::Rng;
use super::oracle::Oracle;
use super::place::{MEMORY_SIZE, Place, Program};
use super::state::{Outcome, State};
use emu::decode::{Insn, Row, decode};

/// The other side.
pub enum Judge {
    Oracle(Oracle),
    Jit(Box<Engine>),
}

/// Whether the JIT's results of a row are the interpreter's in every bit: floating point is not yet.
pub fn is_exact(row: &Row) -> bool {
    !(row.name.starts_with('F') || row.name.contains("CVTF"))
}

impl Judge {
    pub fn oracle(place: Place) -> Judge {
        Judge::Oracle(Oracle::start(place))
    }

    pub fn jit(place: Place) -> Judge {
        Judge::Jit(Box::new(Engine::jit(place)))
    }

    /// What the two sides are called.
    pub fn sides(&self) -> [&'static str; 2] {
        match self {
            Judge::Oracle(_) => ["ours", "oracle"],
            Judge::Jit(_) => ["interpreter", "JIT"],
        }
    }

    /// Why a row is not tried, or None.
    pub fn skipped(&self, row: &Row) -> Option<&'static str> {
        match self {
            Judge::Oracle(_) => exceptions::skipped(row),
            Judge::Jit(_) => None,
        }
    }

    /// Why a difference does not count, or None.
    pub fn exception(&self, word: u32, before: &State, ours: &Outcome, theirs: &Outcome) -> Option<&'static str> {
        match self {
            Judge::Oracle(_) => exceptions::reason(word, before, ours, theirs),
            Judge::Jit(_) => None,
        }
    }

    /// Makes a state worth trying: most translated code runs with FPCR zero.
    pub fn prepare(&self, state: &mut State, rng: &mut Rng) {
        if matches!(self, Judge::Jit(_)) && !rng.one_in(8) {
            state.fpcr = 0;
        }
    }

    /// Executes each program on its share of the states, each with this memory. The interpreter's
    /// outcomes tell which accesses fault: those are not for translated code yet.
    pub fn execute(
        &mut self,
        memory: &[u8; MEMORY_SIZE],
        programs: &[Program],
        states: &[State],
        interpreted: &[Outcome],
    ) -> Vec<Outcome> {
        let engine = match self {
            Judge::Oracle(oracle) => return oracle.execute(memory, programs, states),
            Judge::Jit(engine) => engine,
        };
        engine.load(memory, programs);
        let each = states.len() / programs.len();
        let cases = states.iter().zip(interpreted).enumerate();
        cases
            .map(|(n, (state, expected))| match expected.signal {
                SIGSEGV | SIGBUS => *expected,
                _ if is_tagged(programs[n / each][0], state) => *expected,
                _ => engine.execute(n / each, state),
            })
            .collect()
    }
}

/// Whether an access goes by an address with a tag, which is not for translated code yet.
fn is_tagged(word: u32, state: &State) -> bool {
    let Some(op) = decode(Insn(word)).filter(|op| has_base(op.row())) else { return false };
    let x = |n: u32| state.x.get(n as usize).copied().unwrap_or(0);
    let offset = if has_index(op.row()) { x(Insn(word).rm()) as i64 >> 48 } else { 0 };
    x(Insn(word).rn()) >> 56 != 0 || !matches!(offset, 0 | -1)
}

/// Whether a row's address has a register added.
pub fn has_index(row: &Row) -> bool {
    has_base(row) && row.name.contains("_reg")
}
