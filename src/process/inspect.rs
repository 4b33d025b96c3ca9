//! A stopped process as a debugger sees it.
#![allow(unsafe_code)]

use super::world::World;
use super::{attach, exec, paths, procfs};
use crate::debug::{Catch, Inferior, Probe, Registers, Watchpoint};
use crate::host::raw::{args, openat, syscall, try_readlinkat};
use crate::host::{HostErrno, fds};
use crate::interp::code::Change;
use crate::memory::{AddressSpace, forced, space};
use crate::run::engine;
use crate::signal::{SigInfo, host};
use crate::trace::log::{self, Item};
use std::ffi::CString;
use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::Arc;
use syscalls::guest::{Follow, HostPath};

impl Inferior for World<'_> {
    fn pid(&self) -> i32 {
        self.process().pid()
    }

    fn threads(&self) -> Vec<i32> {
        // Threads enter the process's list when they first run; gdb numbers them in this order, and
        // expects that of their creation.
        let leader = self.pid();
        let mut tids = self.process().tids();
        tids.retain(|&tid| self.thread(tid).is_none_or(|thread| !thread.has_ended));
        tids.sort_unstable_by_key(|&tid| (tid != leader, tid));
        tids
    }

    fn thread_name(&self, tid: i32) -> Option<String> {
        let name = std::fs::read(format!("/proc/self/task/{tid}/comm")).ok()?;
        Some(String::from_utf8_lossy(name.trim_ascii_end()).into_owned())
    }

    fn core(&self, tid: i32) -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/self/task/{tid}/stat")).ok()?;
        // Field 39, as in proc(5); the second, in parentheses, may hold blanks.
        stat.rsplit_once(") ")?.1.split(' ').nth(36)?.parse().ok()
    }

    fn registers(&self, tid: i32) -> Option<Registers> {
        let cpu = &self.thread(tid)?.interp.cpu;
        Some(Registers {
            x: cpu.x,
            sp: cpu.sp,
            pc: cpu.pc,
            cpsr: cpu.spsr(),
            v: cpu.v,
            fpsr: cpu.fpsr,
            fpcr: cpu.fpcr,
            tpidr: cpu.tpidr_el0,
            pac_mask: super::pac::pointer_mask(),
        })
    }

    fn set_registers(&mut self, tid: i32, registers: &Registers) -> bool {
        let Some(thread) = self.thread_mut(tid) else { return false };
        let cpu = &mut thread.interp.cpu;
        if cpu.pc != registers.pc {
            // It is elsewhere now: the call that it was in is neither restarted nor failed.
            (thread.interrupted, thread.unfinished_wait) = (None, None);
        }
        (cpu.x, cpu.sp, cpu.pc, cpu.v) = (registers.x, registers.sp, registers.pc, registers.v);
        cpu.set_spsr(registers.cpsr);
        (cpu.fpsr, cpu.fpcr, cpu.tpidr_el0) = (registers.fpsr, registers.fpcr, registers.tpidr);
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
        forced::read(space(), addr, buf)
    }

    fn write_memory(&mut self, addr: u64, bytes: &[u8]) -> usize {
        let written = forced::write(space(), addr, bytes);
        self.code().invalidate(addr, addr.saturating_add(written as u64), Change::Written);
        written
    }

    fn map_memory(&mut self, length: u64, protection: i32) -> Option<u64> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        self.change(|space| space.mmap(0, length, protection as u64, flags as u64, -1, 0)).ok()
    }

    fn unmap_memory(&mut self, addr: u64, length: u64) {
        // What the program has unmapped itself is no error.
        let _ = self.change(|space| space.munmap(addr, length));
    }

    fn insert_breakpoint(&mut self, pc: u64) {
        self.mark(pc, true);
    }

    fn set_probe(&mut self, pc: u64, probe: Option<Arc<dyn Probe>>) {
        self.put_probe(pc, probe);
    }

    fn remove_breakpoint(&mut self, pc: u64) {
        self.mark(pc, false);
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

    fn catch_syscalls(&mut self, catch: &Catch) {
        self.set_catch(catch);
    }

    fn auxv(&self) -> Vec<u8> {
        self.process().program.auxv.clone()
    }

    fn exec_file(&self) -> Vec<u8> {
        paths::guest_path(self.process(), &self.process().program.exe).to_vec()
    }

    fn open(&mut self, path: &[u8], flags: i32, mode: u32) -> Result<OwnedFd, i32> {
        let flags = flags | libc::O_CLOEXEC;
        let opened = match procfs::open(self.process(), None, libc::AT_FDCWD, path, flags) {
            Some(made_up) => made_up,
            None => self.host_path(path, Follow::Yes).and_then(|path| openat(libc::AT_FDCWD, &path, flags, mode)),
        };
        let fd = opened.map_err(|error| error.0)?;
        // SAFETY: the descriptor is new, and nobody else closes it.
        Ok(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    fn readlink(&mut self, path: &[u8]) -> Result<Vec<u8>, i32> {
        if let Some(target) = procfs::readlink(self.process(), libc::AT_FDCWD, path) {
            return Ok(target);
        }
        let path = self.host_path(path, Follow::No).map_err(|error| error.0)?;
        try_readlinkat(libc::AT_FDCWD, &path).map_err(|error| error.0)
    }

    fn unlink(&mut self, path: &[u8]) -> Result<(), i32> {
        let path = self.host_path(path, Follow::No).map_err(|error| error.0)?;
        syscall(libc::SYS_unlink, args([path.as_ptr() as u64])).map(drop).map_err(|error| error.0)
    }

    fn maps(&self) -> Vec<u8> {
        procfs::maps(self.process())
    }

    fn descriptors(&mut self) -> Vec<(i32, Vec<u8>)> {
        let entries = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
        let mut numbers: Vec<i32> = numbers.filter(|&fd| !fds::is_hidden(fd)).collect();
        numbers.sort_unstable();
        // The one that reads the directory is among them, and gone by now.
        let target = |fd: i32| Some((fd, self.readlink(format!("/proc/self/fd/{fd}").as_bytes()).ok()?));
        numbers.into_iter().filter_map(target).collect()
    }

    fn log_syscalls(&mut self, enabled: bool) {
        log::switch(Item::Strace, enabled);
    }

    fn statistics(&self) -> String {
        engine::statistics()
    }

    fn translation(&self, addr: u64) -> String {
        engine::translation(addr, self.code())
    }

    fn start_lobby(&mut self, text: &str) {
        exec::start_lobby(self.process(), text);
    }

    fn summon(&mut self, pid: i32, place: [u64; 2]) -> Result<(), i32> {
        attach::summon(pid, place).map_err(|error| error.0)
    }

    fn kill(&mut self) {
        host::die(libc::SIGKILL as u32)
    }
}

impl World<'_> {
    /// Changes the address space.
    fn change<R>(&self, change: impl FnOnce(&AddressSpace) -> R) -> R {
        space().change(change, |range| {
            self.code().invalidate(range.start, range.end, Change::Mapped);
        })
    }

    fn host_path(&self, path: &[u8], follow: Follow) -> Result<CString, HostErrno> {
        match paths::host_path(self.process(), libc::AT_FDCWD, path, follow) {
            HostPath::Replaced(path) => Ok(path),
            HostPath::AsGiven => CString::new(path).map_err(|_| HostErrno(libc::EINVAL)),
        }
    }
}
