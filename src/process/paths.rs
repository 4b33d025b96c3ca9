//! Where a guest's path leads on the host: the sysroot overlay, and the program behind
//! /proc/self/exe.

use super::procfs;
use super::thread::Process;
use crate::load::Sysroot;
use std::ffi::CString;
use std::sync::atomic::Ordering;
use syscalls::guest::{Follow, HostPath};

/// Directories that are the machine's or the user's, never the sysroot's, though it has them. So is the root
/// itself, in which they are, and which mount(2) and chroot(2) mean.
const NEVER_OVERLAID: [&[u8]; 9] =
    [b"/proc", b"/dev", b"/sys", b"/run", b"/tmp", b"/var/tmp", b"/home", b"/root", b"/mnt"];

/// The overlay as it is now: none after chroot(2).
pub fn sysroot(process: &Process) -> Sysroot {
    if process.is_chrooted.load(Ordering::Relaxed) { Sysroot::NONE } else { process.settings.sysroot.clone() }
}

/// Where the host kernel is to look for `path`.
pub fn host_path(process: &Process, dirfd: i32, path: &[u8], follow: Follow) -> HostPath {
    if let Some(target) = procfs::target(process, dirfd, path, follow) {
        return replaced(target);
    }
    if process.is_chrooted.load(Ordering::Relaxed) || !path.starts_with(b"/") || is_never_overlaid(path) {
        return HostPath::AsGiven;
    }
    match process.settings.sysroot.resolve(path, follow == Follow::Yes) {
        Some(found) => replaced(found),
        None => HostPath::AsGiven,
    }
}

fn is_never_overlaid(path: &[u8]) -> bool {
    path.iter().all(|&byte| byte == b'/')
        || NEVER_OVERLAID
            .iter()
            .any(|dir| path.strip_prefix(*dir).is_some_and(|rest| rest.is_empty() || rest[0] == b'/'))
}

/// The guest's name for a host path: without the sysroot that it lies in.
pub fn guest_path<'a>(process: &Process, path: &'a [u8]) -> &'a [u8] {
    let inside = process.settings.sysroot.dir().and_then(|root| path.strip_prefix(root));
    inside.filter(|rest| rest.starts_with(b"/")).unwrap_or(path)
}

fn replaced(path: Vec<u8>) -> HostPath {
    CString::new(path).map_or(HostPath::AsGiven, HostPath::Replaced)
}
