//! A guest for tests: one real, low memory area of this process, the real host kernel, and
//! recorded calls for what the process layer does. Success and failure are the kernel's own.

#![allow(unsafe_code)]
#![allow(dead_code, reason = "each test file uses a part")]

use std::ffi::CString;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};

use syscalls::abi::io_uring::Ring;
use syscalls::guest::{
    CloneArgs, Follow, Guest, GuestAddr, HostError, HostPath, Outcome, SigAction, SigAltStack, SyntheticFd,
};
use syscalls::{Errno, dispatch, table};

/// Bytes of the area.
pub const AREA: usize = 1 << 20;

/// See the top of the file.
pub struct TestGuest {
    memory: File,
    next: u64,
    end: u64,
    /// Each `Guest` call that would act on the process, as text.
    pub acts: Vec<String>,
    /// Each host call's number.
    pub host_calls: Vec<i64>,
    /// What is_hidden_fd says.
    pub hidden: Vec<i32>,
    /// Path overlay: (guest path, host path).
    pub overlay: Option<(&'static str, String)>,
    /// A made-up file: (path, content descriptor).
    pub synthetic: Option<(&'static str, i32)>,
    /// A made-up link.
    pub link: Option<(&'static str, &'static str)>,
    /// The blocked mask.
    pub mask: u64,
    /// What wait_mask was asked for.
    pub waited_with: Option<u64>,
    /// What pending_here says.
    pub pending: u64,
    /// What runs_program says yes to.
    pub running: Option<Vec<u8>>,
    /// If set, the next host call is a restart.
    pub restart: bool,
    /// If set, host calls are not made but give this.
    pub inert: Option<Result<u64, Errno>>,
    /// What was noted.
    pub notes: Vec<String>,
    /// What takes_tags says.
    pub takes_tags: bool,
    /// Rings by descriptor.
    pub rings: std::collections::BTreeMap<i32, Ring>,
}

impl TestGuest {
    /// Maps a fresh area below the guest's top.
    pub fn new() -> TestGuest {
        // One area per guest, with a hole behind each: tests run in parallel.
        static NEXT: AtomicU64 = AtomicU64::new(0x10_0000_0000);
        let start = NEXT.fetch_add(2 * AREA as u64, Ordering::Relaxed);
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
        // SAFETY: a new anonymous mapping that replaces nothing.
        let area = unsafe { libc::mmap(start as *mut libc::c_void, AREA, prot, flags, -1, 0) };
        assert_eq!(area as u64, start);
        TestGuest {
            memory: File::options().read(true).write(true).open("/proc/self/mem").unwrap(),
            next: start,
            end: start + AREA as u64,
            acts: Vec::new(),
            host_calls: Vec::new(),
            hidden: Vec::new(),
            overlay: None,
            synthetic: None,
            link: None,
            mask: 0,
            waited_with: None,
            pending: 0,
            running: None,
            restart: false,
            inert: None,
            notes: Vec::new(),
            takes_tags: false,
            rings: Default::default(),
        }
    }

    /// Room for `len` bytes, 16-byte aligned, zero.
    pub fn room(&mut self, len: usize) -> u64 {
        let at = self.next;
        self.next += (len as u64 + 15) & !15;
        assert!(self.next <= self.end);
        at
    }

    /// Room that holds `bytes`.
    pub fn put(&mut self, bytes: &[u8]) -> u64 {
        let at = self.room(bytes.len());
        self.write(GuestAddr(at), bytes).unwrap();
        at
    }

    /// A string.
    pub fn str(&mut self, text: &str) -> u64 {
        self.put(&[text.as_bytes(), b"\0"].concat())
    }

    /// An array of words.
    pub fn words(&mut self, words: &[u64]) -> u64 {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.put(&bytes)
    }

    /// The first address behind the area, which is unmapped.
    pub fn unmapped(&self) -> u64 {
        self.end
    }

    /// What lies at an address.
    pub fn bytes<const N: usize>(&self, at: u64) -> [u8; N] {
        let mut raw = [0; N];
        self.read(GuestAddr(at), &mut raw).unwrap();
        raw
    }

    /// A 64-bit word.
    pub fn word(&self, at: u64) -> u64 {
        u64::from_le_bytes(self.bytes(at))
    }

    /// A 32-bit word.
    pub fn half(&self, at: u64) -> u32 {
        u32::from_le_bytes(self.bytes(at))
    }

    /// Makes a call by name and returns the outcome.
    pub fn outcome(&mut self, name: &str, words: &[u64]) -> Outcome {
        let number = number(name);
        let mut all = [0; 6];
        all[..words.len()].copy_from_slice(words);
        dispatch(self, number, all)
    }

    /// Makes a call that gives a value or an error.
    pub fn call(&mut self, name: &str, words: &[u64]) -> Result<u64, Errno> {
        match self.outcome(name, words) {
            Outcome::Return(result) => result,
            other => panic!("{name}: {other:?}"),
        }
    }

    /// Makes a call that is a clone.
    pub fn clone_args(&mut self, name: &str, words: &[u64]) -> Result<CloneArgs, Errno> {
        match self.outcome(name, words) {
            Outcome::Clone(args) => Ok(args),
            Outcome::Return(Err(errno)) => Err(errno),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// The guest's number of a call.
pub fn number(name: &str) -> u64 {
    table::TABLE.iter().find(|row| row.name == name).map(|row| row.number.into()).unwrap()
}

/// A negative `int` as the guest passes it.
pub fn int(value: i32) -> u64 {
    value as u32 as u64
}

/// AT_FDCWD.
pub const CWD: u64 = libc::AT_FDCWD as u32 as u64;

impl Guest for TestGuest {
    fn host(&mut self, nr: i64, args: [u64; 6]) -> Result<u64, HostError> {
        self.host_calls.push(nr);
        if std::mem::take(&mut self.restart) {
            return Err(HostError::Restart);
        }
        if let Some(result) = self.inert {
            return result.map_err(HostError::Errno);
        }
        let [a, b, c, d, e, f] = args;
        // SAFETY: the tests pass only pointers into the area, to live buffers of the crate, or ones
        // that the kernel refuses.
        let ret = unsafe { libc::syscall(nr, a, b, c, d, e, f) };
        if ret == -1 {
            let errno = std::io::Error::last_os_error().raw_os_error().unwrap();
            return Err(HostError::Errno(Errno(errno)));
        }
        Ok(ret as u64)
    }
    fn read(&self, addr: GuestAddr, buf: &mut [u8]) -> Result<(), Errno> {
        if addr.0 < 4096 {
            return Err(Errno::EFAULT);
        }
        self.memory.read_exact_at(buf, addr.0).map_err(|_| Errno::EFAULT)
    }
    fn write(&self, addr: GuestAddr, bytes: &[u8]) -> Result<(), Errno> {
        if addr.0 < 4096 {
            return Err(Errno::EFAULT);
        }
        self.memory.write_all_at(bytes, addr.0).map_err(|_| Errno::EFAULT)
    }
    fn read_cstr(&self, addr: GuestAddr, max: usize) -> Result<Vec<u8>, Errno> {
        let mut text = Vec::new();
        for at in 0..max as u64 {
            let mut byte = [0];
            self.read(GuestAddr(addr.0 + at), &mut byte)?;
            if byte[0] == 0 {
                return Ok(text);
            }
            text.push(byte[0]);
        }
        Err(Errno::ENAMETOOLONG)
    }
    fn mmap(&mut self, addr: u64, len: u64, prot: u64, flags: u64, fd: i32, offset: u64) -> Result<u64, Errno> {
        self.acts.push(format!("mmap({addr:#x}, {len:#x}, {prot:#x}, {flags:#x}, {fd}, {offset:#x})"));
        Ok(0x1000)
    }
    fn munmap(&mut self, addr: u64, len: u64) -> Result<u64, Errno> {
        self.acts.push(format!("munmap({addr:#x}, {len:#x})"));
        Ok(0)
    }
    fn mremap(&mut self, old: u64, old_len: u64, new_len: u64, flags: u64, new: u64) -> Result<u64, Errno> {
        self.acts.push(format!("mremap({old:#x}, {old_len:#x}, {new_len:#x}, {flags:#x}, {new:#x})"));
        Ok(0x2000)
    }
    fn mprotect(&mut self, addr: u64, len: u64, prot: u64) -> Result<u64, Errno> {
        self.acts.push(format!("mprotect({addr:#x}, {len:#x}, {prot:#x})"));
        Ok(0)
    }
    fn madvise(&mut self, addr: u64, len: u64, advice: u64) -> Result<u64, Errno> {
        self.acts.push(format!("madvise({addr:#x}, {len:#x}, {advice})"));
        Ok(0)
    }
    fn brk(&mut self, addr: u64) -> u64 {
        self.acts.push(format!("brk({addr:#x})"));
        0x3000
    }
    fn mlock_areas(&mut self, locks_now: bool, on_fault: bool, locks_later: bool) -> Result<u64, Errno> {
        self.acts.push(format!("mlock_areas({locks_now}, {on_fault}, {locks_later})"));
        Ok(0)
    }
    fn shmat(&mut self, id: i32, addr: u64, flags: u64) -> Result<u64, Errno> {
        self.acts.push(format!("shmat({id}, {addr:#x}, {flags:#x})"));
        Ok(0x4000)
    }
    fn shmdt(&mut self, addr: u64) -> Result<u64, Errno> {
        self.acts.push(format!("shmdt({addr:#x})"));
        Ok(0)
    }
    fn sigaction(&mut self, signal: u32, new: Option<SigAction>) -> Result<SigAction, Errno> {
        self.acts.push(format!("sigaction({signal}, {new:x?})"));
        Ok(SigAction { handler: 0x11, flags: 0x22, restorer: 0x33, mask: 0x44 })
    }
    fn set_sigmask(&mut self, new: u64) -> Result<u64, HostError> {
        Ok(std::mem::replace(&mut self.mask, new))
    }
    fn sigmask(&self) -> u64 {
        self.mask
    }
    fn wait_mask(&mut self, mask: u64) -> u64 {
        self.waited_with = Some(mask);
        mask
    }
    fn pac_reset_keys(&mut self, keys: u64) -> Result<u64, Errno> {
        self.acts.push(format!("pac_reset_keys {keys:#x}"));
        Ok(0)
    }

    fn pac_set_enabled_keys(&mut self, affected: u64, enabled: u64) -> Result<u64, Errno> {
        self.acts.push(format!("pac_set_enabled_keys {affected:#x} {enabled:#x}"));
        Ok(0)
    }

    fn release(&self) -> Option<&str> {
        Some("6.12.0-test")
    }

    fn pac_enabled_keys(&self) -> Result<u64, Errno> {
        Ok(15)
    }

    fn takes_tags(&self) -> bool {
        self.takes_tags
    }

    fn take_tags(&mut self, on: bool) {
        self.takes_tags = on;
    }

    fn exec_gain(&self) -> u64 {
        2
    }

    fn refuse_exec_gain(&mut self, bits: u64) -> Result<u64, Errno> {
        self.acts.push(format!("refuse_exec_gain {bits}"));
        Ok(0)
    }

    fn renew_synthetic(&mut self, _fd: i32) {}

    fn query_mapping(&mut self, _fd: i32, _query: GuestAddr) -> Option<Result<u64, Errno>> {
        None
    }

    fn auxv(&self) -> Vec<u8> {
        vec![1; 32]
    }

    fn wait_is_over(&mut self) -> bool {
        false
    }
    fn pending_here(&self) -> u64 {
        self.pending
    }
    fn reads_signals(&mut self, _: u64) {}
    fn take_pending(&mut self, set: u64) -> Option<[u8; 128]> {
        let signal = (self.pending & set).trailing_zeros();
        self.pending &= !(1u64.checked_shl(signal)?);
        let mut info = [0; 128];
        info[0] = signal as u8 + 1;
        Some(info)
    }
    fn sigaltstack(&mut self, new: Option<SigAltStack>) -> Result<SigAltStack, Errno> {
        self.acts.push(format!("sigaltstack({new:x?})"));
        Ok(SigAltStack { sp: 0x5000, flags: 2, pad: 0, size: 0x6000 })
    }
    fn pid(&self) -> i32 {
        std::process::id() as i32
    }
    fn tid(&self) -> i32 {
        std::process::id() as i32
    }
    fn ring(&self, fd: i32) -> Option<Ring> {
        self.rings.get(&fd).copied()
    }

    fn set_ring(&mut self, fd: i32, ring: Option<Ring>) {
        match ring {
            Some(ring) => drop(self.rings.insert(fd, ring)),
            None => drop(self.rings.remove(&fd)),
        }
    }

    fn is_hidden_fd(&self, fd: i32) -> bool {
        self.hidden.contains(&fd)
    }
    fn hidden_fds(&self) -> Vec<i32> {
        self.hidden.clone()
    }
    fn vacate_fd(&mut self, fd: i32) {
        self.acts.push(format!("vacate_fd({fd})"));
    }
    fn may_filter(&self) -> bool {
        true
    }
    fn add_filter(&mut self, program: syscalls::bpf::Program, flags: u32) -> Result<u64, Errno> {
        self.acts.push(format!("add_filter({} insns, {flags:#x})", program.insns().len()));
        Ok(0)
    }
    fn set_strict_seccomp(&mut self) -> Result<(), Errno> {
        self.acts.push("set_strict_seccomp".into());
        Ok(())
    }
    fn seccomp_mode(&self) -> u64 {
        2
    }
    fn ptrace(&mut self, request: u64, tid: i32, addr: u64, data: u64) -> Result<u64, HostError> {
        self.acts.push(format!("ptrace({request:#x}, {tid}, {addr:#x}, {data:#x})"));
        Ok(0)
    }
    fn waited(&mut self, tid: i32, status: i32) -> Option<i32> {
        self.acts.push(format!("waited({status:#x})"));
        (tid != 0).then_some(status)
    }
    fn host_path(&mut self, _dirfd: i32, path: &[u8], follow: Follow) -> HostPath {
        self.acts.push(format!("host_path({}, {follow:?})", String::from_utf8_lossy(path)));
        match &self.overlay {
            Some((from, to)) if from.as_bytes() == path => HostPath::Replaced(CString::new(to.as_str()).unwrap()),
            _ => HostPath::AsGiven,
        }
    }
    fn open_synthetic(&mut self, _dirfd: i32, path: &[u8], _flags: i32) -> Option<Result<SyntheticFd, Errno>> {
        self.synthetic.and_then(|(made, fd)| (made.as_bytes() == path).then_some(Ok(fd)))
    }
    fn readlink_synthetic(&mut self, _dirfd: i32, path: &[u8]) -> Option<Vec<u8>> {
        self.link.and_then(|(link, target)| (link.as_bytes() == path).then(|| target.into()))
    }
    fn memory_limit(
        &mut self,
        _resource: u32,
        _new: Option<syscalls::guest::Rlimit>,
    ) -> Option<Result<syscalls::guest::Rlimit, Errno>> {
        None
    }
    fn runs_program(&mut self, _dirfd: i32, path: &[u8], _follow: Follow) -> bool {
        self.running.as_deref() == Some(path)
    }
    fn note_once(&mut self, text: &str) {
        self.notes.push(text.into());
    }
}
