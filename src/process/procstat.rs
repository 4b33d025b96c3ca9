//! /proc/PID/{status,stat,statm,smaps_rollup}: the host's, but for what would be the emulator's in them: sizes of
//! memory, what is done at signals, seccomp.
//!
//! Sizes are summed up over the guest's mappings as smaps counts them. Highest marks are the host's, less what
//! the emulator has now.

use super::procfs::{self, HostLine, host_text, is_count};
use super::thread::{Process, Thread};
use super::{exec, others};
use crate::memory::addr::{AddrRange, PAGE, page_up};
use crate::memory::space;
use crate::signal::SigSet;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::fmt::Write;

/// Which of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatFile {
    /// /proc/PID/status.
    Status,
    /// /proc/PID/stat.
    Stat,
    /// /proc/PID/statm.
    Statm,
    /// /proc/PID/smaps_rollup.
    Rollup,
}

/// What the host does not know of a guest.
#[derive(Default, Debug)]
struct Facts {
    ignored: SigSet,
    caught: SigSet,
    /// Where the heap begins.
    heap: u64,
    /// Of the thread that reads about itself.
    own: Option<OwnThread>,
    memory: Memory,
}

#[derive(Default, Debug)]
struct OwnThread {
    blocked: SigSet,
    /// What waits in the emulator: sent to the thread, and to the process.
    pending: [SigSet; 2],
    seccomp_mode: u64,
    seccomp_filters: usize,
}

/// Of the process that reads; `thread` is the one that does, if it is a guest's.
pub fn of_own(process: &Process, thread: Option<&Thread>, path: &[u8], file: StatFile) -> Vec<u8> {
    let host = host_text(&CString::new(path).unwrap_or_default());
    let smaps = procfs::smaps(process);
    let smaps = String::from_utf8_lossy(&smaps);
    if file == StatFile::Rollup {
        return rollup(&host, &smaps).into_bytes();
    }
    let (ignored, caught) = process.actions.ignored_and_caught();
    // /proc/PID/task/TID may be another one.
    let own = thread.filter(|thread| id_in(&host, file) == Some(thread.tid())).map(|thread| OwnThread {
        blocked: thread.signals.mask,
        pending: [true, false].map(|is_for_thread| thread.record.signals.pending_for(is_for_thread)),
        seccomp_mode: thread.record.seccomp.mode(),
        seccomp_filters: thread.record.seccomp.filters(),
    });
    let memory = Memory::of(&smaps).with_text(process.program.code);
    Facts { ignored, caught, heap: space().brk_range().start, own, memory }.show(&host, file)
}

/// Of another guest; None for any other process.
pub fn of_other(process: &Process, pid: i32, path: &[u8], file: StatFile) -> Option<Vec<u8>> {
    if !exec::runs_own_file(pid) {
        return None;
    }
    let host = host_text(&CString::new(path).ok()?);
    let smaps = others::mappings(process, pid, "smaps")?;
    let smaps = String::from_utf8_lossy(&smaps);
    let memory = Memory::of(&smaps).with_text(others::code(pid)?);
    // Without leave to look into it, sizes cannot be told either.
    let seen = others::seen(pid).filter(|_| memory.size != 0)?;
    if file == StatFile::Rollup {
        return Some(rollup(&host, &smaps).into_bytes());
    }
    Some(Facts { ignored: seen.ignored, caught: seen.caught, heap: seen.heap, own: None, memory }.show(&host, file))
}

/// The thread that the text is about.
fn id_in(host: &str, file: StatFile) -> Option<i32> {
    match file {
        StatFile::Status => host.lines().find_map(|line| line.strip_prefix("Pid:"))?.trim().parse().ok(),
        StatFile::Stat => host.split(' ').next()?.parse().ok(),
        StatFile::Statm | StatFile::Rollup => None,
    }
}

/// Sizes in KiB.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Memory {
    size: u64,
    resident: u64,
    anonymous: u64,
    shmem: u64,
    swap: u64,
    /// Private and writable, but for the stack.
    data: u64,
    stack: u64,
    /// Executable, and not writable.
    exec: u64,
    /// What of that is the program's own.
    text: u64,
}

impl Memory {
    /// The sums over a guest's smaps.
    fn of(smaps: &str) -> Self {
        let mut memory = Memory::default();
        let mut is_shmem = false;
        for text in smaps.lines() {
            if is_count(text) {
                memory.count(text, is_shmem);
            } else if let Some(line) = HostLine::parse(text) {
                memory.add(&line);
                is_shmem = line.is_shmem();
            }
        }
        memory
    }

    /// Where the program's code lies, as task_mem() (fs/proc/task_mmu.c) counts it.
    fn with_text(mut self, (start, end): (u64, u64)) -> Self {
        self.text = (page_up(end).unwrap_or(end).saturating_sub(start & !(PAGE - 1)) >> 10).min(self.exec);
        self
    }

    fn add(&mut self, line: &HostLine) {
        let kib = (line.range.end - line.range.start) >> 10;
        let has = |bit: i32| line.prot.0 & bit as u8 != 0;
        self.size += kib;
        if line.name == "[stack]" {
            self.stack += kib;
        } else if has(libc::PROT_WRITE) && !line.is_shared {
            self.data += kib;
        } else if has(libc::PROT_EXEC) && !has(libc::PROT_WRITE) {
            self.exec += kib;
        }
    }

    fn count(&mut self, text: &str, is_shmem: bool) {
        let mut words = text.split_whitespace();
        let (Some(name), Some(Ok(kib))) = (words.next(), words.next().map(str::parse::<u64>)) else { return };
        match name {
            "Rss:" => {
                self.resident += kib;
                self.shmem += if is_shmem { kib } else { 0 };
            }
            "Anonymous:" => {
                self.anonymous += kib;
                self.shmem -= if is_shmem { kib.min(self.shmem) } else { 0 };
            }
            "Swap:" => self.swap += kib,
            _ => {}
        }
    }

    fn file(&self) -> u64 {
        self.resident.saturating_sub(self.anonymous + self.shmem)
    }
}

impl Facts {
    fn show(&self, host: &str, file: StatFile) -> Vec<u8> {
        match file {
            StatFile::Status => self.status(host),
            StatFile::Stat => self.stat(host),
            StatFile::Statm | StatFile::Rollup => self.statm(),
        }
        .into_bytes()
    }

    /// Line by line (proc_pid_status(5)).
    fn status(&self, host: &str) -> String {
        let number = |name: &str, radix: u32| {
            let line = host.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|text| u64::from_str_radix(text.split_whitespace().next()?, radix).ok()).unwrap_or(0)
        };
        let memory = &self.memory;
        // The emulator's share of what is there now was there at the highest mark, too.
        let peak = |peak: &str, now: &str, guests: u64| number(peak, 10).saturating_sub(number(now, 10)) + guests;
        let mut out = String::new();
        for line in host.lines() {
            let name = line.split(':').next().unwrap_or_default();
            let kib = match name {
                "VmPeak" => Some(peak("VmPeak", "VmSize", memory.size)),
                "VmSize" => Some(memory.size),
                "VmHWM" => Some(peak("VmHWM", "VmRSS", memory.resident)),
                "VmRSS" => Some(memory.resident),
                "RssAnon" => Some(memory.anonymous),
                "RssFile" => Some(memory.file()),
                "RssShmem" => Some(memory.shmem),
                "VmData" => Some(memory.data),
                "VmStk" => Some(memory.stack),
                "VmExe" => Some(memory.text),
                "VmLib" => Some(memory.exec - memory.text),
                "VmSwap" => Some(memory.swap),
                _ => None,
            };
            let own = self.own.as_ref();
            let signals = match name {
                "SigIgn" => Some(self.ignored),
                "SigCgt" => Some(self.caught),
                "SigBlk" => own.map(|own| own.blocked),
                "SigPnd" => own.map(|own| number(name, 16) | own.pending[0]),
                "ShdPnd" => own.map(|own| number(name, 16) | own.pending[1]),
                _ => None,
            };
            let seccomp = match (name, own) {
                ("Seccomp", Some(own)) => Some(number(name, 10).max(own.seccomp_mode)),
                ("Seccomp_filters", Some(own)) => Some(number(name, 10) + own.seccomp_filters as u64),
                _ => None,
            };
            let _ = match (kib, signals, seccomp) {
                // Of x86-64 alone.
                _ if name.starts_with("x86_") || name == "untag_mask" => Ok(()),
                (Some(kib), ..) => writeln!(out, "{name}:\t{kib:8} kB"),
                (_, Some(signals), _) => writeln!(out, "{name}:\t{signals:016x}"),
                (.., Some(number)) => writeln!(out, "{name}:\t{number}"),
                _ => writeln!(out, "{line}"),
            };
        }
        out
    }

    /// Field by field (proc_pid_stat(5)).
    fn stat(&self, host: &str) -> String {
        const FIRST_BEHIND_NAME: usize = 3;
        // The name may hold blanks and parentheses.
        let Some((name, rest)) = host.trim_end().rsplit_once(") ") else { return host.to_owned() };
        // The signals of the first 31 only, as the kernel shows them.
        let low = |set: SigSet| (set & 0x7fff_ffff).to_string();
        let own = self.own.as_ref();
        let fields = rest.split(' ').zip(FIRST_BEHIND_NAME..).map(|(text, field)| match field {
            23 => (self.memory.size << 10).to_string(),
            24 => (self.memory.resident >> 2).to_string(),
            32 => own.map_or_else(|| text.to_owned(), |own| low(own.blocked)),
            33 => low(self.ignored),
            34 => low(self.caught),
            47 => self.heap.to_string(),
            _ => text.to_owned(),
        });
        format!("{name}) {}\n", fields.collect::<Vec<_>>().join(" "))
    }

    /// Pages: all, resident, of files, text, library, data and stack, dirty.
    fn statm(&self) -> String {
        let memory = &self.memory;
        let pages = [memory.size, memory.resident, memory.file() + memory.shmem, memory.text].map(|kib| kib >> 2);
        let [size, resident, shared, text] = pages;
        format!("{size} {resident} {shared} {text} 0 {} 0\n", (memory.data + memory.stack) >> 2)
    }
}

/// smaps_rollup: the sums of what smaps says, under the names that the host's has, in its order. Of Pss, smaps does not
/// say what is anonymous: as much as is.
fn rollup(host: &str, smaps: &str) -> String {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut range, mut kind, mut pss) = (AddrRange { start: u64::MAX, end: 0 }, "Pss_File:", 0);
    for text in smaps.lines() {
        if !is_count(text) {
            if let Some(line) = HostLine::parse(text) {
                range = AddrRange { start: range.start.min(line.range.start), end: line.range.end };
                pss = 0;
                kind = if line.is_shmem() { "Pss_Shmem:" } else { "Pss_File:" };
            }
            continue;
        }
        let mut words = text.split_whitespace();
        let (Some(name), Some(Ok(kib))) = (words.next(), words.next().map(str::parse::<u64>)) else { continue };
        *sums.entry(name).or_default() += kib;
        match name {
            "Pss:" => pss = kib,
            "Anonymous:" => {
                *sums.entry("Pss_Anon:").or_default() += pss.min(kib);
                *sums.entry(kind).or_default() += pss.saturating_sub(kib);
            }
            _ => {}
        }
    }
    let mut out = format!("{:08x}-{:08x} ---p 00000000 00:00 0 ", range.start, range.end);
    out = format!("{out:<73}[rollup]\n");
    for name in host.lines().filter(|line| is_count(line)).filter_map(|line| line.split_whitespace().next()) {
        let _ = writeln!(out, "{name:<16}{:8} kB", sums.get(name).copied().unwrap_or(0));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMAPS: &str = "\
10000-20000 r-xp 00000000 fe:00 12                 /bin/prog
Rss:                  16 kB
Pss:                   7 kB
Anonymous:             4 kB
20000-22000 rw-p 00000000 00:00 0
Rss:                   8 kB
Anonymous:             8 kB
Swap:                  4 kB
30000-34000 rw-s 00000000 00:01 7                  /memfd:x (deleted)
Rss:                  12 kB
Anonymous:             0 kB
40000-48000 rw-p 00000000 00:00 0                  [stack]
Rss:                   4 kB
Anonymous:             4 kB
";

    fn facts() -> Facts {
        let own = OwnThread { blocked: 1, pending: [2, 4], seccomp_mode: 2, seccomp_filters: 1 };
        let memory = Memory::of(SMAPS).with_text((0x10010, 0x14123));
        Facts { ignored: 8, caught: 1 << 40 | 1, heap: 48, own: Some(own), memory }
    }

    #[test]
    fn sizes_are_sums_over_mappings() {
        let expected = Memory {
            size: 120,
            resident: 40,
            anonymous: 16,
            shmem: 12,
            swap: 4,
            data: 8,
            stack: 32,
            exec: 64,
            text: 0,
        };
        assert_eq!(Memory::of(SMAPS), expected);
        assert_eq!(expected.file(), 12);
        assert_eq!(facts().statm(), "30 10 6 5 0 10 0\n");
        let host = "1-2 ---p 0 0:0 0 [rollup]\nRss:       99 kB\nPss:       9 kB\nPss_Anon:  9 kB\nPss_File:  9 kB\nKSM: 1 kB\n";
        let sums = rollup(host, SMAPS);
        let expected = "Rss:                  40 kB\nPss:                   7 kB\nPss_Anon:              4 kB\n\
                        Pss_File:              3 kB\nKSM:                   0 kB\n";
        let (range, sums) = sums.split_once("[rollup]\n").expect("a range");
        assert_eq!((range.trim_end(), range.len(), sums), ("00010000-00048000 ---p 00000000 00:00 0", 73, expected));
    }

    #[test]
    fn lines_of_status_keep_their_form() {
        let host = "Name:\tx\nPid:\t7\nVmPeak:\t    1100 kB\nVmSize:\t    1000 kB\nSigPnd:\t0000000000000001\nSigCgt:\t\
                    ffffffffffffffff\nSeccomp:\t0\nSeccomp_filters:\t1\nx86_Thread_features:\t\n";
        let shown = "Name:\tx\nPid:\t7\nVmPeak:\t     220 kB\nVmSize:\t     120 kB\nSigPnd:\t0000000000000003\nSigCgt:\t\
                     0000010000000001\nSeccomp:\t2\nSeccomp_filters:\t2\n";
        assert_eq!(facts().status(host), shown);
        assert_eq!(id_in(host, StatFile::Status), Some(7));
    }

    #[test]
    fn fields_of_stat_are_counted_behind_the_name() {
        let host: Vec<String> = (3..=52).map(|field| field.to_string()).collect();
        let shown = facts().stat(&format!("7 (a) b) {}\n", host.join(" ")));
        let fields: Vec<&str> = shown.split(' ').skip(1).collect();
        assert!(shown.starts_with("7 (a) b) 3 4 ") && shown.ends_with(" 52\n"), "{shown}");
        // The name is two words here.
        let (memory, signals) = ([fields[22], fields[23], fields[46]], [fields[31], fields[32], fields[33]]);
        assert_eq!((memory, signals), (["122880", "10", "48"], ["1", "8", "1"]));
    }
}
