//! A stopped process as a debugger sees it.
#![allow(unsafe_code)]

use super::world::World;
use super::{paths, procfs};
use crate::debug::{Inferior, Registers, Watchpoint};
use crate::host::raw::{args, close, openat, readlinkat, syscall};
use crate::host::{HostErrno, fds};
use crate::memory::access::{copy_in, copy_out};
use crate::memory::addr::{AddrRange, PAGE, page_down};
use crate::signal::{SigInfo, host};
use std::ffi::CString;
use std::os::fd::{FromRawFd, OwnedFd};
use syscalls::guest::{Follow, HostPath};

impl Inferior for World<'_> {
    fn pid(&self) -> i32 {
        self.process().pid()
    }

    fn threads(&self) -> Vec<i32> {
        self.process().tids()
    }

    fn thread_name(&self, tid: i32) -> Option<String> {
        let name = std::fs::read(format!("/proc/self/task/{tid}/comm")).ok()?;
        Some(String::from_utf8_lossy(name.trim_ascii_end()).into_owned())
    }

    fn registers(&self, tid: i32) -> Option<Registers> {
        let cpu = &self.thread(tid)?.interp.cpu;
        Some(Registers { x: cpu.x, sp: cpu.sp, pc: cpu.pc, cpsr: cpu.spsr(), v: cpu.v, fpsr: cpu.fpsr, fpcr: cpu.fpcr })
    }

    fn set_registers(&mut self, tid: i32, registers: &Registers) -> bool {
        let Some(thread) = self.thread_mut(tid) else { return false };
        let cpu = &mut thread.interp.cpu;
        if cpu.pc != registers.pc {
            // It is elsewhere now: the call that it was in is neither restarted nor failed.
            thread.interrupted = None;
        }
        (cpu.x, cpu.sp, cpu.pc, cpu.v) = (registers.x, registers.sp, registers.pc, registers.v);
        cpu.set_spsr(registers.cpsr);
        (cpu.fpsr, cpu.fpcr) = (registers.fpsr, registers.fpcr);
        true
    }

    fn siginfo(&self, tid: i32) -> Option<[u8; 128]> {
        self.thread(tid)?.stopped_for.map(|info| info.0)
    }

    fn set_siginfo(&mut self, tid: i32, siginfo: &[u8; 128]) -> bool {
        let info = self.thread_mut(tid).and_then(|thread| thread.stopped_for.as_mut());
        info.map(|info| *info = SigInfo(*siginfo)).is_some()
    }

    fn read_memory(&self, addr: u64, buf: &mut [u8]) -> usize {
        let mut done = 0;
        let file = open_memory(libc::O_RDONLY);
        for len in parts_by_page(addr, buf.len()) {
            let at = addr + done as u64;
            let Some(part) = buf.get_mut(done..done + len) else { break };
            let is_guest = AddrRange::of_guest(at, len as u64).is_some();
            let is_read = file.is_some_and(|fd| transfer(libc::SYS_pread64, fd, part.as_mut_ptr() as u64, len, at));
            if !is_guest || !(is_read || copy_in(at, part).is_ok()) {
                break;
            }
            done += len;
        }
        file.inspect(|&fd| close(fd));
        done
    }

    fn write_memory(&mut self, addr: u64, bytes: &[u8]) -> usize {
        let mut done = 0;
        let file = open_memory(libc::O_RDWR);
        for len in parts_by_page(addr, bytes.len()) {
            let at = addr + done as u64;
            let Some(part) = bytes.get(done..done + len) else { break };
            let is_guest = AddrRange::of_guest(at, len as u64).is_some();
            let write = |fd| transfer(libc::SYS_pwrite64, fd, part.as_ptr() as u64, len, at);
            if !is_guest || !(file.is_some_and(write) || copy_out(at, part).is_ok()) {
                break;
            }
            done += len;
        }
        file.inspect(|&fd| close(fd));
        self.code().invalidate(addr, addr + done as u64);
        done
    }

    fn insert_breakpoint(&mut self, pc: u64) {
        self.code().insert_breakpoint(pc);
    }

    fn remove_breakpoint(&mut self, pc: u64) {
        self.code().remove_breakpoint(pc);
    }

    fn insert_watchpoint(&mut self, watch: Watchpoint) {
        let mut watches = self.watches();
        if !watches.contains(&watch) {
            watches.push(watch);
        }
    }

    fn remove_watchpoint(&mut self, watch: Watchpoint) {
        self.watches().retain(|other| *other != watch);
    }

    fn auxv(&self) -> Vec<u8> {
        self.process().program.auxv.clone()
    }

    fn exec_file(&self) -> Vec<u8> {
        paths::guest_path(self.process(), &self.process().program.exe).to_vec()
    }

    fn open(&mut self, path: &[u8], flags: i32, mode: u32) -> Result<OwnedFd, i32> {
        let flags = flags | libc::O_CLOEXEC;
        let opened = match procfs::open(self.process(), libc::AT_FDCWD, path, flags) {
            Some(made_up) => made_up,
            None => self.host_path(path, Follow::Yes).and_then(|path| openat(libc::AT_FDCWD, &path, flags, mode)),
        };
        let fd = opened.and_then(fds::hide).map_err(|error| error.0)?;
        // SAFETY: the descriptor is new, and nobody else closes it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    fn readlink(&mut self, path: &[u8]) -> Result<Vec<u8>, i32> {
        if let Some(target) = procfs::readlink(self.process(), libc::AT_FDCWD, path) {
            return Ok(target);
        }
        let path = self.host_path(path, Follow::No).map_err(|error| error.0)?;
        readlinkat(libc::AT_FDCWD, &path).ok_or(libc::EINVAL)
    }

    fn unlink(&mut self, path: &[u8]) -> Result<(), i32> {
        let path = self.host_path(path, Follow::No).map_err(|error| error.0)?;
        syscall(libc::SYS_unlink, args([path.as_ptr() as u64])).map(drop).map_err(|error| error.0)
    }

    fn maps(&self) -> Vec<u8> {
        procfs::maps(self.process())
    }

    fn kill(&mut self) {
        host::die(libc::SIGKILL as u32)
    }
}

impl World<'_> {
    fn host_path(&self, path: &[u8], follow: Follow) -> Result<CString, HostErrno> {
        match paths::host_path(self.process(), libc::AT_FDCWD, path, follow) {
            HostPath::Replaced(path) => Ok(path),
            HostPath::AsGiven => CString::new(path).map_err(|_| HostErrno(libc::EINVAL)),
        }
    }
}

/// The process's memory as a file, which protections do not bind; None without /proc.
fn open_memory(flags: i32) -> Option<i32> {
    openat(libc::AT_FDCWD, c"/proc/self/mem", flags | libc::O_CLOEXEC, 0).ok()
}

/// pread64(2) or pwrite64(2) of the whole buffer; `buf` is one, for the time of the call.
fn transfer(nr: i64, fd: i32, buf: u64, len: usize, at: u64) -> bool {
    syscall(nr, args([fd as u64, buf, len as u64, at])) == Ok(len as u64)
}

/// Lengths of the parts, each within one page, of a buffer of `len` bytes at `addr`.
fn parts_by_page(addr: u64, len: usize) -> Vec<usize> {
    let mut parts = Vec::new();
    let mut left = len;
    let mut room = (PAGE - (addr - page_down(addr))) as usize;
    while left > 0 {
        parts.push(room.min(left));
        left -= room.min(left);
        room = PAGE as usize;
    }
    parts
}
