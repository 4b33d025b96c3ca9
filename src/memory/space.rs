//! The guest's address space: mmap(2) and its family as arm64 Linux defines them, on the host's.
//!
//! Everything below [`GUEST_TOP`] is the guest's and nothing of the emulator's lies there, so a
//! range that passes [`AddrRange::of_guest`] may be handed to the host kernel as it is. Where the
//! guest leaves an address open, it is chosen here. There is one space per host address space, so
//! it is a static: a fork copies it, a vfork child shares it, exactly as the memory itself.

use super::access::reported;
use super::addr::{AddrRange, GUEST_TOP, PAGE, is_page_aligned, page_up, untag};
use super::areas::{Area, AreaKind, Areas, Prot};
use super::gain::ExecGain;
use super::kept::Kept;
use super::layout::Layout;
use super::published::PUBLISHED;
use crate::host::lock::LockGuard;
use crate::host::raw::{args, syscall};
use crate::host::{HostErrno, Lock};
use std::sync::atomic::{AtomicBool, Ordering};

/// What mmap and its relatives return: an address or 0, or the guest's errno.
pub type MapResult = Result<u64, HostErrno>;

const EINVAL: HostErrno = HostErrno(libc::EINVAL);
const ENOMEM: HostErrno = HostErrno(libc::ENOMEM);
const EEXIST: HostErrno = HostErrno(libc::EEXIST);
const EACCES: HostErrno = HostErrno(libc::EACCES);
const EFAULT: HostErrno = HostErrno(libc::EFAULT);

const MAP_FIXED: u64 = libc::MAP_FIXED as u64;
const MAP_FIXED_NOREPLACE: u64 = libc::MAP_FIXED_NOREPLACE as u64;
/// x86-64 only, the lowest 2 GiB; on arm64 the bit means nothing.
const MAP_32BIT: u64 = libc::MAP_32BIT as u64;
/// MAP_TYPE and its value that refuses flags which the file does not know.
const MAP_TYPE: u64 = libc::MAP_TYPE as u64;
const MAP_SHARED_VALIDATE: u64 = libc::MAP_SHARED_VALIDATE as u64;
/// PROT_* bits that arm64's mprotect knows without FEAT_MTE2: RWX, SEM, BTI, GROWSDOWN, GROWSUP.
const PROT_KNOWN: u64 = 7 | 8 | 0x10 | PROT_GROWS;
const PROT_GROWS: u64 = (libc::PROT_GROWSDOWN | libc::PROT_GROWSUP) as u64;

/// An address space.
#[derive(Debug)]
pub struct AddressSpace {
    /// Held over a guest's change of mappings until translations of what it lost are gone; taken
    /// before the locks of the code cache, which are taken before `inner`.
    change: Lock<()>,
    /// True once a page was guarded (PROT_BTI).
    has_guards: AtomicBool,
    /// What may become executable.
    pub exec_gain: ExecGain,
    inner: Lock<Inner>,
}

#[derive(Debug)]
struct Inner {
    areas: Kept<Areas>,
    /// Ceiling of unhinted mappings.
    mmap_top: u64,
    /// The heap: its first byte and the guest's break.
    brk: AddrRange,
    /// Where areas begin that may have grown downwards since (MAP_GROWSDOWN). Few programs have any.
    growing: Vec<u64>,
    /// MAP_LOCKED if mlockall(2) is to hold for areas that are yet to come.
    locked: u64,
    /// Ranges whose executable pages changed since [`AddressSpace::take_lost_code`].
    lost_code: Vec<AddrRange>,
    /// Which pages are executable has changed since then.
    has_other_code: bool,
}

static SPACE: AddressSpace = AddressSpace::new();

/// The address space of this process's guest.
pub fn space() -> &'static AddressSpace {
    &SPACE
}

impl AddressSpace {
    const fn new() -> Self {
        AddressSpace {
            change: Lock::new(()),
            has_guards: AtomicBool::new(false),
            exec_gain: ExecGain::new(),
            inner: Lock::new(Inner {
                areas: Kept::new(Areas::new(), Areas::new()),
                mmap_top: 0x3ff_f000_0000,
                brk: AddrRange { start: 0, end: 0 },
                growing: Vec::new(),
                locked: 0,
                lost_code: Vec::new(),
                has_other_code: false,
            }),
        }
    }

    /// Sets where unhinted mappings go.
    pub fn set_layout(&self, layout: &Layout) {
        self.inner.lock().mmap_top = layout.mmap_top;
    }

    /// Sets where the heap begins: the loader calls it once with the page after the image.
    pub fn set_brk_start(&self, addr: u64) {
        self.inner.lock().brk = AddrRange { start: addr, end: addr };
        PUBLISHED.set_heap(addr);
    }

    /// The heap's first byte and the break.
    pub fn brk_range(&self) -> AddrRange {
        self.inner.lock().brk
    }

    /// Says what an area is for, as /proc/self/maps names it.
    pub fn set_kind(&self, range: AddrRange, kind: AreaKind) {
        let mut inner = self.inner.lock();
        let parts: Vec<(u64, Area)> = inner.areas.within(range).collect();
        for (start, area) in parts {
            inner.areas.change(|areas| areas.insert(AddrRange { start, end: area.end }, area.prot, kind));
        }
    }

    /// All areas, in order of address.
    pub fn areas(&self) -> Vec<(u64, Area)> {
        self.grown().areas.within(AddrRange { start: 0, end: GUEST_TOP }).collect()
    }

    /// The area that `addr` lies in.
    pub fn area_at(&self, addr: u64) -> Option<(AddrRange, Area)> {
        let (start, area) = self.grown().areas.at(addr)?;
        Some((AddrRange { start, end: area.end }, area))
    }

    /// The executable area that `addr` lies in; None where an instruction fetch faults.
    pub fn executable_at(&self, addr: u64) -> Option<AddrRange> {
        self.area_at(addr).filter(|(_, area)| area.prot.is_exec()).map(|(range, _)| range)
    }

    /// True if `addr` is in a guarded page: one that indirect branches may reach only where BTI says so.
    pub fn is_guarded(&self, addr: u64) -> bool {
        self.has_guards() && self.area_at(addr).is_some_and(|(_, area)| area.prot.is_guarded())
    }

    /// True if there is, or was, a guarded page.
    pub fn has_guards(&self) -> bool {
        self.has_guards.load(Ordering::Relaxed)
    }

    /// With the first guarded page, translations that do not look where they branch to must go.
    fn note_guards(&self, inner: &mut Inner, prot: Prot) {
        if prot.is_guarded() && !self.has_guards.swap(true, Ordering::Relaxed) {
            inner.lost_code.push(AddrRange { start: 0, end: GUEST_TOP });
        }
    }

    /// True if the whole range is mapped by the guest.
    pub fn is_mapped(&self, addr: u64, len: u64) -> bool {
        AddrRange::of_guest(addr, len).is_some_and(|range| self.grown().areas.mapped_prefix(range) == range.len())
    }

    /// The ranges whose executable pages were unmapped, replaced, moved or reprotected since the
    /// last call: translations of them must die before the guest runs on.
    fn take_lost_code(&self) -> Vec<AddrRange> {
        let mut inner = self.inner.lock();
        if std::mem::take(&mut inner.has_other_code) {
            let all = inner.areas.within(AddrRange { start: 0, end: GUEST_TOP });
            let code = all.filter(|(_, area)| area.prot.is_exec());
            PUBLISHED.set_code(code.map(|(start, area)| AddrRange { start, end: area.end }));
        }
        std::mem::take(&mut inner.lost_code)
    }

    /// Makes a change of mappings for the guest, then lets `forget` drop the translations of code
    /// that it took away: before any thread returns to the guest from a later change, which may
    /// put other code there.
    pub fn change<R>(&self, change: impl FnOnce(&Self) -> R, mut forget: impl FnMut(AddrRange)) -> R {
        let _turn = self.change.lock();
        let result = change(self);
        for range in self.take_lost_code() {
            forget(range);
        }
        result
    }

    /// Keeps [`AddressSpace::change`] from beginning for the time of a fork; before the code cache
    /// is held.
    pub fn hold_changes(&self) {
        self.change.hold();
    }

    /// Undoes [`AddressSpace::hold_changes`].
    pub fn release_changes(&self) {
        self.change.release();
    }

    /// Takes the lock for the time of a fork.
    pub fn hold(&self) {
        self.inner.hold();
    }

    /// Undoes [`AddressSpace::hold`].
    pub fn release(&self) {
        self.inner.release();
    }

    /// The lock on what there is, with what areas have grown to.
    fn grown(&self) -> LockGuard<'_, Inner> {
        let mut inner = self.inner.lock();
        if !inner.growing.is_empty() {
            inner.learn_growth();
        }
        inner
    }

    // ── mm/mmap.c ──────────────────────────────────────────────────────────────────────────────

    /// mmap(2).
    pub fn mmap(&self, addr: u64, len: u64, prot: u64, flags: u64, fd: i32, offset: u64) -> MapResult {
        if len == 0 || !is_page_aligned(offset) {
            return Err(EINVAL);
        }
        let len = page_up(len).filter(|&len| len <= GUEST_TOP).ok_or(ENOMEM)?;
        let prot = Prot::from_guest(prot);
        if self.exec_gain.refuses(prot, prot) {
            return Err(EACCES);
        }
        let mut inner = self.grown();
        let flags = flags & !MAP_32BIT | inner.locked;
        let host = |addr, flags| syscall(libc::SYS_mmap, [addr, len, prot.host(), flags, i64::from(fd) as u64, offset]);
        let mapped = if flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) != 0 {
            if !is_page_aligned(addr) {
                return Err(EINVAL);
            }
            let range = AddrRange::of_guest(addr, len).ok_or(ENOMEM)?;
            if flags & MAP_FIXED_NOREPLACE != 0 && !inner.areas.is_free(range) {
                return Err(EEXIST);
            }
            host(addr, flags)?
        } else {
            // MAP_SHARED_VALIDATE takes no MAP_FIXED_NOREPLACE. The place is free, and we hold the lock.
            let place = if flags & MAP_TYPE == MAP_SHARED_VALIDATE { MAP_FIXED } else { MAP_FIXED_NOREPLACE };
            let mut chosen = inner.choose(addr, len)?;
            let mut mapped = host(chosen, flags | place);
            while mapped == Err(EEXIST) {
                // A vfork child was killed before it could book what it had mapped, or a mapping has grown
                // downwards: the place is taken.
                inner.areas.change(|areas| {
                    areas.insert(AddrRange { start: chosen, end: chosen + len }, Prot(0), AreaKind::Mapping)
                });
                chosen = inner.choose(addr, len)?;
                mapped = host(chosen, flags | place);
            }
            match mapped {
                // The rings of io_uring lie where the kernel wants them: with MAP_32BIT that is a free place of
                // the guest's.
                Err(EINVAL) if addr == 0 && fd >= 0 => host(0, flags | MAP_32BIT)?,
                mapped => mapped?,
            }
        };
        self.note_guards(&mut inner, prot);
        inner.note_lost_code(AddrRange { start: mapped, end: mapped + len });
        let is_private = flags & MAP_TYPE == libc::MAP_PRIVATE as u64;
        let kind = if is_private { AreaKind::Mapping } else { AreaKind::Shared };
        inner.book(AddrRange { start: mapped, end: mapped + len }, prot, kind);
        if flags & libc::MAP_GROWSDOWN as u64 != 0 {
            inner.growing.push(mapped);
        }
        Ok(mapped)
    }

    /// munmap(2).
    pub fn munmap(&self, addr: u64, len: u64) -> MapResult {
        let addr = untag(addr);
        if len == 0 || !is_page_aligned(addr) {
            return Err(EINVAL);
        }
        let range = page_up(len).and_then(|len| AddrRange::of_guest(addr, len)).ok_or(EINVAL)?;
        let mut inner = self.grown();
        syscall(libc::SYS_munmap, args([range.start, range.len()]))?;
        inner.note_lost_code(range);
        inner.areas.change(|areas| areas.remove(range));
        Ok(0)
    }

    /// mprotect(2).
    pub fn mprotect(&self, addr: u64, len: u64, prot: u64) -> MapResult {
        let addr = untag(addr);
        if !is_page_aligned(addr) || prot & !PROT_KNOWN != 0 || prot & PROT_GROWS == PROT_GROWS {
            return Err(EINVAL);
        }
        if len == 0 {
            return Ok(0);
        }
        let range = page_up(len).and_then(|len| AddrRange::of_guest(addr, len)).ok_or(ENOMEM)?;
        let mut inner = self.grown();
        let mut grows = prot & PROT_GROWS;
        let range = match inner.areas.at(range.start) {
            Some((start, area)) if grows == libc::PROT_GROWSDOWN as u64 => {
                // The guest's stack is mapped whole; whether other areas grow the host knows.
                if area.kind == AreaKind::Stack {
                    grows = 0;
                }
                AddrRange { start, end: range.end }
            }
            _ => range,
        };
        let prot = Prot::from_guest(prot);
        // At a hole the kernel stops with ENOMEM, at what may not become executable with EACCES, the pages before it
        // changed.
        let refused = inner.areas.within(range).find(|(_, area)| self.exec_gain.refuses(area.prot, prot));
        let refused = refused.map_or(range.end, |(start, _)| start.max(range.start));
        let reached = range.start + inner.areas.mapped_prefix(range);
        let error = if reached < refused { ENOMEM } else { EACCES };
        let reached = AddrRange { start: range.start, end: reached.min(refused) };
        if !reached.is_empty() {
            syscall(libc::SYS_mprotect, args([reached.start, reached.len(), prot.host() | grows]))?;
            self.note_guards(&mut inner, prot);
            inner.note_lost_code(reached);
            inner.has_other_code |= prot.is_exec();
            inner.areas.change(|areas| areas.protect(reached, prot));
        }
        if reached == range { Ok(0) } else { Err(error) }
    }

    /// madvise(2). The advice numbers are the same on both sides.
    pub fn madvise(&self, addr: u64, len: u64, advice: u64) -> MapResult {
        let addr = reported(addr);
        let end = page_up(len).and_then(|len| addr.checked_add(len)).filter(|_| is_page_aligned(addr)).ok_or(EINVAL)?;
        // What is beyond is not there, which the kernel says after it has dealt with the rest.
        let range = AddrRange { start: addr, end: end.min(GUEST_TOP) };
        let mut inner = self.grown();
        let len = if end <= GUEST_TOP { len } else { GUEST_TOP.checked_sub(addr).ok_or(ENOMEM)? };
        let result = syscall(libc::SYS_madvise, args([addr, len, advice]))?;
        if [libc::MADV_DONTNEED, libc::MADV_REMOVE, libc::MADV_FREE].contains(&(advice as i32)) {
            inner.note_lost_code(range);
        }
        Ok(result)
    }

    /// mremap(2).
    pub fn mremap(&self, old: u64, old_len: u64, new_len: u64, flags: u64, new: u64) -> MapResult {
        const MAYMOVE: u64 = libc::MREMAP_MAYMOVE as u64;
        const FIXED: u64 = libc::MREMAP_FIXED as u64;
        const DONTUNMAP: u64 = libc::MREMAP_DONTUNMAP as u64;
        let old = untag(old);
        let may_move = flags & MAYMOVE != 0;
        if flags & !(MAYMOVE | FIXED | DONTUNMAP) != 0 || (flags & (FIXED | DONTUNMAP) != 0 && !may_move) {
            return Err(EINVAL);
        }
        if !is_page_aligned(old) || (flags & DONTUNMAP != 0 && old_len != new_len) {
            return Err(EINVAL);
        }
        let old_len = page_up(old_len).ok_or(EINVAL)?;
        let new_len = page_up(new_len).filter(|&len| len != 0 && len <= GUEST_TOP).ok_or(EINVAL)?;
        let mut inner = self.grown();
        let (_, area) = inner.areas.at(old).ok_or(EFAULT)?;
        let from = AddrRange::of_guest(old, old_len).ok_or(if new_len < old_len { EINVAL } else { EFAULT })?;
        let host = |flags, new| syscall(libc::SYS_mremap, args([old, old_len, new_len, flags, new]));

        if flags & FIXED != 0 {
            if !is_page_aligned(new) {
                return Err(EINVAL);
            }
            let to = AddrRange::of_guest(new, new_len).ok_or(EINVAL)?;
            host(flags, new)?;
            inner.note_moved(from, to, area, flags & DONTUNMAP != 0);
            return Ok(new);
        }
        if flags & DONTUNMAP == 0 && old_len != 0 {
            if new_len <= old_len {
                host(0, 0)?;
                let tail = AddrRange { start: old + new_len, end: from.end };
                inner.note_lost_code(tail);
                inner.areas.change(|areas| areas.remove(tail));
                return Ok(old);
            }
            let grown = AddrRange::of_guest(from.end, new_len - old_len);
            if grown.is_some_and(|grown| inner.areas.is_free(grown)) {
                match host(0, 0) {
                    Ok(_) => {
                        inner.book(AddrRange { start: old, end: old + new_len }, area.prot, area.kind);
                        return Ok(old);
                    }
                    Err(ENOMEM) if may_move => {}
                    Err(error) => return Err(error),
                }
            }
        }
        if !may_move {
            return Err(if old_len == 0 { EINVAL } else { ENOMEM });
        }
        let chosen = inner.choose(0, new_len)?;
        host(flags | FIXED, chosen)?;
        let to = AddrRange { start: chosen, end: chosen + new_len };
        inner.note_moved(from, to, area, flags & DONTUNMAP != 0);
        Ok(chosen)
    }

    /// brk(2): the new break, or the old one where it cannot move.
    pub fn brk(&self, addr: u64) -> u64 {
        let mut inner = self.inner.lock();
        let brk = inner.brk;
        let (Some(old_end), Some(new_end)) = (page_up(brk.end), page_up(addr)) else { return brk.end };
        if addr < brk.start || new_end > GUEST_TOP {
            return brk.end;
        }
        if new_end > old_end {
            let grown = AddrRange { start: old_end, end: new_end };
            let flags = libc::MAP_PRIVATE as u64 | libc::MAP_ANONYMOUS as u64 | MAP_FIXED_NOREPLACE | inner.locked;
            let prot = Prot((libc::PROT_READ | libc::PROT_WRITE) as u8);
            if !inner.areas.is_free(grown)
                || syscall(libc::SYS_mmap, [grown.start, grown.len(), prot.host(), flags, u64::MAX, 0]).is_err()
            {
                return brk.end;
            }
            inner.areas.change(|areas| areas.insert(grown, prot, AreaKind::Heap));
        } else if new_end < old_end {
            let shrunk = AddrRange { start: new_end, end: old_end };
            if syscall(libc::SYS_munmap, args([shrunk.start, shrunk.len()])).is_err() {
                return brk.end;
            }
            inner.note_lost_code(shrunk);
            inner.areas.change(|areas| areas.remove(shrunk));
        }
        inner.brk.end = addr;
        addr
    }

    /// mlockall(2): locks the areas that are there, as they are touched or at once, and says
    /// whether those that come are locked. ENOMEM, as in the kernel, if they are too many.
    pub fn lock_areas(&self, locks_now: bool, on_fault: bool, locks_later: bool) -> MapResult {
        let mut inner = self.grown();
        inner.locked = if locks_later { libc::MAP_LOCKED as u64 } else { 0 };
        if locks_now {
            let areas: Vec<(u64, Area)> = inner.areas.within(AddrRange { start: 0, end: GUEST_TOP }).collect();
            let flags = if on_fault { u64::from(libc::MLOCK_ONFAULT) } else { 0 };
            for (mut start, area) in areas {
                if area.kind == AreaKind::Stack {
                    // It is mapped whole, for the kernel only as far as it has grown: what it grows to from now
                    // on is not locked.
                    start = first_resident(AddrRange { start, end: area.end });
                }
                match syscall(libc::SYS_mlock2, args([start, area.end - start, flags])) {
                    // What cannot be touched is locked without being there.
                    Err(error) if area.prot.host() != 0 => return Err(error),
                    _ => {}
                }
            }
        }
        Ok(0)
    }

    // ── ipc/shm.c ──────────────────────────────────────────────────────────────────────────────

    /// shmat(2). SHMLBA is the page size on both sides.
    pub fn shmat(&self, id: i32, addr: u64, flags: u64) -> MapResult {
        let (rnd, remap, exec) = (libc::SHM_RND as u64, libc::SHM_REMAP as u64, libc::SHM_EXEC as u64);
        let len = shm_segment_len(id)?;
        let mut inner = self.inner.lock();
        let addr = match addr {
            0 if flags & remap != 0 => return Err(EINVAL),
            0 => inner.choose(0, len)?,
            addr if is_page_aligned(addr) => addr,
            addr if flags & rnd != 0 => addr & !(PAGE - 1),
            _ => return Err(EINVAL),
        };
        let range = AddrRange::of_guest(addr, len).ok_or(EINVAL)?;
        if flags & remap == 0 && !inner.areas.is_free(range) {
            return Err(EINVAL);
        }
        let mut prot = libc::PROT_READ;
        if flags & libc::SHM_RDONLY as u64 == 0 {
            prot |= libc::PROT_WRITE;
        }
        if flags & exec != 0 {
            prot |= libc::PROT_EXEC;
        }
        let prot = Prot(prot as u8);
        if self.exec_gain.refuses(prot, prot) {
            return Err(EACCES);
        }
        syscall(libc::SYS_shmat, args([id as u64, addr, flags & !exec]))?;
        inner.note_lost_code(range);
        inner.book(range, prot, AreaKind::Shm { base: addr });
        Ok(addr)
    }

    /// shmdt(2).
    pub fn shmdt(&self, addr: u64) -> MapResult {
        let mut inner = self.inner.lock();
        let whole = AddrRange { start: addr, end: GUEST_TOP };
        let attached: Vec<AddrRange> = inner
            .areas
            .within(whole)
            .filter(|(_, area)| area.kind == AreaKind::Shm { base: addr })
            .map(|(start, area)| AddrRange { start, end: area.end })
            .collect();
        if attached.is_empty() {
            return Err(EINVAL);
        }
        syscall(libc::SYS_shmdt, args([addr]))?;
        for range in attached {
            inner.note_lost_code(range);
            inner.areas.change(|areas| areas.remove(range));
        }
        Ok(0)
    }
}

impl Inner {
    /// A free place for `len` bytes: at `hint` if that is free, else the highest below the ceiling,
    /// else anywhere below [`GUEST_TOP`].
    fn choose(&self, hint: u64, len: u64) -> MapResult {
        if let Some(hint) = page_up(hint).filter(|&hint| hint != 0)
            && let Some(range) = AddrRange::of_guest(hint, len)
            && self.areas.is_free(range)
            && hint >= MMAP_MIN_ADDR
        {
            return Ok(hint);
        }
        self.areas
            .find_free_below(self.mmap_top, MMAP_MIN_ADDR, len)
            .or_else(|| self.areas.find_free_above(self.mmap_top, len))
            .ok_or(ENOMEM)
    }

    /// Asks the host how far areas have grown: a page below one that is in use, but is nobody's, is a part of it.
    fn learn_growth(&mut self) {
        let mut growing = std::mem::take(&mut self.growing);
        growing.retain_mut(|start| {
            // It may be gone, or have been mapped over.
            let Some((_, area)) = self.areas.at(*start).filter(|(first, _)| first == start) else { return false };
            let is_its = |page: u64| {
                let mut is_resident = 0u8;
                // mincore(2) fills a byte; ENOMEM where nothing is mapped.
                self.areas.is_free(AddrRange { start: page, end: page + PAGE })
                    && syscall(libc::SYS_mincore, args([page, PAGE, &raw mut is_resident as u64])).is_ok()
            };
            let mut first = *start;
            while first > PAGE && is_its(first - PAGE) {
                first -= PAGE;
            }
            if first != *start {
                self.areas.change(|areas| areas.insert(AddrRange { start: first, end: *start }, area.prot, area.kind));
                *start = first;
            }
            true
        });
        self.growing = growing;
    }

    fn note_lost_code(&mut self, range: AddrRange) {
        if self.areas.has_code(range) {
            self.lost_code.push(range);
            self.has_other_code = true;
        }
    }

    /// Books pages that are there now, or are otherwise now.
    fn book(&mut self, range: AddrRange, prot: Prot, kind: AreaKind) {
        self.has_other_code |= prot.is_exec();
        self.areas.change(|areas| areas.insert(range, prot, kind));
    }

    /// Books a move by mremap; `area` describes the old place's first page.
    fn note_moved(&mut self, from: AddrRange, to: AddrRange, area: Area, keep_old: bool) {
        self.note_lost_code(from);
        self.note_lost_code(to);
        if !keep_old {
            self.areas.change(|areas| areas.remove(from));
        }
        self.book(to, area.prot, area.kind);
    }
}

/// The first page of a mapping that is in memory.
fn first_resident(range: AddrRange) -> u64 {
    let mut resident = vec![0u8; (range.len() / PAGE) as usize];
    // mincore(2) fills a byte for each page.
    let _ = syscall(libc::SYS_mincore, args([range.start, range.len(), resident.as_mut_ptr() as u64]));
    let below = resident.iter().take_while(|&&page| page & 1 == 0).count();
    range.start + below as u64 * PAGE
}

/// vm.mmap_min_addr as every distribution has it: a hint below it is not taken.
const MMAP_MIN_ADDR: u64 = 0x10000;

/// The size of a System V segment in whole pages.
fn shm_segment_len(id: i32) -> MapResult {
    // struct shmid64_ds (arch/x86/include/uapi/asm/shmbuf.h): an ipc64_perm, then the size.
    const WORDS: usize = size_of::<libc::shmid_ds>() / 8;
    const SEGSZ: usize = std::mem::offset_of!(libc::shmid_ds, shm_segsz) / 8;
    let mut stat = [0u64; WORDS];
    syscall(libc::SYS_shmctl, args([id as u64, libc::IPC_STAT as u64, stat.as_mut_ptr() as u64]))?;
    page_up(stat[SEGSZ]).ok_or(ENOMEM)
}
