//! The run loop: runs guest code until an exit, and routes the exit to who deals with it.

use super::thread::Thread;
use super::world::{Event, Report};
use super::{clone, exec, exit};
use crate::debug::{Action, Stop};
use crate::interp::Exit;
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
    pub const TRAP_BRKPT: i32 = 1;
}

/// ESR_EL1 of a data abort from a lower exception level (Arm ARM, D17.2.37).
mod esr {
    /// Exception class 0x24, and a 32-bit instruction.
    pub const DATA_ABORT: u64 = 0x24 << 26 | 1 << 25;
    /// The access was a write.
    pub const WNR: u64 = 1 << 6;
    /// Translation fault, level 3.
    pub const TRANSLATION: u64 = 7;
    /// Permission fault, level 3.
    pub const PERMISSION: u64 = 15;
}

impl Thread {
    /// Runs the guest thread to its end.
    pub fn run(&mut self) -> ! {
        loop {
            self.attend();
            let is_stepping = matches!(self.plan, Action::Step(_) | Action::RangeStep { .. });
            let exit = if is_stepping { self.interp.step() } else { traced::run(&mut self.interp) };
            if log::is_on(Item::Int) && exit != Exit::Interrupted {
                log::write(Item::Int, format_args!("{} pc {:#x}: {exit:?}\n", Thread::tid(self), self.interp.cpu.pc));
            }
            self.route(exit);
            if is_stepping && matches!(exit, Exit::Step | Exit::Syscall(_)) && self.interrupted.is_none() {
                self.stepped();
            }
        }
    }

    /// An instruction has been stepped over.
    fn stepped(&mut self) {
        let pc = self.interp.cpu.pc;
        match self.plan {
            Action::RangeStep { start, end } if (start..end).contains(&pc) => {
                if self.code.has_breakpoint(pc) {
                    self.stop_for(Stop::Breakpoint);
                }
            }
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
        if self.report(event) == Report::Told {
            self.take_planned_signal();
        }
    }

    fn route(&mut self, exit: Exit) {
        let pc = self.interp.cpu.pc;
        match exit {
            Exit::Syscall(_) => self.system_call(),
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
            Exit::Brk(_) => self.force(SigInfo::fault(libc::SIGTRAP as u32, code::TRAP_BRKPT, pc), 0),
            Exit::Breakpoint => self.stop_for(Stop::Breakpoint),
            Exit::Watchpoint { addr, .. } => {
                if let Some(kind) = self.watchpoint_at(addr) {
                    self.stop_for(Stop::Watchpoint { addr, kind });
                }
            }
            Exit::Step | Exit::Interrupted => {}
        }
    }

    fn data_abort(&mut self, fault: &Fault) {
        let mut syndrome = esr::DATA_ABORT;
        if fault.write {
            syndrome |= esr::WNR;
        }
        syndrome |= if fault.code == code::SEGV_MAPERR { esr::TRANSLATION } else { esr::PERMISSION };
        self.force(SigInfo::fault(fault.signal as u32, fault.code, fault.addr), syndrome);
    }

    fn system_call(&mut self) {
        let cpu = &self.interp.cpu;
        let (number, args) = (cpu.x[8], [cpu.x[0], cpu.x[1], cpu.x[2], cpu.x[3], cpu.x[4], cpu.x[5]]);
        self.interrupted = None;
        match self.dispatch(number, args) {
            Outcome::Return(result) => {
                // The call has happened, whatever became of a further host call that it made.
                self.interrupted = None;
                self.set_result(result);
            }
            Outcome::Restart => {}
            Outcome::Exit(status) => exit::thread(self, status),
            Outcome::ExitGroup(status) => exit::group(self, status),
            Outcome::SigReturn => self.sigreturn(),
            Outcome::Clone(args) => {
                let result = clone::clone(self, &args);
                self.trace_result(result);
                self.set_result(result);
            }
            Outcome::Exec(args) => {
                if let Some(entry) = &self.traced_call {
                    self.log_strace(&entry.unfinished());
                }
                let result = exec::exec(self, *args);
                self.trace_result(result);
                self.set_result(result);
            }
        }
    }

    /// Writes a call's result to X0, unless a signal kept the call from happening.
    pub fn set_result(&mut self, result: Result<u64, syscalls::Errno>) {
        if self.interrupted.is_none() {
            self.interp.cpu.x[0] = match result {
                Ok(value) => value,
                Err(errno) => i64::from(-errno.0) as u64,
            };
        }
    }
}
