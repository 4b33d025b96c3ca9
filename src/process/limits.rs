//! RLIMIT_AS and RLIMIT_DATA (`ulimit -v`, `-d`): held against what the guest has mapped.
//!
//! On the host they would count the emulator's own memory, which is larger than a small program's. So the
//! host's limits are raised as far as they may be when the emulator starts, what they were is the guest's,
//! and mappings are counted here (`may_expand_vm` of mm/mmap.c). A program of the host gets them back.

use crate::host::raw::{args, syscall};
use crate::memory::addr::AddrRange;
use crate::memory::areas::{Area, AreaKind};
use crate::memory::space;
use crate::process::capability;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use syscalls::errno::Errno;
use syscalls::guest::Rlimit;

/// The limits that are kept here.
const KEPT: [u32; 2] = [libc::RLIMIT_AS, libc::RLIMIT_DATA];
const NONE: Rlimit = Rlimit { soft: libc::RLIM_INFINITY, hard: libc::RLIM_INFINITY };

/// What the program began with.
static INITIAL: OnceLock<[Rlimit; KEPT.len()]> = OnceLock::new();

/// A process's limits.
#[derive(Debug)]
pub struct Limits([[AtomicU64; 2]; KEPT.len()]);

/// Takes the limits over from the host; before the emulator maps much. `inherited`, from the emulator that
/// executed this one, are the guest's already.
pub fn take(inherited: Option<&[u8]>) {
    let limits = match inherited.and_then(parse) {
        Some(limits) => limits,
        None => KEPT.map(|resource| host_limit(resource, None)),
    };
    raise(&limits);
    let _ = INITIAL.set(limits);
}

fn raise(limits: &[Rlimit; KEPT.len()]) {
    for (&resource, limit) in KEPT.iter().zip(limits).filter(|(_, limit)| **limit != NONE) {
        if host_limit(resource, Some(NONE)) != NONE {
            host_limit(resource, Some(Rlimit { soft: limit.hard, ..*limit }));
        }
    }
}

/// prlimit64(2) of this process: sets `new`, and returns what holds now.
fn host_limit(resource: u32, new: Option<Rlimit>) -> Rlimit {
    let mut now = [NONE.soft, NONE.hard];
    if let Some(new) = new {
        let new = [new.soft, new.hard];
        let _ = syscall(libc::SYS_prlimit64, args([0, resource.into(), new.as_ptr() as u64, 0]));
    }
    // It fills both words.
    let _ = syscall(libc::SYS_prlimit64, args([0, resource.into(), 0, now.as_mut_ptr() as u64]));
    Rlimit { soft: now[0], hard: now[1] }
}

fn parse(text: &[u8]) -> Option<[Rlimit; KEPT.len()]> {
    let mut words = std::str::from_utf8(text).ok()?.split(' ').map(str::parse);
    let mut limit = || Some(Rlimit { soft: words.next()?.ok()?, hard: words.next()?.ok()? });
    Some([limit()?, limit()?])
}

impl Default for Limits {
    /// Those that the program began with.
    fn default() -> Self {
        Limits::new(INITIAL.get().copied().unwrap_or([NONE; _]))
    }
}

impl Clone for Limits {
    fn clone(&self) -> Self {
        Limits::new(self.all())
    }
}

impl Limits {
    fn new(limits: [Rlimit; KEPT.len()]) -> Self {
        Limits(limits.map(|limit| [AtomicU64::new(limit.soft), AtomicU64::new(limit.hard)]))
    }

    fn all(&self) -> [Rlimit; KEPT.len()] {
        let [space, data] = &self.0;
        [space, data]
            .map(|[soft, hard]| Rlimit { soft: soft.load(Ordering::Relaxed), hard: hard.load(Ordering::Relaxed) })
    }

    /// prlimit64(2) on the process itself; None for a resource that the host keeps.
    pub fn change(&self, resource: u32, new: Option<Rlimit>) -> Option<Result<Rlimit, Errno>> {
        let at = KEPT.iter().position(|&kept| kept == resource)?;
        let old = self.all()[at];
        let Some(new) = new else { return Some(Ok(old)) };
        if new.soft > new.hard {
            return Some(Err(Errno::EINVAL));
        }
        if new.hard > old.hard && !capability::has(capability::CAP_SYS_RESOURCE) {
            return Some(Err(Errno::EPERM));
        }
        for (word, value) in self.0[at].iter().zip([new.soft, new.hard]) {
            word.store(value, Ordering::Relaxed);
        }
        Some(Ok(old))
    }

    /// Whether `len` bytes more may be mapped, in place of what is in `replaced`; `is_data`: private and writable.
    pub fn admit(&self, len: u64, replaced: Option<AddrRange>, is_data: bool) -> bool {
        let [space_limit, data_limit] = self.all().map(|limit| limit.soft);
        if space_limit == NONE.soft && (data_limit == NONE.soft || !is_data) {
            return true;
        }
        let areas = space().areas();
        let total = |counts: fn(&Area) -> bool| -> u64 {
            let inside = areas.iter().filter(|(_, area)| counts(area)).map(|(start, area)| match area.kind {
                AreaKind::Stack => STACK.min(area.end - start),
                _ => area.end - start - replaced.map_or(0, |range| overlap(range, *start, area.end)),
            });
            inside.sum()
        };
        let fits = |total: u64, limit: u64| total.saturating_add(len) <= limit;
        fits(total(|_| true), space_limit) && (!is_data || fits(total(is_data_area), data_limit))
    }

    /// As the next emulator takes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let words = self.all().map(|limit| format!("{} {}", limit.soft, limit.hard));
        words.join(" ").into_bytes()
    }

    /// Before a program of the host is executed: the host's limits are the guest's.
    pub fn expose(&self) {
        for (&resource, limit) in KEPT.iter().zip(&self.all()).filter(|(_, limit)| **limit != NONE) {
            host_limit(resource, Some(*limit));
        }
    }

    /// That failed.
    pub fn hide(&self) {
        raise(&self.all());
    }
}

/// The stack is mapped whole; the kernel counts what it has grown to, which is this at first.
const STACK: u64 = 132 << 10;

/// Private and writable (`is_data_mapping` of mm/internal.h).
pub fn is_data_area(area: &Area) -> bool {
    area.prot.is_writable() && matches!(area.kind, AreaKind::Mapping | AreaKind::Heap)
}

fn overlap(range: AddrRange, start: u64, end: u64) -> u64 {
    range.end.min(end).saturating_sub(range.start.max(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_travel_as_text() {
        let limits = [Rlimit { soft: 1, hard: 2 }, NONE];
        assert_eq!(parse(&Limits::new(limits).to_bytes()), Some(limits));
        assert_eq!(parse(b""), None);
    }

    #[test]
    fn a_limit_counts_what_is_there_and_what_is_to_come() {
        let has: u64 = space().areas().iter().map(|(start, area)| area.end - start).sum();
        // Other tests map and unmap at the same time, but not as much.
        let room = 1 << 40;
        let limits = Limits::new([Rlimit { soft: has + room, hard: NONE.hard }, NONE]);
        assert!(limits.admit(room / 2, None, true) && !limits.admit(room * 2, None, false));
        assert_eq!(limits.change(libc::RLIMIT_AS, Some(Rlimit { soft: 2, hard: 1 })), Some(Err(Errno::EINVAL)));
        assert_eq!(limits.change(libc::RLIMIT_CORE, None), None);
    }
}
