//! What a thread does between two stretches of guest code: delivers signals, restarts or fails the
//! call that they interrupted, and stands still if it is told to.

use super::exit;
use super::thread::{InterruptedCall, Thread};
use super::world::{Event, Report};
use crate::debug::{Action, Stop};
use crate::interp::stop;
use crate::signal::deliver::{self, Disposition};
use crate::signal::{SigInfo, SigSet, bit, host};
use crate::trace::log::{self, Item};
use std::sync::atomic::Ordering;
use syscalls::guest::SigAction;
use syscalls::strace::{siginfo, signal_name};

/// Bytes of an SVC instruction.
const SVC_LEN: u64 = 4;
/// `si_code` of an address that nothing is mapped at.
/// arm64_notify_segfault(): whatever is wrong with the frame, as long as anything is mapped above it.
const SEGV_ACCERR: i32 = 2;

impl Thread {
    /// True if a guest signal waits in the record.
    pub fn has_signal(&self) -> bool {
        self.record.engine.stop.load(Ordering::Acquire) & stop::SIGNAL != 0
    }

    /// True if somebody wants this thread to stand still.
    pub fn has_kick(&self) -> bool {
        self.record.engine.stop.load(Ordering::Acquire) & stop::KICK != 0
    }

    /// Whether [`Thread::attend`] has something to do.
    pub fn is_wanted(&self) -> bool {
        self.has_signal() || self.has_kick() || !self.unsaid.is_empty() || self.interrupted.is_some()
    }

    /// Deals with all that has come for the thread, so that guest code may go on.
    pub fn attend(&mut self) {
        if self.interrupted == Some(InterruptedCall::BeforeEntry) {
            // The wait has not begun, so its mask has never held.
            self.signals.wait_mask = None;
        }
        loop {
            if self.has_signal() {
                let mask = self.signals.wait_mask.unwrap_or(self.signals.mask);
                match self.record.signals.take(mask) {
                    // A fault's handler, entered since the signal came, blocks it.
                    Some(info) if mask & bit(info.signal()) != 0 && host::give_back(&info).is_ok() => {}
                    Some(info) => self.dispose(info, false, 0),
                    None => {}
                }
                // The host has had all signals blocked since its handler.
                self.open_mask();
            } else if self.has_kick() {
                self.record.engine.stop.fetch_and(!stop::KICK, Ordering::AcqRel);
                self.restart_call();
                if self.process.is_dumping.load(Ordering::Acquire) {
                    self.freeze();
                }
                self.heed_summons();
                self.heed_kick();
                self.heed_tracer();
                self.take_planned_signal();
            } else if !self.unsaid.is_empty() {
                self.say_or_wait();
            } else {
                break;
            }
        }
        self.signals.wait_mask = None;
        self.restart_call();
    }

    /// Delivers the signal of a fault that the thread itself caused.
    pub fn force(&mut self, info: SigInfo, esr: u64) {
        let mask = self.signals.mask;
        self.dispose(info, true, esr);
        if !self.stands_for_all(mask) {
            self.open_mask();
        }
    }

    /// Whether the host's mask stays the same when the guest's was `mask` and is another now: fault signals are never
    /// blocked on the host, and the handlers of faults seldom block more. If a signal waits, all are blocked until
    /// [`Thread::attend`] has dealt with it.
    fn stands_for_all(&self, mask: SigSet) -> bool {
        let is_alone = self.process.debug().is_none() && !self.is_traced();
        is_alone && (mask ^ self.signals.mask) & !self.record.signals.never_blocked() == 0
    }

    /// Does with a signal what the debugger, if any, and then the guest's action say.
    fn dispose(&mut self, info: SigInfo, is_fault: bool, esr: u64) {
        let Some(given) = self.consult_debugger(info) else { return };
        let given = if self.is_traced() { self.consult_tracer(given) } else { Some(given) };
        if let Some(given) = given {
            self.act_on(&given, is_fault && given == info, esr);
        }
    }

    fn act_on(&mut self, info: &SigInfo, is_fault: bool, esr: u64) {
        let disposition = deliver::disposition(&self.process.actions, info, is_fault, self.signals.mask);
        if log::is_on(Item::Strace) {
            self.log_strace(format_args!("--- {} {} ---", signal_name(info.signal() as i32), siginfo(&info.0)));
        }
        match disposition {
            Disposition::Ignore => {}
            // get_signal(): the init of a pid namespace is killed by its faults, and by nobody.
            Disposition::Die if !is_fault && self.process.pid() == 1 => {}
            Disposition::Die => exit::by_signal(self, info),
            Disposition::Stop if self.is_traced() => self.group_stop(info.signal()),
            Disposition::Stop => {
                host::stop(info.signal());
                self.process.actions.restore(info.signal());
            }
            Disposition::Handle(action) => {
                self.handle(info, &action, esr);
                if matches!(self.plan, Action::Step(_) | Action::RangeStep { .. }) {
                    self.report(Event::Stopped(Stop::Step));
                    if self.is_traced() {
                        self.step_stop();
                    }
                }
            }
        }
    }

    /// Lets the debugger see a signal before the guest does: it may change or drop it.
    fn consult_debugger(&mut self, info: SigInfo) -> Option<SigInfo> {
        self.stopped_for = Some(info);
        let report = loop {
            match self.report(Event::Stopped(Stop::Signal(info.signal()))) {
                Report::Parked => {}
                report => break report,
            }
        };
        let seen = self.stopped_for.take();
        if report == Report::Unwanted {
            return Some(info);
        }
        let signal = self.planned_signal()?;
        seen.filter(|info| info.signal() == signal).or_else(|| Some(SigInfo::kernel(signal, libc::SI_USER)))
    }

    /// The signal that the debugger wants the thread to go on with; it is taken once.
    fn planned_signal(&mut self) -> Option<u32> {
        match &mut self.plan {
            Action::Continue(signal) | Action::Step(signal) => signal.take(),
            Action::Stay | Action::RangeStep { .. } => None,
        }
    }

    /// Delivers a signal that the debugger brings up itself.
    pub fn take_planned_signal(&mut self) {
        if let Some(signal) = self.planned_signal() {
            self.act_on(&SigInfo::kernel(signal, libc::SI_USER), false, 0);
        }
    }

    fn handle(&mut self, info: &SigInfo, action: &SigAction, esr: u64) {
        self.fail_or_restart_call(action);
        self.unfinished_wait = None;
        // What the handler calls is not what it interrupted.
        self.caught_call = None;
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
        let info = SigInfo::kernel(segv, libc::SI_KERNEL);
        if signal == segv {
            exit::by_signal(self, &info);
        }
        self.dispose(info, true, 0);
    }

    /// rt_sigreturn(2).
    pub fn sigreturn(&mut self) {
        let before = (self.interp.cpu.clone(), self.signals);
        match deliver::leave_handler(&mut self.interp.cpu, &mut self.signals) {
            Ok(()) if self.stands_for_all(before.1.mask) || self.change_mask(self.signals.mask) => {
                self.record.signals.notice_open(self.signals.mask);
            }
            // A signal came before: it is delivered under the handler's mask first.
            Ok(()) => {
                (self.interp.cpu, self.signals) = before;
                self.interrupted = Some(InterruptedCall::BeforeEntry);
            }
            Err(_) => {
                let sp = self.interp.cpu.sp;
                self.force(SigInfo::fault(libc::SIGSEGV as u32, SEGV_ACCERR, sp), 0);
            }
        }
    }

    /// A handler runs on top of an interrupted call: the call will be restarted, or has failed.
    fn fail_or_restart_call(&mut self, action: &SigAction) {
        match self.interrupted {
            Some(InterruptedCall::BeforeEntry) | None => self.restart_call(),
            Some(InterruptedCall::WouldRestart) if action.flags & libc::SA_RESTART as u64 != 0 => self.restart_call(),
            Some(InterruptedCall::WouldRestart | InterruptedCall::Failed) => {
                self.interp.cpu.x[0] = i64::from(-libc::EINTR) as u64;
                self.interrupted = None;
                self.leave_call();
            }
        }
    }

    /// Goes back to the SVC of an interrupted call; its arguments are still in the registers.
    fn restart_call(&mut self) {
        if self.interrupted.take().is_some() {
            self.interp.cpu.pc = self.interp.cpu.pc.wrapping_sub(SVC_LEN);
        }
    }
}
