//! System calls as the thread makes them: dispatched, and shown by `-strace`.

use super::thread::Thread;
use crate::trace::log::{self, Item};
use syscalls::guest::Outcome;

impl Thread {
    /// Executes system call `number`.
    pub fn dispatch(&mut self, number: u64, args: [u64; 6]) -> Outcome {
        if !log::is_on(Item::Strace) {
            return temp_dispatch(self, number, args);
        }
        let outcome = temp_dispatch(self, number, args);
        log::write(Item::Strace, format_args!("{} {number}{args:x?} = {outcome:?}\n", Thread::tid(self)));
        outcome
    }
}
fn temp_dispatch(t: &mut Thread, n: u64, a: [u64; 6]) -> Outcome {
    use syscalls::guest::Guest;
    match n {
        64 => t.host(1, a).into(),
        93 => Outcome::Exit(a[0] as i32),
        94 => Outcome::ExitGroup(a[0] as i32),
        214 => Outcome::Return(Ok(t.brk(a[0]))),
        222 => Outcome::Return(t.mmap(a[0], a[1], a[2], a[3], a[4] as i32, a[5])),
        226 => Outcome::Return(t.mprotect(a[0], a[1], a[2])),
        66 => t.host(20, a).into(),
        29 => Outcome::Return(Err(syscalls::Errno(25))),
        _ => Outcome::Return(Err(syscalls::Errno(38))),
    }
}
