//! The interpreter's mechanics: pages, exits, faults, steps, breakpoints, invalidation.
#![allow(unsafe_code)]

use super::code::Change;
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
    assert!(m.code.invalidate(pc, pc + 4, Change::Written));
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

#[test]
fn ic_ivau_makes_written_code_run() {
    // str w1, [x0] ; dc cvau, x0 ; ic ivau, x0 ; isb ; nop (at x0) ; svc
    let pc = map_code(&[0xb900_0001, 0xd50b_7b20, 0xd50b_7520, 0xd503_3fdf, 0xd503_201f, SVC_0]);
    let mut m = interpreter(pc);
    m.cpu.x[0] = pc + 16;
    m.cpu.x[1] = 0xd503_201f;
    assert_eq!(m.run(), Exit::Syscall(0));
    m.cpu.pc = pc;
    // add x2, x2, #1
    m.cpu.x[1] = 0x9100_0442;
    assert_eq!(m.run(), Exit::Syscall(0));
    assert_eq!(m.cpu.x[2], 1);
}

#[test]
fn dc_zva_clears_the_block_that_dczid_names() {
    // mrs x1, dczid_el0 ; dc zva, x0 ; svc
    let pc = map_code(&[0xd53b_00e1, 0xd50b_7420, SVC_0]);
    let data = map_code(&[u32::MAX; 1024]);
    let mut m = interpreter(pc);
    m.cpu.x[0] = data + 70;
    assert_eq!(m.run(), Exit::Syscall(0));
    assert_eq!(4 << m.cpu.x[1], 64);
    // SAFETY: the test's own page.
    let bytes: [u8; 192] = unsafe { std::ptr::read(data as *const _) };
    assert!(bytes.iter().enumerate().all(|(n, &b)| b == if (64..128).contains(&n) { 0 } else { 255 }));
}

#[test]
fn misaligned_sp_is_a_bus_error_before_the_access() {
    // ldr x0, [sp], #8
    let pc = map_code(&[0xf840_87e0]);
    let mut m = interpreter(pc);
    m.cpu.sp = pc + 8;
    let fault = access::Fault { addr: pc + 8, signal: libc::SIGBUS, code: 1, write: false };
    assert_eq!(m.run(), Exit::Fault(fault));
    assert_eq!((m.cpu.pc, m.cpu.sp), (pc, pc + 8));
}

#[test]
fn id_registers_and_the_counter_read_as_announced() {
    // mrs x0, id_aa64isar0_el1 ; mrs x1, cntvct_el0 ; mrs x2, cntvct_el0 ; mrs x3, cntfrq_el0 ; svc ; mrs x0, sctlr_el1
    let pc = map_code(&[0xd538_0600, 0xd53b_e041, 0xd53b_e042, 0xd53b_e003, SVC_0, 0xd538_1000]);
    let mut m = interpreter(pc);
    assert_eq!(m.run(), Exit::Syscall(0));
    assert_eq!(m.cpu.x[0], crate::decode::features().id_register(crate::cpu::features::IdReg::Isar0));
    assert!(m.cpu.x[1] <= m.cpu.x[2] && m.cpu.x[3] == 1_000_000_000);
    assert!(matches!(m.run(), Exit::Undefined(..)));
}
