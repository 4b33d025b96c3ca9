//! Names for guest addresses, from the symbol tables of the files that are mapped there.
//!
//! Which file is where the kernel says (/proc/self/maps: guest addresses are host addresses). A file's
//! symbols are kept by their place in the file, so that one table serves wherever it is mapped.

use crate::host::raw;
use goblin::elf::Elf;
use std::collections::HashSet;
use std::ffi::CString;

/// Largest file that is read.
const FILE_MAX: usize = 1 << 30;
const PAGE: u64 = 4096;

/// A symbol: place and length in the file, name.
struct Symbol {
    at: u64,
    len: u64,
    name: String,
}

struct File {
    path: String,
    /// By place.
    symbols: Vec<Symbol>,
}

struct Mapping {
    start: u64,
    end: u64,
    /// Place in the file of the first byte.
    offset: u64,
    file: usize,
}

/// What is known so far.
#[derive(Default)]
pub struct Symbols {
    files: Vec<File>,
    mappings: Vec<Mapping>,
    /// Pages that belong to no file.
    nameless: HashSet<u64>,
}

impl Symbols {
    /// The function that `pc` is in.
    pub fn name(&mut self, pc: u64) -> Option<&str> {
        if self.nameless.contains(&(pc / PAGE)) {
            return None;
        }
        if self.mapping(pc).is_none() {
            self.read_mappings();
        }
        let Some((file, at)) = self.mapping(pc).map(|m| (m.file, pc - m.start + m.offset)) else {
            self.nameless.insert(pc / PAGE);
            return None;
        };
        self.files.get(file)?.find(at)
    }

    fn mapping(&self, pc: u64) -> Option<&Mapping> {
        self.mappings.iter().find(|m| (m.start..m.end).contains(&pc))
    }

    fn read_mappings(&mut self) {
        let Some(text) = read("/proc/self/maps").and_then(|bytes| String::from_utf8(bytes).ok()) else { return };
        self.mappings.clear();
        for line in text.lines() {
            if let Some((start, end, offset, path)) = parse(line) {
                let known = self.files.iter().position(|f| f.path == path);
                let file = known.unwrap_or_else(|| {
                    self.files.push(File::read(path));
                    self.files.len() - 1
                });
                self.mappings.push(Mapping { start, end, offset, file });
            }
        }
    }
}

impl File {
    fn read(path: &str) -> File {
        let mut symbols = read(path).and_then(|bytes| symbols_of(&bytes)).unwrap_or_default();
        symbols.sort_by_key(|s| s.at);
        File { path: path.to_owned(), symbols }
    }

    fn find(&self, at: u64) -> Option<&str> {
        let behind = self.symbols.partition_point(|s| s.at <= at);
        let symbol = self.symbols.get(behind.checked_sub(1)?)?;
        // Assembly often leaves the length open.
        (symbol.len == 0 || at - symbol.at < symbol.len).then_some(symbol.name.as_str())
    }
}

/// Functions of the full table, or of the dynamic one in a stripped file.
fn symbols_of(bytes: &[u8]) -> Option<Vec<Symbol>> {
    let elf = Elf::parse(bytes).ok()?;
    let place = |address: u64| {
        let segment = elf.program_headers.iter().find(|p| {
            p.p_type == goblin::elf::program_header::PT_LOAD
                && address.checked_sub(p.p_vaddr).is_some_and(|within| within < p.p_filesz)
        })?;
        Some(address - segment.p_vaddr + segment.p_offset)
    };
    let full = elf.syms.iter().map(|s| (s, elf.strtab.get_at(s.st_name)));
    let dynamic = elf.dynsyms.iter().map(|s| (s, elf.dynstrtab.get_at(s.st_name)));
    let functions = full.chain(dynamic).filter(|(s, _)| s.is_function() && s.st_value != 0);
    Some(
        functions
            .filter_map(|(s, name)| Some(Symbol { at: place(s.st_value)?, len: s.st_size, name: name?.to_owned() }))
            .collect(),
    )
}

/// A line of /proc/PID/maps about a file: start, end, offset, path.
fn parse(line: &str) -> Option<(u64, u64, u64, &str)> {
    let number = |text| u64::from_str_radix(text, 16).ok();
    let path = line.get(line.find('/')?..)?;
    let mut fields = line.split_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    Some((number(start)?, number(end)?, number(fields.nth(1)?)?, path))
}

fn read(path: &str) -> Option<Vec<u8>> {
    let path = CString::new(path).ok()?;
    let fd = raw::openat(libc::AT_FDCWD, &path, libc::O_RDONLY | libc::O_CLOEXEC, 0).ok()?;
    let bytes = raw::read_to_end(fd, FILE_MAX).ok();
    raw::close(fd);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_about_files_are_understood() {
        let line = "00400000-00452000 r-xp 00001000 08:02 173521      /usr/bin/a b";
        assert_eq!(parse(line), Some((0x40_0000, 0x45_2000, 0x1000, "/usr/bin/a b")));
        assert_eq!(parse("7f0000000000-7f0000001000 rw-p 00000000 00:00 0 [heap]"), None);
    }

    #[test]
    fn a_function_of_this_program_has_its_name() {
        let here = a_function_of_this_program_has_its_name as fn() as usize as u64;
        let mut symbols = Symbols::default();
        let name = symbols.name(here).map(str::to_owned);
        assert!(name.as_deref().is_some_and(|n| n.contains("a_function_of_this_program")), "{name:?}");
        assert_eq!(symbols.name(8), None);
    }
}
