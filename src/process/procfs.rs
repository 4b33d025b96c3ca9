//! /proc as the guest should see it: itself in /proc/self, not the emulator.
//!
//! The host's own files are the base wherever they tell the truth (names, offsets and inodes of
//! mappings); what the emulator adds to the process is left out, and what the host cannot know
//! (what the guest may execute) is put in.

use super::procname::{self, hidden_number};
use super::procstat::{self, StatFile};
use super::thread::{Process, Thread};
use super::{exec, others, paths, proccall, procnuma, tracer};
use crate::host::HostErrno;
use crate::host::raw::{args, close, file_with, gettid, openat, read_to_end, readlinkat, syscall, write_all};
use crate::memory::addr::{AddrRange, GUEST_TOP};
use crate::memory::areas::{Area, AreaKind, Prot};
use crate::memory::space;
use std::ffi::{CStr, CString};
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use syscalls::guest::Follow;

/// Files that are made up, by their name in /proc/PID (or /proc/PID/task/TID).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum OwnFile {
    Maps,
    Smaps,
    Auxv,
    Cmdline,
    Environ,
    Exe,
    Stat(StatFile),
    Syscall,
    NumaMaps,
}

/// What a path names, if it is one that would show the emulator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Special {
    Own(OwnFile),
    /// Of another process, which may be a guest.
    Other(i32, OwnFile),
    /// A descriptor of the emulator's, in /proc/self/fd or fdinfo.
    Hidden(i32),
    /// What an arm64 kernel does not have, or the guest.
    Absent,
    CpuInfo,
    /// /proc/sys/kernel/arch.
    Arch,
    /// /proc/sys/kernel/osrelease.
    Release,
}

/// Opens a file that is made up, at offset 0; None for any other. `thread` is the one that reads, if it is a
/// guest's.
pub fn open(
    process: &Process,
    thread: Option<&Thread>,
    dirfd: i32,
    path: &[u8],
    flags: i32,
) -> Option<Result<i32, HostErrno>> {
    let path = procname::full(dirfd, path)?;
    let path = path.as_slice();
    if flags & libc::O_ACCMODE != libc::O_RDONLY {
        tracer::note_writable(path);
    }
    let special = special(process, path)?;
    // What the host does not have either (`mount -o subset=pid`, a process that has ended) is its error.
    let name = CString::new(path).ok()?;
    openat(libc::AT_FDCWD, &name, libc::O_PATH | libc::O_CLOEXEC, 0).map(close).ok()?;
    let content = content(process, thread, special, path)?;
    if flags & libc::O_DIRECTORY != 0 {
        return Some(Err(HostErrno(libc::ENOTDIR)));
    }
    if flags & libc::O_ACCMODE != libc::O_RDONLY {
        return Some(Err(HostErrno(libc::EACCES)));
    }
    Some(read_only_file(&name_of(process, path)?, &content, flags))
}

fn content(process: &Process, thread: Option<&Thread>, special: Special, path: &[u8]) -> Option<Vec<u8>> {
    let name = || CString::new(path).ok();
    Some(match special {
        Special::Other(pid, OwnFile::Auxv) => {
            tracer::program_of(pid).map(|(_, auxv)| auxv).or_else(|| others::auxv(pid))?
        }
        Special::Other(pid, OwnFile::Maps) => others::mappings(process, pid, "maps")?,
        Special::Other(pid, OwnFile::Smaps) => others::mappings(process, pid, "smaps")?,
        Special::Other(pid, OwnFile::Stat(file)) => procstat::of_other(process, pid, path, file)?,
        Special::Other(pid, OwnFile::Syscall) if exec::runs_own_file(pid) => proccall::text(None, pid, path)?,
        Special::Other(pid, OwnFile::NumaMaps) if exec::runs_own_file(pid) => {
            procnuma::text(process, &host_text(&name()?), others::seen(pid).unwrap_or_default().heap)
        }
        Special::Other(..) => return None,
        Special::CpuInfo => cpu_info(),
        Special::Arch => b"aarch64\n".to_vec(),
        Special::Release => format!("{}\n", process.settings.release.as_ref()?).into_bytes(),
        Special::Own(OwnFile::Stat(file)) => procstat::of_own(process, thread, path, file),
        Special::Own(OwnFile::Syscall) => proccall::text(thread, process.pid(), path)?,
        Special::Own(OwnFile::Maps) => maps(process),
        Special::Own(OwnFile::Smaps) => smaps(process),
        Special::Own(OwnFile::Auxv) => process.program.auxv.clone(),
        // As they are now, and where the program says (PR_SET_MM).
        Special::Own(OwnFile::Cmdline | OwnFile::Environ) if others::kernel_knows() => return None,
        Special::Own(OwnFile::Cmdline) => guest_bytes(process.program.args),
        Special::Own(OwnFile::Environ) => guest_bytes(process.program.env),
        Special::Own(OwnFile::NumaMaps) => procnuma::text(process, &host_text(&name()?), space().brk_range().start),
        Special::Own(OwnFile::Exe) | Special::Hidden(_) | Special::Absent => return None,
    })
}

/// Makes up the content anew of the file that `fd` is, if it is one that was made up: a program that goes back to the
/// start of a file in /proc reads what is so now.
pub fn renew(process: &Process, thread: Option<&Thread>, fd: i32) {
    if !HAS_MADE_UP.load(Ordering::Relaxed) {
        return;
    }
    let flags = syscall(libc::SYS_fcntl, args([fd as u64, libc::F_GETFL as u64]));
    let Ok(link) = CString::new(format!("/proc/self/fd/{fd}")) else { return };
    // A memory file of the guest's own of that name can be written.
    let renewed = readlinkat(libc::AT_FDCWD, &link)
        .filter(|_| flags.is_ok_and(|flags| flags as i32 & libc::O_ACCMODE == libc::O_RDONLY))
        .and_then(|target| {
            let path = target.strip_prefix(b"/memfd:")?.strip_suffix(b" (deleted)")?.to_vec();
            content(process, thread, special(process, &path)?, &path)
        });
    if let Some(content) = renewed
        && let Ok(writer) = openat(libc::AT_FDCWD, &link, libc::O_WRONLY | libc::O_TRUNC | libc::O_CLOEXEC, 0)
    {
        let _ = write_all(writer, &content);
        close(writer);
    }
}

/// Whether a file has been made up here: few programs read any.
static HAS_MADE_UP: AtomicBool = AtomicBool::new(false);

/// The target of a link that would show the emulator; None for any other path.
pub fn readlink(process: &Process, dirfd: i32, path: &[u8]) -> Option<Vec<u8>> {
    Some(paths::guest_path(process, &exe(process, special(process, &procname::full(dirfd, path)?)?)?).to_vec())
}

/// Where a link leads that would show the emulator: the program that /proc/self/exe, its synonyms and those of other
/// guests name. To the guest, the emulator's descriptors are not there.
pub fn target(process: &Process, dirfd: i32, path: &[u8], follow: Follow) -> Option<Vec<u8>> {
    match special(process, &procname::full(dirfd, path)?)? {
        Special::Hidden(fd) => Some(format!("/proc/self/fd/{fd}-").into_bytes()),
        Special::Absent => Some(b"/proc/self/-".to_vec()),
        link if follow == Follow::Yes => exe(process, link),
        _ => None,
    }
}

fn exe(process: &Process, link: Special) -> Option<Vec<u8>> {
    match link {
        Special::Own(OwnFile::Exe) => Some(process.program.exe.clone()),
        Special::Other(pid, OwnFile::Exe) => tracer::program_of(pid).map(|(exe, _)| exe).or_else(|| others::exe(pid)),
        _ => None,
    }
}

fn special(process: &Process, name: &[u8]) -> Option<Special> {
    let rest = name.strip_prefix(b"/proc/")?;
    let mut parts = rest.split(|&byte| byte == b'/');
    let first = parts.next()?;
    let mut name = parts.next();
    if first == b"cpuinfo" && name.is_none() {
        return Some(Special::CpuInfo);
    }
    if rest == b"sys/kernel/arch" {
        return Some(Special::Arch);
    }
    if rest == b"sys/kernel/osrelease" {
        return Some(Special::Release);
    }
    let own_pid = process.pid().to_string();
    let is_own = first == b"self" || first == b"thread-self" || first == own_pid.as_bytes();
    let other = std::str::from_utf8(first).ok().and_then(|pid| pid.parse().ok());
    if !is_own && other.is_none() {
        return None;
    }
    if name == Some(b"task") {
        parts.next()?;
        name = parts.next();
    }
    if is_own && name == Some(b"map_files") {
        return procname::is_hidden_mapping(parts.next()?).then_some(Special::Absent);
    }
    if is_own && matches!(name, Some(b"fd" | b"fdinfo")) {
        let fd = hidden_number(parts.next()?)?;
        return parts.next().is_none().then_some(Special::Hidden(fd));
    }
    let file = match name? {
        b"maps" => OwnFile::Maps,
        b"smaps" => OwnFile::Smaps,
        b"auxv" => OwnFile::Auxv,
        b"cmdline" => OwnFile::Cmdline,
        b"environ" => OwnFile::Environ,
        b"exe" => OwnFile::Exe,
        b"syscall" => OwnFile::Syscall,
        b"status" => OwnFile::Stat(StatFile::Status),
        b"stat" => OwnFile::Stat(StatFile::Stat),
        b"statm" => OwnFile::Stat(StatFile::Statm),
        b"smaps_rollup" => OwnFile::Stat(StatFile::Rollup),
        b"numa_maps" => OwnFile::NumaMaps,
        // Of x86-64 alone.
        b"arch_status" => return parts.next().is_none().then_some(Special::Absent),
        _ => return None,
    };
    let special = if is_own { Special::Own(file) } else { Special::Other(other?, file) };
    parts.next().is_none().then_some(special)
}

/// What links in /proc/PID/fd call the file: /proc/self is no part of a name there.
fn name_of(process: &Process, path: &[u8]) -> Option<CString> {
    let rest = |link: &[u8]| path.strip_prefix(link).map(|rest| String::from_utf8_lossy(rest).into_owned());
    let name = match (rest(b"/proc/self/"), rest(b"/proc/thread-self/")) {
        (Some(rest), _) => format!("/proc/{}/{rest}", process.pid()).into_bytes(),
        (_, Some(rest)) => format!("/proc/{}/task/{}/{rest}", process.pid(), gettid()).into_bytes(),
        _ => path.to_vec(),
    };
    CString::new(name).ok()
}

/// A memory file of that name that cannot be written, with the guest's O_CLOEXEC. It gets the number of the one that
/// is written here, which is the lowest that is free.
fn read_only_file(name: &CStr, content: &[u8], flags: i32) -> Result<i32, HostErrno> {
    let fd = file_with(name, content)?;
    HAS_MADE_UP.store(true, Ordering::Relaxed);
    let again = CString::new(format!("/proc/self/fd/{fd}")).unwrap_or_default();
    // Where there is no other number left, it stays the one that was written.
    if let Ok(reader) = openat(libc::AT_FDCWD, &again, libc::O_RDONLY | libc::O_CLOEXEC, 0) {
        let _ = syscall(libc::SYS_dup3, args([reader as u64, fd as u64, libc::O_CLOEXEC as u64]));
        close(reader);
    }
    if flags & libc::O_CLOEXEC == 0 {
        exec::set_cloexec(fd, false);
    }
    Ok(fd)
}

/// Strings on the stack as they are now: a program may have changed them (setproctitle).
fn guest_bytes((start, end): (u64, u64)) -> Vec<u8> {
    let mut bytes = vec![0; (end - start) as usize];
    match crate::memory::access::copy_in(start, &mut bytes) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

/// /proc/self/maps: the host's lines for the guest's part of the address space, cut where the
/// guest's protection changes.
pub fn maps(process: &Process) -> Vec<u8> {
    let areas = space().areas();
    let mut out = String::new();
    for line in host_text(c"/proc/self/maps").lines().filter_map(HostLine::parse) {
        line.print(process, &areas, &mut out);
    }
    out.into_bytes()
}

/// /proc/self/smaps: likewise, with the host's counts behind each mapping.
pub fn smaps(process: &Process) -> Vec<u8> {
    let areas = space().areas();
    with_counts(&host_text(c"/proc/self/smaps"), |line, out| line.print(process, &areas, out))
}

/// The host's smaps with each mapping's line as `print` has it, if it is shown at all. Quirk: where a mapping of
/// the host is several of the guest's, the counts of the whole are behind the last.
pub fn with_counts(host: &str, print: impl Fn(&HostLine, &mut String)) -> Vec<u8> {
    let mut out = String::new();
    let mut is_shown = false;
    for text in host.lines() {
        if is_count(text) {
            if is_shown {
                let _ = writeln!(out, "{text}");
            }
            continue;
        }
        let shown = out.len();
        if let Some(line) = HostLine::parse(text) {
            print(&line, &mut out);
        }
        is_shown = out.len() != shown;
    }
    out.into_bytes()
}

/// Of lines of smaps, counts are "Name:   value"; only a mapping's line begins with addresses.
pub fn is_count(line: &str) -> bool {
    line.split(' ').next().is_some_and(|first| first.ends_with(':'))
}

/// The text of a file of the host's /proc; empty if it cannot be read.
pub fn host_text(path: &CStr) -> String {
    let host = openat(libc::AT_FDCWD, path, libc::O_RDONLY | libc::O_CLOEXEC, 0);
    let text = host.and_then(|fd| {
        let text = read_to_end(fd, 64 << 20);
        close(fd);
        text
    });
    String::from_utf8_lossy(&text.unwrap_or_default()).into_owned()
}

/// One line of the host's /proc/self/maps, below the guest's top.
#[derive(Debug)]
pub struct HostLine<'a> {
    /// Where the mapping lies.
    pub range: AddrRange,
    /// PROT_* on the host.
    pub prot: Prot,
    /// MAP_SHARED.
    pub is_shared: bool,
    /// Of its file.
    pub offset: u64,
    /// Of its file: major and minor number, in hexadecimal.
    pub device: &'a str,
    /// "0" without a file.
    pub inode: &'a str,
    /// The file's path.
    pub name: &'a str,
}

impl<'a> HostLine<'a> {
    /// None for what is not a mapping of the guest.
    pub fn parse(line: &'a str) -> Option<Self> {
        let mut fields = line.splitn(6, ' ');
        let (start, end) = fields.next()?.split_once('-')?;
        let range = AddrRange { start: hex(start)?, end: hex(end)? };
        let rights = fields.next()?;
        let is_shared = rights.ends_with('s');
        let prot = PROTS.iter().filter(|(_, letter)| rights.contains(*letter)).map(|(bit, _)| bit).sum();
        let offset = hex(fields.next()?)?;
        let (device, inode) = (fields.next()?, fields.next()?);
        let name = fields.next().unwrap_or("").trim_start();
        (range.end <= GUEST_TOP).then_some(HostLine { range, prot: Prot(prot), is_shared, offset, device, inode, name })
    }

    /// True for what is mapped without a file but shared, which has a name all the same.
    pub fn is_shmem(&self) -> bool {
        ["/dev/zero", "/memfd:", "/SYSV", "/dev/shm/"].iter().any(|name| self.name.starts_with(name))
    }

    /// Prints what of this mapping lies in areas of the guest.
    fn print(&self, process: &Process, areas: &[(u64, Area)], out: &mut String) {
        let inside = areas.iter().filter(|(start, area)| *start < self.range.end && area.end > self.range.start);
        for (start, area) in inside {
            self.print_part(process, *start, area, out);
        }
    }

    /// Prints the part of this mapping that lies in one area of the guest.
    fn print_part(&self, process: &Process, start: u64, area: &Area, out: &mut String) {
        let range = AddrRange { start: start.max(self.range.start), end: area.end.min(self.range.end) };
        let name = match area.kind {
            AreaKind::Heap => "[heap]",
            AreaKind::Stack => "[stack]",
            AreaKind::Vdso => "[vdso]",
            _ => self.name,
        };
        self.print_as(process, range, area.prot, name, out);
    }

    /// Prints a part of this mapping with the guest's protection and under the guest's name.
    pub fn print_as(&self, process: &Process, range: AddrRange, prot: Prot, name: &str, out: &mut String) {
        let name = String::from_utf8_lossy(paths::guest_path(process, name.as_bytes()));
        let rights: String = PROTS.iter().map(|&(bit, letter)| if prot.0 & bit != 0 { letter } else { '-' }).collect();
        let offset = if self.inode == "0" { 0 } else { self.offset + (range.start - self.range.start) };
        let mut line = format!(
            "{:08x}-{:08x} {rights}{} {offset:08x} {} {} ",
            range.start,
            range.end,
            if self.is_shared { 's' } else { 'p' },
            self.device,
            self.inode,
        );
        if !name.is_empty() {
            // The kernel pads the name to column 73 (show_map_vma).
            line = format!("{line:<73}{name}");
        }
        let _ = writeln!(out, "{line}");
    }
}

/// As maps spells them.
const PROTS: [(u8, char); 3] =
    [(libc::PROT_READ as u8, 'r'), (libc::PROT_WRITE as u8, 'w'), (libc::PROT_EXEC as u8, 'x')];

fn hex(digits: &str) -> Option<u64> {
    u64::from_str_radix(digits, 16).ok()
}

/// /proc/cpuinfo as arch/arm64/kernel/cpuinfo.c prints it, one block per processor that the
/// process may run on.
fn cpu_info() -> Vec<u8> {
    let mut set = [0u64; 128];
    let size = std::mem::size_of_val(&set) as u64;
    // sched_getaffinity(2) fills at most `set`.
    let _ = syscall(libc::SYS_sched_getaffinity, args([0, size, set.as_mut_ptr() as u64]));
    let count: u32 = set.iter().map(|word| word.count_ones()).sum();
    let mut out = String::new();
    let flags = crate::decode::features().cpuinfo_flags().collect::<Vec<_>>().join(" ");
    let midr = crate::cpu::model::chosen().midr;
    let (implementer, variant, part, revision) = (midr >> 24, midr >> 20 & 15, midr >> 4 & 0xfff, midr & 15);
    for cpu in 0..count.max(1) {
        let _ = write!(
            out,
            "processor\t: {cpu}\nBogoMIPS\t: 100.00\nFeatures\t: {flags}\nCPU implementer\t: {implementer:#04x}\n\
             CPU architecture: 8\nCPU variant\t: {variant:#x}\nCPU part\t: {part:#05x}\nCPU revision\t: {revision}\n\n",
        );
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_maps_parses() {
        let line = "3ff00000000-3ff00021000 r--p 00001000 fe:00 123                  /a b";
        let line = HostLine::parse(line).expect("a guest line");
        assert_eq!((line.range.start, line.range.end), (0x3ff_0000_0000, 0x3ff_0002_1000));
        assert_eq!((line.offset, line.inode, line.name, line.is_shared), (0x1000, "123", "/a b", false));
        assert!(HostLine::parse("7ffff7fc1000-7ffff7fc5000 r--p 00000000 00:00 0 [vvar]").is_none());
    }
}
