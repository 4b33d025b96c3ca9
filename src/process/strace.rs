//! System calls as the thread makes them: dispatched, and shown by `-strace`.

use super::thread::Thread;
use crate::trace::log::{self, Item};
use std::sync::OnceLock;
use syscalls::guest::Outcome;
use syscalls::strace::{Entry, Filter};

/// Which calls are shown; all if it was never set.
static FILTER: OnceLock<Filter> = OnceLock::new();

/// Shows only the calls in `list`, once, before guest code runs.
pub fn choose(list: &str) {
    let _ = FILTER.set(Filter::parse(list).unwrap_or_default());
}

impl Thread {
    /// Executes system call `number`.
    #[inline]
    pub fn dispatch(&mut self, number: u64, args: [u64; 6]) -> Outcome {
        if log::is_on(Item::Strace) && FILTER.get().is_none_or(|filter| filter.has(number)) {
            return self.dispatch_shown(number, args);
        }
        self.carry_out(number, args)
    }

    fn dispatch_shown(&mut self, number: u64, args: [u64; 6]) -> Outcome {
        let entry = Entry::new(self, number, args);
        let outcome = self.carry_out(number, args);
        let line = match &outcome {
            Outcome::Return(result) => entry.returned(self, *result),
            Outcome::Restart => entry.interrupted(),
            Outcome::Exit(_) | Outcome::ExitGroup(_) | Outcome::SigReturn => entry.unfinished(),
            Outcome::Clone(_) | Outcome::Exec(_) => {
                self.traced_call = Some(entry);
                return outcome;
            }
        };
        self.log_strace(&line);
        outcome
    }

    #[inline]
    fn carry_out(&mut self, number: u64, args: [u64; 6]) -> Outcome {
        if self.record.seccomp.is_on()
            && let Some(refused) = self.filtered(number, args)
        {
            return refused;
        }
        syscalls::dispatch(self, number, args)
    }

    /// The line of an execve that succeeds, which the next emulator shows.
    pub fn line_of_exec(&self) -> Vec<u8> {
        self.traced_call.as_ref().map_or_else(Vec::new, |entry| entry.returned(self, Ok(0)).into_bytes())
    }

    /// Shows an execve of a program of the host, of which nothing more is seen unless it fails.
    pub fn trace_host_exec(&self) {
        if let Some(entry) = &self.traced_call {
            self.log_strace(entry.unfinished());
        }
    }

    /// Shows a call that the process layer has carried out: clone, in the parent; a failed exec.
    pub fn trace_result(&mut self, result: Result<u64, syscalls::Errno>) {
        if let Some(entry) = self.traced_call.take() {
            let line = if self.interrupted.is_some() { entry.interrupted() } else { entry.returned(self, result) };
            self.log_strace(&line);
        }
    }

    /// One line, behind the thread's id.
    pub fn log_strace(&self, line: impl std::fmt::Display) {
        log::write(Item::Strace, format_args!("{:<5} {line}\n", Thread::tid(self)));
    }
}
