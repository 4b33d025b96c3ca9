//! The guest's loads and stores, and what happens when one of them faults.
//!
//! Every host instruction here that touches guest memory stands in an exception table (a linker
//! section of its own, as in the kernel's `__ex_table`). When one raises SIGSEGV or SIGBUS, the
//! host signal handler calls [`on_host_fault`], which finds the row and rewrites the interrupted
//! registers:
//!
//! * an access of the interpreter ends the whole [`guarded`] call, which returns the [`Fault`]; the
//!   guest's state is as the instruction found it, because meanings commit after their accesses;
//! * a copy ([`copy_in`], [`copy_out`]) returns an error.
//!
//! Quirk: leaving `guarded` abandons the Rust frames between it and the access, like `longjmp`.
//! They are the interpreter's dispatch loop and one instruction's meaning, which own nothing that
//! needs dropping. Each access clobbers memory as far as the compiler knows, so no write to guest
//! state is moved across it.
#![allow(unsafe_code)]

use core::arch::x86_64::__m128i;
use core::arch::{asm, naked_asm};

use crate::host::raw::GUEST_TOP;

/// A guest access that the host refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct Fault {
    /// The address that faulted, without its tag.
    pub addr: u64,
    /// SIGSEGV or SIGBUS.
    pub signal: i32,
    /// `si_code`.
    pub code: i32,
    /// Whether it was a write.
    pub write: bool,
}

/// Where [`guarded`] was entered: callee-saved registers and stack, and the fault that ended it.
#[derive(Clone, Debug, Default)]
#[repr(C)]
pub struct Recovery {
    rbx: u64,
    rbp: u64,
    r12: u64,
    r13: u64,
    r14: u64,
    r15: u64,
    rsp: u64,
    /// Valid after [`guarded`] returned false.
    pub fault: Fault,
}

/// Calls `f(arg)`; returns true when it came back, false when an access in it faulted.
///
/// # Safety
/// `recovery` is the one that the host signal handler of this thread uses; `f` may be abandoned
/// at any access; it must own nothing then.
#[unsafe(naked)]
pub unsafe extern "sysv64" fn guarded(
    recovery: *mut Recovery,
    f: unsafe extern "sysv64" fn(*mut u8),
    arg: *mut u8,
) -> bool {
    naked_asm!(
        "mov [rdi], rbx",
        "mov [rdi + 8], rbp",
        "mov [rdi + 16], r12",
        "mov [rdi + 24], r13",
        "mov [rdi + 32], r14",
        "mov [rdi + 40], r15",
        "mov [rdi + 48], rsp",
        "sub rsp, 8",
        "mov rax, rsi",
        "mov rdi, rdx",
        "call rax",
        "add rsp, 8",
        "mov eax, 1",
        "ret",
    )
}

/// Where a faulting access of the interpreter continues: rdi is the `Recovery`.
#[unsafe(naked)]
unsafe extern "sysv64" fn abandon() {
    naked_asm!(
        "mov rbx, [rdi]",
        "mov rbp, [rdi + 8]",
        "mov r12, [rdi + 16]",
        "mov r13, [rdi + 24]",
        "mov r14, [rdi + 32]",
        "mov r15, [rdi + 40]",
        "mov rsp, [rdi + 48]",
        "xor eax, eax",
        "ret",
    )
}

/// Ends the surrounding [`guarded`] call with a fault that no host access raised.
///
/// # Safety
/// Inside `guarded(recovery, …)`.
pub unsafe fn raise(recovery: *mut Recovery, fault: Fault) -> ! {
    // SAFETY: the caller's recovery is the one in force; `abandon` does not come back.
    unsafe {
        (*recovery).fault = fault;
        asm!("jmp {abandon}", abandon = sym abandon, in("rdi") recovery, options(noreturn))
    }
}

/// A row of the exception table: the instruction, and where to go on, both relative to themselves;
/// `fixup` 0 stands for [`abandon`]. `addr` is the index in `gregs` of the register that holds the
/// address.
#[repr(C)]
struct Entry {
    insn: i32,
    fixup: i32,
    addr: i32,
}

unsafe extern "C" {
    static __start_guest_access: [Entry; 0];
    static __stop_guest_access: [Entry; 0];
}

/// Emits a table row for label 2 of the surrounding asm.
macro_rules! ex {
    () => {
        ex!("0", "14") // REG_RCX
    };
    ($fixup:literal, $greg:literal) => {
        concat!(
            ".pushsection guest_access, \"aR\", @progbits\n.balign 4\n.long 2b - .\n.long ",
            $fixup,
            "\n.long ",
            $greg,
            "\n.popsection"
        )
    };
}

/// The interrupted registers that a fault rewrites, as they lie in `ucontext_t.uc_mcontext.gregs`.
pub type Gregs = [i64; 23];

/// Handles a host SIGSEGV or SIGBUS if it came from an access in this file: rewrites `gregs` so
/// that the thread goes on where the access says, and returns true.
///
/// Async-signal-safe. `recovery` is the thread's, or null before there is one.
///
/// # Safety
/// Called from the host signal handler on the thread that faulted, with its ucontext's registers.
pub unsafe fn on_host_fault(signal: i32, code: i32, si_addr: u64, gregs: &mut Gregs, recovery: *mut Recovery) -> bool {
    let rip = gregs[libc::REG_RIP as usize] as u64;
    // SAFETY: the linker provides both symbols around the section's rows.
    let rows = unsafe {
        let start = (&raw const __start_guest_access).cast::<Entry>();
        let stop = (&raw const __stop_guest_access).cast::<Entry>();
        core::slice::from_raw_parts(start, stop.offset_from(start) as usize)
    };
    let Some(row) = rows.iter().find(|row| (&raw const row.insn as u64).wrapping_add_signed(row.insn as i64) == rip)
    else {
        return false;
    };
    if row.fixup != 0 {
        gregs[libc::REG_RIP as usize] = (&raw const row.fixup as i64).wrapping_add(row.fixup as i64);
        return true;
    }
    // The kernel's address is exact, but missing for a non-canonical one (general protection fault). The
    // tag is gone from the register; where it is reported it was mostly ones.
    let base = gregs.get(row.addr as usize).map_or(si_addr, |&v| v as u64);
    let exact = si_addr.wrapping_sub(base) < 64;
    let write = exact && gregs[libc::REG_ERR as usize] & 2 != 0;
    let code = if exact || signal != libc::SIGSEGV { code } else { 1 };
    // SAFETY: the caller's thread runs inside `guarded` with this recovery, as only that reaches
    // rows without a fixup.
    unsafe {
        (*recovery).fault = Fault { addr: if exact { si_addr } else { reported(base | TAG) }, signal, code, write }
    };
    gregs[libc::REG_RDI as usize] = recovery as i64;
    gregs[libc::REG_RIP as usize] = abandon as *const () as i64;
    true
}

/// The bits that an access ignores.
const TAG: u64 = 0xff << 56;

/// Removes the tag (top-byte-ignore; user addresses have bit 55 clear).
#[inline(always)]
pub const fn untag(addr: u64) -> u64 {
    addr & !TAG
}

/// The address that a signal reports: without its tag, except in the kernel's half (bit 55 set), where
/// Linux leaves it (arch/arm64/include/asm/memory.h, `untagged_addr`).
#[inline(always)]
pub const fn reported(addr: u64) -> u64 {
    if addr >> 55 & 1 != 0 { addr } else { untag(addr) }
}

macro_rules! plain {
    ($load:ident, $store:ident, $exchange:ident, $add:ident, $cas:ident, $ty:ty, $class:ident, $r:literal, $acc:tt, $ptr:literal) => {
        /// Loads. A fault ends the surrounding [`guarded`] call.
        ///
        /// # Safety
        /// Inside `guarded`; the address is the guest's business.
        #[inline(always)]
        pub unsafe fn $load(addr: u64) -> $ty {
            let v: $ty;
            // SAFETY: a bad address faults into the exception table.
            unsafe { asm!(concat!("2: mov {v", $r, "}, ", $ptr, " ptr [rcx]"), ex!(), v = out($class) v, in("rcx") untag(addr), options(nostack, preserves_flags)) };
            v
        }

        /// Stores; likewise.
        ///
        /// # Safety
        /// As for the load.
        #[inline(always)]
        pub unsafe fn $store(addr: u64, v: $ty) {
            // SAFETY: as above.
            unsafe { asm!(concat!("2: mov ", $ptr, " ptr [rcx], {v", $r, "}"), ex!(), v = in($class) v, in("rcx") untag(addr), options(nostack, preserves_flags)) };
        }

        /// Atomically exchanges, a full barrier; likewise.
        ///
        /// # Safety
        /// As for the load.
        #[inline(always)]
        pub unsafe fn $exchange(addr: u64, v: $ty) -> $ty {
            let mut v = v;
            // SAFETY: as above.
            unsafe { asm!(concat!("2: xchg ", $ptr, " ptr [rcx], {v", $r, "}"), ex!(), v = inout($class) v, in("rcx") untag(addr), options(nostack, preserves_flags)) };
            v
        }

        /// Atomically adds, returning what was there; likewise.
        ///
        /// # Safety
        /// As for the load.
        #[inline(always)]
        pub unsafe fn $add(addr: u64, v: $ty) -> $ty {
            let mut v = v;
            // SAFETY: as above.
            unsafe { asm!(concat!("2: lock xadd ", $ptr, " ptr [rcx], {v", $r, "}"), ex!(), v = inout($class) v, in("rcx") untag(addr), options(nostack)) };
            v
        }

        /// Atomically compares and swaps, returning what was there; likewise.
        ///
        /// # Safety
        /// As for the load.
        #[inline(always)]
        pub unsafe fn $cas(addr: u64, expected: $ty, new: $ty) -> $ty {
            let old: $ty;
            // SAFETY: as above.
            unsafe { asm!(concat!("2: lock cmpxchg ", $ptr, " ptr [rcx], {v", $r, "}"), ex!(), v = in($class) new, inout($acc) expected => old, in("rcx") untag(addr), options(nostack)) };
            old
        }
    };
}

plain!(load8, store8, exchange8, add8, cas8, u8, reg_byte, "", "al", "byte");
plain!(load16, store16, exchange16, add16, cas16, u16, reg, ":x", "ax", "word");
plain!(load32, store32, exchange32, add32, cas32, u32, reg, ":e", "eax", "dword");
plain!(load64, store64, exchange64, add64, cas64, u64, reg, ":r", "rax", "qword");

/// Loads 16 bytes; single-copy atomic where aligned (every CPU with AVX).
///
/// # Safety
/// Inside [`guarded`].
#[inline(always)]
pub unsafe fn load128(addr: u64) -> u128 {
    let v: __m128i;
    // SAFETY: as for load64.
    unsafe {
        asm!("2: movdqu {v}, xmmword ptr [rcx]", ex!(), v = out(xmm_reg) v, in("rcx") untag(addr), options(nostack, preserves_flags))
    };
    // SAFETY: both are 16 plain bytes.
    unsafe { core::mem::transmute(v) }
}

/// Stores 16 bytes; likewise.
///
/// # Safety
/// Inside [`guarded`].
#[inline(always)]
pub unsafe fn store128(addr: u64, v: u128) {
    // SAFETY: both are 16 plain bytes.
    let v: __m128i = unsafe { core::mem::transmute(v) };
    // SAFETY: as for store64.
    unsafe {
        asm!("2: movdqu xmmword ptr [rcx], {v}", ex!(), v = in(xmm_reg) v, in("rcx") untag(addr), options(nostack, preserves_flags))
    };
}

/// Compares and swaps 16 bytes, which must be aligned (else the host faults); returns what was there.
///
/// # Safety
/// Inside [`guarded`].
#[inline(always)]
pub unsafe fn cas128(addr: u64, expected: u128, new: u128) -> u128 {
    let (lo, hi): (u64, u64);
    // SAFETY: as for load64. rbx, which LLVM keeps for itself, is put back after the instruction, or
    // by `abandon`.
    unsafe {
        asm!(
            "xchg rbx, {new_lo}",
            "2: lock cmpxchg16b xmmword ptr [r8]",
            "xchg rbx, {new_lo}",
            ex!("0", "0"), // REG_R8
            new_lo = inout(reg) new as u64 => _,
            inout("rax") expected as u64 => lo,
            inout("rdx") (expected >> 64) as u64 => hi,
            in("rcx") (new >> 64) as u64,
            in("r8") untag(addr),
            options(nostack),
        )
    };
    (hi as u128) << 64 | lo as u128
}

/// A byte of the range is not the guest's, unmapped or protected: EFAULT.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadAddress;

/// Copies from guest memory into `buf`; Err if any byte faults.
pub fn copy_in(addr: u64, buf: &mut [u8]) -> Result<(), BadAddress> {
    let addr = untag(addr);
    if addr.checked_add(buf.len() as u64).is_none_or(|end| end > GUEST_TOP) {
        return Err(BadAddress);
    }
    // SAFETY: `buf` is ours and writable for its length; reading the guest's side may fault into
    // the table.
    if unsafe { copy(buf.as_mut_ptr(), addr as *const u8, buf.len()) } { Ok(()) } else { Err(BadAddress) }
}

/// Copies `bytes` into guest memory; Err if any byte faults, those before it are written.
pub fn copy_out(addr: u64, bytes: &[u8]) -> Result<(), BadAddress> {
    let addr = untag(addr);
    if addr.checked_add(bytes.len() as u64).is_none_or(|end| end > GUEST_TOP) {
        return Err(BadAddress);
    }
    // SAFETY: below GUEST_TOP there is nothing of ours; writing may fault into the table.
    if unsafe { copy(addr as *mut u8, bytes.as_ptr(), bytes.len()) } { Ok(()) } else { Err(BadAddress) }
}

/// `rep movsb` that returns false where it faults.
///
/// # Safety
/// Our side of the copy is valid for `len` bytes.
unsafe fn copy(to: *mut u8, from: *const u8, len: usize) -> bool {
    let ok: u64;
    // SAFETY: the caller's pointers; a fault continues at label 3 with the flag still zero.
    unsafe {
        asm!(
            "xor eax, eax",
            "2: rep movsb",
            "mov eax, 1",
            "3:",
            ex!("3b - .", "9"),
            inout("rcx") len => _,
            inout("rdi") to => _,
            inout("rsi") from => _,
            out("rax") ok,
            options(nostack),
        )
    };
    ok != 0
}
