//! Job control for the programs that gdb starts under `--multi`.
//!
//! Each is a process group of its own, as under gdbserver: what it does to its group (kill(2) of 0) does nothing
//! to the emulator that serves gdb. If that one has the terminal, the program gets it: it may read, and
//! Ctrl-C there is meant for it alone. When its group has ended, the terminal is given back.

use nix::errno::Errno;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill, killpg};
use nix::unistd::{Pid, getpgrp, getpid, setpgid, tcgetpgrp, tcsetpgrp};
use std::fs::{File, OpenOptions};

/// The terminal, as the guard of a session sees it.
pub struct Terminal {
    /// `None` without one.
    tty: Option<File>,
    /// The guard's group.
    home: Pid,
    /// Processes that are programs, or will be: each then leads a group.
    programs: Vec<Pid>,
}

impl Terminal {
    /// In the guard, which is in the group that the user started.
    pub fn new() -> Terminal {
        let tty = OpenOptions::new().read(true).write(true).open("/dev/tty").ok();
        Terminal { tty, home: getpgrp(), programs: Vec::new() }
    }

    /// The guard has made this process.
    pub fn add_program(&mut self, pid: i32) {
        self.programs.push(Pid::from_raw(pid));
    }

    /// In the process that is about to become a program: it has a group of its own, and the terminal if that is ours.
    pub fn begin_program(self) {
        let is_ours = self.foreground().is_some_and(|group| group == self.home || self.programs.contains(&group));
        // A leader of a session, which cannot leave its group, has one of its own already.
        let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
        if is_ours {
            self.give_to(getpid());
        }
    }

    /// In the guard, when a program has ended: takes the terminal back if nobody has it any more.
    pub fn take_back(&mut self) {
        self.programs.retain(|program| kill(*program, None) != Err(Errno::ESRCH) || killpg(*program, None).is_ok());
        match self.foreground() {
            Some(group) if group != self.home && killpg(group, None) == Err(Errno::ESRCH) => self.give_to(self.home),
            _ => {}
        }
    }

    fn foreground(&self) -> Option<Pid> {
        tcgetpgrp(self.tty.as_ref()?).ok()
    }

    fn give_to(&self, group: Pid) {
        let Some(tty) = &self.tty else { return };
        // Who is in the background is stopped for this, unless it blocks the signal (tcsetpgrp(3)).
        let background = SigSet::from(Signal::SIGTTOU);
        if let Ok(before) = background.thread_swap_mask(SigmaskHow::SIG_BLOCK) {
            // An error means that the terminal is not ours to give.
            let _ = tcsetpgrp(tty, group);
            let _ = before.thread_set_mask();
        }
    }
}

impl Default for Terminal {
    fn default() -> Terminal {
        Terminal::new()
    }
}
