//! The ways into translated code, out of it and to the interpreter, at the head of the code memory
//! ([`super::entry`] is their other side).

use super::asm::{Alu, Asm, Cc, slot, with_mem};
use super::entry::{Thread, exit};
use super::jumps::JumpSite;
use super::regs::{Mem, Operand, PINNED_V, PINNED_X, QC_V, RAX, RCX};
use super::vex::{VMOVDQU64_OUT, VPXORQ};
use crate::lift::Width;
use crate::value::int::Size;
use dynasmrt::{DynasmApi, dynasm};

/// Addresses of the trampolines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trampolines {
    /// `enter(state)`.
    pub enter: u64,
    /// The same, MXCSR still being that of translated code.
    pub enter_again: u64,
    /// Where units leave to, the reason in eax.
    pub leave: u64,
    /// Where a direct branch leaves to by a call, a [`super::entry::Link`] behind it.
    pub leave_to_link: u64,
    /// Called by units for one instruction: its function in ecx, its word in eax, its pc in the state.
    pub interpret: u64,
    /// The same for instructions that neither compute with floating point nor look at its status.
    pub interpret_integer: u64,
    /// If calls of `interpret` are to be counted, where: 8 bytes for each function.
    pub counts: Option<u64>,
}

/// Writes the trampolines.
pub fn write_trampolines(asm: &mut Asm) -> Trampolines {
    let enter_again = asm.address(asm.len());
    save_registers(asm);
    let again = asm.jump_inside(None);
    let enter = asm.address(asm.len());
    save_registers(asm);
    load_mxcsr(asm);
    land(asm, again);
    clear_saturation(asm);
    load_pinned(asm);
    // From this test on a signal handler finds the thread in translated code.
    let stopped = if_stopped(asm);
    with_mem!(asm, slot(Thread::TARGET), [jmp QWORD][]);
    land(asm, stopped);
    asm.mov_imm(RAX, u64::from(exit::INTERRUPTED));
    let over = asm.jump_inside(None);

    let leave_to_link = asm.address(asm.len());
    dynasm!(asm ; .arch x64 ; pop rax);
    asm.store_slot(Thread::LINK, RAX);
    asm.mov_imm(RAX, u64::from(exit::LINK));

    let leave = asm.address(asm.len());
    land(asm, over);
    store_pinned(asm);
    store_saturation(asm);
    // What a system call needs of Rust's code does not compute with floating point, most times; see `Thread::settle`.
    dynasm!(asm ; .arch x64 ; cmp eax, exit::SYSCALL as i32);
    let lends = asm.jump_inside(Some(Cc::E));
    store_mxcsr(asm);
    land(asm, lends);
    let left = asm.len();
    asm.store(Width::S, slot(Thread::EXIT), RAX);
    dynasm!(asm ; .arch x64 ; add rsp, 8 ; pop r15 ; pop r14 ; pop r13 ; pop r12 ; pop rbp ; pop rbx ; ret);

    let interpret = write_interpret(asm, left, true);
    let interpret_integer = write_interpret(asm, left, false);

    Trampolines { enter, enter_again, leave, leave_to_link, interpret, interpret_integer, counts: None }
}

/// The registers that are the caller's, by the C calling convention; and the state's.
fn save_registers(asm: &mut Asm) {
    dynasm!(asm ; .arch x64 ; push rbx ; push rbp ; push r12 ; push r13 ; push r14 ; push r15 ; sub rsp, 8
        ; mov rbp, rdi);
}

/// The way to the interpreter for one instruction; `left` is the offset of the way out behind
/// stores and MXCSR.
fn write_interpret(asm: &mut Asm, left: usize, swaps_mxcsr: bool) -> u64 {
    let address = asm.address(asm.len());
    dynasm!(asm ; .arch x64 ; sub rsp, 8);
    store_pinned(asm);
    store_saturation(asm);
    if swaps_mxcsr {
        store_mxcsr(asm);
    }
    dynasm!(asm ; .arch x64 ; mov rdi, rbp ; mov esi, ecx ; mov edx, eax);
    with_mem!(asm, slot(Thread::HELPER), [call QWORD][]);
    asm.alu(Alu::Sub, Size::W, RAX, Operand::Imm(1));
    let leaves = asm.jump_inside(Some(Cc::AE));
    asm.mov_imm(RAX, u64::from(exit::INTERRUPTED));
    let stopped = if_stopped(asm);
    if swaps_mxcsr {
        load_mxcsr(asm);
    }
    clear_saturation(asm);
    load_pinned(asm);
    dynasm!(asm ; .arch x64 ; add rsp, 8 ; ret);
    land(asm, leaves);
    land(asm, stopped);
    dynasm!(asm ; .arch x64 ; add rsp, 16);
    if !swaps_mxcsr {
        store_mxcsr(asm);
    }
    let out = asm.jump_inside(None);
    asm.jump_to_offset(out, left);
    address
}

fn land(asm: &mut Asm, site: JumpSite) {
    let here = asm.len();
    asm.jump_to_offset(site, here);
}

/// Jumps if the stop word is not zero; takes rcx.
fn if_stopped(asm: &mut Asm) -> JumpSite {
    asm.load_slot(RCX, Thread::STOP);
    dynasm!(asm ; .arch x64 ; cmp DWORD [rcx], BYTE 0);
    asm.jump_inside(Some(Cc::NE))
}

/// MXCSR of translated code.
fn load_mxcsr(asm: &mut Asm) {
    with_mem!(asm, slot(Thread::MXCSR), [ldmxcsr DWORD][]);
}

/// Takes MXCSR of translated code away, and lets Rust code have its own.
fn store_mxcsr(asm: &mut Asm) {
    with_mem!(asm, slot(Thread::MXCSR), [stmxcsr DWORD][]);
    with_mem!(asm, slot(Thread::HOST_MXCSR), [ldmxcsr DWORD][]);
}

/// Nothing has saturated since Rust code looked.
fn clear_saturation(asm: &mut Asm) {
    if asm.features.avx512vl {
        QC_V.into_iter().for_each(|v| asm.v3(VPXORQ, v, v, v));
    }
}

/// For [`Thread::take_saturation`].
fn store_saturation(asm: &mut Asm) {
    if asm.features.avx512vl {
        (0..).zip(QC_V).for_each(|(n, v)| asm.v2(VMOVDQU64_OUT, v, slot(Thread::QC + 16 * n)));
    }
}

fn load_pinned(asm: &mut Asm) {
    for (x, host) in PINNED_X {
        asm.load_slot(host, Thread::x_slot(x));
    }
    for (v, host) in PINNED_V {
        asm.load_vector(Width::Q, host, slot(Thread::v_slot(v)));
    }
}

fn store_pinned(asm: &mut Asm) {
    for (x, host) in PINNED_X {
        asm.store_slot(Thread::x_slot(x), host);
    }
    for (v, host) in PINNED_V {
        asm.store_vector(Width::Q, slot(Thread::v_slot(v)), host);
    }
}
