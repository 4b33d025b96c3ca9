//! Executable memory: one private anonymous mapping, so that fork inherits it copy-on-write.
//!
//! It is writable and executable at once: patching a jump is then one store, and a second view of
//! the pages (through a memfd) would be shared with a forked child.
//!
//! ```text
//!   first page(s): trampolines │ segment 0 │ segment 1 │ … │ rows of segment 0 │ rows of segment 1 │ …
//!                                  └ unit: code, then points and sources └ where each unit lies
//! ```
//!
//! Segments are filled in turn; when the last is full the first is emptied and filled again, once no
//! thread can be in it any more ([`super::link`] sees to that). Rows are appended behind their unit, so
//! that a signal handler finds the unit of a host address, and the guest's state there, without a lock
//! ([`CodeMemory::locate`]).
#![allow(unsafe_code)]

use super::again::{Place, Places};
use crate::host::raw::{self, HostErrno};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Bytes of a segment.
pub const SEGMENT: usize = 8 << 20;
/// How many there are.
pub const SEGMENTS: usize = 16;
/// Bytes for the trampolines.
const HEAD: usize = 4096;
/// Units of a segment, at most: so many of so many bytes.
const ROWS: usize = SEGMENT / SHARE;
/// Most take more.
const SHARE: usize = 128;
/// Units start on their own half cache line.
const ALIGN: usize = 32;
const SIZE: usize = HEAD + SEGMENTS * SEGMENT;
const MAPPED: usize = SIZE + SEGMENTS * ROWS * size_of::<Row>();

/// What holds from a host address on, up to the next point of its unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Point {
    /// Bytes from the unit's start.
    pub offset: u32,
    /// The guest instruction, counted from the unit's first.
    pub step: i16,
    /// Where NZCV is.
    pub flags: Where,
    /// The guest stands between two instructions here, all its registers committed.
    pub is_boundary: bool,
}

/// Where NZCV is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Where {
    /// In the thread's state, or that names the instruction from whose registers it follows.
    State,
    /// In EFLAGS, CF being C.
    Carry,
    /// In EFLAGS, CF being the inverse of C.
    Borrow,
    /// In EFLAGS, as a comparison of floating-point numbers leaves them.
    Compared,
    /// The same, the operands exchanged.
    ComparedSwapped,
    /// In the registers that the last [`Source`] was given or has made, or where their values are now.
    Again,
    /// Nowhere: it is about to be set anew, and nothing that can fault comes before.
    Lost,
}

/// An instruction that has set flags which can be computed again ([`super::again`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Source {
    /// Where the code begins for which this holds, in bytes from the unit's start.
    pub offset: u32,
    /// Its encoding.
    pub word: u32,
    /// Where the values are there that it takes.
    pub places: Places,
}

impl Source {
    /// None.
    pub const NONE: Source = Source { offset: 0, word: 0, places: Place::NONE };
}

/// Where a unit lies.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct Row {
    pc: u64,
    start: u64,
    code: u32,
    points: u32,
    sources: u32,
}

/// What is known of a host address in translated code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Location {
    /// The guest instruction.
    pub pc: u64,
    /// Where its flags are.
    pub flags: Where,
    /// The instruction that has set them, for [`Where::Again`].
    pub source: Source,
    /// The address is that of the instruction's first host instruction.
    pub is_boundary: bool,
}

/// The mapping and how far it is filled.
pub struct CodeMemory {
    base: *mut u8,
    segment: usize,
    used: usize,
}

// SAFETY: the pointer is to memory that this value owns.
unsafe impl Send for CodeMemory {}

/// Where each [`CodeMemory`] is mapped, for signal handlers. A process has one; tests have several.
static MAPPINGS: [AtomicU64; 64] = [const { AtomicU64::new(0) }; 64];

/// Rows of each mapping's segments.
static COUNTS: [[AtomicU32; SEGMENTS]; 64] = [const { [const { AtomicU32::new(0) }; SEGMENTS] }; 64];

fn mapping_of(host: u64) -> Option<(usize, u64)> {
    MAPPINGS.iter().enumerate().find_map(|(i, base)| {
        let base = base.load(Ordering::Acquire);
        (base != 0 && host.wrapping_sub(base) < SIZE as u64).then_some((i, base))
    })
}

/// Whether `host` is in translated code or its trampolines. Async-signal-safe.
pub fn contains(host: u64) -> bool {
    mapping_of(host).is_some()
}

/// What the guest's state is at a host address in a unit; None elsewhere. Async-signal-safe, but the
/// calling thread must be in that unit (so that it is not thrown away meanwhile).
pub fn locate(host: u64) -> Option<Location> {
    let (mapping, base) = mapping_of(host)?;
    let segment = (host - base).checked_sub(HEAD as u64)? as usize / SEGMENT;
    let count = COUNTS.get(mapping)?.get(segment)?.load(Ordering::Acquire) as usize;
    // SAFETY: the rows below the count have been written, and stay while a thread is in their unit.
    let rows = unsafe { std::slice::from_raw_parts(row_at(base as *mut u8, segment, 0), count) };
    let row = rows.get(rows.partition_point(|row| row.start <= host).checked_sub(1)?)?;
    let offset = (host - row.start) as u32;
    if offset >= row.code {
        return None;
    }
    // SAFETY: `append` has written so many points behind the unit's code, and sources behind them.
    let (points, sources) = unsafe {
        let at = (row.start as usize + row.code as usize).next_multiple_of(align_of::<Point>());
        let points = std::slice::from_raw_parts(at as *const Point, row.points as usize);
        (points, std::slice::from_raw_parts(points.as_ptr_range().end.cast::<Source>(), row.sources as usize))
    };
    let last = sources.partition_point(|source| source.offset <= offset);
    let source = last.checked_sub(1).and_then(|last| sources.get(last));
    let point = points.get(points.partition_point(|point| point.offset <= offset).checked_sub(1)?)?;
    Some(Location {
        pc: row.pc.wrapping_add_signed(i64::from(point.step) * 4),
        flags: point.flags,
        source: source.copied().unwrap_or(Source::NONE),
        is_boundary: point.is_boundary && point.offset == offset,
    })
}

fn row_at(base: *mut u8, segment: usize, index: usize) -> *mut Row {
    base.wrapping_add(SIZE).cast::<Row>().wrapping_add(segment * ROWS + index)
}

impl CodeMemory {
    /// Maps it; Err where the host refuses executable memory.
    pub fn new() -> Result<CodeMemory, HostErrno> {
        let base = raw::map_own(MAPPED)?;
        let prot = (libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC) as u64;
        if let Err(e) = raw::syscall(libc::SYS_mprotect, [base as u64, SIZE as u64, prot, 0, 0, 0]) {
            raw::unmap_own(base, MAPPED);
            return Err(e);
        }
        let free =
            |place: &AtomicU64| place.compare_exchange(0, base as u64, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        if !MAPPINGS.iter().any(free) {
            raw::unmap_own(base, MAPPED);
            return Err(HostErrno(libc::ENOMEM));
        }
        Ok(CodeMemory { base, segment: 0, used: 0 })
    }

    /// Where trampolines go; they are written before any unit.
    pub fn head(&self) -> u64 {
        self.base as u64
    }

    /// Puts the trampolines at [`CodeMemory::head`].
    pub fn write_head(&mut self, code: &[u8]) {
        assert!(code.len() <= HEAD);
        // SAFETY: the range is ours; no thread executes it yet.
        unsafe { std::ptr::copy_nonoverlapping(code.as_ptr(), self.base, code.len()) };
    }

    fn segment_base(&self, segment: usize) -> u64 {
        self.base as u64 + (HEAD + segment * SEGMENT) as u64
    }

    /// Where the next code will lie.
    pub fn next(&self) -> u64 {
        self.segment_base(self.segment) + self.used as u64
    }

    /// Bytes left in the segment; if units are so small that it runs out of rows first, less.
    pub fn room(&self) -> usize {
        let rows = self.counts().get(self.segment).map_or(0, |count| count.load(Ordering::Relaxed) as usize);
        (SEGMENT - self.used).min((ROWS - rows) * SHARE)
    }

    /// The segment that is being filled.
    pub fn segment(&self) -> usize {
        self.segment
    }

    /// The segment that a host address lies in.
    pub fn segment_of(&self, host: u64) -> usize {
        (host - self.base as u64).saturating_sub(HEAD as u64) as usize / SEGMENT
    }

    fn counts(&self) -> &'static [AtomicU32; SEGMENTS] {
        let index = mapping_of(self.base as u64).map_or(0, |(index, _)| index);
        COUNTS.get(index).unwrap_or(&COUNTS[0])
    }

    /// Puts a unit for `pc` at [`CodeMemory::next`]; false if it is too long for what is left.
    pub fn append(&mut self, pc: u64, code: &[u8], points: &[Point], sources: &[Source]) -> bool {
        const { assert!(align_of::<Source>() <= align_of::<Point>()) };
        let points_at = code.len().next_multiple_of(align_of::<Point>());
        let sources_at = points_at + size_of_val(points);
        let size = sources_at + size_of_val(sources);
        let Some(count) = self.counts().get(self.segment) else { return false };
        let index = count.load(Ordering::Relaxed) as usize;
        if size + ALIGN > self.room() || index >= ROWS {
            return false;
        }
        let start = self.next();
        // SAFETY: code, points, sources and row go to memory of ours that nobody uses yet, checked above.
        unsafe {
            std::ptr::copy_nonoverlapping(code.as_ptr(), start as *mut u8, code.len());
            std::ptr::copy_nonoverlapping(points.as_ptr(), (start as usize + points_at) as *mut Point, points.len());
            std::ptr::copy_nonoverlapping(
                sources.as_ptr(),
                (start as usize + sources_at) as *mut Source,
                sources.len(),
            );
            row_at(self.base, self.segment, index).write(Row {
                pc,
                start,
                code: code.len() as u32,
                points: points.len() as u32,
                sources: sources.len() as u32,
            });
        }
        count.store(index as u32 + 1, Ordering::Release);
        self.used = (self.used + size).next_multiple_of(ALIGN);
        true
    }

    /// Goes on in the next segment, which is overwritten from its start. No thread may be in it.
    pub fn advance(&mut self) {
        self.segment = (self.segment + 1) % SEGMENTS;
        self.used = 0;
        if let Some(count) = self.counts().get(self.segment) {
            count.store(0, Ordering::Release);
        }
    }

    /// Lets the jump whose rel32 is at host address `site` go to `target`. The four bytes lie within
    /// eight aligned ones, so that a thread about to jump goes to the old place or to the new one.
    pub fn patch(&mut self, site: u64, target: u64) {
        let rel = target.wrapping_sub(site + 4) as u32 as u64;
        let (word, shift) = (site & !7, (site & 7) * 8);
        let inside = (word as usize).checked_sub(self.base as usize).is_some_and(|o| o + 8 <= SIZE);
        debug_assert!(inside && shift <= 32);
        if inside {
            // SAFETY: an aligned word inside the mapping; patches are made by one thread at a time.
            let word = unsafe { AtomicU64::from_ptr(word as *mut u64) };
            let old = word.load(Ordering::Relaxed);
            word.store(old & !(0xffff_ffff << shift) | rel << shift, Ordering::Release);
        }
    }
}

impl Drop for CodeMemory {
    fn drop(&mut self) {
        if let Some((index, _)) = mapping_of(self.base as u64) {
            self.counts().iter().for_each(|count| count.store(0, Ordering::Release));
            if let Some(place) = MAPPINGS.get(index) {
                place.store(0, Ordering::Release);
            }
        }
        raw::unmap_own(self.base, MAPPED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(offset: u32, step: i16, flags: Where, is_boundary: bool) -> Point {
        Point { offset, step, flags, is_boundary }
    }

    #[test]
    fn a_host_address_leads_to_its_instruction() {
        let mut memory = CodeMemory::new().unwrap();
        let points =
            [point(0, 0, Where::State, true), point(3, 0, Where::Borrow, false), point(7, -2, Where::Carry, true)];
        let (first, second) = (memory.next(), 0);
        let sources = [Source { offset: 3, word: 1, ..Source::NONE }, Source { offset: 7, word: 2, ..Source::NONE }];
        assert!(memory.append(0x1000, &[0x90; 13], &points, &sources));
        let second = memory.next() + second;
        assert!(memory.append(0x2000, &[0x90; 5], &points[..1], &[]));
        let at = |host| locate(host).map(|l| (l.pc, l.flags, l.is_boundary));
        assert_eq!(at(first), Some((0x1000, Where::State, true)));
        assert_eq!(at(first + 2), Some((0x1000, Where::State, false)));
        assert_eq!(at(first + 3), Some((0x1000, Where::Borrow, false)));
        assert_eq!(at(first + 7), Some((0xff8, Where::Carry, true)));
        assert_eq!(at(first + 12), Some((0xff8, Where::Carry, false)));
        assert_eq!(at(first + 13), None);
        assert_eq!([2, 3, 12].map(|n| locate(first + n).map(|l| l.source.word)), [Some(0), Some(1), Some(2)]);
        assert_eq!(at(second), Some((0x2000, Where::State, true)));
        assert_eq!(at(second + 5), None);
        assert!(contains(memory.head()) && locate(memory.head()).is_none());
        // Small units: it is full when there are no more rows.
        while memory.room() >= SHARE {
            assert!(memory.append(0x2000, &[0x90], &points[..1], &[]));
        }
        assert!(!memory.append(0x2000, &[0x90], &points[..1], &[]));
        assert!(!contains(memory.head() - 1));
        for _ in 0..SEGMENTS {
            memory.advance();
        }
        assert_eq!(at(first), None);
    }
}
