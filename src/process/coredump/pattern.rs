//! Where the kernel would leave a core (`format_corename` of fs/coredump.c): core_pattern(5), the
//! resource limit and the process's facts.

use crate::host::raw::{args, getpid, openat, read_to_end, syscall};
use crate::process::paths;
use crate::process::thread::Thread;
use std::ffi::CStr;

/// Where a core goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// Nowhere: RLIMIT_CORE is too low.
    Nowhere,
    /// Into a program that the kernel starts.
    Pipe,
    /// Into this file; a relative path is one of the working directory.
    File(Vec<u8>),
}

/// The kernel's ELF_EXEC_PAGESIZE: a lower limit means none.
const MIN_LIMIT: u64 = 4096;

/// The soft RLIMIT_CORE.
pub fn core_limit() -> u64 {
    let mut limit = [0u64; 2];
    let query = args([0, u64::from(libc::RLIMIT_CORE), 0, limit.as_mut_ptr() as u64]);
    // prlimit64(2) fills both words.
    let _ = syscall(libc::SYS_prlimit64, query);
    limit[0]
}

/// Where the core of this process would go, if `thread` dies by `signal`.
pub fn place(thread: &Thread, signal: u32, limit: u64) -> Place {
    let Some(pattern) = sysctl(c"/proc/sys/kernel/core_pattern") else { return Place::Nowhere };
    if pattern.starts_with(b"|") {
        // A limit of 1 says that the program that takes cores has crashed itself.
        return if limit == 1 { Place::Nowhere } else { Place::Pipe };
    }
    if limit < MIN_LIMIT || pattern.is_empty() {
        return Place::Nowhere;
    }
    let uses_pid = sysctl(c"/proc/sys/kernel/core_uses_pid").is_some_and(|text| text != b"0");
    Place::File(expand(&pattern, uses_pid, |letter| value(thread, signal, limit, letter)))
}

fn sysctl(path: &CStr) -> Option<Vec<u8>> {
    let fd = openat(libc::AT_FDCWD, path, libc::O_RDONLY | libc::O_CLOEXEC, 0).ok()?;
    let text = read_to_end(fd, 4096);
    crate::host::raw::close(fd);
    Some(text.ok()?.trim_ascii_end().to_vec())
}

/// What a letter behind % stands for.
fn value(thread: &Thread, signal: u32, limit: u64, letter: u8) -> Option<Vec<u8>> {
    let number = |nr| syscall(nr, args([])).unwrap_or(0).to_string().into_bytes();
    // The kernel keeps a name from leading into another directory.
    let flat = |bytes: &[u8]| bytes.iter().map(|&byte| if byte == b'/' { b'!' } else { byte }).collect();
    let exe = paths::guest_path(&thread.process, &thread.process.program.exe);
    Some(match letter {
        b'p' | b'P' => getpid().to_string().into_bytes(),
        b'i' | b'I' => thread.tid().to_string().into_bytes(),
        b'u' => number(libc::SYS_getuid),
        b'g' => number(libc::SYS_getgid),
        b'd' => b"1".to_vec(),
        b's' => signal.to_string().into_bytes(),
        b't' => std::time::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs()).to_string().into_bytes(),
        b'h' => flat(nix::sys::utsname::uname().ok()?.nodename().as_encoded_bytes()),
        b'e' => flat(&super::notes::comm(thread.tid())),
        b'f' => exe.rsplit(|&byte| byte == b'/').next().unwrap_or_default().to_vec(),
        b'E' => flat(exe),
        b'c' => limit.to_string().into_bytes(),
        _ => return None,
    })
}

/// The pattern with its letters replaced. Unknown ones are left out, as the kernel does.
fn expand(pattern: &[u8], uses_pid: bool, value: impl Fn(u8) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut name = Vec::new();
    let mut has_pid = false;
    let mut bytes = pattern.iter().copied();
    while let Some(byte) = bytes.next() {
        match (byte, if byte == b'%' { bytes.next() } else { None }) {
            (b'%', Some(b'%')) => name.push(b'%'),
            (b'%', Some(letter)) => {
                has_pid |= letter == b'p';
                name.extend(value(letter).unwrap_or_default());
            }
            (b'%', None) => {}
            (byte, _) => name.push(byte),
        }
    }
    if uses_pid && !has_pid {
        name.push(b'.');
        name.extend(value(b'p').unwrap_or_default());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_expand_as_the_kernels_do() {
        let value = |letter| match letter {
            b'p' => Some(b"42".to_vec()),
            b'e' => Some(b"sh".to_vec()),
            _ => None,
        };
        for (pattern, uses_pid, name) in [
            ("core", false, "core"),
            ("core", true, "core.42"),
            ("/cores/%e-%p", true, "/cores/sh-42"),
            ("a%%b%zc%", false, "a%bc"),
        ] {
            assert_eq!(expand(pattern.as_bytes(), uses_pid, value), name.as_bytes(), "{pattern}");
        }
    }
}
