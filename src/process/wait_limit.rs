//! Waits that end by themselves after some time, and are interrupted before: executed again they wait for what
//! is left of it, as by restart_syscall(2). The debugger interrupts them whenever it looks into the process,
//! and a guest must not sleep the longer for it.
//!
//! Not here: calls whose limit is a point in time, and those that write what is left into the guest's
//! own limit (ppoll, pselect6).

use super::thread::Thread;
use crate::memory::access::copy_in;
use std::time::{Duration, Instant};
use syscalls::guest::HostError;

/// io_pgetevents(2) on x86-64; the libc crate lacks it.
const SYS_IO_PGETEVENTS: i64 = 333;

/// A wait that is to be executed again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnfinishedWait {
    /// The host's number of the call, and where it was made.
    call: (i64, u64),
    /// When it is over.
    end: Instant,
}

/// The limit of a host call: how long, and which argument says so.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WaitLimit {
    span: Duration,
    argument: usize,
    form: Form,
}

/// How the argument says it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Milliseconds,
    /// The address of a `struct timespec`.
    Timespec,
}

impl WaitLimit {
    /// That of a call, if it has one.
    pub fn of(nr: i64, args: &[u64; 6]) -> Option<WaitLimit> {
        let (argument, form) = match nr {
            libc::SYS_futex if args[1] as i32 & libc::FUTEX_CMD_MASK == libc::FUTEX_WAIT => (3, Form::Timespec),
            libc::SYS_nanosleep => (0, Form::Timespec),
            libc::SYS_clock_nanosleep if args[1] as i32 & libc::TIMER_ABSTIME == 0 && counts_as_ours(args[0]) => {
                (2, Form::Timespec)
            }
            libc::SYS_epoll_pwait => (3, Form::Milliseconds),
            libc::SYS_epoll_pwait2 | libc::SYS_semtimedop => (3, Form::Timespec),
            libc::SYS_rt_sigtimedwait => (2, Form::Timespec),
            libc::SYS_io_getevents | SYS_IO_PGETEVENTS => (4, Form::Timespec),
            _ => return None,
        };
        let value = args[argument];
        let span = match form {
            Form::Milliseconds => Duration::from_millis(u64::try_from(value as i32).ok()?),
            Form::Timespec if value == 0 => return None,
            Form::Timespec => {
                let mut words = [[0; 8]; 2];
                copy_in(value, words.as_flattened_mut()).ok()?;
                let [seconds, nanoseconds] = words.map(u64::from_le_bytes);
                // What the kernel would refuse it may refuse.
                let nanoseconds = u32::try_from(nanoseconds).ok().filter(|&n| n < 1_000_000_000)?;
                Duration::new(i64::try_from(seconds).ok()?.try_into().ok()?, nanoseconds)
            }
        };
        Some(WaitLimit { span, argument, form })
    }
}

/// True for the clocks that go on while the process does not.
fn counts_as_ours(clock: u64) -> bool {
    [libc::CLOCK_REALTIME, libc::CLOCK_MONOTONIC, libc::CLOCK_BOOTTIME, libc::CLOCK_TAI].contains(&(clock as i32))
}

impl Thread {
    /// A host call with a limit, of which a part may be over.
    pub fn limited_wait(&mut self, nr: i64, mut args: [u64; 6], limit: WaitLimit) -> Result<u64, HostError> {
        let call = (nr, self.interp.cpu.pc);
        let now = Instant::now();
        let before = self.unfinished_wait.take().filter(|wait| wait.call == call);
        let end = before.map(|wait| wait.end).or_else(|| now.checked_add(limit.span));
        let left = end.filter(|_| before.is_some()).map(|end| end.saturating_duration_since(now));
        let timespec = left.map(|left| [left.as_secs(), u64::from(left.subsec_nanos())]);
        if let (Some(left), Some(timespec)) = (left, &timespec) {
            args[limit.argument] = match limit.form {
                Form::Milliseconds => left.as_millis() as u64,
                Form::Timespec => timespec.as_ptr() as u64,
            };
        }
        let result = self.host_call(nr, &args);
        if result == Err(HostError::Restart) {
            self.unfinished_wait = end.map(|end| UnfinishedWait { call, end });
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_time_from_now_on_is_a_limit() {
        let of = |nr: i64, args: [u64; 6]| WaitLimit::of(nr, &args).map(|limit| limit.span);
        assert_eq!(of(libc::SYS_epoll_pwait, [3, 0, 1, 250, 0, 8]), Some(Duration::from_millis(250)));
        assert_eq!(of(libc::SYS_epoll_pwait, [3, 0, 1, u64::MAX, 0, 8]), None);
        assert_eq!(of(libc::SYS_futex, [0, libc::FUTEX_WAIT_BITSET as u64, 0, 8, 0, 0]), None);
        assert_eq!(of(libc::SYS_futex, [0, libc::FUTEX_WAIT as u64, 0, 0, 0, 0]), None);
        assert_eq!(of(libc::SYS_clock_nanosleep, [0, libc::TIMER_ABSTIME as u64, 8, 0, 0, 0]), None);
        assert_eq!(of(libc::SYS_read, [0, 0, 8, 8, 8, 8]), None);
    }
}
