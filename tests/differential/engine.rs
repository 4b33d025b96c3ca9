//! The side under test: the interpreter, one step at a time, in this process.

use super::state::{Outcome, State};
use emu::cpu::{CpuState, Nzcv};
use emu::interp::{CodeCache, CodeMemory, Exit, Interp};

/// The interpreter and the place where it finds the instruction.
pub struct Engine {
    interp: Interp,
}

struct Everything;

impl CodeMemory for Everything {
    fn is_executable(&self, _: u64) -> bool {
        true
    }
}

const SIGILL: u32 = 4;
const SIGTRAP: u32 = 5;
const SIGBUS: u32 = 7;
const SIGSEGV: u32 = 11;

impl Engine {
    pub fn new() -> Engine {
        let code = Box::leak(Box::new(CodeCache::new(&Everything)));
        let shared = Box::leak(Box::default());
        Engine { interp: Interp::new(CpuState::default(), code, shared) }
    }

    /// Executes one word on a state.
    pub fn execute(&mut self, word: u32, before: &State) -> Outcome {
        // `step` decodes afresh each time, so the place may be reused.
        let place = Box::new(word);
        let pc = &raw const *place as u64;
        self.interp.cpu = CpuState {
            x: before.x,
            sp: before.sp,
            pc,
            nzcv: Nzcv(before.nzcv as u32),
            fpcr: before.fpcr,
            fpsr: before.fpsr,
            v: before.v,
            ..CpuState::default()
        };
        let signal = match self.interp.step() {
            Exit::Step => 0,
            Exit::Undefined(..) => SIGILL,
            Exit::Brk(_) => SIGTRAP,
            Exit::PcAlignment => SIGBUS,
            _ => SIGSEGV,
        };
        let cpu = &self.interp.cpu;
        let after = State { x: cpu.x, sp: cpu.sp, nzcv: cpu.nzcv.0 as u64, fpsr: cpu.fpsr, fpcr: cpu.fpcr, v: cpu.v };
        Outcome { after, pc: cpu.pc.wrapping_sub(pc), signal }
    }
}
