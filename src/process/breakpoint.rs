//! A thread at a breakpoint: what the debugger wants done there without a stop is done here, by the
//! thread itself, while the others run.

use super::thread::Thread;
use crate::debug::{Place, Stop, Verdict};
use crate::host::call::interruptible;
use crate::host::raw::args;
use crate::memory::access::copy_in;

/// How long a thread waits before it tries again to say something.
const SAY_AGAIN_MS: u64 = 10;

impl Thread {
    /// The thread has come to a breakpoint, whose instruction it has not executed.
    pub fn at_breakpoint(&mut self) {
        if self.stops_here() {
            self.stop_for(Stop::Breakpoint);
        } else {
            let exit = self.interp.step();
            self.route(exit);
        }
    }

    /// False if there is no debugger for the breakpoint (it is that of a process whose memory this
    /// one shares), or if it lets the thread go on.
    pub fn stops_here(&mut self) -> bool {
        let Some(debug) = self.process.debug() else { return false };
        let Some(probe) = debug.probe(self.interp.cpu.pc) else { return true };
        match probe.hit(self) {
            Verdict::Stop => true,
            Verdict::GoOn(said) => {
                self.unsaid = said;
                false
            }
        }
    }

    /// Says what a breakpoint had to say, or waits a little if that cannot be. Whoever wants the thread meanwhile
    /// comes first.
    pub fn say_or_wait(&mut self) {
        let is_said = self.process.debug().is_none_or(|debug| debug.say(&self.unsaid));
        if is_said {
            self.unsaid.clear();
            return;
        }
        let attention = self.record.signals.attention;
        // Interrupted or not, it is tried again.
        let wait = args([0, 0, SAY_AGAIN_MS]);
        let _ = interruptible(attention.word, attention.signal | attention.kick, libc::SYS_poll, &wait);
    }
}

impl Place for Thread {
    fn register(&self, number: usize) -> Option<u64> {
        let cpu = &self.interp.cpu;
        match number {
            31 => Some(cpu.sp),
            32 => Some(cpu.pc),
            _ => cpu.x.get(number).copied(),
        }
    }

    fn read_memory(&self, addr: u64, buf: &mut [u8]) -> bool {
        copy_in(addr, buf).is_ok()
    }
}
