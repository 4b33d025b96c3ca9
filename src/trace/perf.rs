//! What `perf` reads about translated code: the map of names in /tmp (`--perfmap`) and the file of
//! names and code that `perf inject --jit` turns into images (`--jitdump`; its format is
//! tools/perf/Documentation/jitdump-specification.txt in Linux).
//!
//! Both belong to a process. A forked child goes on in files of its own, which begin with what its
//! parent had written, because it has inherited that code.

use crate::host::{HostErrno, fds, raw};
use std::ffi::CString;
use std::fmt::Write;

/// Which file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Map,
    Dump,
}

impl Kind {
    fn path(self, pid: i32) -> Option<CString> {
        CString::new(match self {
            Kind::Map => format!("/tmp/perf-{pid}.map"),
            // perf knows it by this name.
            Kind::Dump => format!("jit-{pid}.dump"),
        })
        .ok()
    }
}

/// One of the files, open in the process that owns it.
struct Output {
    kind: Kind,
    fd: i32,
    pid: i32,
}

impl Output {
    fn new(kind: Kind) -> Output {
        Output { kind, fd: -1, pid: 0 }
    }

    /// Appends; a file that cannot be written is given up.
    fn write(&mut self, bytes: &[u8]) {
        let pid = raw::getpid();
        if self.pid != pid {
            let before = self.pid;
            (self.fd, self.pid) = (self.open(pid, before).unwrap_or(-1), pid);
        }
        if self.fd >= 0 && raw::write_all(self.fd, bytes).is_err() {
            fds::close_hidden(self.fd);
            self.fd = -1;
        }
    }

    /// Creates the file of `pid` with what that of `before` holds.
    fn open(&self, pid: i32, before: i32) -> Result<i32, HostErrno> {
        let invalid = HostErrno(libc::EINVAL);
        let inherited = if before == 0 { Vec::new() } else { self.inherited(before, pid) };
        let flags = libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC | libc::O_NOFOLLOW | libc::O_CLOEXEC;
        let path = self.kind.path(pid).ok_or(invalid)?;
        if self.fd >= 0 {
            fds::close_hidden(self.fd);
        }
        let fd = fds::hide(raw::openat(libc::AT_FDCWD, &path, flags, 0o644)?)?;
        if self.kind == Kind::Dump {
            // perf record takes note of this mapping, and perf inject finds the file by it.
            let how = [0, 4096, (libc::PROT_READ | libc::PROT_EXEC) as u64, libc::MAP_PRIVATE as u64, fd as u64, 0];
            raw::syscall(libc::SYS_mmap, how)?;
            if inherited.is_empty() {
                raw::write_all(fd, &dump::header(pid))?;
            }
        }
        raw::write_all(fd, &inherited)?;
        Ok(fd)
    }

    fn inherited(&self, before: i32, pid: i32) -> Vec<u8> {
        let read = |path: CString| {
            let fd = raw::openat(libc::AT_FDCWD, &path, libc::O_RDONLY | libc::O_CLOEXEC, 0).ok()?;
            let bytes = raw::read_to_end(fd, usize::MAX).ok();
            raw::close(fd);
            bytes
        };
        let mut bytes = self.kind.path(before).and_then(read).unwrap_or_default();
        if self.kind == Kind::Dump {
            dump::change_pid(&mut bytes, pid);
        }
        bytes
    }
}

/// /tmp/perf-PID.map.
pub struct Map(Output);

impl Default for Map {
    fn default() -> Self {
        Map(Output::new(Kind::Map))
    }
}

impl Map {
    /// Names ranges of host code: address, length, name.
    pub fn add(&mut self, ranges: &[(u64, u64, String)]) {
        let mut text = String::new();
        for (at, len, name) in ranges {
            let _ = writeln!(text, "{at:x} {len:x} {name}");
        }
        self.0.write(text.as_bytes());
    }
}

/// jit-PID.dump in the current directory.
pub struct Dump {
    output: Output,
    index: u64,
}

impl Default for Dump {
    fn default() -> Self {
        Dump { output: Output::new(Kind::Dump), index: 0 }
    }
}

impl Dump {
    /// Adds a function: its code, which lies at `at`.
    pub fn add(&mut self, at: u64, code: &[u8], name: &str) {
        self.index += 1;
        self.output.write(&dump::load(raw::getpid(), raw::gettid(), at, self.index, code, name));
    }
}

/// Bytes of the jitdump format, version 1.
mod dump {
    use super::raw;

    const MAGIC: u32 = 0x4a69_5444;
    const VERSION: u32 = 1;
    const EM_X86_64: u32 = 62;
    const CODE_LOAD: u32 = 0;
    /// Length of the header, and of a record's fixed parts.
    const HEADER: usize = 40;
    const LOAD: usize = 56;
    /// Where pid lies in them.
    const HEADER_PID: usize = 20;
    const LOAD_PID: usize = 16;

    /// What `perf record -k mono` stamps its events with, too.
    fn now() -> u64 {
        let mut time = [0i64; 2];
        let at = &raw mut time as u64;
        let clock = libc::CLOCK_MONOTONIC as u64;
        // The kernel fills the two words of a timespec.
        let _ = raw::syscall(libc::SYS_clock_gettime, [clock, at, 0, 0, 0, 0]);
        let [seconds, nanoseconds] = time;
        seconds as u64 * 1_000_000_000 + nanoseconds as u64
    }

    pub fn header(pid: i32) -> Vec<u8> {
        let words = [MAGIC, VERSION, HEADER as u32, EM_X86_64, 0, pid as u32].map(u32::to_le_bytes);
        [words.as_flattened(), &now().to_le_bytes(), &0u64.to_le_bytes()].concat()
    }

    pub fn load(pid: i32, tid: i32, at: u64, index: u64, code: &[u8], name: &str) -> Vec<u8> {
        let total = LOAD + name.len() + 1 + code.len();
        let start = [CODE_LOAD, total as u32].map(u32::to_le_bytes);
        let ids = [pid as u32, tid as u32].map(u32::to_le_bytes);
        let place = [at, at, code.len() as u64, index].map(u64::to_le_bytes);
        let stamp = now().to_le_bytes();
        [start.as_flattened(), &stamp, ids.as_flattened(), place.as_flattened(), name.as_bytes(), b"\0", code].concat()
    }

    /// Makes a file that of a forked child.
    pub fn change_pid(bytes: &mut [u8], pid: i32) {
        let set = |at: usize, bytes: &mut [u8]| {
            if let Some(field) = bytes.get_mut(at..at + 4) {
                field.copy_from_slice(&(pid as u32).to_le_bytes());
            }
        };
        set(HEADER_PID, bytes);
        let mut at = HEADER;
        while let Some(length) = bytes.get(at + 4..).and_then(|b| b.first_chunk::<4>()) {
            let length = u32::from_le_bytes(*length) as usize;
            set(at + LOAD_PID, bytes);
            if length < LOAD {
                break;
            }
            at += length;
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn records_are_as_long_as_they_say_and_change_hands() {
            let mut file = header(7);
            assert_eq!(file.len(), HEADER);
            file.extend(load(7, 8, 0x1000, 1, &[0x90, 0xc3], "f"));
            file.extend(load(7, 8, 0x2000, 2, &[0xc3], "main"));
            assert_eq!(file.len(), HEADER + (LOAD + 2 + 2) + (LOAD + 5 + 1));
            change_pid(&mut file, 9);
            let pids = [HEADER_PID, HEADER + LOAD_PID, HEADER + LOAD + 4 + LOAD_PID];
            assert_eq!(pids.map(|at| file[at]), [9, 9, 9]);
            assert!(file.ends_with(b"main\0\xc3"));
        }
    }
}
