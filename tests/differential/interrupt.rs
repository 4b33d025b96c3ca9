//! Asynchronous signals in translated code: after each of a unit's host instructions in turn a signal
//! arrives, and the state in which the unit is left must be one that the interpreter passes through.
//! From there the program must come to the interpreter's end.
//!
//! Now and then the program's code is declared changed at such a stop, which retires the unit.
#![allow(unsafe_code)]

use super::engine::Engine;
use super::generate::Rng;
use super::place::{MEMORY_SIZE, PROGRAM_WORDS, Place, Program};
use super::state::{Outcome, State};
use emu::interp::Exit;
use emu::interp::stop::SIGNAL;
use emu::jit::{cache, interrupt};
use emu::memory::access::Gregs;
use std::cell::Cell;
use std::ptr::null_mut;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

/// EFLAGS.TF: a trap after each host instruction.
const TRAP_FLAG: i64 = 1 << 8;

thread_local! {
    /// Host instructions in translated code until the signal; negative once it has come.
    static LEFT: Cell<i32> = const { Cell::new(-1) };
    /// The thread's stop word, while it may be interrupted.
    static STOP: Cell<Option<&'static AtomicU32>> = const { Cell::new(None) };
}

/// SIGUSR1 begins to trap, SIGTRAP counts.
extern "C" fn on_signal(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel's arguments.
    let (code, gregs) =
        unsafe { ((*info).si_code, &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs as &mut Gregs) };
    let flags = &mut gregs[libc::REG_EFL as usize];
    let Some(stop) = STOP.get() else {
        *flags &= !TRAP_FLAG;
        return;
    };
    if signal == libc::SIGUSR1 {
        *flags |= TRAP_FLAG;
        return;
    }
    if LEFT.get() >= 0 {
        if cache::contains(gregs[libc::REG_RIP as usize] as u64) {
            LEFT.set(LEFT.get() - 1);
        }
        if LEFT.get() < 0 {
            stop.fetch_or(SIGNAL, Ordering::Relaxed);
        } else {
            return;
        }
    }
    // SAFETY: in the handler, with the registers of the thread that it interrupted.
    unsafe { interrupt::on_fault(libc::SIGTRAP, code, 0, gregs) };
}

fn handle_signals() {
    static ONCE: Once = Once::new();
    // SAFETY: zero is a valid sigaction, filled in below; the handler is async-signal-safe.
    ONCE.call_once(|| unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_signal as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
        libc::sigaction(libc::SIGUSR1, &action, null_mut());
        libc::sigaction(libc::SIGTRAP, &action, null_mut());
    });
}

/// Runs until the program ends, or until a signal that comes after so many host instructions.
fn run_interrupted(engine: &mut Engine, after: i32) -> Exit {
    let stop = &engine.interp().shared().stop;
    LEFT.set(after);
    STOP.set(Some(stop));
    // SAFETY: a signal to this thread, with a handler.
    unsafe { libc::raise(libc::SIGUSR1) };
    let exit = engine.run();
    STOP.set(None);
    stop.fetch_and(!SIGNAL, Ordering::Relaxed);
    exit
}

/// What the interpreter passes through: each instruction by its number, the state before it, with memory.
fn states(interpreter: &mut Engine, place: Place, before: &State) -> Vec<(usize, State, [u8; MEMORY_SIZE])> {
    interpreter.begin(0, before);
    let mut all = vec![(0, interpreter.state(), place.bytes())];
    while interpreter.interp().step() == Exit::Step {
        all.push((step(interpreter, place), interpreter.state(), place.bytes()));
    }
    all
}

/// Which instruction of the program comes next.
fn step(engine: &mut Engine, place: Place) -> usize {
    engine.interp().cpu.pc.wrapping_sub(place.code(0)) as usize / 4
}

/// Interrupts one program wherever that can be done; returns how often. Err says where what differed.
pub fn everywhere(
    place: Place,
    engines: (&mut Engine, &mut Engine),
    (memory, program, before): (&[u8; MEMORY_SIZE], Program, &State),
    rng: &mut Rng,
) -> Result<u64, String> {
    handle_signals();
    let (interpreter, jit) = engines;
    interpreter.load(memory, &[program]);
    jit.load(memory, &[program]);
    let expected = interpreter.execute(0, before);
    let passed = states(interpreter, place, before);
    place.set_bytes(memory);
    // Makes the units: often two or three.
    let splits: Vec<usize> = (0..rng.below(3)).map(|_| rng.below(PROGRAM_WORDS as u64) as usize).collect();
    let translate = |jit: &mut Engine| {
        splits.iter().for_each(|&at| jit.split(0, at, before));
        let _ = jit.execute(0, before);
    };
    translate(jit);
    let mut after = rng.below(4) as i32;
    let mut count = 0;
    loop {
        jit.begin(0, before);
        let exit = run_interrupted(jit, after);
        if exit != Exit::Interrupted {
            jit.outcome(exit, 0);
            return Ok(count);
        }
        count += 1;
        let step = step(jit, place);
        let stopped = jit.state();
        let bytes = place.bytes();
        if !passed.iter().any(|(pc, state, memory)| (*pc, state, memory) == (step, &stopped, &bytes)) {
            let there = passed.iter().filter(|(pc, ..)| *pc == step).map(|(_, state, _)| state);
            let there: String = there.map(|state| format!("{state:x?}\n")).collect();
            return Err(format!("after {after} host instructions, at step {step}:\n{there}{stopped:x?}"));
        }
        let is_changed = rng.one_in(4);
        if is_changed {
            jit.invalidate();
        }
        let exit = jit.run();
        let end: Outcome = jit.outcome(exit, 0);
        if end != expected {
            return Err(format!("after {after} host instructions, at step {step}: another end"));
        }
        if is_changed {
            // Makes the units again: not while each host instruction traps.
            translate(jit);
        }
        after += 1 + rng.below(6) as i32;
    }
}
