//! The run loop: runs guest code until an exit, and routes the exit to who deals with it.

use super::thread::Thread;
use super::tracee::NO_CALL;
use super::world::{Event, Report};
use super::{clone, exec, exit};
use crate::debug::{Action, Stop};
use crate::interp::Exit;
use crate::interp::pauth;
use crate::memory::access::Fault;
use crate::memory::space;
use crate::run::traced;
use crate::signal::SigInfo;
use crate::trace::log::{self, Item};
use syscalls::guest::Outcome;

/// `si_code` values (include/uapi/asm-generic/siginfo.h).
mod code {
    pub const SEGV_MAPERR: i32 = 1;
    pub const SEGV_ACCERR: i32 = 2;
    pub const BUS_ADRALN: i32 = 1;
    pub const ILL_ILLOPC: i32 = 1;
    pub use crate::interp::pauth::ILL_ILLOPN;
    pub const TRAP_BRKPT: i32 = 1;
}

/// ESR_EL1 of a data abort from a lower exception level (Arm ARM, D17.2.37).
mod esr {
    /// Exception class 0x24, and a 32-bit instruction.
    pub const DATA_ABORT: u64 = 0x24 << 26 | 1 << 25;
    /// Exception class 0x1c, a failed pointer authentication.
    pub const FPAC: u64 = 0x1c << 26 | 1 << 25;
    /// The access was a write.
    pub const WNR: u64 = 1 << 6;
    /// Translation fault, level 3.
    pub const TRANSLATION: u64 = 7;
    /// Permission fault, level 3.
    pub const PERMISSION: u64 = 15;
}

/// ENOSYS, as a call returns it.
const NO_SUCH_CALL: u64 = -(libc::ENOSYS as i64) as u64;

/// How a system call begins.
enum Entered {
    /// Nobody was told.
    Quietly,
    /// The debugger was told, and lets it happen.
    AfterStop,
    /// The debugger was told, and has moved the thread.
    Elsewhere,
}

impl Thread {
    /// Runs the guest thread to its end.
    pub fn run(&mut self) -> ! {
        loop {
            self.attend();
            let is_stepping = self.is_stepping();
            let exit = if is_stepping { self.interp.step() } else { self.run_on() };
            if is_stepping {
                self.log_exit(exit);
            }
            let is_stepping = self.route(exit) || is_stepping;
            if is_stepping && matches!(exit, Exit::Step | Exit::Syscall(_)) && self.interrupted.is_none() {
                self.stepped();
            }
        }
    }

    /// Runs guest code until something has to be done about it that is more than a call of the host's.
    #[inline(always)]
    fn run_on(&mut self) -> Exit {
        loop {
            let exit = traced::run(&mut self.interp);
            self.log_exit(exit);
            let is_passed = matches!(exit, Exit::Syscall(_)) && self.pass_on();
            if !is_passed || self.is_wanted() {
                self.interp.settle();
                return if is_passed { Exit::Interrupted } else { exit };
            }
        }
    }

    fn log_exit(&self, exit: Exit) {
        if log::is_on(Item::Int) && exit != Exit::Interrupted {
            log::write(Item::Int, format_args!("{} pc {:#x}: {exit:?}\n", Thread::tid(self), self.interp.cpu.pc));
        }
    }

    /// An instruction has been stepped over.
    fn stepped(&mut self) {
        let pc = self.interp.cpu.pc;
        match self.plan {
            Action::RangeStep { start, end } if (start..end).contains(&pc) => {
                if self.code.has_breakpoint(pc) && self.stops_here() {
                    self.stop_for(Stop::Breakpoint);
                }
            }
            Action::Step(_) if self.is_traced() => self.step_stop(),
            Action::Step(_) | Action::RangeStep { .. } => self.stop_for(Stop::Step),
            Action::Stay | Action::Continue(_) => {}
        }
    }

    /// Stands still for the debugger, and goes on as it says.
    pub fn stop_for(&mut self, stop: Stop) {
        self.stand_still(Event::Stopped(stop));
    }

    /// Likewise, for any event.
    pub fn stand_still(&mut self, event: Event) {
        // What stops the thread before anything happens will do so again. That a step is done is not worth
        // telling when the debugger, which has seen the thread meanwhile, has made another plan.
        let happens_again = matches!(event, Event::Stopped(Stop::Breakpoint | Stop::Watchpoint { .. }));
        let is_step = event == Event::Stopped(Stop::Step);
        let orders = self.orders;
        loop {
            match self.report(event.clone()) {
                Report::Told => return self.take_planned_signal(),
                Report::Unwanted => return,
                Report::Parked if happens_again || is_step && self.orders != orders => return,
                Report::Parked => {}
            }
        }
    }

    /// True if the debugger began a step meanwhile, which is done with this exit.
    pub fn route(&mut self, exit: Exit) -> bool {
        let pc = self.interp.cpu.pc;
        match exit {
            Exit::Syscall(_) => return self.system_call(),
            Exit::Fault(fault) if fault.code == code::ILL_ILLOPN && fault.signal == libc::SIGILL => {
                self.failed_authentication(pc);
            }
            Exit::Fault(fault) => self.data_abort(&fault),
            Exit::FetchFault => {
                let code = if space().is_mapped(pc, 1) { code::SEGV_ACCERR } else { code::SEGV_MAPERR };
                self.force(SigInfo::fault(libc::SIGSEGV as u32, code, pc), 0);
            }
            Exit::PcAlignment => self.force(SigInfo::fault(libc::SIGBUS as u32, code::BUS_ADRALN, pc), 0),
            Exit::Undefined(word, op) => {
                if log::is_on(Item::Unimp) {
                    let what = if op.is_some() { "not implemented" } else { "unallocated" };
                    let text = traced::line(pc, word);
                    log::write(Item::Unimp, format_args!("{} {what}: {text}\n", Thread::tid(self)));
                }
                self.force(SigInfo::fault(libc::SIGILL as u32, code::ILL_ILLOPC, pc), 0);
            }
            Exit::BranchTarget => self.force(SigInfo::fault(libc::SIGILL as u32, code::ILL_ILLOPC, pc), 0),
            Exit::Brk(_) => self.force(SigInfo::fault(libc::SIGTRAP as u32, code::TRAP_BRKPT, pc), 0),
            Exit::Breakpoint => self.at_breakpoint(),
            Exit::Watchpoint { addr, .. } => {
                if let Some(kind) = self.watchpoint_at(addr) {
                    self.stop_for(Stop::Watchpoint { addr, kind });
                }
            }
            Exit::Step | Exit::Interrupted => {}
        }
        false
    }

    /// The syndrome says which key it was.
    fn failed_authentication(&mut self, pc: u64) {
        let key = self.interp.peek(pc).map_or(0, |insn| pauth::key_of(insn) as u64);
        self.force(SigInfo::fault(libc::SIGILL as u32, code::ILL_ILLOPN, pc), esr::FPAC | key);
    }

    fn data_abort(&mut self, fault: &Fault) {
        let mut syndrome = esr::DATA_ABORT;
        if fault.write {
            syndrome |= esr::WNR;
        }
        syndrome |= if fault.code == code::SEGV_MAPERR { esr::TRANSLATION } else { esr::PERMISSION };
        self.force(SigInfo::fault(fault.signal as u32, fault.code, fault.addr), syndrome);
    }

    /// True if the debugger stopped it at its entry and then began a step.
    fn system_call(&mut self) -> bool {
        self.interrupted = None;
        let number = self.called();
        self.note_first_argument();
        // arch/arm64/kernel/syscall.c: what a tracer or filter that skips the call leaves as its result.
        if number == NO_CALL {
            self.interp.cpu.x[0] = NO_SUCH_CALL;
        }
        let number = if self.shows_entries() { self.stop_at_entry() } else { Some(number) };
        let watched = self.watched_memory();
        let begins_step = number.is_some_and(|number| self.make_call(number));
        if self.shows_exits() {
            self.stop_at_exit();
        }
        self.report_kernel_writes(&watched);
        begins_step
    }

    /// The number of the call that the thread stands behind: to the kernel, an int.
    pub fn called(&self) -> u64 {
        self.interp.cpu.x[8] & 0xffff_ffff
    }

    fn make_call(&mut self, number: u64) -> bool {
        if number == NO_CALL {
            self.skip_call();
            return false;
        }
        let begins_step = match self.enter_call(number) {
            Entered::Quietly => false,
            Entered::AfterStop => self.is_stepping(),
            Entered::Elsewhere => return false,
        };
        match self.dispatch(number, self.call_arguments()) {
            Outcome::Return(result) => {
                // The call has happened, whatever became of a further host call that it made.
                self.interrupted = None;
                self.finish_call(result);
            }
            Outcome::Restart => {}
            Outcome::Exit(status) => exit::thread(self, status),
            Outcome::ExitGroup(status) => exit::group(self, status),
            Outcome::SigReturn => {
                self.sigreturn();
                self.leave_call();
            }
            Outcome::Clone(args) => {
                let result = clone::clone(self, &args);
                self.trace_result(result);
                self.finish_call(result);
            }
            Outcome::Exec(args) => {
                let result = exec::exec(self, *args);
                self.trace_result(result);
                self.finish_call(result);
            }
        }
        begins_step
    }

    /// Nothing is called: X0 is what it was, or what a tracer has made it, unless a filter refuses even that.
    fn skip_call(&mut self) {
        if self.record.seccomp.is_on()
            && let Some(Outcome::Return(result)) = self.filtered(NO_CALL, self.call_arguments())
        {
            self.finish_call(result);
        }
    }

    fn call_arguments(&self) -> [u64; 6] {
        let [x0, x1, x2, x3, x4, x5, ..] = self.interp.cpu.x;
        [x0, x1, x2, x3, x4, x5]
    }

    /// Stops for the debugger if it catches this call and the thread is not stepping over it.
    fn enter_call(&mut self, number: u64) -> Entered {
        if self.caught_call == Some(number) {
            // A kick interrupted the call after it was reported: it is the same call.
            return Entered::Quietly;
        }
        let pc = self.interp.cpu.pc;
        while self.is_caught(number) && !self.is_stepping() {
            if self.report(Event::Stopped(Stop::SyscallEntry(number))) == Report::Told {
                self.caught_call = Some(number);
                self.take_planned_signal();
                if self.interp.cpu.pc == pc {
                    return Entered::AfterStop;
                }
                self.caught_call = None;
                return Entered::Elsewhere;
            }
        }
        Entered::Quietly
    }

    /// Writes a call's result to X0, unless a signal kept the call from happening.
    fn finish_call(&mut self, result: Result<u64, syscalls::Errno>) {
        if self.interrupted.is_none() {
            self.interp.cpu.x[0] = match result {
                Ok(value) => value,
                Err(errno) => i64::from(-errno.0) as u64,
            };
            self.leave_call();
        }
    }

    /// Stops for the debugger if it was told of the call's entry.
    pub fn leave_call(&mut self) {
        let Some(number) = self.caught_call.take().filter(|_| self.interrupted.is_none()) else { return };
        while self.is_caught(number) && !self.is_stepping() {
            if self.report(Event::Stopped(Stop::SyscallReturn(number))) == Report::Told {
                return self.take_planned_signal();
            }
        }
    }

    fn is_stepping(&self) -> bool {
        matches!(self.plan, Action::Step(_) | Action::RangeStep { .. })
    }
}
