//! The host's signal handlers: the only code of the emulator that runs inside one.
//!
//! A handler may interrupt the emulator anywhere, so it calls nothing but
//!
//! * [`SignalRecord::put`], `notice`, `never_blocked`, [`TraceBlock::takes`]: atomics and one copy;
//! * the engine's part ([`set_engine`]), which is for translated code;
//! * [`access::on_host_fault`]: a table look-up;
//! * [`call::abort_interrupted`]: compares the interrupted pc;
//! * [`fds::is_hidden`]: a table of atomics;
//! * raw write(2), rt_sigaction(2) and tgkill(2), on the way to death by a bug of ours.
//!
//! It takes no lock and allocates nothing.
#![allow(unsafe_code)]

use super::record::SignalRecord;
use super::{FAULTS, SigInfo, SigSet, bit};
use crate::host::raw::{HostErrno, args, getpid, gettid, syscall, tgkill, write_all};
use crate::host::{call, fds};
use crate::memory::access::{self, Gregs};
use std::arch::{asm, naked_asm};
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The kernel's `struct sigaction` (arch/x86/include/uapi/asm/signal.h).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
struct HostAction {
    handler: u64,
    flags: u64,
    restorer: u64,
    mask: u64,
}

const SA_RESTORER: u64 = 0x0400_0000;
const SIGSET_SIZE: u64 = 8;

thread_local! {
    /// The record of the guest thread that runs on this host thread. Without a destructor and
    /// const, so that it is a plain word of the static TLS image.
    static RECORD: Cell<*const SignalRecord> = const { Cell::new(std::ptr::null()) };
}

/// `si_value` of the emulator's own kicks, unguessable for other senders; 0 until set.
static KICK_SECRET: AtomicU64 = AtomicU64::new(0);

/// The signal that the emulator uses for itself, beside the guest.
pub const KICK_SIGNAL: u32 = libc::SIGURG as u32;

/// What the engine does with a thread that a signal found in translated code.
#[derive(Clone, Copy, Debug)]
pub struct EngineHandlers {
    /// A fault or trap: signal, `si_code`, address; true if it was the engine's.
    ///
    /// Called from the host's handler, on the interrupted thread, with its registers.
    pub on_fault: unsafe fn(i32, i32, u64, &mut Gregs) -> bool,
    /// Any other signal, after the thread's stop word was set. Likewise.
    pub on_signal: unsafe fn(&mut Gregs),
}

static ENGINE: OnceLock<EngineHandlers> = OnceLock::new();

/// Sets the engine's part of the handlers; once, before guest code runs.
pub fn set_engine(handlers: EngineHandlers) {
    let _ = ENGINE.set(handlers);
}

/// The signal that makes a thread leave translated code. It is never blocked on the host, whatever the
/// guest blocks; the kernel's own faults have other codes.
const NUDGE_SIGNAL: u32 = libc::SIGSEGV as u32;

/// Makes thread `tid` of this process look at its stop word, unless it is the calling one.
pub fn nudge(tid: i32) {
    if tid != gettid() {
        queue(tid, NUDGE_SIGNAL);
    }
}

/// Binds this host thread to a record, which must stay until the thread ends or binds another.
pub fn bind_record(record: &'static SignalRecord) {
    RECORD.set(record);
}

/// Installs the handler of `signal` on the host; `flags` are those of the guest's that matter to
/// the kernel. All signals are blocked while it runs.
pub fn install_handler(signal: u32, flags: u64) {
    let handler: extern "C" fn(i32, *const SigInfo, *mut libc::ucontext_t) = on_signal;
    let restorer: unsafe extern "C" fn() -> ! = restore;
    set_action(
        signal,
        &HostAction {
            handler: handler as usize as u64,
            flags: flags | (libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART) as u64 | SA_RESTORER,
            restorer: restorer as usize as u64,
            mask: !0,
        },
    );
}

/// Sets the action of `signal` on the host to SIG_DFL (0) or SIG_IGN (1).
pub fn install_plain(signal: u32, handler: u64, flags: u64) {
    set_action(signal, &HostAction { handler, flags, restorer: 0, mask: 0 });
}

/// True if the host ignores `signal`: a program inherits that.
pub fn is_ignored(signal: u32) -> bool {
    let mut old = HostAction::default();
    let args = args([u64::from(signal), 0, &raw mut old as u64, SIGSET_SIZE]);
    syscall(libc::SYS_rt_sigaction, args).is_ok() && old.handler == libc::SIG_IGN as u64
}

fn set_action(signal: u32, action: &HostAction) {
    // rt_sigaction(2) reads `action`. libc's wrapper would refuse 32 and 33.
    let args = args([u64::from(signal), std::ptr::from_ref(action) as u64, 0, SIGSET_SIZE]);
    let _ = syscall(libc::SYS_rt_sigaction, args);
}

/// Sets the thread's mask on the host and returns the old one.
pub fn set_mask(mask: SigSet) -> SigSet {
    sigprocmask(libc::SIG_SETMASK, mask)
}

/// Blocks the signals of `set`, too.
pub fn block(set: SigSet) {
    sigprocmask(libc::SIG_BLOCK, set);
}

/// Opens the signals of `set`.
pub fn unblock(set: SigSet) {
    sigprocmask(libc::SIG_UNBLOCK, set);
}

fn sigprocmask(how: i32, set: SigSet) -> SigSet {
    let mut old: SigSet = 0;
    let args = args([how as u64, &raw const set as u64, &raw mut old as u64, SIGSET_SIZE]);
    let _ = syscall(libc::SYS_rt_sigprocmask, args);
    old
}

/// Sets the thread's mask on the host. False, and nothing is done, if a signal waits in its record:
/// the handler has blocked all, and they must stay so until it is delivered, since the record has
/// room for one.
pub fn change_mask(record: &SignalRecord, mask: SigSet) -> bool {
    let (word, signal) = (record.attention.word, record.attention.signal);
    let args = args([libc::SIG_SETMASK as u64, &raw const mask as u64, 0, SIGSET_SIZE]);
    loop {
        match call::interruptible(word, signal, libc::SYS_rt_sigprocmask, &args) {
            // A kick interrupts the sequence as well.
            Err(_) if word.load(Ordering::Acquire) & signal == 0 => {}
            done => return done.is_ok(),
        }
    }
}

/// Gives a signal that was taken back to the kernel, which keeps it until the thread unblocks it.
pub fn give_back(info: &SigInfo) -> Result<(), HostErrno> {
    let args = args([getpid() as u64, gettid() as u64, u64::from(info.signal()), std::ptr::from_ref(info) as u64]);
    syscall(libc::SYS_rt_tgsigqueueinfo, args).map(drop)
}

/// Chooses the secret that tells kicks apart; call it before the first kick.
pub fn set_kick_secret() {
    let mut secret = 0u64;
    let _ = syscall(libc::SYS_getrandom, args([&raw mut secret as u64, 8]));
    KICK_SECRET.store(secret | 1, Ordering::Relaxed);
}

/// Makes thread `tid` of this process stop running guest code or waiting in the kernel.
pub fn kick(tid: i32) {
    queue(tid, KICK_SIGNAL);
}

/// Sends a signal that [`is_ours`].
fn queue(tid: i32, signal: u32) {
    let mut info = SigInfo::user(signal, libc::SI_QUEUE, getpid(), 0);
    info.set_value(KICK_SECRET.load(Ordering::Relaxed));
    let args = args([getpid() as u64, tid as u64, u64::from(signal), &raw const info as u64]);
    let _ = syscall(libc::SYS_rt_tgsigqueueinfo, args);
}

/// Ends the process by `signal`, as if the guest had not been emulated: the kernel reports that
/// signal to the parent, and writes the core it would write.
pub fn die(signal: u32) -> ! {
    install_plain(signal, libc::SIG_DFL as u64, 0);
    let _ = tgkill(getpid(), gettid(), signal);
    set_mask(!bit(signal));
    // Only the init of a pid namespace gets here, which a signal that is sent does not kill, and one whose default is to
    // be ignored.
    fault(signal);
    crate::host::raw::exit_group(128 + signal as i32)
}

/// Has the processor raise `signal`, if it is one of its own.
fn fault(signal: u32) {
    // An address that no process has.
    const NOWHERE: u64 = 1 << 63;
    // SAFETY: the signal's action is the default and it is open, so none of these instructions is passed.
    unsafe {
        match signal as i32 {
            libc::SIGSEGV => asm!("mov rax, [{at}]", "ud2", at = in(reg) NOWHERE, options(noreturn)),
            libc::SIGBUS => asm!("mov rsp, {at}", "push rax", "ud2", at = in(reg) NOWHERE, options(noreturn)),
            libc::SIGILL => asm!("ud2", options(noreturn)),
            libc::SIGTRAP => asm!("int3", "ud2", options(noreturn)),
            libc::SIGFPE => asm!("xor ecx, ecx", "div ecx", "ud2", options(noreturn)),
            _ => {}
        }
    }
}

/// Stops the process by the default action of `signal`, until it is continued. The action stays the
/// default.
pub fn stop(signal: u32) {
    install_plain(signal, libc::SIG_DFL as u64, 0);
    let _ = tgkill(getpid(), gettid(), signal);
    let mask = set_mask(!bit(signal));
    set_mask(mask);
}

/// What the kernel returns to after the handler.
#[unsafe(naked)]
unsafe extern "C" fn restore() -> ! {
    naked_asm!("mov eax, {nr}", "syscall", nr = const libc::SYS_rt_sigreturn)
}

/// The handler of every signal.
extern "C" fn on_signal(signal: i32, info: *const SigInfo, context: *mut libc::ucontext_t) {
    // SAFETY: the kernel hands over a siginfo and a ucontext that nobody else uses now.
    let (info, context) = unsafe { (&*info, &mut *context) };
    let record = RECORD.get();
    // SAFETY: a bound record outlives its thread.
    let record = unsafe { record.as_ref() };
    let signal = signal as u32;
    let is_fault = FAULTS & bit(signal) != 0 && info.code() > 0;
    if is_fault {
        on_fault(signal, info, record, &mut context.uc_mcontext.gregs);
        return;
    }
    let Some(record) = record else { return };
    if signal == NUDGE_SIGNAL && is_ours(info) {
        // Its stop word is set.
    } else if (signal == KICK_SIGNAL && is_kick(info)) || record.trace.takes(info) {
        record.notice(record.attention.kick);
    } else {
        record.put(info);
        block_all(context, record.never_blocked());
    }
    call::abort_interrupted(&mut context.uc_mcontext.gregs);
    if let Some(engine) = ENGINE.get() {
        // SAFETY: this is the host signal handler, and these are the interrupted registers.
        unsafe { (engine.on_signal)(&mut context.uc_mcontext.gregs) };
    }
}

/// A fault of the emulated program ends the access; any other one is a bug of the emulator.
fn on_fault(signal: u32, info: &SigInfo, record: Option<&SignalRecord>, gregs: &mut Gregs) {
    if let Some(engine) = ENGINE.get() {
        // SAFETY: this is the host signal handler, on the thread that faulted, and these are its registers.
        if unsafe { (engine.on_fault)(signal as i32, info.code(), info.addr(), gregs) } {
            return;
        }
    }
    let recovery = record.map_or(std::ptr::null_mut(), |record| record.recovery.load(Ordering::Relaxed));
    // SAFETY: this is the host signal handler, on the thread that faulted, and these are its
    // registers and its recovery.
    if unsafe { access::on_host_fault(signal as i32, info.code(), info.addr(), gregs, recovery) } {
        return;
    }
    report_bug(signal, info.addr(), gregs[libc::REG_RIP as usize] as u64);
    install_plain(signal, libc::SIG_DFL as u64, 0);
    // A fault comes again with the default action; a trap needs to be sent again.
    let _ = tgkill(getpid(), gettid(), signal);
}

/// Whether the emulator itself sent it.
fn is_ours(info: &SigInfo) -> bool {
    let secret = KICK_SECRET.load(Ordering::Relaxed);
    info.code() == libc::SI_QUEUE && secret != 0 && info.value() == secret
}

fn is_kick(info: &SigInfo) -> bool {
    match info.code() {
        libc::SI_QUEUE => is_ours(info),
        // Input for the debugger, which asked for SIGURG on a descriptor of the emulator's own.
        code if code > 0 => fds::is_hidden(info.fd()),
        _ => false,
    }
}

/// Leaves all signals blocked after the handler, but for those that never are: the kernel keeps
/// what arrives until the run loop has delivered this one.
fn block_all(context: &mut libc::ucontext_t, never_blocked: SigSet) {
    let mask = (&raw mut context.uc_sigmask).cast::<SigSet>();
    // SAFETY: the kernel's sigset_t is the first word of libc's larger one.
    unsafe { *mask = !never_blocked };
}

/// One line on stderr, without allocation.
fn report_bug(signal: u32, addr: u64, pc: u64) {
    let mut line = *b"emu: bug: host signal 00 at pc 0x0000000000000000, address 0x0000000000000000\n";
    let mut hex = |end: usize, mut value: u64, radix: u64, digits: usize| {
        for slot in line[end - digits..end].iter_mut().rev() {
            *slot = b"0123456789abcdef"[(value % radix) as usize];
            value /= radix;
        }
    };
    hex(24, u64::from(signal), 10, 2);
    hex(49, pc, 16, 16);
    hex(77, addr, 16, 16);
    let _ = write_all(2, &line);
}
