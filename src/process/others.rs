//! What guests, and the host's ps(1), see of each other.
//!
//! The host's kernel is told where the guest's program, arguments and environment lie (PR_SET_MM_MAP), so
//! that /proc/PID/{cmdline,environ,stat,maps} tell of the guest, as it is now. What it cannot be told, the
//! program's file, is found by that: it is mapped where the code begins.

use super::procfs::{self, HostLine, host_text};
use super::thread::Process;
use super::{exec, paths, tracer};
use crate::host::raw::{args, close, openat, syscall};
use crate::load::Loaded;
use crate::memory::addr::AddrRange;
use crate::memory::areas::Prot;
use crate::memory::published::{PUBLISHED, Seen, WORDS};
use std::ffi::{CStr, CString};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use syscalls::guest::{Follow, HostPath};

/// `struct prctl_mm_map` (include/uapi/linux/prctl.h), the last word being two of 32 bits.
#[repr(C)]
struct MmMap {
    code: (u64, u64),
    data: (u64, u64),
    start_brk: u64,
    brk: u64,
    start_stack: u64,
    args: (u64, u64),
    env: (u64, u64),
    auxv: u64,
    auxv_size: u32,
    exe_fd: i32,
}

/// Tells the host's kernel of the program. A kernel without PR_SET_MM_MAP (CONFIG_CHECKPOINT_RESTORE) goes on
/// showing the emulator.
pub fn publish(program: &Loaded) {
    // brk(2) is not the guest's but this process's, whose libc might call it.
    let brk = syscall(libc::SYS_brk, args([0])).unwrap_or(0);
    let map = MmMap {
        code: program.code,
        data: program.data,
        start_brk: brk,
        brk,
        start_stack: program.sp,
        args: program.args,
        env: program.env,
        auxv: 0,
        auxv_size: 0,
        exe_fd: -1,
    };
    let (option, map, size) = (libc::PR_SET_MM as u64, &raw const map as u64, size_of::<MmMap>() as u64);
    let told = syscall(libc::SYS_prctl, args([option, libc::PR_SET_MM_MAP as u64, map, size]));
    KERNEL_KNOWS.store(told.is_ok(), Ordering::Relaxed);
}

/// True if the host's kernel has been told of the program.
pub fn kernel_knows() -> bool {
    KERNEL_KNOWS.load(Ordering::Relaxed)
}

static KERNEL_KNOWS: AtomicBool = AtomicBool::new(false);

/// A number in /proc/PID/stat, counted as in proc(5).
fn stat_field(pid: i32, field: usize) -> Option<u64> {
    let text = host_text(&proc_path(pid, "stat")?);
    // The name, in parentheses, may hold blanks.
    text.get(text.rfind(')')? + 2..)?.split(' ').nth(field - 3)?.trim().parse().ok()
}

/// Where the code of another guest's program lies.
pub fn code(pid: i32) -> Option<(u64, u64)> {
    const STARTCODE: usize = 26;
    Some((stat_field(pid, STARTCODE)?, stat_field(pid, STARTCODE + 1)?))
}

fn proc_path(pid: i32, file: &str) -> Option<CString> {
    CString::new(format!("/proc/{pid}/{file}")).ok()
}

/// Calls `with` with the line of /proc/PID/maps that the program of guest `pid` begins in.
fn with_program<R>(pid: i32, with: impl FnOnce(&HostLine) -> R) -> Option<R> {
    if !exec::runs_own_file(pid) {
        return None;
    }
    let (start, _) = code(pid)?;
    let maps = host_text(&proc_path(pid, "maps")?);
    let mut lines = maps.lines().filter_map(HostLine::parse);
    let line = lines.find(|line| (line.range.start..line.range.end).contains(&start) && line.inode != "0")?;
    Some(with(&line))
}

/// The program of another guest, as a path on the host.
pub fn exe(pid: i32) -> Option<Vec<u8>> {
    with_program(pid, |line| line.name.as_bytes().to_vec())
}

/// The auxiliary vector of another guest, which lies behind its arguments and environment.
pub fn auxv(pid: i32) -> Option<Vec<u8>> {
    const STARTSTACK: usize = 28;
    const MOST: u64 = 1 << 20;
    if !exec::runs_own_file(pid) {
        return None;
    }
    let start = stat_field(pid, STARTSTACK)?;
    let word = |at: u64| {
        let mut word = [0; 8];
        tracer::read_memory(pid, start + 8 * at, &mut word).ok().map(|()| u64::from_le_bytes(word))
    };
    let mut at = word(0)?.checked_add(2).filter(|&at| at < MOST)?;
    while word(at)? != 0 {
        at = Some(at + 1).filter(|&at| at < MOST)?;
    }
    let mut auxv = Vec::new();
    loop {
        let (key, value) = (word(at + 1)?, word(at + 2)?);
        auxv.extend([key, value].into_iter().flat_map(u64::to_le_bytes));
        if key == u64::from(libc::AT_NULL as u32) || auxv.len() > 4096 {
            return Some(auxv);
        }
        at += 2;
    }
}

/// /proc/PID/maps or smaps of another guest: what lies below the guest's top. Without leave to read its memory
/// (ptrace(2)), which is more than maps takes, nothing is shown as executable.
pub fn mappings(process: &Process, pid: i32, file: &str) -> Option<Vec<u8>> {
    if !exec::runs_own_file(pid) {
        return None;
    }
    let Seen { code, heap, .. } = seen(pid).unwrap_or_default();
    let text = host_text(&proc_path(pid, file)?);
    Some(procfs::with_counts(&text, |line, out| {
        let name = if line.range.start == heap { "[heap]" } else { line.name };
        let mut start = line.range.start;
        for range in code.iter().filter(|code| code.start < line.range.end && code.end > line.range.start) {
            let end = range.end.min(line.range.end);
            let plain = AddrRange { start, end: range.start.max(start) };
            if !plain.is_empty() {
                line.print_as(process, plain, line.prot, name, out);
            }
            let prot = Prot(line.prot.0 | libc::PROT_EXEC as u8);
            line.print_as(process, AddrRange { start: plain.end, end }, prot, name, out);
            start = end;
        }
        if start < line.range.end {
            line.print_as(process, AddrRange { start, end: line.range.end }, line.prot, name, out);
        }
    }))
}

/// Where that which lies at `address` in this emulator's image lies in that of guest `pid`.
pub fn place_in(pid: i32, address: u64) -> Option<u64> {
    let file = OWN_FILE.get_or_init(|| OwnFile::find().unwrap_or_default());
    let start = file.start_in(&host_text(&proc_path(pid, "maps")?))?;
    Some(address.wrapping_sub(file.start).wrapping_add(start))
}

/// What the emulator of guest `pid` has published.
pub fn seen(pid: i32) -> Option<Seen> {
    let place = place_in(pid, &raw const PUBLISHED as u64)?;
    let read = || {
        let mut words = [0u64; WORDS];
        let mut bytes = [0u8; WORDS * 8];
        tracer::read_memory(pid, place, &mut bytes).ok()?;
        words.iter_mut().zip(bytes.as_chunks::<8>().0).for_each(|(word, raw)| *word = u64::from_le_bytes(*raw));
        Some(words)
    };
    // Nothing holds the other one still meanwhile.
    for _ in 0..100 {
        let words = read()?;
        if let Some(seen) = Seen::from_words(&words)
            && read()? == words
        {
            return Some(seen);
        }
        // It may have been scheduled away in the midst of a change.
        let pause = [0i64, 1_000_000];
        let _ = syscall(libc::SYS_nanosleep, args([pause.as_ptr() as u64]));
    }
    None
}

static OWN_FILE: OnceLock<OwnFile> = OnceLock::new();

/// The emulator's file, as maps names it, and where it begins in this process.
#[derive(Default)]
struct OwnFile {
    device_and_inode: String,
    start: u64,
}

impl OwnFile {
    /// By a function of its own.
    fn find() -> Option<Self> {
        let here = seen as fn(i32) -> Option<Seen> as usize as u64;
        let maps = host_text(c"/proc/self/maps");
        let line = maps.lines().find(|line| range_of(line).is_some_and(|range| range.contains(&here)))?;
        let mut file = OwnFile { device_and_inode: device_and_inode(line)?, start: 0 };
        file.start = file.start_in(&maps)?;
        Some(file)
    }

    /// Where its first mapping begins.
    fn start_in(&self, maps: &str) -> Option<u64> {
        let line = maps.lines().find(|line| device_and_inode(line).as_ref() == Some(&self.device_and_inode))?;
        Some(range_of(line)?.start)
    }
}

fn range_of(line: &str) -> Option<std::ops::Range<u64>> {
    let (start, end) = line.split(' ').next()?.split_once('-')?;
    Some(u64::from_str_radix(start, 16).ok()?..u64::from_str_radix(end, 16).ok()?)
}

fn device_and_inode(line: &str) -> Option<String> {
    let mut fields = line.split(' ').skip(3);
    Some([fields.next()?, fields.next()?].join(" "))
}

/// True if a guest runs the program that `path` names: it cannot be written (ETXTBSY).
pub fn runs_program(process: &Process, dirfd: i32, path: &[u8], follow: Follow) -> bool {
    let path = match paths::host_path(process, dirfd, path, follow) {
        HostPath::Replaced(path) => path,
        HostPath::AsGiven => match CString::new(path) {
            Ok(path) => path,
            Err(_) => return false,
        },
    };
    let Some((mode, inode)) = mode_and_inode(dirfd, &path, follow) else { return false };
    if mode & libc::S_IFMT != libc::S_IFREG || mode & 0o111 == 0 || !is_aarch64(dirfd, &path) {
        return false;
    }
    let inode = inode.to_string();
    let runs = |pid: i32| with_program(pid, |line| line.inode == inode).unwrap_or(false);
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).any(runs)
}

fn mode_and_inode(dirfd: i32, path: &CStr, follow: Follow) -> Option<(u32, u64)> {
    const INO: usize = std::mem::offset_of!(libc::stat, st_ino) / 8;
    const MODE: usize = std::mem::offset_of!(libc::stat, st_mode) / 8;
    let mut stat = [0u64; size_of::<libc::stat>() / 8];
    let flags = if follow == Follow::Yes { 0 } else { libc::AT_SYMLINK_NOFOLLOW as u64 };
    // newfstatat(2) fills `stat`.
    let query = args([dirfd as u64, path.as_ptr() as u64, stat.as_mut_ptr() as u64, flags]);
    syscall(libc::SYS_newfstatat, query).ok()?;
    Some((stat[MODE] as u32, stat[INO]))
}

/// True for an AArch64 ELF file.
fn is_aarch64(dirfd: i32, path: &CStr) -> bool {
    const EM_AARCH64: [u8; 2] = [183, 0];
    let Ok(fd) = openat(dirfd, path, libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NONBLOCK, 0) else { return false };
    let mut head = [0u8; 20];
    let read = syscall(libc::SYS_pread64, args([fd as u64, head.as_mut_ptr() as u64, head.len() as u64, 0]));
    close(fd);
    read == Ok(20) && head.starts_with(b"\x7fELF") && head.ends_with(&EM_AARCH64)
}
