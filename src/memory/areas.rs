//! An interval map of the guest's areas (the kernel's VMAs, as far as the host kernel cannot tell).
//!
//! The host knows file, offset and host protection of each mapping. What it does not know is which
//! pages the guest may execute (guest code is never host-executable) and what an area is for; that
//! is kept here, and it is also where free addresses are found.

use super::addr::{AddrRange, GUEST_TOP, PAGE};
use std::collections::BTreeMap;

/// Protection as the guest set it: PROT_READ, PROT_WRITE, PROT_EXEC.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Prot(pub u8);

impl Prot {
    /// PROT_BTI of arch/arm64/include/uapi/asm/mman.h: a guarded page.
    pub const BTI: u8 = 0x10;
    /// The bits that are kept; PROT_MTE means nothing without the feature.
    pub const MASK: u64 = 7 | Self::BTI as u64;

    /// From mmap's argument.
    pub fn from_guest(prot: u64) -> Self {
        Prot((prot & Self::MASK) as u8)
    }

    /// True if the guest may execute here.
    pub fn is_exec(self) -> bool {
        self.0 & libc::PROT_EXEC as u8 != 0
    }

    /// True if the guest may write here.
    pub fn is_writable(self) -> bool {
        i32::from(self.0) & libc::PROT_WRITE != 0
    }

    /// True if indirect branches may land here only where BTI says so.
    pub fn is_guarded(self) -> bool {
        self.0 & Self::BTI != 0
    }

    /// What the host kernel is told: never PROT_EXEC, but code must be readable to be interpreted
    /// (arm64 before EPAN makes execute-only pages readable as well).
    pub fn host(self) -> u64 {
        let mut host = self.0 & !(libc::PROT_EXEC as u8 | Self::BTI);
        if self.is_exec() {
            host |= libc::PROT_READ as u8;
        }
        u64::from(host)
    }
}

/// What an area is, where that matters to somebody.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum AreaKind {
    /// An ordinary private mapping.
    #[default]
    Mapping,
    /// A shared one.
    Shared,
    /// The brk heap.
    Heap,
    /// The main thread's stack.
    Stack,
    /// The vDSO.
    Vdso,
    /// A System V segment attached at this address.
    Shm {
        /// Where shmat put its first byte.
        base: u64,
    },
}

/// One area, less its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Area {
    /// First address beyond.
    pub end: u64,
    /// As the guest sees it.
    pub prot: Prot,
    /// What it is.
    pub kind: AreaKind,
}

/// The areas by start address; they never overlap.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    by_start: BTreeMap<u64, Area>,
}

impl Areas {
    /// No areas.
    pub const fn new() -> Self {
        Areas { by_start: BTreeMap::new() }
    }

    /// The area that `addr` lies in, with its start.
    pub fn at(&self, addr: u64) -> Option<(u64, Area)> {
        let (&start, &area) = self.by_start.range(..=addr).next_back()?;
        (addr < area.end).then_some((start, area))
    }

    /// The parts of areas that lie in `range`, in order of address.
    pub fn within(&self, range: AddrRange) -> impl Iterator<Item = (u64, Area)> + '_ {
        let first = self.at(range.start).map_or(range.start, |(start, _)| start);
        self.by_start
            .range(first..range.end.max(first))
            .map(move |(&start, &area)| (start.max(range.start), Area { end: area.end.min(range.end), ..area }))
    }

    /// True if no area touches `range`.
    pub fn is_free(&self, range: AddrRange) -> bool {
        self.within(range).next().is_none()
    }

    /// How many bytes from `range.start` on are mapped without a hole, at most the whole range.
    pub fn mapped_prefix(&self, range: AddrRange) -> u64 {
        let mut reached = range.start;
        for (start, area) in self.within(range) {
            if start != reached {
                break;
            }
            reached = area.end;
        }
        reached - range.start
    }

    /// True if a page of `range` may be executed.
    pub fn has_code(&self, range: AddrRange) -> bool {
        self.within(range).any(|(_, area)| area.prot.is_exec())
    }

    /// Removes whatever lies in `range`, cutting areas at its ends.
    pub fn remove(&mut self, range: AddrRange) {
        if range.is_empty() {
            return;
        }
        self.cut(range.start);
        self.cut(range.end);
        let inside: Vec<u64> = self.by_start.range(range.start..range.end).map(|(&start, _)| start).collect();
        for start in inside {
            self.by_start.remove(&start);
        }
    }

    /// Puts a new area at `range` in place of what was there.
    pub fn insert(&mut self, range: AddrRange, prot: Prot, kind: AreaKind) {
        if range.is_empty() {
            return;
        }
        self.remove(range);
        let mut merged = range;
        if let Some((start, before)) = range.start.checked_sub(1).and_then(|addr| self.at(addr))
            && (before.prot, before.kind) == (prot, kind)
        {
            merged.start = start;
        }
        if let Some((start, after)) = self.at(range.end)
            && (after.prot, after.kind) == (prot, kind)
        {
            merged.end = after.end;
            self.by_start.remove(&start);
        }
        self.by_start.insert(merged.start, Area { end: merged.end, prot, kind });
    }

    /// Makes `addr` a boundary between areas if it lies inside one.
    fn cut(&mut self, addr: u64) {
        if let Some((start, area)) = self.at(addr)
            && start < addr
        {
            self.by_start.insert(start, Area { end: addr, ..area });
            self.by_start.insert(addr, area);
        }
    }

    /// Changes the protection of all areas in `range`.
    pub fn protect(&mut self, range: AddrRange, prot: Prot) {
        let parts: Vec<(u64, Area)> = self.within(range).collect();
        for (start, area) in parts {
            self.insert(AddrRange { start, end: area.end }, prot, area.kind);
        }
    }

    /// The highest free place of `len` bytes between `floor` and `ceiling`.
    pub fn find_free_below(&self, ceiling: u64, floor: u64, len: u64) -> Option<u64> {
        let mut top = ceiling;
        for (&start, area) in self.by_start.range(..ceiling).rev() {
            if area.end < top && top - area.end >= len {
                break;
            }
            top = top.min(start);
        }
        let addr = top.checked_sub(len)?;
        (addr >= floor.max(PAGE)).then_some(addr)
    }

    /// The lowest free place of `len` bytes at or above `floor`.
    pub fn find_free_above(&self, floor: u64, len: u64) -> Option<u64> {
        let mut addr = floor;
        let whole = AddrRange { start: floor, end: GUEST_TOP };
        for (start, area) in self.within(whole) {
            if start - addr >= len {
                break;
            }
            addr = area.end;
        }
        (addr.checked_add(len)? <= GUEST_TOP).then_some(addr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RW: Prot = Prot(3);
    const RX: Prot = Prot(5);

    fn range(start: u64, end: u64) -> AddrRange {
        AddrRange { start: start * PAGE, end: end * PAGE }
    }

    fn pages(areas: &Areas) -> Vec<(u64, u64, u8)> {
        areas.by_start.iter().map(|(start, area)| (start / PAGE, area.end / PAGE, area.prot.0)).collect()
    }

    #[test]
    fn removing_the_middle_leaves_both_ends() {
        let mut areas = Areas::new();
        areas.insert(range(10, 20), RW, AreaKind::Mapping);
        areas.remove(range(13, 15));
        assert_eq!(pages(&areas), [(10, 13, 3), (15, 20, 3)]);
        assert_eq!(areas.mapped_prefix(range(11, 20)), 2 * PAGE);
        assert!(areas.is_free(range(13, 15)));
        assert!(!areas.is_free(range(12, 14)));
    }

    #[test]
    fn equal_neighbours_merge_and_protect_splits() {
        let mut areas = Areas::new();
        areas.insert(range(10, 12), RW, AreaKind::Mapping);
        areas.insert(range(12, 14), RW, AreaKind::Mapping);
        assert_eq!(pages(&areas), [(10, 14, 3)]);
        areas.protect(range(11, 13), RX);
        assert_eq!(pages(&areas), [(10, 11, 3), (11, 13, 5), (13, 14, 3)]);
        assert!(areas.has_code(range(10, 12)));
        assert!(!areas.has_code(range(13, 14)));
        areas.protect(range(11, 13), RW);
        assert_eq!(pages(&areas), [(10, 14, 3)]);
    }

    #[test]
    fn free_places_are_found_from_the_top_down_and_from_the_bottom_up() {
        let mut areas = Areas::new();
        areas.insert(range(90, 95), RW, AreaKind::Mapping);
        areas.insert(range(80, 88), RW, AreaKind::Mapping);
        let ceiling = 100 * PAGE;
        assert_eq!(areas.find_free_below(ceiling, 0, 5 * PAGE), Some(95 * PAGE));
        assert_eq!(areas.find_free_below(ceiling, 0, 6 * PAGE), Some(74 * PAGE));
        assert_eq!(areas.find_free_below(93 * PAGE, 0, 2 * PAGE), Some(88 * PAGE));
        assert_eq!(areas.find_free_below(ceiling, 75 * PAGE, 6 * PAGE), None);
        assert_eq!(areas.find_free_above(80 * PAGE, 2 * PAGE), Some(88 * PAGE));
        assert_eq!(areas.find_free_above(81 * PAGE, 3 * PAGE), Some(95 * PAGE));
    }
}
