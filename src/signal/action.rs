//! What the guest wants done at each signal (`struct sighand_struct`): one table per process,
//! shared by threads, copied at fork, and mirrored on the host.

use super::host;
use super::{FAULTS, SigSet, UNCATCHABLE, bit};
use crate::host::Lock;
use crate::host::raw::HostErrno;
use crate::memory::published::PUBLISHED;
use std::sync::atomic::{AtomicBool, Ordering};
use syscalls::guest::SigAction;

/// `sa_handler` of the default action.
pub const SIG_DFL: u64 = 0;
/// `sa_handler` of an ignored signal.
pub const SIG_IGN: u64 = 1;
/// `sa_flags` bit: a restorer is given.
pub const SA_RESTORER: u64 = 0x0400_0000;

/// `sa_flags` that mean something to the host kernel whatever the handler.
const SA_FOR_HOST: u64 = (libc::SA_NOCLDSTOP | libc::SA_NOCLDWAIT) as u64;

/// What the default action of a signal does (signal(7)).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DefaultAction {
    /// Nothing.
    Ignore,
    /// Ends the process.
    Terminate,
    /// Ends the process, and leaves a core.
    Core,
    /// Stops the process.
    Stop,
}

/// The default action of `signal`.
pub fn default_action(signal: u32) -> DefaultAction {
    match signal as i32 {
        libc::SIGCHLD | libc::SIGURG | libc::SIGWINCH | libc::SIGCONT => DefaultAction::Ignore,
        libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU => DefaultAction::Stop,
        libc::SIGQUIT | libc::SIGILL | libc::SIGTRAP | libc::SIGABRT | libc::SIGBUS | libc::SIGFPE => {
            DefaultAction::Core
        }
        libc::SIGSEGV | libc::SIGXCPU | libc::SIGXFSZ | libc::SIGSYS => DefaultAction::Core,
        _ => DefaultAction::Terminate,
    }
}

/// What the kernel looks up itself, debugger or not: a process that ignores SIGCHLD gets none for its children, nor
/// their zombies (kernel/exit.c), and one that ignores these of the terminal's is let through, or refused
/// (drivers/tty/tty_jobctrl.c).
const IGNORED_IN_THE_KERNEL: SigSet = bit(libc::SIGCHLD as u32) | bit(libc::SIGTTIN as u32) | bit(libc::SIGTTOU as u32);

/// True for a signal that comes to us though the guest has no handler: its default action leaves a core, which
/// is ours to write, or there is somebody who sees every signal first, ignored ones too (`sig_ignored` of
/// kernel/signal.c).
fn is_reported(signal: u32, handler: u64, is_observed: bool) -> bool {
    match handler {
        SIG_DFL if default_action(signal) == DefaultAction::Core => true,
        SIG_DFL => is_observed && UNCATCHABLE & bit(signal) == 0,
        _ => is_observed && IGNORED_IN_THE_KERNEL & bit(signal) == 0,
    }
}

/// True if the signal does nothing, so that setting the action discards those that wait (POSIX, 2.4.3).
fn is_ignored(signal: u32, handler: u64) -> bool {
    handler == SIG_IGN || handler == SIG_DFL && default_action(signal) == DefaultAction::Ignore
}

fn publish(signal: u32, action: &SigAction) {
    let is_handler = ![SIG_DFL, SIG_IGN].contains(&action.handler);
    PUBLISHED.set_action(signal, is_handler, action.handler == SIG_IGN);
}

/// The table of actions.
#[derive(Debug)]
pub struct Actions {
    table: Lock<[SigAction; 64]>,
    /// A tracer sees every signal.
    is_watched: AtomicBool,
    /// So does a debugger.
    is_debugged: AtomicBool,
    /// Other guests see it in /proc. Not that of a child that shares the memory of another process.
    is_published: bool,
}

impl Actions {
    /// The table of a program that has just been started: what its parent ignored stays ignored.
    /// Installs the host's fault handlers.
    pub fn inherited(is_debugged: bool) -> Self {
        let mut table = [SigAction::default(); 64];
        for (signal, action) in (1..).zip(&mut table) {
            if host::is_ignored(signal) {
                action.handler = SIG_IGN;
            }
            publish(signal, action);
            if FAULTS & bit(signal) != 0 || is_reported(signal, action.handler, is_debugged) {
                host::install_handler(signal, 0);
            }
        }
        Actions {
            table: Lock::new(table),
            is_watched: AtomicBool::new(false),
            is_debugged: AtomicBool::new(is_debugged),
            is_published: true,
        }
    }

    /// A copy for a process of its own.
    pub fn copied(&self) -> Self {
        Actions {
            table: Lock::new(*self.table.lock()),
            is_watched: AtomicBool::new(self.is_watched()),
            is_debugged: AtomicBool::new(self.is_debugged.load(Ordering::Acquire)),
            is_published: false,
        }
    }

    /// Makes every handler the default action (CLONE_CLEAR_SIGHAND).
    pub fn drop_handlers(&self, never_blocked: SigSet) {
        for signal in (1..=64).filter(|&signal| ![SIG_DFL, SIG_IGN].contains(&self.get(signal).handler)) {
            self.reset(signal, never_blocked);
        }
    }

    /// True while a tracer sees the signals.
    pub fn is_watched(&self) -> bool {
        self.is_watched.load(Ordering::Acquire)
    }

    /// Lets signals without a handler come to us, or leaves them to the host again.
    pub fn watch(&self, on: bool, never_blocked: SigSet) {
        self.is_watched.store(on, Ordering::Release);
        self.mirror_all(never_blocked);
    }

    /// There is a debugger from now on.
    pub fn come_under_debugger(&self, never_blocked: SigSet) {
        self.is_debugged.store(true, Ordering::Release);
        self.mirror_all(never_blocked);
    }

    fn mirror_all(&self, never_blocked: SigSet) {
        for signal in (1..=64).filter(|&signal| (UNCATCHABLE | never_blocked) & bit(signal) == 0) {
            let action = self.get(signal);
            if [SIG_DFL, SIG_IGN].contains(&action.handler) {
                self.mirror(signal, &action);
            }
        }
    }

    /// Undoes what [`host::stop`] did.
    pub fn restore(&self, signal: u32) {
        self.mirror(signal, &self.get(signal));
    }

    /// Somebody sees every signal first.
    fn is_observed(&self) -> bool {
        self.is_watched() || self.is_debugged.load(Ordering::Acquire)
    }

    /// Gives the host's kernel what it needs of an action.
    fn mirror(&self, signal: u32, action: &SigAction) {
        let flags = action.flags & SA_FOR_HOST;
        match action.handler {
            plain @ (SIG_DFL | SIG_IGN) if !is_reported(signal, plain, self.is_observed()) => {
                host::install_plain(signal, plain, flags);
            }
            _ => host::install_handler(signal, flags),
        }
    }

    /// Signals that are ignored, and those that have handlers.
    pub fn ignored_and_caught(&self) -> (SigSet, SigSet) {
        let table = self.table.lock();
        let with = |is: fn(u64) -> bool| {
            (1..).zip(table.iter()).filter(|(_, action)| is(action.handler)).map(|(signal, _)| bit(signal)).sum()
        };
        (with(|handler| handler == SIG_IGN), with(|handler| ![SIG_DFL, SIG_IGN].contains(&handler)))
    }

    /// The action of `signal`, 1 to 64.
    pub fn get(&self, signal: u32) -> SigAction {
        let index = (signal as usize).wrapping_sub(1);
        self.table.lock().get(index).copied().unwrap_or_default()
    }

    /// rt_sigaction(2): changes the action here and on the host; returns the old one.
    pub fn set(&self, signal: u32, new: Option<SigAction>, never_blocked: SigSet) -> Result<SigAction, HostErrno> {
        const EINVAL: HostErrno = HostErrno(libc::EINVAL);
        let mut table = self.table.lock();
        let slot = (signal as usize).checked_sub(1).and_then(|index| table.get_mut(index)).ok_or(EINVAL)?;
        let old = *slot;
        let Some(mut new) = new else { return Ok(old) };
        if UNCATCHABLE & bit(signal) != 0 {
            return Err(EINVAL);
        }
        new.mask &= !UNCATCHABLE;
        *slot = new;
        if self.is_published {
            publish(signal, &new);
        }
        if never_blocked & bit(signal) == 0 {
            if self.is_observed() && is_ignored(signal, new.handler) {
                // As it is: a child that ends between the two is reaped as the guest wants.
                host::install_plain(signal, new.handler, new.flags & SA_FOR_HOST);
            }
            self.mirror(signal, &new);
        }
        Ok(old)
    }

    /// Back to the default (SA_RESETHAND).
    pub fn reset(&self, signal: u32, never_blocked: SigSet) {
        let _ = self.set(signal, Some(SigAction::default()), never_blocked);
    }

    /// Before a host execve, which keeps ignored signals ignored: those that come to us all the same are
    /// ignored on the host, too.
    pub fn expose_ignored(&self) {
        for signal in self.ignored() {
            host::install_plain(signal, SIG_IGN, 0);
        }
    }

    /// That execve failed.
    pub fn hide_ignored(&self, never_blocked: SigSet) {
        for signal in self.ignored() {
            match never_blocked & bit(signal) {
                0 => self.restore(signal),
                _ => host::install_handler(signal, 0),
            }
        }
    }

    fn ignored(&self) -> impl Iterator<Item = u32> {
        let (ignored, _) = self.ignored_and_caught();
        (1..=64).filter(move |&signal| ignored & bit(signal) != 0)
    }

    /// Takes the lock for the time of a fork.
    pub fn hold(&self) {
        self.table.hold();
    }

    /// Undoes [`Actions::hold`].
    pub fn release(&self) {
        self.table.release();
    }
}
