//! What the system call handlers ask of a thread: the [`Guest`] trait on [`Thread`].

use super::thread::{InterruptedCall, Thread};
use super::wait_limit::WaitLimit;
use super::{exec, limits, others, pac, paths, procfs, procmap, seccomp, tracer};
use crate::cpu::Feature;
use crate::decode;
use crate::host::call::{Interrupted, interruptible};
use crate::host::{HostErrno, fds, raw};
use crate::interp::code::Change;
use crate::memory::access::{copy_in, copy_out};
use crate::memory::addr::{AddrRange, PAGE, page_up, untag};
use crate::memory::areas::Prot;
use crate::memory::{AddressSpace, space};
use crate::signal::{FAULTS, SigSet, UNCATCHABLE, altstack};
use crate::trace::log::{self, Item};
use std::sync::atomic::Ordering;
use syscalls::abi::io_uring::Ring;
use syscalls::bpf::Program;
use syscalls::dispatch;
use syscalls::errno::Errno;
use syscalls::guest::{Follow, Guest, GuestAddr, HostError, HostPath, Rlimit, SigAction, SigAltStack, SyntheticFd};

const EFAULT: Errno = Errno(libc::EFAULT);
const _: () = assert!(raw::GUEST_TOP == syscalls::guest::GUEST_TOP);

const PROT_BTI: u64 = Prot::BTI as u64;

fn has_bti() -> bool {
    decode::features().contains(Feature::BTI)
}

fn errno(error: HostErrno) -> Errno {
    Errno(error.0)
}

impl Thread {
    /// True if a signal waits that the mask in force lets in.
    fn has_open_signal(&self) -> bool {
        self.record.signals.has_open(self.signals.wait_mask.unwrap_or(self.signals.mask))
    }

    /// A host call for the guest, and what a signal or a kick made of it.
    #[inline]
    pub fn host_call(&mut self, nr: i64, args: &[u64; 6]) -> Result<u64, HostError> {
        let attention = self.record.signals.attention;
        let call = || interruptible(attention.word, attention.signal | attention.kick, nr, args);
        let result = match self.read_faults() {
            0 => call(),
            set => self.record.signals.with_kernel_keeping(set, call),
        };
        self.host_call_result(nr, args, result)
    }

    fn host_call_result(
        &mut self,
        nr: i64,
        args: &[u64; 6],
        result: Result<u64, Interrupted>,
    ) -> Result<u64, HostError> {
        if let Ok(_) | Err(Interrupted::Errno(_)) = result
            && result != Err(Interrupted::Errno(HostErrno(libc::EINTR)))
        {
            // No signal ended the wait: its mask was gone before any came.
            self.signals.wait_mask = None;
        }
        match result {
            Ok(value) => {
                if nr == libc::SYS_chroot {
                    self.process.is_chrooted.store(true, Ordering::Relaxed);
                }
                Ok(value)
            }
            // Neither a kick nor a signal that the guest blocks must show: only one that it lets in interrupts a
            // call that is never restarted.
            Err(Interrupted::Errno(HostErrno(libc::EINTR)))
                if !self.has_open_signal() && (self.has_kick() || self.has_signal()) =>
            {
                self.interrupted = Some(InterruptedCall::BeforeEntry);
                Err(HostError::Restart)
            }
            Err(Interrupted::Errno(HostErrno(libc::EINTR)))
                if self.has_signal() && (self.process.debug().is_some() || self.is_traced()) =>
            {
                self.interrupted = Some(InterruptedCall::Failed);
                Err(HostError::Restart)
            }
            Err(Interrupted::Errno(error)) => Err(HostError::Errno(errno(error))),
            Err(Interrupted::BeforeEntry) => {
                self.interrupted = Some(InterruptedCall::BeforeEntry);
                Err(HostError::Restart)
            }
            Err(Interrupted::WouldRestart) if restarts_always(nr, args) => {
                self.interrupted = Some(InterruptedCall::BeforeEntry);
                Err(HostError::Restart)
            }
            Err(Interrupted::WouldRestart) => {
                self.interrupted = Some(InterruptedCall::WouldRestart);
                Err(HostError::Restart)
            }
        }
    }

    /// Signals that the guest blocks and a signalfd may read, of those that are open on the host for its faults.
    fn read_faults(&self) -> SigSet {
        self.process.read_faults.load(Ordering::Relaxed) & self.signals.wait_mask.unwrap_or(self.signals.mask)
    }

    /// Makes the system call that the guest stands behind if that is one host call and nothing else, and nobody is to
    /// hear of it; false if it is another, of which nothing has happened.
    ///
    /// A processor that guards against speculation forgets its return addresses in the kernel, and mispredicts each
    /// return from there on (6 ns on a Zen 4); so no other function is between the host call and the run loop.
    #[inline(always)]
    pub fn pass_on(&mut self) -> bool {
        let Some((nr, args)) = self.passed_call() else { return false };
        let attention = self.record.signals.attention;
        let result = match interruptible(attention.word, attention.signal | attention.kick, nr, &args) {
            Ok(value) => value,
            Err(Interrupted::Errno(error)) if error.0 != libc::EINTR => i64::from(-error.0) as u64,
            other => match self.host_call_result(nr, &args, other) {
                Ok(value) => value,
                Err(HostError::Errno(error)) => i64::from(-error.0) as u64,
                Err(HostError::Restart) => return true,
            },
        };
        self.interp.cpu.x[0] = result;
        true
    }

    #[inline(never)]
    fn passed_call(&mut self) -> Option<(i64, [u64; 6])> {
        if self.process.debug().is_some()
            || self.is_traced()
            || self.record.seccomp.is_on()
            || self.read_faults() != 0
            || self.takes_tags
            || log::is_on(Item::Strace)
        {
            return None;
        }
        let [x0, x1, x2, x3, x4, x5, ..] = self.interp.cpu.x;
        let number = self.called();
        let call = dispatch::passed(self, number, [x0, x1, x2, x3, x4, x5])?;
        WaitLimit::of(call.0, &call.1).is_none().then_some(call)
    }

    /// ENOMEM where a limit on memory does not admit `len` bytes more.
    fn admit(&self, len: u64, replaced: Option<AddrRange>, is_data: bool) -> Result<(), Errno> {
        let len = page_up(len).unwrap_or(u64::MAX);
        if len == 0 || self.process.limits.admit(len, replaced, is_data) { Ok(()) } else { Err(Errno::ENOMEM) }
    }

    /// Changes mappings, and forgets the translations of code that is gone.
    fn change<R>(&self, change: impl FnOnce(&AddressSpace) -> R) -> R {
        space().change(change, |range| {
            self.code.invalidate(range.start, range.end, Change::Mapped);
        })
    }
}

impl Guest for Thread {
    fn host(&mut self, nr: i64, args: [u64; 6]) -> Result<u64, HostError> {
        match WaitLimit::of(nr, &args) {
            Some(limit) => self.limited_wait(nr, args, limit),
            None => self.host_call(nr, &args),
        }
    }

    fn read(&self, addr: GuestAddr, buf: &mut [u8]) -> Result<(), Errno> {
        copy_in(addr.0, buf).map_err(|_| EFAULT)
    }

    fn write(&self, addr: GuestAddr, bytes: &[u8]) -> Result<(), Errno> {
        copy_out(addr.0, bytes).map_err(|_| EFAULT)
    }

    fn read_cstr(&self, addr: GuestAddr, max: usize) -> Result<Vec<u8>, Errno> {
        let mut string = Vec::new();
        let mut next = untag(addr.0);
        // Page by page, so that a string that ends just before an unmapped page is read whole.
        while string.len() < max {
            let len = ((PAGE - next % PAGE) as usize).min(max - string.len()).min(256);
            let mut chunk = [0; 256];
            let chunk = chunk.get_mut(..len).unwrap_or_default();
            copy_in(next, chunk).map_err(|_| EFAULT)?;
            if let Some(end) = chunk.iter().position(|&byte| byte == 0) {
                string.extend_from_slice(chunk.get(..end).unwrap_or_default());
                return Ok(string);
            }
            string.extend_from_slice(chunk);
            next += len as u64;
        }
        Err(Errno(libc::ENAMETOOLONG))
    }

    fn mmap(&mut self, addr: u64, len: u64, prot: u64, flags: u64, fd: i32, offset: u64) -> Result<u64, Errno> {
        // arch_calc_vm_prot_bits: without the feature the bit means nothing.
        let prot = if has_bti() { prot } else { prot & !PROT_BTI };
        let is_fixed = flags & (libc::MAP_FIXED | libc::MAP_FIXED_NOREPLACE) as u64 == libc::MAP_FIXED as u64;
        let replaced = if is_fixed { AddrRange::of_guest(addr, len) } else { None };
        let is_private = flags & libc::MAP_TYPE as u64 == libc::MAP_PRIVATE as u64;
        self.admit(len, replaced, is_private && prot & libc::PROT_WRITE as u64 != 0)?;
        self.change(|space| space.mmap(addr, len, prot, flags, fd, offset)).map_err(errno)
    }

    fn munmap(&mut self, addr: u64, len: u64) -> Result<u64, Errno> {
        self.process.rings.unmapped(AddrRange { start: untag(addr), end: untag(addr).saturating_add(len) });
        self.change(|space| space.munmap(addr, len)).map_err(errno)
    }

    fn mremap(&mut self, old: u64, old_len: u64, new_len: u64, flags: u64, new: u64) -> Result<u64, Errno> {
        let is_data = space().area_at(untag(old)).is_some_and(|(_, area)| limits::is_data_area(&area));
        let keeps_old = flags & libc::MREMAP_DONTUNMAP as u64 != 0;
        self.admit(if keeps_old { new_len } else { new_len.saturating_sub(old_len) }, None, is_data)?;
        self.change(|space| space.mremap(old, old_len, new_len, flags, new)).map_err(errno)
    }

    fn mprotect(&mut self, addr: u64, len: u64, prot: u64) -> Result<u64, Errno> {
        // arch_validate_prot.
        if prot & PROT_BTI != 0 && !has_bti() {
            return Err(Errno(libc::EINVAL));
        }
        self.change(|space| space.mprotect(addr, len, prot)).map_err(errno)
    }

    fn madvise(&mut self, addr: u64, len: u64, advice: u64) -> Result<u64, Errno> {
        self.change(|space| space.madvise(addr, len, advice)).map_err(errno)
    }

    fn brk(&mut self, addr: u64) -> u64 {
        let now = space().brk_range().end;
        let is_admitted = self.admit(addr.saturating_sub(now), None, true).is_ok();
        if is_admitted { self.change(|space| space.brk(addr)) } else { now }
    }

    fn shmat(&mut self, id: i32, addr: u64, flags: u64) -> Result<u64, Errno> {
        self.change(|space| space.shmat(id, addr, flags)).map_err(errno)
    }

    fn shmdt(&mut self, addr: u64) -> Result<u64, Errno> {
        self.change(|space| space.shmdt(addr)).map_err(errno)
    }

    fn sigaction(&mut self, signal: u32, new: Option<SigAction>) -> Result<SigAction, Errno> {
        self.process.actions.set(signal, new, self.record.signals.never_blocked()).map_err(errno)
    }

    fn set_sigmask(&mut self, new: u64) -> Result<u64, HostError> {
        let new = new & !UNCATCHABLE;
        if !self.change_mask(new) {
            self.interrupted = Some(InterruptedCall::BeforeEntry);
            return Err(HostError::Restart);
        }
        let old = std::mem::replace(&mut self.signals.mask, new);
        self.record.signals.notice_open(new);
        Ok(old)
    }

    fn sigmask(&self) -> u64 {
        self.signals.mask
    }

    fn wait_mask(&mut self, mask: u64) -> u64 {
        self.signals.wait_mask = Some(mask & !UNCATCHABLE);
        mask & !self.record.signals.never_blocked() | self.read_faults()
    }

    fn reads_signals(&mut self, set: u64) {
        self.process.read_faults.fetch_or(set & FAULTS, Ordering::Relaxed);
    }

    fn pac_reset_keys(&mut self, keys: u64) -> Result<u64, Errno> {
        pac::prctl_reset(self.cpu(), keys)
    }

    fn pac_set_enabled_keys(&mut self, affected: u64, enabled: u64) -> Result<u64, Errno> {
        pac::prctl_set_enabled(self.cpu(), affected, enabled)
    }

    fn pac_enabled_keys(&self) -> Result<u64, Errno> {
        pac::prctl_get_enabled(&self.interp.cpu)
    }

    fn takes_tags(&self) -> bool {
        self.takes_tags
    }

    fn take_tags(&mut self, on: bool) {
        self.takes_tags = on;
    }

    fn exec_gain(&self) -> u64 {
        space().exec_gain.bits()
    }

    fn refuse_exec_gain(&mut self, bits: u64) -> Result<u64, Errno> {
        space().exec_gain.set(bits).map_err(errno)
    }

    fn auxv(&self) -> Vec<u8> {
        self.process.program.auxv.clone()
    }

    fn release(&self) -> Option<&str> {
        self.process.settings.release.as_deref()
    }

    fn wait_is_over(&mut self) -> bool {
        let Some(mask) = self.signals.wait_mask else { return false };
        self.record.signals.notice_open(mask);
        self.record.signals.pending(!mask) != 0
    }

    fn pending_here(&self) -> u64 {
        self.record.signals.pending(self.signals.mask)
    }

    fn take_pending(&mut self, set: u64) -> Option<[u8; 128]> {
        let info = self.record.signals.take_pending(set & self.signals.mask)?;
        // An EINTR that it brought about is none.
        self.interrupted = None;
        Some(info.0)
    }

    fn mlock_areas(&mut self, locks_now: bool, on_fault: bool, locks_later: bool) -> Result<u64, Errno> {
        space().lock_areas(locks_now, on_fault, locks_later).map_err(errno)
    }

    fn sigaltstack(&mut self, new: Option<SigAltStack>) -> Result<SigAltStack, Errno> {
        altstack::set(&mut self.signals.altstack, new, self.interp.cpu.sp).map_err(errno)
    }

    fn pid(&self) -> i32 {
        self.process.pid()
    }

    fn tid(&self) -> i32 {
        Thread::tid(self)
    }

    fn ring(&self, fd: i32) -> Option<Ring> {
        self.process.rings.get(fd)
    }

    fn set_ring(&mut self, fd: i32, ring: Option<Ring>) {
        self.process.rings.set(fd, ring);
    }

    fn is_hidden_fd(&self, fd: i32) -> bool {
        fds::is_hidden(fd)
    }

    fn hidden_fds(&self) -> Vec<i32> {
        fds::all_hidden()
    }

    fn vacate_fd(&mut self, fd: i32) {
        exec::vacate(fd);
    }

    fn may_filter(&self) -> bool {
        seccomp::is_allowed()
    }

    fn add_filter(&mut self, program: Program, flags: u32) -> Result<u64, Errno> {
        seccomp::add(&self.process, self.record, program, flags)
    }

    fn set_strict_seccomp(&mut self) -> Result<(), Errno> {
        seccomp::set_strict(self.record)
    }

    fn seccomp_mode(&self) -> u64 {
        self.record.seccomp.mode()
    }

    fn ptrace(&mut self, request: u64, tid: i32, addr: u64, data: u64) -> Result<u64, HostError> {
        tracer::ptrace(self, request, tid, addr, data)
    }

    fn waited(&mut self, tid: i32, status: i32) -> Option<i32> {
        tracer::waited(tid, status)
    }

    fn host_path(&mut self, dirfd: i32, path: &[u8], follow: Follow) -> HostPath {
        paths::host_path(&self.process, dirfd, path, follow)
    }

    fn open_synthetic(&mut self, dirfd: i32, path: &[u8], flags: i32) -> Option<Result<SyntheticFd, Errno>> {
        procfs::open(&self.process, Some(self), dirfd, path, flags).map(|result| result.map_err(errno))
    }

    fn renew_synthetic(&mut self, fd: i32) {
        procfs::renew(&self.process, Some(self), fd);
    }

    fn query_mapping(&mut self, fd: i32, query: GuestAddr) -> Option<Result<u64, Errno>> {
        procmap::query(&self.process, fd, query.0)
    }

    fn readlink_synthetic(&mut self, dirfd: i32, path: &[u8]) -> Option<Vec<u8>> {
        procfs::readlink(&self.process, dirfd, path)
    }

    fn memory_limit(&mut self, resource: u32, new: Option<Rlimit>) -> Option<Result<Rlimit, Errno>> {
        self.process.limits.change(resource, new)
    }

    fn runs_program(&mut self, dirfd: i32, path: &[u8], follow: Follow) -> bool {
        others::runs_program(&self.process, dirfd, path, follow)
    }

    fn note_once(&mut self, text: &str) {
        if log::is_on(Item::Unimp) && self.process.noted.lock().insert(text.to_owned()) {
            log::write(Item::Unimp, format_args!("{text}\n"));
        }
    }
}

/// The kernel restarts these whatever the handler's action says (ERESTARTNOINTR in kernel/futex/pi.c and requeue.c): glibc
/// aborts a program whose FUTEX_LOCK_PI gives EINTR.
fn restarts_always(nr: i64, args: &[u64; 6]) -> bool {
    const FUTEX_LOCK_PI2: i32 = 13;
    let command = args[1] as i32 & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME);
    nr == libc::SYS_futex && matches!(command, libc::FUTEX_LOCK_PI | libc::FUTEX_WAIT_REQUEUE_PI | FUTEX_LOCK_PI2)
}
