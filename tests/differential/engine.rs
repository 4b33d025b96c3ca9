//! The sides in this process: the interpreter, and the JIT.
#![allow(unsafe_code, clippy::panic)]

use super::oracle;
use super::place::{MEMORY_SIZE, PROGRAMS, Place, Program};
use super::state::{Change, Outcome, State};
use emu::cpu::state::PacKeys;
use emu::cpu::{CpuState, Nzcv};
use emu::interp::code;
use emu::interp::{CodeCache, CodeMemory, Exit, Interp};
use emu::jit::features::HostFeatures;
use emu::jit::link::{Following, Translations};
use emu::jit::{Jit, interrupt};
use emu::memory::access::{self, Gregs, Recovery};
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::Once;

/// What executes a program.
enum Executor {
    Interp(Box<Interp>),
    Jit(Box<Jit>),
}

impl Executor {
    fn run(&mut self) -> Exit {
        match self {
            Executor::Interp(interp) => interp.run(),
            Executor::Jit(jit) => jit.run(),
        }
    }

    fn interp(&mut self) -> &mut Interp {
        match self {
            Executor::Interp(interp) => interp,
            Executor::Jit(jit) => jit.interp_mut(),
        }
    }
}

/// An executor and the place where it runs.
pub struct Engine {
    executor: Executor,
    code: &'static CodeCache,
    place: Place,
    memory: [u8; MEMORY_SIZE],
}

impl CodeMemory for Place {
    fn is_executable(&self, page: u64) -> bool {
        self.is_code(page)
    }
}

pub const SIGILL: u32 = libc::SIGILL as u32;
pub const SIGBUS: u32 = libc::SIGBUS as u32;
pub const SIGSEGV: u32 = libc::SIGSEGV as u32;

thread_local! {
    /// How the engine on this thread leaves a faulting access.
    static RECOVERY: Cell<*mut Recovery> = const { Cell::new(null_mut()) };
}

/// Sends a fault of the engine's accesses back to it; any other one kills the test.
extern "C" fn on_fault(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel's arguments; the recovery is that of this thread's engine.
    unsafe {
        let gregs: &mut Gregs = &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs;
        let addr = (*info).si_addr() as u64;
        if interrupt::on_fault(signal, (*info).si_code, addr, gregs) {
            return;
        }
        if !access::on_host_fault(signal, (*info).si_code, addr, gregs, RECOVERY.get()) {
            libc::signal(signal, libc::SIG_DFL);
        }
    }
}

fn handle_faults() {
    static ONCE: Once = Once::new();
    // SAFETY: zero is a valid sigaction, filled in below; the handler is async-signal-safe.
    ONCE.call_once(|| unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_fault as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
        libc::sigaction(libc::SIGSEGV, &action, null_mut());
        libc::sigaction(libc::SIGBUS, &action, null_mut());
        libc::sigaction(libc::SIGFPE, &action, null_mut());
    });
}

impl Engine {
    /// The interpreter.
    pub fn interpreter(place: Place) -> Engine {
        Self::new(place, |interp| Executor::Interp(Box::new(interp)))
    }

    /// The JIT, for a host with these features; whether pairs are one access of 16 bytes.
    pub fn jit(place: Place, features: HostFeatures, atomic_pairs: bool) -> Engine {
        let mut translations = Translations::with_features(features).expect("executable memory");
        translations.set_atomic_pairs(atomic_pairs);
        let translations = &*Box::leak(Box::new(translations));
        Self::new(place, |interp| {
            let code = interp.code();
            code.set_follower(Box::leak(Box::new(Following { translations, code })));
            Executor::Jit(Box::new(Jit::new(interp, translations)))
        })
    }

    fn new(place: Place, executor: impl FnOnce(Interp) -> Executor) -> Engine {
        handle_faults();
        let code = &*Box::leak(Box::new(CodeCache::new(Box::leak(Box::new(place)))));
        let shared = Box::leak(Box::default());
        let executor = executor(Interp::new(CpuState::default(), code, shared));
        Engine { executor, code, place, memory: [0; MEMORY_SIZE] }
    }

    /// Takes a batch: what memory holds before each execution, and the programs.
    pub fn load(&mut self, memory: &[u8; MEMORY_SIZE], programs: &[Program]) {
        self.memory = *memory;
        self.place.set_bytes(memory);
        self.place.write_code(programs);
        self.code.invalidate(self.place.code(0), self.place.code(PROGRAMS), code::Change::Meaning);
    }

    /// What says, from another thread, that a program's code is not what it was.
    pub fn invalidator(&self) -> impl Fn(usize) + Send + use<> {
        let (code, place) = (self.code, self.place);
        move |index| {
            code.invalidate(place.code(index), place.code(index + 1), code::Change::Meaning);
        }
    }

    /// Says that the first program's code is not what it was.
    pub fn invalidate(&self) {
        self.code.invalidate(self.place.code(0), self.place.code(1), code::Change::Meaning);
    }

    /// Executes a program of the batch on a state.
    pub fn execute(&mut self, index: usize, before: &State) -> Outcome {
        self.begin(index, before);
        let exit = self.run();
        self.outcome(exit, index)
    }

    /// Runs a program from this instruction on. In the JIT a unit begins there then, at which those made later end:
    /// what they hand over to it is to be right.
    pub fn split(&mut self, index: usize, at: usize, state: &State) {
        self.begin(index, state);
        self.executor.interp().cpu.pc += 4 * at as u64;
        let exit = self.run();
        self.outcome(exit, index);
    }

    /// Prepares for a program of the batch.
    pub fn begin(&mut self, index: usize, before: &State) {
        let start = self.place.code(index);
        self.executor.interp().cpu = CpuState {
            x: before.x,
            sp: before.sp,
            pc: start,
            nzcv: Nzcv(before.nzcv as u32),
            fpcr: before.fpcr,
            fpsr: before.fpsr,
            v: before.v,
            keys: PacKeys { values: oracle::processor().keys.unwrap_or_default(), enabled: PacKeys::ENABLED },
            looks_at_fpsr: before.looks_at_fpsr,
            ..CpuState::default()
        };
        RECOVERY.set(self.executor.interp().recovery());
    }

    /// Runs until an exit.
    pub fn run(&mut self) -> Exit {
        self.executor.run()
    }

    /// The interpreter, or the one inside the JIT.
    pub fn interp(&mut self) -> &mut Interp {
        self.executor.interp()
    }

    /// The registers as they are.
    pub fn state(&mut self) -> State {
        let cpu = &self.executor.interp().cpu;
        let (nzcv, fpsr, fpcr) = (cpu.nzcv.0 as u64, cpu.fpsr, cpu.fpcr);
        State { x: cpu.x, sp: cpu.sp, nzcv, fpsr, fpcr, v: cpu.v, looks_at_fpsr: false }
    }

    /// What the exit of a program comes to; memory is as before again.
    pub fn outcome(&mut self, exit: Exit, index: usize) -> Outcome {
        let start = self.place.code(index);
        let after = self.state();
        let cpu = &self.executor.interp().cpu;
        let (signal, address) = match exit {
            Exit::Brk(_) => (0, 0),
            Exit::Fault(fault) if fault.signal as u32 == SIGILL => (SIGILL, 0),
            Exit::Fault(fault) => (fault.signal as u32, fault.addr),
            Exit::FetchFault => (SIGSEGV, cpu.pc),
            Exit::PcAlignment => (SIGBUS, cpu.pc),
            Exit::Undefined(..) => (SIGILL, 0),
            other => panic!("{other:?} from a program without system calls"),
        };
        let pc = cpu.pc.wrapping_sub(start);
        let now = self.place.bytes();
        let change = if now == self.memory { Change::NONE } else { Change::between(&self.memory, &now) };
        if change != Change::NONE {
            self.place.set_bytes(&self.memory);
        }
        Outcome { after, pc, signal, address, change }
    }
}
