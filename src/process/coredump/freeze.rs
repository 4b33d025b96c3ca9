//! Stopping the other threads of a process that dumps core, for good.
#![allow(unsafe_code)]

use crate::cpu::CpuState;
use crate::host::lock::{futex_wait, futex_wait_for};
use crate::interp::stop;
use crate::process::thread::Thread;
use crate::signal::{SigSet, host};
use std::sync::atomic::{AtomicU32, Ordering};

/// How long a thread may take before its signal is sent again, and how often: a thread that the kernel
/// does not let go (waiting for a vfork child, a dead disk) is left out of the core.
const AGAIN_MS: u64 = 5;
const ATTEMPTS: u32 = 400;

/// Nothing ever wakes who sleeps on it.
static FOR_EVER: AtomicU32 = AtomicU32::new(0);

/// A thread as the core shows it.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// Its tid.
    pub tid: i32,
    /// Its registers.
    pub cpu: CpuState,
    /// What it blocks.
    pub mask: SigSet,
}

impl Frozen {
    /// Of a thread that stands still.
    pub fn of(thread: &Thread) -> Self {
        Frozen { tid: thread.tid(), cpu: thread.interp.cpu.clone(), mask: thread.signals.mask }
    }
}

/// Stops all threads of the process but this one. If another is already doing that, this thread is
/// one of those that stop.
pub fn others(thread: &mut Thread) -> Vec<Frozen> {
    if thread.process.is_dumping.swap(true, Ordering::AcqRel) {
        thread.freeze();
    }
    let mut frozen = Vec::new();
    for attempt in 0..=ATTEMPTS {
        let mut records = thread.process.threads.lock().clone();
        records.retain(|record| !std::ptr::eq(*record, thread.record));
        let (still, running): (Vec<_>, Vec<_>) =
            records.into_iter().partition(|record| record.park.standing().is_some());
        match running.first() {
            Some(first) if attempt < ATTEMPTS => {
                for record in &running {
                    record.signals.notice(stop::KICK);
                    host::nudge(record.tid.load(Ordering::Acquire));
                }
                futex_wait_for(&first.park.is_frozen, 0, AGAIN_MS);
            }
            _ => {
                let standing = still.iter().filter_map(|record| record.park.standing());
                // SAFETY: a thread that stands in `Thread::freeze`, or is parked by a debugger whose
                // stopper we are, stays there with its state until the process ends.
                frozen = standing.map(|thread| Frozen::of(unsafe { &*thread })).collect();
                break;
            }
        }
    }
    frozen
}

impl Thread {
    /// Stands still until the process ends.
    pub fn freeze(&mut self) -> ! {
        host::set_mask(!0);
        self.record.park.freeze(std::ptr::from_mut(self));
        loop {
            futex_wait(&FOR_EVER, 0);
        }
    }
}
