//! What a thread does between two stretches of guest code: delivers signals, restarts or fails the
//! call that they interrupted, and stands still if it is told to.

use super::exit;
use super::thread::{InterruptedCall, Thread};
use crate::interp::stop;
use crate::signal::deliver::{self, Disposition};
use crate::signal::{FAULTS, SigInfo, bit};
use crate::trace::log::{self, Item};
use std::sync::atomic::Ordering;
use syscalls::guest::SigAction;
use syscalls::strace::signal_name;

/// Bytes of an SVC instruction.
const SVC_LEN: u64 = 4;

impl Thread {
    /// True if a guest signal waits in the record.
    pub fn has_signal(&self) -> bool {
        self.record.engine.stop.load(Ordering::Acquire) & stop::SIGNAL != 0
    }

    /// True if somebody wants this thread to stand still.
    pub fn has_kick(&self) -> bool {
        self.record.engine.stop.load(Ordering::Acquire) & stop::KICK != 0
    }

    /// Deals with all that has come for the thread, so that guest code may go on.
    pub fn attend(&mut self) {
        if self.interrupted == Some(InterruptedCall::BeforeEntry) {
            // The wait has not begun, so its mask has never held.
            self.signals.wait_mask = None;
        }
        while self.has_signal() {
            match self.record.signals.take(self.signals.mask) {
                Some(info) => self.deliver(info),
                None => break,
            }
        }
        if self.has_kick() {
            self.record.engine.stop.fetch_and(!stop::KICK, Ordering::AcqRel);
        }
        self.signals.wait_mask = None;
        self.restart_call();
    }

    /// Delivers an asynchronous signal; the host has all blocked until its mask is set anew.
    fn deliver(&mut self, info: SigInfo) {
        self.dispose(&info, false, 0);
        self.open_mask();
    }

    /// Delivers the signal of a fault that the thread itself caused.
    pub fn force(&mut self, info: SigInfo, esr: u64) {
        self.dispose(&info, true, esr);
        self.open_mask();
    }

    fn dispose(&mut self, info: &SigInfo, is_fault: bool, esr: u64) {
        let disposition = deliver::disposition(&self.process.actions, info, is_fault, self.signals.mask);
        if log::is_on(Item::Strace) {
            self.log_strace(&described(info));
        }
        match disposition {
            Disposition::Ignore => {}
            Disposition::Die => exit::by_signal(self, info.signal()),
            Disposition::Stop => stop_self(info.signal()),
            Disposition::Handle(action) => self.handle(info, &action, esr),
        }
    }

    fn handle(&mut self, info: &SigInfo, action: &SigAction, esr: u64) {
        self.fail_or_restart_call(action);
        let signal = info.signal();
        if action.flags & libc::SA_RESETHAND as u32 as u64 != 0 {
            self.process.actions.reset(signal, self.record.signals.never_blocked());
        }
        if deliver::enter_handler(&mut self.interp.cpu, &mut self.signals, info, action, esr).is_err() {
            self.no_room_for_frame(signal);
        }
    }

    /// The frame could not be written: SIGSEGV, which kills if it was the one (force_sigsegv).
    fn no_room_for_frame(&mut self, signal: u32) {
        let segv = libc::SIGSEGV as u32;
        if signal == segv {
            exit::by_signal(self, segv);
        }
        self.dispose(&SigInfo::kernel(segv, libc::SI_KERNEL), true, 0);
    }

    /// rt_sigreturn(2).
    pub fn sigreturn(&mut self) {
        match deliver::leave_handler(&mut self.interp.cpu, &mut self.signals) {
            Ok(()) => {
                self.open_mask();
                if self.record.signals.has_open(self.signals.mask) {
                    self.record.signals.notice(stop::SIGNAL);
                }
            }
            Err(_) => {
                let sp = self.interp.cpu.sp;
                self.force(SigInfo::fault(libc::SIGSEGV as u32, 1, sp), 0);
            }
        }
    }

    /// A handler runs on top of an interrupted call: the call will be restarted, or has failed.
    fn fail_or_restart_call(&mut self, action: &SigAction) {
        match self.interrupted {
            Some(InterruptedCall::WouldRestart) if action.flags & libc::SA_RESTART as u64 == 0 => {
                self.interp.cpu.x[0] = i64::from(-libc::EINTR) as u64;
                self.interrupted = None;
            }
            _ => self.restart_call(),
        }
    }

    /// Goes back to the SVC of an interrupted call; its arguments are still in the registers.
    fn restart_call(&mut self) {
        if self.interrupted.take().is_some() {
            self.interp.cpu.pc = self.interp.cpu.pc.wrapping_sub(SVC_LEN);
        }
    }
}

/// Stops the process by a signal whose action is the default, on the host too.
fn stop_self(signal: u32) {
    use crate::host::raw::{getpid, gettid, tgkill};
    let _ = tgkill(getpid(), gettid(), signal);
}

/// A signal as strace shows it.
fn described(info: &SigInfo) -> String {
    let name = signal_name(info.signal() as i32);
    let mut text = format!("--- {name} {{si_signo={name}, si_code={}", info.code());
    if FAULTS & bit(info.signal()) != 0 && info.code() > 0 {
        text += &format!(", si_addr={:#x}", info.addr());
    }
    text + "} ---"
}
