//! A lock that raw threads and fork can live with.
//!
//! std's Mutex would do on a raw thread, but it cannot be taken before a fork and let go in both
//! processes. The futex is shared, not private, so that a vfork child and its parent's threads,
//! which share memory but not a process, wake each other.
#![allow(unsafe_code)]

use super::raw::{args, syscall};
use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};

const FREE: u32 = 0;
const HELD: u32 = 1;
const CONTENDED: u32 = 2;

/// Mutual exclusion around a value.
#[derive(Debug, Default)]
pub struct Lock<T> {
    word: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through a guard, of which there is one at a time.
unsafe impl<T: Send> Sync for Lock<T> {}
// SAFETY: a lock holds nothing that is tied to a thread.
unsafe impl<T: Send> Send for Lock<T> {}

/// Access to a locked value; dropping it unlocks.
#[derive(Debug)]
pub struct LockGuard<'a, T> {
    lock: &'a Lock<T>,
}

impl<T> Lock<T> {
    /// An unlocked lock.
    pub const fn new(value: T) -> Self {
        Lock { word: AtomicU32::new(FREE), value: UnsafeCell::new(value) }
    }

    /// Waits until the value is free.
    #[inline]
    pub fn lock(&self) -> LockGuard<'_, T> {
        self.hold();
        LockGuard { lock: self }
    }

    /// The value, if it is free now.
    pub fn try_lock(&self) -> Option<LockGuard<'_, T>> {
        let taken = self.word.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed);
        taken.is_ok().then_some(LockGuard { lock: self })
    }

    /// Takes the lock without a guard: fork holds every lock across its system call.
    #[inline]
    pub fn hold(&self) {
        if self.word.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.wait();
        }
    }

    /// Lets go of a lock taken by [`Lock::hold`], in the process that took it or in its fork.
    #[inline]
    pub fn release(&self) {
        if self.word.swap(FREE, Ordering::Release) == CONTENDED {
            futex_wake(&self.word, 1);
        }
    }

    #[cold]
    fn wait(&self) {
        while self.word.swap(CONTENDED, Ordering::Acquire) != FREE {
            futex_wait(&self.word, CONTENDED);
        }
    }
}

impl<T> Deref for LockGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: this guard is the only one.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for LockGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard is the only one.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for LockGuard<'_, T> {
    fn drop(&mut self) {
        self.lock.release();
    }
}

/// Sleeps while `word` holds `expected`; may return early.
pub fn futex_wait(word: &AtomicU32, expected: u32) {
    let _ = syscall(libc::SYS_futex, args([word.as_ptr() as u64, libc::FUTEX_WAIT as u64, u64::from(expected), 0]));
}

/// Sleeps while `word` holds `expected`, at most this long; may return early.
pub fn futex_wait_for(word: &AtomicU32, expected: u32, milliseconds: u64) {
    let time = [milliseconds / 1000, milliseconds % 1000 * 1_000_000];
    let time = &raw const time as u64;
    let _ = syscall(libc::SYS_futex, args([word.as_ptr() as u64, libc::FUTEX_WAIT as u64, u64::from(expected), time]));
}

/// Wakes up to `count` sleepers.
pub fn futex_wake(word: &AtomicU32, count: u32) {
    let _ = syscall(libc::SYS_futex, args([word.as_ptr() as u64, libc::FUTEX_WAKE as u64, u64::from(count)]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_four_threads_add_up() {
        let lock = Lock::new(0u32);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..10_000).for_each(|_| *lock.lock() += 1));
            }
        });
        assert_eq!(*lock.lock(), 40_000);
    }
}
