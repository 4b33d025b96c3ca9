//! Recording an instruction: the meaning of its row, run with the emitter that writes it down ([`super::emit`]),
//! and what is known of it then.

use super::ir::{Conditions, Effect, Node, Record, Recorder, Registers, SP};
use crate::decode::{COUNT, Insn};
use crate::for_each_encoding;
use crate::interp::code::{SPECIALS, Special, function_of};
use crate::lift::prelude::*;

/// Records one row's meaning.
type Function = fn(&mut Recorder, u32);

macro_rules! function {
    ($name:ident) => {{
        fn row(r: &mut Recorder, _: u32) {
            r.undefined();
        }
        row as Function
    }};
    ($name:ident $($path:ident)::+ ( $($arg:expr),* )) => {{
        fn row(r: &mut Recorder, word: u32) {
            crate::lift::$($path)::+(r, Insn(word) $(, $arg)*)
        }
        row as Function
    }};
}

macro_rules! define_functions {
    ($( $name:ident $bits:literal $feature:ident $(=> $($path:ident)::+ ( $($arg:expr),* ) )? ; )*) => {
        /// In table order.
        static FUNCTIONS: [Function; COUNT] = [ $( function!($name $($($path)::+ ( $($arg),* ))?) ),* ];
    };
}

for_each_encoding!(define_functions);

impl Recorder {
    /// Records the instruction `word` at `pc`.
    pub fn record(&mut self, pc: u64, word: u32) -> Record {
        self.record_decoded(pc, function_of(word), word)
    }

    /// The same of one that was decoded: the number of its function in the interpreter's table.
    pub(super) fn record_decoded(&mut self, pc: u64, function: usize, word: u32) -> Record {
        let (nodes, effects, constants) = (self.nodes.len(), self.effects.len(), self.constants.len());
        self.pc = pc;
        (self.reads_flags, self.writes_flags, self.unsupported, self.undefined) = (false, false, false, false);
        self.conditions = Conditions::NONE;
        match function.checked_sub(SPECIALS).and_then(|row| FUNCTIONS.get(row)) {
            Some(row) => row(self, word),
            None => self.undefined(),
        }
        self.unsupported |= self.unlowered.contains(&pc);
        if self.unsupported {
            self.nodes.truncate(nodes);
            self.uses.truncate(nodes);
            self.effects.truncate(effects);
            self.constants.truncate(constants);
            self.effects.push(Effect::Interpret);
            // The interpreter may read the flags.
            (self.reads_flags, self.writes_flags, self.conditions) = (true, false, Conditions::ALL);
        }
        self.describe(nodes, effects, function as u16, word)
    }

    /// Records that a breakpoint is set at `pc`.
    pub fn record_breakpoint(&mut self, pc: u64) -> Record {
        let (nodes, effects) = (self.nodes.len(), self.effects.len());
        self.pc = pc;
        (self.reads_flags, self.writes_flags, self.undefined) = (true, false, false);
        self.conditions = Conditions::ALL;
        self.effects.push(Effect::Breakpoint);
        self.describe(nodes, effects, Special::Breakpoint as u16, 0)
    }

    /// What is known of the instruction whose nodes and effects begin there.
    fn describe(&self, nodes: usize, effects: usize, function: u16, word: u32) -> Record {
        let done = self.effects.get(effects..).unwrap_or_default();
        let mut record = Record {
            pc: self.pc,
            function,
            word,
            effects: effects as u32..self.effects.len() as u32,
            nodes: nodes as u32..self.nodes.len() as u32,
            reads_flags: self.reads_flags,
            conditions: self.conditions,
            careful: self.careful,
            writes_flags: self.writes_flags,
            writes_vectors: false,
            writes: Registers::NONE,
            faults: false,
            faults_late: false,
            ends: false,
            calls: false,
            target: None,
        };
        let nodes = self.nodes.get(nodes..).unwrap_or_default();
        record.faults = nodes.iter().any(Node::is_floating_point);
        let (mut links, mut leaves, mut loads) = (false, false, 0);
        for effect in done {
            match *effect {
                Effect::SetX(x, v) => {
                    links |= x == 30;
                    record.writes = record.writes.and(Registers::x(x));
                    leaves |= x == SP && !self.keeps_sp_aligned(v);
                }
                Effect::Eval(r) if !matches!(self.node(r), Node::Sum { .. } | Node::SumCarry { .. }) => {
                    record.faults = true;
                    loads += 1;
                }
                Effect::Store { .. }
                | Effect::StoreV { .. }
                | Effect::FpCompare { .. }
                | Effect::FpCondCompare { .. } => {
                    record.faults = true;
                }
                Effect::MoveMemory(..) => (leaves, record.writes) = (true, Registers::ALL),
                Effect::CheckAlignment(..) | Effect::InterpretUnlessZero(_) => leaves = true,
                Effect::SetV(v, _) => {
                    record.writes = record.writes.and(Registers::v(v));
                    record.writes_vectors = true;
                }
                Effect::Branch(to) => (record.ends, record.target, record.calls) = (true, Some(to), links),
                Effect::BranchIf(_, to) => record.target = Some(to),
                Effect::BranchTo(..) | Effect::Svc | Effect::Breakpoint => record.ends = true,
                Effect::Interpret => {
                    (record.ends, record.writes_vectors, record.writes) = (self.undefined, true, Registers::ALL);
                }
                _ => {}
            }
        }
        record.faults_late = loads > 1;
        if leaves {
            // The interpreter goes on from the state.
            (record.reads_flags, record.conditions) = (true, Conditions::ALL);
        }
        record
    }
}
