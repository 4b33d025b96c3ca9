//! A guest thread that another guest traces (ptrace(2)): its stops, and what it does when it is
//! resumed. [`crate::signal::traced`] says how the two speak.
//!
//! A thread stops where the kernel would have it stop: at the entry and exit of system calls, before
//! a signal is delivered, after a step, after an execve, when asked to. It publishes its registers,
//! and takes them back if the tracer has written them. The host's ptrace of it stays in force
//! between stops; host stops that mean nothing to the guest end in the tracer's wait.

use super::thread::{Thread, ThreadRecord};
use super::tracer;
use crate::cpu::CpuState;
use crate::cpu::state::Exclusive;
use crate::debug::Action;
use crate::host::HostErrno;
use crate::host::call::{Interrupted, interruptible};
use crate::host::raw::{args, getpid, gettid, getuid, syscall};
use crate::interp::code::Change;
use crate::memory::addr::GUEST_TOP;
use crate::signal::traced::{CHANGED_CODE, CHANGED_MASK, CHANGED_REGS, Message, STOPPED, word};
use crate::signal::{SigInfo, UNCATCHABLE, host};
use syscalls::guest::CloneArgs;
use syscalls::ptrace::{event, message, option, request};

/// SIGTRAP in a status.
const TRAP: u32 = libc::SIGTRAP as u32;
/// `si_code` after a step.
const TRAP_TRACE: i32 = 2;
/// What a system call shows that a signal interrupted: ERESTARTSYS.
const ERESTARTSYS: i64 = 512;
const X7: usize = 7;

/// What a tracer puts for the number of a call that is not to be made.
pub const NO_CALL: u64 = 0xffff_ffff;

/// What the tracer wants to happen next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Resumed {
    request: u32,
    /// The signal to go on with, 0 for none.
    pub signal: u32,
}

impl Thread {
    /// True while another guest traces this thread.
    pub fn is_traced(&self) -> bool {
        self.record.signals.trace.is_traced()
    }

    /// Becomes a tracee: from now on signals come here before their default actions.
    pub fn begin_tracing(&mut self) {
        let trace = &self.record.signals.trace;
        let program = &self.process.program;
        trace.set(word::EXE, program.exe.as_ptr() as u64);
        trace.set(word::EXE + 1, program.exe.len() as u64);
        trace.set(word::AUXV, program.auxv.as_ptr() as u64);
        trace.set(word::AUXV + 1, program.auxv.len() as u64);
        trace.set_traced(true);
        self.process.actions.watch(true, self.record.signals.never_blocked());
    }

    fn end_tracing(&mut self) {
        self.record.signals.trace.set_traced(false);
        self.plan = Action::Continue(None);
        let others = self.process.threads.lock().iter().any(|record| record.signals.trace.is_traced());
        if !others {
            self.process.actions.watch(false, self.record.signals.never_blocked());
        }
    }

    /// Does what the tracer has asked for, if it has.
    pub fn heed_tracer(&mut self) {
        let Some(status) = self.record.signals.trace.take_wanted() else { return };
        if !self.is_traced() {
            self.begin_tracing();
        }
        match status {
            0 => {}
            // A stop signal, which only the kernel can catch.
            signal if signal < 256 => {
                if let Some(left) = self.consult_tracer(SigInfo::kernel(signal, libc::SI_USER)) {
                    let _ = host::give_back(&left);
                }
            }
            status => {
                let resumed = self.trace_stop(status, None);
                self.wait_if_listening(resumed);
            }
        }
    }

    /// Asks the tracer about a signal; what is left of it is delivered.
    pub fn consult_tracer(&mut self, info: SigInfo) -> Option<SigInfo> {
        let resumed = self.trace_stop(info.signal(), Some(info));
        let trace = &self.record.signals.trace;
        let left = match resumed.signal {
            0 => return None,
            signal if signal == info.signal() => {
                let mut words = [0u8; 128];
                words.as_chunks_mut::<8>().0.iter_mut().enumerate().for_each(|(at, bytes)| {
                    *bytes = trace.get(word::INFO + at).to_le_bytes();
                });
                SigInfo(words)
            }
            signal => SigInfo::user(signal, libc::SI_USER, getpid(), 0),
        };
        if left.signal() == libc::SIGSTOP as u32 {
            self.group_stop(left.signal());
            return None;
        }
        Some(left)
    }

    /// The process stops by the default action of a signal: what the tracer hears.
    pub fn group_stop(&mut self, signal: u32) {
        let is_seized = self.record.signals.trace.get(word::SEIZED) != 0;
        let resumed = if is_seized {
            self.trace_stop(signal | event::STOP << 8, None)
        } else {
            // Without a siginfo, by which older tracers tell it from the signal on its way.
            self.trace_stop(signal, Some(SigInfo::default()))
        };
        self.wait_if_listening(resumed);
    }

    /// PTRACE_LISTEN: the group stop goes on until a signal comes, then ends with a stop of its own.
    fn wait_if_listening(&mut self, resumed: Resumed) {
        if resumed.request != request::LISTEN {
            return;
        }
        self.open_mask();
        let attention = self.record.signals.attention;
        let pause = || interruptible(attention.word, attention.signal | attention.kick, libc::SYS_pause, &[0; 6]);
        while matches!(pause(), Err(Interrupted::Errno(HostErrno(libc::EINTR)))) && !self.has_signal() {}
        if self.is_traced() {
            self.trace_stop(TRAP | event::STOP << 8, None);
        }
    }

    fn resumed_by(&self) -> Option<u32> {
        self.is_traced().then(|| self.record.signals.trace.get(word::REQUEST) as u32)
    }

    /// True if the tracer carries out system calls itself: none is made here.
    fn is_emulated(&self) -> bool {
        matches!(self.resumed_by(), Some(request::SYSEMU | request::SYSEMU_SINGLESTEP))
    }

    /// True if the tracer wants to see the entries of system calls.
    pub fn shows_entries(&self) -> bool {
        self.shows_exits() || self.is_emulated()
    }

    /// True if the tracer wants to see their exits.
    pub fn shows_exits(&self) -> bool {
        self.resumed_by() == Some(request::SYSCALL)
    }

    /// Keeps the first argument of a call as it was made: registers change, but neither filters nor
    /// PTRACE_GET_SYSCALL_INFO see that (syscall_get_arguments).
    pub fn note_first_argument(&self) {
        if self.is_traced() || self.record.seccomp.is_on() {
            self.record.signals.trace.set(word::ARGUMENT, self.interp.cpu.x[0]);
        }
    }

    /// Stops at the entry of a system call; the tracer may change the number ([`NO_CALL`] skips the call), or makes the
    /// call itself: None.
    pub fn stop_at_entry(&mut self) -> Option<u64> {
        let is_emulated = self.is_emulated();
        let x7 = std::mem::replace(&mut self.interp.cpu.x[X7], 0);
        self.record.signals.trace.set(word::SYSCALL, self.called());
        self.call_stop(message::SYSCALL_ENTRY);
        self.interp.cpu.x[X7] = x7;
        (!is_emulated).then(|| u64::from(self.record.signals.trace.get(word::SYSCALL) as u32))
    }

    /// True if the tracer has filters do nothing (PTRACE_O_SUSPEND_SECCOMP).
    pub fn suspends_filters(&self) -> bool {
        self.record.signals.trace.has_option(option::SUSPEND_SECCOMP)
    }

    /// A filter wants the tracer to see the call: stops for that, and returns the number that the tracer
    /// leaves. None without a tracer that asked for it.
    pub fn stop_for_filter(&mut self, number: u64, data: u32) -> Option<u64> {
        let trace = &self.record.signals.trace;
        if !trace.has_option(option::TRACESECCOMP) {
            return None;
        }
        trace.set(word::SYSCALL, number & 0xffff_ffff);
        trace.set(word::MESSAGE, data.into());
        self.trace_stop(TRAP | event::SECCOMP << 8, None);
        Some(u64::from(self.record.signals.trace.get(word::SYSCALL) as u32))
    }

    /// Stops at its exit.
    pub fn stop_at_exit(&mut self) {
        let saved = self.interp.cpu.x[0];
        let is_restarted = self.interrupted.is_some();
        if is_restarted {
            self.interp.cpu.x[0] = (-ERESTARTSYS) as u64;
        }
        let x7 = std::mem::replace(&mut self.interp.cpu.x[X7], 1);
        self.call_stop(message::SYSCALL_EXIT);
        self.interp.cpu.x[X7] = x7;
        if is_restarted {
            self.interp.cpu.x[0] = saved;
        }
    }

    fn call_stop(&mut self, message: u64) {
        let trace = &self.record.signals.trace;
        let shows = trace.get(word::OPTIONS) as u32 & option::TRACESYSGOOD != 0;
        trace.set(word::MESSAGE, message);
        let resumed = self.trace_stop(if shows { event::SYSCALL } else { TRAP }, None);
        if resumed.signal != 0 {
            let info = SigInfo::user(resumed.signal, libc::SI_USER, getpid(), 0);
            // As the kernel does: the signal is sent, and stops once more.
            let _ = host::give_back(&info);
        }
    }

    /// An instruction has been stepped over, or a handler entered.
    pub fn step_stop(&mut self) {
        let pc = self.interp.cpu.pc;
        let info = SigInfo::fault(TRAP, TRAP_TRACE, pc);
        let given = self.trace_stop(TRAP, Some(info)).signal;
        if given != 0 {
            let _ = host::give_back(&SigInfo::user(given, libc::SI_USER, getpid(), 0));
        }
    }

    /// At the first instruction of a program that a tracee executed.
    pub fn stop_after_exec(&mut self, inherited: &[u8]) {
        let Some([options, resumed_by, is_seized, former]) = from_bytes(inherited) else { return };
        let trace = &self.record.signals.trace;
        trace.set(word::OPTIONS, options);
        trace.set(word::REQUEST, resumed_by);
        trace.set(word::SEIZED, is_seized);
        trace.set(word::MESSAGE, former);
        self.begin_tracing();
        let has_event = options as u32 & option::TRACEEXEC != 0;
        if has_event {
            self.trace_stop(TRAP | event::EXEC << 8, None);
        }
        if self.shows_exits() {
            self.stop_at_exit();
        }
        if !has_event && is_seized == 0 {
            self.consult_tracer(SigInfo::user(TRAP, libc::SI_USER, getpid(), 0));
        }
    }

    /// What the next emulator needs for [`Thread::stop_after_exec`]; empty without a tracer.
    pub fn traced_bytes(&self) -> Vec<u8> {
        let trace = &self.record.signals.trace;
        if !trace.is_traced() {
            return Vec::new();
        }
        let words = [trace.get(word::OPTIONS), trace.get(word::REQUEST), trace.get(word::SEIZED), self.tid() as u64];
        words.into_iter().flat_map(u64::to_le_bytes).collect()
    }

    /// Makes a child what its parent's tracer asked for; true if the kernel has attached it.
    fn trace_child(&self, child: &ThreadRecord, args: &CloneArgs) -> bool {
        let trace = &self.record.signals.trace;
        let (options, is_seized) = (trace.get(word::OPTIONS), trace.get(word::SEIZED));
        let is_attached = trace.is_traced() && is_child_traced(options as u32, args);
        child.signals.trace.clear();
        if is_attached {
            child.signals.trace.set(word::OPTIONS, options);
            child.signals.trace.set(word::SEIZED, is_seized);
        }
        is_attached
    }

    /// In the child of a fork: the tracer is the parent's, unless it asked for the children too.
    pub fn begin_after_fork(&mut self, args: &CloneArgs) {
        tracer::forget_all();
        let actions = self.process.actions.clone();
        if actions.is_watched() && !self.trace_child(self.record, args) {
            actions.watch(false, self.record.signals.never_blocked());
        }
    }

    /// For a child that shares memory: true if it is a process of its own that nobody will trace,
    /// though its parent's signals are watched.
    pub fn is_watched_in_vain(&self, child: &ThreadRecord, args: &CloneArgs) -> bool {
        let is_attached = self.trace_child(child, args);
        self.process.actions.is_watched() && !is_attached && args.flags & libc::CLONE_SIGHAND as u64 == 0
    }

    /// Registers and filters as the tracer sees them, also at a stop of the host's own (a clone, an exit).
    pub fn publish(&mut self) {
        self.shown_filters = if self.record.seccomp.is_on() { self.record.seccomp.to_bytes() } else { Vec::new() };
        let (filters, trace) = (&self.shown_filters, &self.record.signals.trace);
        trace.set(word::FILTERS, filters.as_ptr() as u64);
        trace.set(word::FILTERS + 1, filters.len() as u64);
        let (trace, cpu) = (&self.record.signals.trace, &self.interp.cpu);
        let regs = cpu.x.into_iter().chain([cpu.sp, cpu.pc, u64::from(cpu.spsr())]);
        regs.enumerate().for_each(|(at, value)| trace.set(word::REGS + at, value));
        for (at, v) in cpu.v.iter().enumerate() {
            trace.set(word::FP + 2 * at, *v as u64);
            trace.set(word::FP + 2 * at + 1, (*v >> 64) as u64);
        }
        trace.set(word::FP + 64, u64::from(cpu.fpsr) | u64::from(cpu.fpcr) << 32);
        trace.set(word::TLS, cpu.tpidr_el0);
        trace.set(word::MASK, self.signals.mask);
    }

    fn take_registers(&mut self) {
        let trace = &self.record.signals.trace;
        let cpu: &mut CpuState = &mut self.interp.cpu;
        cpu.x.iter_mut().enumerate().for_each(|(at, x)| *x = trace.get(word::REGS + at));
        (cpu.sp, cpu.pc) = (trace.get(word::REGS + 31), trace.get(word::REGS + 32));
        cpu.set_spsr(trace.get(word::REGS + 33) as u32);
        for (at, v) in cpu.v.iter_mut().enumerate() {
            *v = u128::from(trace.get(word::FP + 2 * at)) | u128::from(trace.get(word::FP + 2 * at + 1)) << 64;
        }
        let control = trace.get(word::FP + 64);
        (cpu.fpsr, cpu.fpcr) = (control as u32, (control >> 32) as u32);
        cpu.tpidr_el0 = trace.get(word::TLS);
    }

    /// Stands still until the tracer resumes the thread. `status` is the signal, and an event << 8.
    fn trace_stop(&mut self, status: u32, info: Option<SigInfo>) -> Resumed {
        self.publish();
        let trace = &self.record.signals.trace;
        let info = info.unwrap_or_else(|| SigInfo::user(status & 0x7f, status as i32, gettid(), getuid()));
        for (at, bytes) in info.0.as_chunks::<8>().0.iter().enumerate() {
            trace.set(word::INFO + at, u64::from_le_bytes(*bytes));
        }
        trace.set(word::STATUS, u64::from(status));
        trace.set(word::CHANGED, 0);
        trace.set(word::STATE, STOPPED);
        // What comes meanwhile stays with the kernel.
        let is_masked = host::change_mask(&self.record.signals, !self.record.signals.never_blocked());
        let mut message = SigInfo::user(TRAP, libc::SI_QUEUE, getpid(), 0);
        message.set_value(Message::StoppedAt(trace.addr()).to_value());
        while trace.get(word::STATE) == STOPPED {
            // The stop is in here; a request that is pending already would swallow the message.
            let args = args([getpid() as u64, gettid() as u64, TRAP.into(), &raw const message as u64]);
            let _ = syscall(libc::SYS_rt_tgsigqueueinfo, args);
        }
        let changed = trace.get(word::CHANGED);
        if changed & CHANGED_REGS != 0 {
            self.take_registers();
        }
        if changed & CHANGED_MASK != 0 {
            self.signals.mask = self.record.signals.trace.get(word::MASK) & !UNCATCHABLE;
        }
        if changed & CHANGED_CODE != 0 {
            self.code.invalidate(0, GUEST_TOP, Change::Written);
        }
        if changed & !CHANGED_MASK != 0 {
            self.interp.cpu.exclusive.addr = Exclusive::NONE;
        }
        if is_masked {
            self.open_mask();
        }
        self.resumed()
    }

    fn resumed(&mut self) -> Resumed {
        let trace = &self.record.signals.trace;
        let resumed = Resumed { request: trace.get(word::REQUEST) as u32, signal: trace.get(word::SIGNAL) as u32 };
        if !trace.is_traced() {
            // The tracer is gone; a signal that it was asked about is delivered.
            let signal = trace.get(word::STATUS) as u32;
            self.end_tracing();
            return Resumed { request: request::CONT, signal: if signal < 0x80 { signal } else { 0 } };
        }
        if resumed.request == request::DETACH {
            self.end_tracing();
        }
        self.plan = match resumed.request {
            request::SINGLESTEP | request::SYSEMU_SINGLESTEP => Action::Step(None),
            _ => Action::Continue(None),
        };
        resumed
    }

    /// The host kernel lets the tracer go before it executes a program of its own.
    pub fn leave_tracer(&mut self) {
        if self.is_traced() && !self.is_vfork_child {
            self.trace_stop(LEAVING, None);
        }
    }
}

/// The status of a stop that only the tracer's emulator sees: it is to detach.
pub const LEAVING: u32 = 0xff << 8 | TRAP;

/// Whether the kernel attaches a child to its parent's tracer (kernel/fork.c, kernel_clone).
fn is_child_traced(options: u32, args: &CloneArgs) -> bool {
    const UNTRACED: u64 = libc::CLONE_UNTRACED as u64;
    let wanted = match args.flags & libc::CLONE_VFORK as u64 != 0 {
        true => option::TRACEVFORK,
        false if args.exit_signal != libc::SIGCHLD as u64 => option::TRACECLONE,
        false => option::TRACEFORK,
    };
    args.flags & libc::CLONE_PTRACE as u64 != 0 || args.flags & UNTRACED == 0 && options & wanted != 0
}

fn from_bytes(bytes: &[u8]) -> Option<[u64; 4]> {
    let words: Vec<u64> = bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
    words.try_into().ok()
}
