//! What the host's signal handlers do with a thread that is in translated code.
//!
//! A *fault* leaves the unit at the start of the guest instruction: meanings compute first and commit
//! last, so its registers are as they were, but for what Arm leaves open (the destinations of a load
//! pair, part of a store).
//!
//! An *asynchronous* signal must leave between two guest instructions. If the thread is not there, it
//! goes on by host single-step (the trap flag) until it is: at the next instruction, at the start of
//! another unit, or outside, where the stop word is tested. Instructions are a few host instructions
//! each, so this is a handful of traps, and costs nothing while there is no signal.
//!
//! Everything here is async-signal-safe: look-ups in fixed memory ([`cache::locate`]) and stores to the
//! thread's own state. Registers that are pinned stay where they are: the handler only sends the
//! thread to the way out.
#![allow(unsafe_code)]

use super::cache::{self, Location};
use super::entry::{Thread, exit, saved_flags};
use crate::memory::access::{Fault, Gregs};

const RIP: usize = libc::REG_RIP as usize;
const RAX: usize = libc::REG_RAX as usize;
const RBP: usize = libc::REG_RBP as usize;
const EFLAGS: usize = libc::REG_EFL as usize;
const ERROR: usize = libc::REG_ERR as usize;

/// EFLAGS.TF.
const TRAP_FLAG: i64 = 1 << 8;
/// Bit of a page fault's error code: the access wrote.
const WRITE: i64 = 2;
/// `si_code` of an exception without an address, such as a non-canonical one's.
const SI_KERNEL: i32 = 0x80;

/// Handles a host fault or trap of translated code: rewrites the interrupted registers and returns
/// true. False if it is not ours.
///
/// # Safety
/// In the host's signal handler, on the thread that was interrupted, with its registers.
pub unsafe fn on_fault(signal: i32, code: i32, addr: u64, gregs: &mut Gregs) -> bool {
    let host = gregs[RIP] as u64;
    if signal == libc::SIGTRAP {
        // SAFETY: the caller's promise.
        return code == libc::TRAP_TRACE && unsafe { go_on(gregs) };
    }
    if !cache::contains(host) {
        return false;
    }
    let Some(location) = cache::locate(host) else { return false };
    let reason = match signal {
        // A tagged address is not canonical; one in the kernel's half has its own rules.
        libc::SIGSEGV | libc::SIGBUS if code == SI_KERNEL || addr >= crate::host::raw::GUEST_TOP => exit::CAREFUL,
        libc::SIGSEGV | libc::SIGBUS => exit::FAULT,
        libc::SIGFPE => exit::CAREFUL,
        _ => return false,
    };
    let fault = Fault { addr, signal, code, write: gregs[ERROR] & WRITE != 0 };
    // SAFETY: the thread is in a unit, so rbp is its state.
    unsafe { leave(gregs, location, reason, fault) };
    true
}

/// After an asynchronous signal: if the thread is in translated code, lets it leave at the next
/// boundary between guest instructions. Its stop word is set already.
///
/// # Safety
/// As for [`on_fault`].
pub unsafe fn on_signal(gregs: &mut Gregs) {
    if cache::contains(gregs[RIP] as u64) {
        // SAFETY: the caller's promise.
        unsafe { go_on(gregs) };
    }
}

/// Leaves if the thread is at a boundary, otherwise lets it execute one more host instruction.
unsafe fn go_on(gregs: &mut Gregs) -> bool {
    let host = gregs[RIP] as u64;
    gregs[EFLAGS] &= !TRAP_FLAG;
    if !cache::contains(host) {
        // In Rust: what comes back from there tests the stop word.
        return true;
    }
    match cache::locate(host) {
        // SAFETY: the thread is in a unit, so rbp is its state.
        Some(location) if location.is_boundary => unsafe {
            leave(gregs, location, exit::INTERRUPTED, Fault::default());
        },
        _ => gregs[EFLAGS] |= TRAP_FLAG,
    }
    true
}

/// Sends the thread out of its unit.
unsafe fn leave(gregs: &mut Gregs, location: Location, reason: u32, fault: Fault) {
    let flags = saved_flags(gregs[EFLAGS] as u64, location.flags, location.source);
    // SAFETY: the caller's promise.
    let thread = unsafe { Thread::of_state(gregs[RBP] as u64) };
    gregs[RIP] = thread.leave_at(location.pc, flags, fault) as i64;
    gregs[RAX] = i64::from(reason);
}
