//! What of the guest's memory goes into a core, by /proc/self/coredump_filter and madvise(2)
//! (`vma_dump_size` of fs/coredump.c).
//!
//! What each mapping is, the host's smaps says; what of it is the guest's, and which access it has, our
//! own areas.

use crate::memory::addr::{AddrRange, PAGE};
use crate::memory::areas::{Area, AreaKind, Prot};
use crate::memory::{forced, space};
use crate::process::procfs::{HostLine, host_text};
use crate::process::{Process, paths};

/// A mapping as the core has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Where it lies.
    pub range: AddrRange,
    /// How the guest may access it.
    pub prot: Prot,
    /// How much of it is in the core.
    pub dumped: u64,
    /// Its pages are there only if they were touched.
    pub is_anonymous: bool,
    /// The file that is mapped, as the guest names it, and the offset.
    pub file: Option<(Vec<u8>, u64)>,
}

/// Bits of coredump_filter.
mod filter {
    pub const ANON_PRIVATE: u32 = 1;
    pub const ANON_SHARED: u32 = 2;
    pub const MAPPED_PRIVATE: u32 = 4;
    pub const MAPPED_SHARED: u32 = 8;
    pub const ELF_HEADERS: u32 = 16;
    /// The kernel's default.
    pub const DEFAULT: u32 = ANON_PRIVATE | ANON_SHARED | ELF_HEADERS | 32;
}

/// What smaps says of one mapping of the host, beside its first line.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Counts {
    /// Pages that are no longer the file's.
    has_own_pages: bool,
    /// MADV_DONTDUMP, or a device's.
    is_left_out: bool,
}

/// All mappings of the guest, in order of address.
pub fn all(process: &Process) -> Vec<Segment> {
    let bits = host_text(c"/proc/self/coredump_filter");
    let filter = u32::from_str_radix(bits.trim(), 16).unwrap_or(filter::DEFAULT);
    let smaps = host_text(c"/proc/self/smaps");
    let areas = space().areas();
    let mappings = parse(&smaps);
    if mappings.is_empty() {
        // Without /proc nothing more is known.
        let whole = |(start, area): &(u64, Area)| {
            let range = AddrRange { start: *start, end: area.end };
            Segment { range, prot: area.prot, dumped: range.len(), is_anonymous: true, file: None }
        };
        return areas.iter().map(whole).collect();
    }
    let mut segments = Vec::new();
    for (line, counts) in &mappings {
        for (start, area) in areas.iter().filter(|(start, area)| *start < line.range.end && area.end > line.range.start)
        {
            let range = AddrRange { start: line.range.start.max(*start), end: line.range.end.min(area.end) };
            segments.push(segment(process, line, *counts, range, area, filter));
        }
    }
    segments
}

/// The host's mappings below the guest's top.
fn parse(smaps: &str) -> Vec<(HostLine<'_>, Counts)> {
    let mut mappings: Vec<(HostLine, Counts)> = Vec::new();
    let mut is_guests = false;
    for text in smaps.lines() {
        match text.split_once(':') {
            // Counts are "Name:   value"; only a mapping's line has a blank before its first colon.
            Some((name, value)) if !name.contains(' ') => {
                let Some((_, counts)) = mappings.last_mut().filter(|_| is_guests) else { continue };
                match name {
                    "Anonymous" | "Swap" => counts.has_own_pages |= value.trim() != "0 kB",
                    "VmFlags" => counts.is_left_out = value.split(' ').any(|flag| flag == "dd" || flag == "io"),
                    _ => {}
                }
            }
            _ => {
                let line = HostLine::parse(text);
                is_guests = line.is_some();
                mappings.extend(line.map(|line| (line, Counts::default())));
            }
        }
    }
    mappings
}

fn segment(process: &Process, line: &HostLine, counts: Counts, range: AddrRange, area: &Area, filter: u32) -> Segment {
    let offset = line.offset + (range.start - line.range.start);
    let is_file = line.inode != "0";
    let file = is_file.then(|| (paths::guest_path(process, line.name.as_bytes()).to_vec(), offset));
    let has = |bit: u32| filter & bit != 0;
    let dumped = match area.kind {
        AreaKind::Vdso => range.len(),
        _ if counts.is_left_out => 0,
        _ if line.is_shared => {
            let bit = if line.name.ends_with(" (deleted)") { filter::ANON_SHARED } else { filter::MAPPED_SHARED };
            if has(bit) { range.len() } else { 0 }
        }
        _ if counts.has_own_pages && has(filter::ANON_PRIVATE) => range.len(),
        _ if is_file && has(filter::MAPPED_PRIVATE) => range.len(),
        _ if is_file && has(filter::ELF_HEADERS) && offset == 0 && begins_elf(range.start) => PAGE,
        _ => 0,
    };
    Segment { range, prot: area.prot, dumped, is_anonymous: !is_file, file }
}

fn begins_elf(addr: u64) -> bool {
    let mut magic = [0; 4];
    forced::read(space(), addr, &mut magic) == 4 && magic == *b"\x7fELF"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smaps_parses() {
        let smaps = "00400000-00401000 r-xp 00000000 fe:00 7    /bin/x\nAnonymous:             4 kB\nVmFlags: rd ex mr \n\
                     3ff00000000-3ff00021000 rw-p 00000000 00:00 0 \nAnonymous:             0 kB\nVmFlags: rd wr dd \n\
                     7ffff7fc1000-7ffff7fc5000 r--p 00000000 00:00 0    [vvar]\nAnonymous:             4 kB\n";
        let seen: Vec<_> = parse(smaps).into_iter().map(|(line, counts)| (line.range.start, counts)).collect();
        assert_eq!(
            seen,
            [
                (0x40_0000, Counts { has_own_pages: true, is_left_out: false }),
                (0x3ff_0000_0000, Counts { has_own_pages: false, is_left_out: true }),
            ]
        );
    }
}
