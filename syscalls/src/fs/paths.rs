//! Names: where the host kernel is to look a path up.
//!
//! Rows whose path is plain carry [`crate::kind::Kind::Path`] and are translated by the
//! dispatcher; the calls here and in [`super::open`] also ask for files that the emulator makes up.

use std::ffi::CString;

use crate::Errno;
use crate::abi::bytes;
use crate::guest::{Follow, Guest, GuestAddr, HostPath};
use crate::kind::Args;
use crate::table::Handled;

/// PATH_MAX (include/uapi/linux/limits.h), the terminating NUL included.
pub const PATH_MAX: usize = 4096;

/// The path to hand to the host kernel instead of the guest's, if another. A path that cannot be
/// read is left to the kernel, which refuses it in its own order of errors.
pub fn replacement(guest: &mut dyn Guest, dirfd: i32, path: GuestAddr, follow: Follow) -> Option<CString> {
    let text = guest.read_cstr(path, PATH_MAX).ok()?;
    replacement_for(guest, dirfd, &text, follow)
}

/// [`replacement`] for a path already copied in. The empty path names the descriptor itself.
pub fn replacement_for(guest: &mut dyn Guest, dirfd: i32, path: &[u8], follow: Follow) -> Option<CString> {
    if path.is_empty() {
        return None;
    }
    match guest.host_path(dirfd, path, follow) {
        HostPath::AsGiven => None,
        HostPath::Replaced(path) => Some(path),
    }
}

/// The argument word for a path: the replacement's address, or the guest's own.
pub fn word(replacement: &Option<CString>, guest: GuestAddr) -> u64 {
    replacement.as_ref().map_or(guest.0, |path| path.as_ptr().expose_provenance() as u64)
}

/// readlinkat(2). The links of /proc that would show the emulator are answered here.
pub fn readlinkat(guest: &mut dyn Guest, args: Args) -> Handled {
    let (dirfd, path, buffer, size) = (args.int(0), args.addr(1), args.addr(2), args.int(3));
    if size <= 0 {
        return Err(Errno::EINVAL.into());
    }
    let text = guest.read_cstr(path, PATH_MAX)?;
    let target = match guest.readlink_synthetic(dirfd, &text) {
        Some(target) => target,
        None => {
            let other = replacement_for(guest, dirfd, &text, Follow::No);
            let mut target = vec![0; PATH_MAX];
            let words = args.with(1, word(&other, path)).with(2, bytes::address_of_mut(&mut target));
            let len = guest.host(libc::SYS_readlinkat, words.with(3, PATH_MAX as u64).0)?;
            target.truncate(len as usize);
            name_of_made_up(&target).unwrap_or(&target).to_vec()
        }
    };
    let shown = target.get(..size as usize).unwrap_or(&target);
    guest.write(buffer, shown)?;
    Ok(shown.len() as u64)
}

/// A file of /proc that was made up is a memory file that is called as the file would be: where a link to it leads.
fn name_of_made_up(target: &[u8]) -> Option<&[u8]> {
    target.strip_prefix(b"/memfd:")?.strip_suffix(b" (deleted)").filter(|name| name.starts_with(b"/proc/"))
}

/// Copies in an `argv`-like array: NULL-terminated pointers to strings. E2BIG where execve(2)
/// would say so: a string beyond MAX_ARG_STRLEN, or more than three quarters of the default stack
/// limit together (fs/exec.c, bprm_stack_limits).
pub fn read_strings(guest: &dyn Guest, array: GuestAddr) -> Result<Vec<Vec<u8>>, Errno> {
    const MAX_ARG_STRLEN: usize = 32 * 4096;
    const MAX_TOTAL: usize = 6 << 20;
    let mut strings = Vec::new();
    let mut total = 0;
    if array.0 == 0 {
        return Ok(strings);
    }
    for at in 0.. {
        let mut pointer = [0; 8];
        guest.read(GuestAddr(array.0.wrapping_add(8 * at)), &mut pointer)?;
        let pointer = u64::from_le_bytes(pointer);
        if pointer == 0 {
            break;
        }
        let text = guest.read_cstr(GuestAddr(pointer), MAX_ARG_STRLEN).map_err(|errno| match errno {
            Errno::ENAMETOOLONG => Errno::E2BIG,
            other => other,
        })?;
        total += text.len() + 1 + size_of::<u64>();
        if total > MAX_TOTAL {
            return Err(Errno::E2BIG);
        }
        strings.push(text);
    }
    Ok(strings)
}
