//! Raw x86-64 Linux system calls, and the few that the emulator makes for itself.
#![allow(unsafe_code)]

use std::arch::asm;
use std::ffi::CStr;

/// An errno value of the host kernel, 1 to 4095; the guest's are the same numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostErrno(pub i32);

impl std::fmt::Display for HostErrno {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::io::Error::from_raw_os_error(self.0).fmt(f)
    }
}

/// Makes host system call `nr`.
///
/// It is safe to call with respect to Rust's own memory only if the arguments name no memory that
/// Rust owns, or hand it over; each caller that passes pointers argues that.
#[inline]
pub fn syscall(nr: i64, args: [u64; 6]) -> Result<u64, HostErrno> {
    let ret: i64;
    // SAFETY: the kernel preserves every register but rax, rcx and r11. What the call does to
    // memory is the caller's argument, as said above.
    unsafe {
        asm!("syscall", inlateout("rax") nr => ret, in("rdi") args[0], in("rsi") args[1], in("rdx") args[2],
            in("r10") args[3], in("r8") args[4], in("r9") args[5], lateout("rcx") _, lateout("r11") _,
            options(nostack));
    }
    if (-4095..0).contains(&ret) { Err(HostErrno(-ret as i32)) } else { Ok(ret as u64) }
}

/// Pads an argument list with zeros.
#[inline]
pub fn args<const N: usize>(given: [u64; N]) -> [u64; 6] {
    let mut all = [0; 6];
    all[..N].copy_from_slice(&given);
    all
}

/// gettid(2).
pub fn gettid() -> i32 {
    syscall(libc::SYS_gettid, [0; 6]).unwrap_or(0) as i32
}

/// getpid(2).
pub fn getpid() -> i32 {
    syscall(libc::SYS_getpid, [0; 6]).unwrap_or(0) as i32
}

/// getuid(2).
pub fn getuid() -> u32 {
    syscall(libc::SYS_getuid, [0; 6]).unwrap_or(0) as u32
}

/// exit_group(2).
pub fn exit_group(status: i32) -> ! {
    loop {
        let _ = syscall(libc::SYS_exit_group, args([status as u64]));
    }
}

/// tgkill(2).
pub fn tgkill(pid: i32, tid: i32, signal: u32) -> Result<(), HostErrno> {
    syscall(libc::SYS_tgkill, args([pid as u64, tid as u64, u64::from(signal)])).map(drop)
}

/// Writes all of `bytes` to `fd`, giving up at the first error.
pub fn write_all(fd: i32, mut bytes: &[u8]) -> Result<(), HostErrno> {
    while !bytes.is_empty() {
        match syscall(libc::SYS_write, args([fd as u64, bytes.as_ptr() as u64, bytes.len() as u64])) {
            Ok(n) => bytes = bytes.get(n as usize..).unwrap_or_default(),
            Err(HostErrno(libc::EINTR)) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Reads `fd` to its end, or `max` bytes of it.
pub fn read_to_end(fd: i32, max: usize) -> Result<Vec<u8>, HostErrno> {
    let mut all = Vec::new();
    let mut chunk = [0u8; 4096];
    while all.len() < max {
        let want = chunk.len().min(max - all.len()) as u64;
        match syscall(libc::SYS_read, args([fd as u64, chunk.as_mut_ptr() as u64, want])) {
            Ok(0) => break,
            Ok(n) => all.extend_from_slice(chunk.get(..n as usize).unwrap_or_default()),
            Err(HostErrno(libc::EINTR)) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(all)
}

/// openat(2).
pub fn openat(dirfd: i32, path: &CStr, flags: i32, mode: u32) -> Result<i32, HostErrno> {
    let args = args([dirfd as u64, path.as_ptr() as u64, flags as u64, u64::from(mode)]);
    syscall(libc::SYS_openat, args).map(|fd| fd as i32)
}

/// close(2); nobody can act on its errors.
pub fn close(fd: i32) {
    let _ = syscall(libc::SYS_close, args([fd as u64]));
}

/// readlinkat(2), or None where `path` is no symbolic link.
pub fn readlinkat(dirfd: i32, path: &CStr) -> Option<Vec<u8>> {
    try_readlinkat(dirfd, path).ok()
}

/// readlinkat(2).
pub fn try_readlinkat(dirfd: i32, path: &CStr) -> Result<Vec<u8>, HostErrno> {
    let mut buf = vec![0u8; libc::PATH_MAX as usize];
    let args = args([dirfd as u64, path.as_ptr() as u64, buf.as_mut_ptr() as u64, buf.len() as u64]);
    let len = syscall(libc::SYS_readlinkat, args)?;
    buf.truncate(len as usize);
    Ok(buf)
}

/// A new file, close-on-exec, holding `content` with its offset at 0: a memory file, or where RLIMIT_FSIZE
/// (`ulimit -f`) does not admit that, a pipe's reading end.
pub fn file_with(name: &CStr, content: &[u8]) -> Result<i32, HostErrno> {
    if content.len() as u64 > file_size_limit() {
        return pipe_with(content);
    }
    let fd = syscall(libc::SYS_memfd_create, args([name.as_ptr() as u64, u64::from(libc::MFD_CLOEXEC)]))? as i32;
    let filled = write_all(fd, content)
        .and_then(|()| syscall(libc::SYS_lseek, args([fd as u64, 0, libc::SEEK_SET as u64])).map(drop));
    if let Err(e) = filled {
        close(fd);
        return Err(e);
    }
    Ok(fd)
}

/// The soft RLIMIT_FSIZE.
fn file_size_limit() -> u64 {
    let mut limit = [libc::RLIM_INFINITY; 2];
    // prlimit64(2) fills both words.
    let _ = syscall(libc::SYS_prlimit64, args([0, libc::RLIMIT_FSIZE.into(), 0, limit.as_mut_ptr() as u64]));
    limit[0]
}

/// EFBIG for more than a pipe may hold (/proc/sys/fs/pipe-max-size).
fn pipe_with(content: &[u8]) -> Result<i32, HostErrno> {
    let mut ends = [0i32; 2];
    // pipe2(2) fills both.
    syscall(libc::SYS_pipe2, args([ends.as_mut_ptr() as u64, libc::O_CLOEXEC as u64]))?;
    let (reader, writer) = (ends[0], ends[1]);
    let fcntl =
        |command: i32, word: usize| syscall(libc::SYS_fcntl, args([writer as u64, command as u64, word as u64]));
    let has_room = |room: Result<u64, HostErrno>| room.is_ok_and(|room| room >= content.len() as u64);
    let filled = match has_room(fcntl(libc::F_GETPIPE_SZ, 0)) || has_room(fcntl(libc::F_SETPIPE_SZ, content.len())) {
        true => write_all(writer, content),
        false => Err(HostErrno(libc::EFBIG)),
    };
    close(writer);
    filled.inspect_err(|_| close(reader))?;
    Ok(reader)
}

/// The path that this program was executed by (AT_EXECFN).
pub fn executed_path() -> &'static CStr {
    // SAFETY: getauxval only reads; the kernel put a string at AT_EXECFN's address, on the stack
    // above main's frame, where it stays.
    unsafe {
        match libc::getauxval(libc::AT_EXECFN) {
            0 => c"",
            addr => CStr::from_ptr(addr as *const libc::c_char),
        }
    }
}

/// True if binfmt_misc passed the program's own argv[0] (AT_FLAGS_PRESERVE_ARGV0).
pub fn keeps_argv0() -> bool {
    // SAFETY: getauxval only reads.
    unsafe { libc::getauxval(libc::AT_FLAGS) & 1 != 0 }
}

/// The descriptor by which binfmt_misc passed the program (AT_EXECFD).
pub fn exec_fd() -> Option<i32> {
    // Entry 0 ends the vector, so no entry has it as its key, and a descriptor 0 is none of ours.
    // SAFETY: getauxval only reads.
    match unsafe { libc::getauxval(libc::AT_EXECFD) } {
        0 => None,
        fd => Some(fd as i32),
    }
}

/// Where guest addresses end and the emulator's own memory begins. The host kernel places a
/// static-PIE image, its heap, its stack and every unhinted mapping above it.
pub const GUEST_TOP: u64 = 0x5000_0000_0000;

/// Maps `len` bytes of zeroed private memory for the emulator itself, where the kernel puts it: above
/// [`GUEST_TOP`], once `process::high` has seen to it.
pub fn map_own(len: usize) -> Result<*mut u8, HostErrno> {
    let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE) as u64;
    let prot = (libc::PROT_READ | libc::PROT_WRITE) as u64;
    let addr = syscall(libc::SYS_mmap, [0, len as u64, prot, flags, u64::MAX, 0])?;
    Ok(addr as *mut u8)
}

/// Gives back what [`map_own`] mapped.
pub fn unmap_own(addr: *mut u8, len: usize) {
    let _ = syscall(libc::SYS_munmap, args([addr as u64, len as u64]));
}
