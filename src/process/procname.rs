//! Names in /proc, however they are written: from the root, below an open directory or the working directory, with
//! `..` in between.
//!
//! Only a path that ends as one of the files that are made up is looked at closely: all others cost a comparison.

use crate::host::fds;
use crate::host::raw::{args, syscall};
use crate::memory::addr::GUEST_TOP;
use std::ffi::CString;

/// How paths end that may name something that shows the emulator, or lets a guest write to another one's memory.
const LAST: [&[u8]; 17] = [
    b"maps",
    b"smaps",
    b"auxv",
    b"cmdline",
    b"environ",
    b"exe",
    b"status",
    b"stat",
    b"statm",
    b"cpuinfo",
    b"arch",
    b"osrelease",
    b"mem",
    b"syscall",
    b"smaps_rollup",
    b"numa_maps",
    b"arch_status",
];

/// `path` below `dirfd`, from the root and without detours; None if it leads to nothing of that kind. The empty
/// path is the descriptor itself.
pub fn full(dirfd: i32, path: &[u8]) -> Option<Vec<u8>> {
    let last = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    if !path.is_empty() && !LAST.contains(&last) && hidden_number(last).is_none() && !is_hidden_mapping(last) {
        return None;
    }
    if path.starts_with(b"/") {
        return without_detours(path);
    }
    let directory = match dirfd {
        libc::AT_FDCWD => c"/proc/self/cwd".to_owned(),
        _ => CString::new(format!("/proc/self/fd/{dirfd}")).ok()?,
    };
    let mut target = [0u8; 256];
    // readlink(2) fills at most `target`.
    let link = args([directory.as_ptr() as u64, target.as_mut_ptr() as u64, target.len() as u64]);
    let len = syscall(libc::SYS_readlink, link).ok()? as usize;
    let directory = target.get(..len).filter(|_| len < target.len())?;
    without_detours(&[directory, b"/", path].concat())
}

/// The number of a descriptor that the guest is not to see.
pub fn hidden_number(name: &[u8]) -> Option<i32> {
    let number = std::str::from_utf8(name).ok()?.parse().ok()?;
    fds::is_hidden(number).then_some(number)
}

/// True for the name of a mapping that the guest is not to see, as map_files has it: two addresses.
pub fn is_hidden_mapping(name: &[u8]) -> bool {
    syscalls::start_of_mapping(name).is_some_and(|start| start >= GUEST_TOP)
}

/// The name without empty parts, `.` and `..`; None outside /proc, and where `..` is taken of a link that leads out
/// of it.
fn without_detours(path: &[u8]) -> Option<Vec<u8>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/').filter(|part| !part.is_empty() && *part != b".") {
        if part != b".." {
            parts.push(part);
        } else if let Some(left) = parts.pop()
            && ([&b"cwd"[..], b"root"].contains(&left) || parts.last() == Some(&&b"fd"[..]))
        {
            return None;
        }
    }
    (parts.first() == Some(&&b"proc"[..])).then(|| [b"/", parts.join(&b'/').as_slice()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_are_left_out() {
        for (path, name) in [
            ("/proc/self/exe", Some("/proc/self/exe")),
            ("//proc/./self//task/../exe", Some("/proc/self/exe")),
            ("/tmp/../proc/1/maps", Some("/proc/1/maps")),
            ("/proc/self/cwd/../maps", None),
            ("/proc/self/fd/3/../maps", None),
            ("/proc/../maps", None),
            ("/usr/maps", None),
        ] {
            let found = full(libc::AT_FDCWD, path.as_bytes());
            assert_eq!(found.as_deref(), name.map(str::as_bytes), "{path}");
        }
        assert_eq!(full(libc::AT_FDCWD, b"/proc/self/comm"), None, "the kernel's own will do");
        assert!(is_hidden_mapping(b"7f4b36400000-7f4b36892000") && !is_hidden_mapping(b"400000-47f000"));
        assert!(!is_hidden_mapping(b"7f4b36400000") && !is_hidden_mapping(b"-"));
    }

    #[test]
    fn names_below_a_descriptor_are_found() {
        use std::os::fd::AsRawFd;
        let directory = std::fs::File::open("/proc/self").expect("/proc/self");
        let own = format!("/proc/{}", std::process::id());
        let found = |path: &str| full(directory.as_raw_fd(), path.as_bytes());
        assert_eq!(found("exe"), Some(format!("{own}/exe").into_bytes()));
        assert_eq!(found("task/../../cpuinfo"), Some(b"/proc/cpuinfo".to_vec()));
        assert_eq!(found(""), Some(own.into_bytes()));
    }
}
