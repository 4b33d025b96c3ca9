//! A lock that raw threads and fork can live with.
//!
//! std's Mutex would do on a raw thread, but it cannot be taken before a fork and let go in both
//! processes. The futex is shared, not private, so that a vfork child and its parent's threads,
//! which share memory but not a process, wake each other.
//!
//! Each of several processes that share the memory may be killed while it holds one. So all but the first have a
//! number of their own ([`enroll`]), which is in the locks that they hold; when one has gone, as its parent
//! ([`dismiss`]) or the kernel says, they are anybody's. What they guard is then as it left them: it holds none over a
//! wait, and the heap, which it uses all the time, is its own (`memory::alloc`).
#![allow(unsafe_code)]

use super::raw::{HostErrno, args, close, getpid, syscall};
use std::cell::{Cell, UnsafeCell};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

const FREE: u32 = 0;
/// The holder, unless it is enrolled: a thread of the first process in this memory.
const ANYBODY: u32 = 1;
/// Somebody waits.
const WAITED_FOR: u32 = 1 << 31;
/// How often the holder is looked for, if it may go.
const LOOK_AGAIN_MS: u64 = 10;

thread_local! {
    /// What this thread puts into the locks that it holds. Without a destructor and const, so that it is a
    /// plain word of the static TLS image.
    static OWNER: Cell<u32> = const { Cell::new(ANYBODY) };
}

/// A process that shares this memory and may be killed.
struct Tenant {
    number: AtomicU32,
    /// 0 until it runs.
    pid: AtomicI32,
}

static ENROLLED: [Tenant; 64] = [const { Tenant { number: AtomicU32::new(FREE), pid: AtomicI32::new(0) } }; 64];
static NEXT: AtomicU32 = AtomicU32::new(ANYBODY + 1);
/// The first process, while it may be killed and others stay; else 0.
static FIRST: AtomicI32 = AtomicI32::new(0);

/// A number for a process to come that will share this memory; None if there are too many.
pub fn enroll() -> Option<u32> {
    let number = NEXT.fetch_add(1, Ordering::Relaxed) & !WAITED_FOR;
    let take =
        |tenant: &&Tenant| tenant.number.compare_exchange(FREE, number, Ordering::AcqRel, Ordering::Relaxed).is_ok();
    let place = ENROLLED.iter().find(take).filter(|_| number > ANYBODY)?;
    place.pid.store(0, Ordering::Release);
    Some(number)
}

/// In that process, before it takes a lock.
pub fn own_as(number: u32) {
    OWNER.set(number);
    if let Some(place) = place_of(number) {
        place.pid.store(getpid(), Ordering::Release);
    }
}

/// Processes come that run beside this one, and may outlive it.
pub fn expect_neighbours() {
    let _ = FIRST.compare_exchange(0, getpid(), Ordering::AcqRel, Ordering::Relaxed);
}

/// In the child of a fork: nobody shares this memory.
pub fn own_alone() {
    OWNER.set(ANYBODY);
    FIRST.store(0, Ordering::Release);
    ENROLLED.iter().for_each(|tenant| tenant.number.store(FREE, Ordering::Release));
}

/// True in a process that may go while others stay with what it was doing.
pub fn may_be_killed_alone() -> bool {
    OWNER.get() != ANYBODY || FIRST.load(Ordering::Relaxed) != 0
}

/// That process has left this memory, or never came.
pub fn dismiss(number: u32) {
    if let Some(place) = place_of(number) {
        place.number.store(FREE, Ordering::Release);
    }
}

fn place_of(number: u32) -> Option<&'static Tenant> {
    ENROLLED.iter().find(|tenant| tenant.number.load(Ordering::Acquire) == number)
}

fn is_gone(owner: u32) -> bool {
    match place_of(owner) {
        _ if owner == ANYBODY => has_ended(FIRST.load(Ordering::Acquire)),
        Some(place) => has_ended(place.pid.load(Ordering::Acquire)),
        None => true,
    }
}

/// True if the process has ended, with all its threads; a zombie has. False where that cannot be told.
pub fn has_ended(pid: i32) -> bool {
    if pid == 0 {
        return false;
    }
    let fd = match syscall(libc::SYS_pidfd_open, args([pid as u64, 0])) {
        Ok(fd) => fd as i32,
        Err(HostErrno(error)) => return error == libc::ESRCH,
    };
    let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    // poll(2) writes one element.
    let ended = syscall(libc::SYS_poll, args([&raw mut poll as u64, 1, 0])) == Ok(1);
    close(fd);
    ended
}

/// Mutual exclusion around a value.
#[derive(Debug, Default)]
pub struct Lock<T> {
    /// FREE, or the holder's number, with WAITED_FOR.
    word: AtomicU32,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached only through a guard, of which there is one at a time: a lock is taken
// from a holder only when that will never run again.
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
        let taken = self.word.compare_exchange(FREE, OWNER.get(), Ordering::Acquire, Ordering::Relaxed);
        // Not then_some: a guard that is not given out would unlock.
        taken.is_ok().then(|| LockGuard { lock: self })
    }

    /// Takes the lock without a guard: fork holds every lock across its system call.
    #[inline]
    pub fn hold(&self) {
        let owner = OWNER.get();
        if self.word.compare_exchange(FREE, owner, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.wait(owner);
        }
    }

    /// Lets go of a lock taken by [`Lock::hold`], in the process that took it or in its fork.
    #[inline]
    pub fn release(&self) {
        if self.word.swap(FREE, Ordering::Release) & WAITED_FOR != 0 {
            futex_wake(&self.word, 1);
        }
    }

    #[cold]
    fn wait(&self, owner: u32) {
        let change = |from, to| self.word.compare_exchange(from, to, Ordering::Acquire, Ordering::Relaxed).is_ok();
        loop {
            let seen = self.word.load(Ordering::Relaxed);
            let holder = seen & !WAITED_FOR;
            if seen == FREE || is_gone(holder) {
                // Others may wait, too.
                if change(seen, owner | WAITED_FOR) {
                    return;
                }
            } else if seen & WAITED_FOR == 0 && !change(seen, seen | WAITED_FOR) {
                // It has changed hands.
            } else if holder == ANYBODY && FIRST.load(Ordering::Relaxed) == 0 {
                futex_wait(&self.word, holder | WAITED_FOR);
            } else {
                futex_wait_for(&self.word, holder | WAITED_FOR, LOOK_AGAIN_MS);
            }
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

    #[test]
    fn what_a_process_that_is_gone_holds_is_anybodys() {
        let lock = Lock::new(7u32);
        let number = enroll().expect("a number");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                own_as(number);
                lock.hold();
            });
        });
        assert!(lock.try_lock().is_none());
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| *lock.lock());
            std::thread::sleep(std::time::Duration::from_millis(30));
            assert!(!waiter.is_finished());
            dismiss(number);
            assert_eq!(waiter.join().ok(), Some(7));
        });
        assert_eq!(*lock.lock(), 7);
    }

    #[test]
    fn a_process_has_ended_when_it_is_a_zombie() {
        let mut child = std::process::Command::new("sleep").arg("1000").spawn().expect("sleep");
        assert!(!has_ended(child.id() as i32) && !has_ended(getpid()));
        child.kill().expect("killed");
        while !has_ended(child.id() as i32) {
            std::thread::yield_now();
        }
        child.wait().expect("it was a zombie");
    }
}
