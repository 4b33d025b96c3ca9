//! Host calls on behalf of the guest, which a signal may cut short before they take effect.
//!
//! A signal that arrives between the test of the thread's stop word and the `syscall` instruction
//! must not be forgotten while the call blocks. So test and entry are one restartable sequence: the
//! host handler sends a thread that it interrupted inside it to an abort label. A call that the
//! kernel itself wants restarted after the handler (SA_RESTART) comes back to the `syscall`
//! instruction and is caught there as well; rcx tells the two apart, since entering the kernel
//! leaves the return address in it.
#![allow(unsafe_code)]

use super::raw::HostErrno;
use std::arch::naked_asm;
use std::sync::atomic::AtomicU32;

/// Why a call did not happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interrupted {
    /// The kernel refused it.
    Errno(HostErrno),
    /// A signal came before the kernel was entered: as if before the guest's SVC.
    BeforeEntry,
    /// The kernel was entered and would restart the call (ERESTARTSYS).
    WouldRestart,
}

/// Returned at the abort labels; no system call returns them (they are beyond -4095).
const BEFORE_ENTRY: i64 = -5001;
const WOULD_RESTART: i64 = -5002;

/// Makes host call `nr`, unless a bit of `mask` is set in `stop`.
#[inline(always)]
pub fn interruptible(stop: &AtomicU32, mask: u32, nr: i64, args: &[u64; 6]) -> Result<u64, Interrupted> {
    // SAFETY: the sequence keeps to the C ABI; what the call does is the caller's argument, as for
    // `raw::syscall`.
    match unsafe { enter(stop.as_ptr(), mask, nr, args) } {
        BEFORE_ENTRY => Err(Interrupted::BeforeEntry),
        WOULD_RESTART => Err(Interrupted::WouldRestart),
        ret if (-4095..0).contains(&ret) => Err(Interrupted::Errno(HostErrno(-ret as i32))),
        ret => Ok(ret as u64),
    }
}

#[unsafe(naked)]
unsafe extern "sysv64" fn enter(stop: *const u32, mask: u32, nr: i64, args: *const [u64; 6]) -> i64 {
    naked_asm!(
        "push rbx",
        "push rbp",
        // For whoever wants to know which call of the guest's this is (`process::proccall`).
        "push rdi",
        "mov rbx, rdi",
        "mov ebp, esi",
        "mov rax, rdx",
        "mov r11, rcx",
        "mov rdi, [r11]",
        "mov rsi, [r11 + 8]",
        "mov rdx, [r11 + 16]",
        "mov r10, [r11 + 24]",
        "mov r8, [r11 + 32]",
        "mov r9, [r11 + 40]",
        "xor ecx, ecx",
        ".globl emu_host_call_test",
        ".hidden emu_host_call_test",
        "emu_host_call_test:",
        "test dword ptr [rbx], ebp",
        "jnz emu_host_call_abort",
        ".globl emu_host_call_entry",
        ".hidden emu_host_call_entry",
        "emu_host_call_entry:",
        "syscall",
        ".globl emu_host_call_return",
        ".hidden emu_host_call_return",
        "emu_host_call_return:",
        "pop rcx",
        "pop rbp",
        "pop rbx",
        "ret",
        ".globl emu_host_call_abort",
        ".hidden emu_host_call_abort",
        "emu_host_call_abort:",
        "mov rax, {before_entry}",
        "jmp emu_host_call_return",
        ".globl emu_host_call_restart",
        ".hidden emu_host_call_restart",
        "emu_host_call_restart:",
        "mov rax, {would_restart}",
        "jmp emu_host_call_return",
        before_entry = const BEFORE_ENTRY,
        would_restart = const WOULD_RESTART,
    )
}

unsafe extern "C" {
    static emu_host_call_test: u8;
    static emu_host_call_entry: u8;
    static emu_host_call_return: u8;
    static emu_host_call_abort: u8;
    static emu_host_call_restart: u8;
}

/// Where a thread that waits in [`interruptible`] will come back to; on its stack then lies the address of its stop word.
pub fn return_address() -> u64 {
    (&raw const emu_host_call_return) as u64
}

/// In a host signal handler: if the thread was interrupted inside the sequence, sends it to the
/// abort label. Async-signal-safe.
pub fn abort_interrupted(gregs: &mut [i64; 23]) {
    let pc = gregs[libc::REG_RIP as usize];
    let entered = gregs[libc::REG_RCX as usize] == (&raw const emu_host_call_return) as i64;
    if ((&raw const emu_host_call_test) as i64..=(&raw const emu_host_call_entry) as i64).contains(&pc) {
        let label = if entered { &raw const emu_host_call_restart } else { &raw const emu_host_call_abort };
        gregs[libc::REG_RIP as usize] = label as i64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_stop_bit_keeps_the_call_out_of_the_kernel() {
        let stop = AtomicU32::new(4);
        assert_eq!(interruptible(&stop, 12, libc::SYS_getpid, &[0; 6]), Err(Interrupted::BeforeEntry));
        assert_eq!(interruptible(&stop, 8, libc::SYS_getpid, &[0; 6]), Ok(u64::from(std::process::id())));
        let bad = interruptible(&stop, 8, libc::SYS_close, &[u64::MAX, 0, 0, 0, 0, 0]);
        assert_eq!(bad, Err(Interrupted::Errno(HostErrno(libc::EBADF))));
    }
}
