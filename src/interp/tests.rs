//! The interpreter's mechanics: pages, exits, faults, steps, breakpoints, invalidation.
#![allow(unsafe_code)]

use super::*;
use std::ptr::null_mut;

struct Everything;

impl CodeMemory for Everything {
    fn is_executable(&self, page: u64) -> bool {
        page != 0
    }
}

/// Maps fresh pages that hold `code` at their start.
fn map_code(code: &[u32]) -> u64 {
    // SAFETY: a new anonymous mapping, filled before anyone else knows it.
    unsafe {
        let p = libc::mmap(
            null_mut(),
            3 * 4096,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        assert_ne!(p, libc::MAP_FAILED);
        std::ptr::copy_nonoverlapping(code.as_ptr(), p.cast(), code.len());
        p as u64
    }
}

fn interpreter(pc: u64) -> Interp {
    let code = Box::leak(Box::new(CodeCache::new(&Everything)));
    let shared = Box::leak(Box::default());
    Interp::new(CpuState { pc, ..CpuState::default() }, code, shared)
}

const ADD_X0_X0_1: u32 = 0x9100_0400;
const SVC_0: u32 = 0xd400_0001;

#[test]
fn runs_to_a_syscall_and_leaves_pc_behind_it() {
    // mov x0, #5 ; add x0, x0, #1 ; svc #0
    let pc = map_code(&[0xd280_00a0, ADD_X0_X0_1, SVC_0]);
    let mut m = interpreter(pc);
    assert_eq!(m.run(), Exit::Syscall(0));
    assert_eq!((m.cpu.x[0], m.cpu.pc), (6, pc + 12));
}

#[test]
fn falls_through_to_the_next_page() {
    let mut code = [ADD_X0_X0_1; 1026];
    code[1025] = SVC_0;
    let pc = map_code(&code);
    let mut m = interpreter(pc);
    assert_eq!(m.run(), Exit::Syscall(0));
    assert_eq!(m.cpu.x[0], 1025);
}

#[test]
fn loops_until_zero() {
    // mov x0, #1000 ; 1: subs x0, x0, #1 ; b.ne 1b ; svc #0
    let pc = map_code(&[0xd280_7d00, 0xf100_0400, 0x54ff_ffe1, SVC_0]);
    let mut m = interpreter(pc);
    assert_eq!(m.run(), Exit::Syscall(0));
    assert_eq!(m.cpu.x[0], 0);
}

#[test]
fn breakpoint_stops_before_and_step_passes_it() {
    let pc = map_code(&[ADD_X0_X0_1, ADD_X0_X0_1, SVC_0]);
    let mut m = interpreter(pc);
    m.code.insert_breakpoint(pc + 4);
    assert_eq!(m.run(), Exit::Breakpoint);
    assert_eq!((m.cpu.x[0], m.cpu.pc), (1, pc + 4));
    assert_eq!(m.step(), Exit::Step);
    assert_eq!((m.cpu.x[0], m.cpu.pc), (2, pc + 8));
    assert_eq!(m.run(), Exit::Syscall(0));
    m.cpu.pc = pc;
    m.code.remove_breakpoint(pc + 4);
    assert_eq!(m.run(), Exit::Syscall(0));
}

#[test]
fn step_follows_a_branch() {
    // b .+8 ; udf ; svc
    let pc = map_code(&[0x1400_0002, 0, SVC_0]);
    let mut m = interpreter(pc);
    assert_eq!(m.step(), Exit::Step);
    assert_eq!(m.cpu.pc, pc + 8);
    assert_eq!(m.step(), Exit::Syscall(0));
}

#[test]
fn unfetchable_and_unallocated_leave_pc_at_the_instruction() {
    // br x0
    let pc = map_code(&[0xd61f_0000]);
    let mut m = interpreter(pc);
    assert_eq!(m.run(), Exit::FetchFault);
    assert_eq!(m.cpu.pc, 0);
    m.cpu.pc = pc;
    m.cpu.x[0] = pc + 6;
    assert_eq!(m.run(), Exit::PcAlignment);
    assert_eq!(m.cpu.pc, pc + 6);
    m.cpu.pc = pc + 4;
    assert_eq!(m.run(), Exit::Undefined(0, None));
    assert_eq!(m.cpu.pc, pc + 4);
}

#[test]
fn invalidated_code_is_decoded_again() {
    let pc = map_code(&[ADD_X0_X0_1, SVC_0]);
    let mut m = interpreter(pc);
    assert_eq!(m.run(), Exit::Syscall(0));
    // SAFETY: the test's own page. sub x0, x0, #1
    unsafe { *(pc as *mut u32) = 0xd100_0400 };
    m.code.invalidate(pc, pc + 4);
    m.cpu.pc = pc;
    assert_eq!(m.run(), Exit::Syscall(0));
    assert_eq!(m.cpu.x[0], 0);
}

#[test]
fn a_stop_bit_interrupts_an_endless_loop() {
    let pc = map_code(&[0x1400_0000]);
    let mut m = interpreter(pc);
    let shared = m.shared();
    let kicker = std::thread::spawn(move || shared.stop.fetch_or(stop::KICK, Ordering::SeqCst));
    assert_eq!(m.run(), Exit::Interrupted);
    assert_eq!(m.cpu.pc, pc);
    assert!(kicker.join().is_ok());
}
