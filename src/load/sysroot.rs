//! The sysroot: a directory whose files the guest sees before the host's.
//!
//! An absolute guest path that exists below the sysroot means that file; any other is the host's.
//! Symbolic links inside the sysroot lead where they would if it were `/`, so a Debian root
//! unpacked into a directory works whichever way its links were written.

use nix::errno::Errno;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// How many symbolic links a path may go through (MAXSYMLINKS).
const LINKS_MAX: usize = 40;
/// What gives a sysroot away: glibc's and musl's dynamic linkers.
const MARKS: [&str; 2] = ["lib/ld-linux-aarch64.so.1", "lib/ld-musl-aarch64.so.1"];
/// Where distributions and cross compilers put AArch64 libraries. The first is the host itself,
/// for multiarch systems and containers that have them in place.
const USUAL_PLACES: [&str; 6] = [
    "/",
    "/usr/aarch64-linux-gnu",
    "/usr/aarch64-linux-gnu/sys-root",
    "/usr/local/aarch64-linux-gnu",
    "/usr/aarch64-linux-musl",
    "/etc/qemu-binfmt/aarch64",
];

/// A directory laid over `/`, or none.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Sysroot {
    /// Absolute, without a slash at the end; empty for none.
    root: Vec<u8>,
}

impl Sysroot {
    /// No overlay: the guest sees the host's files.
    pub const NONE: Sysroot = Sysroot { root: Vec::new() };

    /// The overlay at `dir`, an absolute path.
    pub fn new(dir: &[u8]) -> Self {
        let end = dir.iter().rposition(|&b| b != b'/').map_or(0, |last| last + 1);
        Sysroot { root: dir.get(..end).unwrap_or_default().to_vec() }
    }

    /// The first of the usual places that holds an AArch64 dynamic linker.
    pub fn find_usual() -> Self {
        USUAL_PLACES
            .iter()
            .find(|place| MARKS.iter().any(|mark| std::path::Path::new(place).join(mark).exists()))
            .map_or(Sysroot::NONE, |place| Sysroot::new(place.as_bytes()))
    }

    /// The directory, or None without one.
    pub fn dir(&self) -> Option<&[u8]> {
        (!self.root.is_empty()).then_some(&self.root)
    }

    /// The host path of what the guest calls `path`, if the sysroot has it. `follow` says whether
    /// a symbolic link in the last place is followed; without it only its directory need exist.
    /// None means that the host's own `path` is meant. A name that neither has belongs to the sysroot if
    /// only that has its directory: there a file can be created.
    pub fn resolve(&self, path: &[u8], follow: bool) -> Option<Vec<u8>> {
        if self.root.is_empty() || !path.starts_with(b"/") {
            return None;
        }
        let (found, is_there) = self.walk(path, follow)?;
        (is_there || self.alone_has_directory_of(&found)).then_some(found)
    }

    /// True if the directory of `found`, a path inside the sysroot, is there and not on the host.
    fn alone_has_directory_of(&self, found: &[u8]) -> bool {
        let end = found.iter().rposition(|&b| b == b'/').unwrap_or(0);
        let directory = found.get(..end).unwrap_or_default();
        let Some(on_host) = directory.strip_prefix(self.root.as_slice()).filter(|path| !path.is_empty()) else {
            return false;
        };
        is_directory(directory) && !exists(on_host)
    }

    /// [`Sysroot::resolve`], or the path itself.
    pub fn host_path(&self, path: &[u8]) -> Vec<u8> {
        self.resolve(path, true).unwrap_or_else(|| path.to_vec())
    }

    /// Follows `path` component by component, links relative to the root; whether the last one is there. None if
    /// another is missing or there are too many links.
    fn walk(&self, path: &[u8], follow: bool) -> Option<(Vec<u8>, bool)> {
        let mut found = self.root.clone();
        // Components still to come, the next one last.
        let mut todo: Vec<Vec<u8>> = components(path).rev().map(<[u8]>::to_vec).collect();
        let mut links = 0;
        while let Some(name) = todo.pop() {
            if name == b".." {
                let parent = found.iter().rposition(|&b| b == b'/').unwrap_or(0);
                found.truncate(parent.max(self.root.len()));
                continue;
            }
            let parent = found.len();
            found.push(b'/');
            found.extend_from_slice(&name);
            let is_last = todo.is_empty();
            if is_last && !follow {
                break;
            }
            let target = match read_link(&found) {
                Ok(target) => target,
                // It is no link.
                Err(Errno::EINVAL) if is_last => return Some((found, true)),
                Err(Errno::EINVAL) => continue,
                Err(_) if is_last => return Some((found, false)),
                Err(_) => return None,
            };
            links += 1;
            if links > LINKS_MAX {
                return None;
            }
            found.truncate(if target.starts_with(b"/") { self.root.len() } else { parent });
            todo.extend(components(&target).rev().map(<[u8]>::to_vec));
        }
        let is_there = exists(&found);
        Some((found, is_there))
    }
}

fn components(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|&b| b == b'/').filter(|name| !name.is_empty() && *name != b".")
}

fn read_link(path: &[u8]) -> Result<Vec<u8>, Errno> {
    nix::fcntl::readlink(OsStr::from_bytes(path)).map(OsStringExt::into_vec)
}

fn exists(path: &[u8]) -> bool {
    nix::sys::stat::lstat(OsStr::from_bytes(path)).is_ok()
}

fn is_directory(path: &[u8]) -> bool {
    nix::sys::stat::stat(OsStr::from_bytes(path)).is_ok_and(|stat| stat.st_mode & libc::S_IFMT == libc::S_IFDIR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::testing::TempDir;
    use std::os::unix::fs::symlink;

    fn root() -> (TempDir, Sysroot) {
        let dir = TempDir::new("sysroot");
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir_all(at("usr/lib/deep")).unwrap();
        std::fs::write(at("usr/lib/ld.so"), "").unwrap();
        symlink("usr/lib", at("lib")).unwrap();
        symlink("/usr/lib/ld.so", at("usr/lib/absolute")).unwrap();
        symlink("../../../../../usr/lib/ld.so", at("usr/lib/deep/out")).unwrap();
        symlink("loop", at("loop")).unwrap();
        symlink("/nowhere", at("dangling")).unwrap();
        let sysroot = Sysroot::new(dir.path().as_os_str().as_bytes());
        (dir, sysroot)
    }

    #[test]
    fn links_lead_inside_the_root() {
        let (dir, sysroot) = root();
        let ld = dir.path().join("usr/lib/ld.so").into_os_string().into_vec();
        for path in ["/lib/ld.so", "//usr/./lib//ld.so", "/usr/lib/absolute", "/lib/deep/out", "/../../lib/ld.so"] {
            assert_eq!(sysroot.resolve(path.as_bytes(), true), Some(ld.clone()), "{path}");
        }
    }

    #[test]
    fn what_the_root_lacks_is_the_hosts() {
        let (_dir, sysroot) = root();
        for path in ["/etc/nothing", "/loop", "/dangling", "lib/ld.so", "", "/usr/lib/ld.so/x", "/missing/../usr"] {
            assert_eq!(sysroot.resolve(path.as_bytes(), true), None, "{path}");
        }
        assert_eq!(Sysroot::new(b"/").resolve(b"/etc", true), None);
    }

    #[test]
    fn a_new_name_in_a_directory_of_the_root_alone_is_the_roots() {
        let (dir, sysroot) = root();
        std::fs::create_dir(dir.path().join("only-here")).unwrap();
        let new = dir.path().join("only-here/new").into_os_string().into_vec();
        assert_eq!(sysroot.resolve(b"/only-here/new", true), Some(new.clone()));
        assert_eq!(sysroot.resolve(b"/only-here/new", false), Some(new));
        assert_eq!(sysroot.resolve(b"/usr/lib/new", true), None, "the host has that directory, too");
        assert_eq!(sysroot.resolve(b"/nowhere/new", true), None);
    }

    #[test]
    fn a_last_link_is_kept_on_demand() {
        let (dir, sysroot) = root();
        let link = dir.path().join("dangling").into_os_string().into_vec();
        assert_eq!(sysroot.resolve(b"/dangling", false), Some(link));
    }
}
