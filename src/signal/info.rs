//! `siginfo_t`: 128 bytes, the same layout on arm64 and x86-64 (include/uapi/asm-generic/siginfo.h;
//! only x32 differs), so what the host kernel fills in goes to the guest as it is.

/// A `siginfo_t`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C, align(8))]
pub struct SigInfo(pub [u8; 128]);

const SIGNO: usize = 0;
const ERRNO: usize = 4;
const CODE: usize = 8;
const FIELDS: usize = 16;

const _: () = assert!(size_of::<libc::siginfo_t>() == size_of::<SigInfo>());
const _: () = assert!(std::mem::offset_of!(libc::siginfo_t, si_code) == CODE);

impl Default for SigInfo {
    fn default() -> Self {
        SigInfo([0; 128])
    }
}

impl SigInfo {
    /// What the kernel fills in for a fault: `si_addr` is a guest address.
    pub fn fault(signal: u32, code: i32, addr: u64) -> Self {
        let mut info = Self::kernel(signal, code);
        info.put(FIELDS, &addr.to_ne_bytes());
        info
    }

    /// A signal without further fields.
    pub fn kernel(signal: u32, code: i32) -> Self {
        let mut info = Self::default();
        info.put(SIGNO, &signal.to_ne_bytes());
        info.put(CODE, &code.to_ne_bytes());
        info
    }

    /// A signal as kill(2) or tgkill(2) of this process to itself would send it.
    pub fn user(signal: u32, code: i32, pid: i32, uid: u32) -> Self {
        let mut info = Self::kernel(signal, code);
        info.put(FIELDS, &pid.to_ne_bytes());
        info.put(FIELDS + 4, &uid.to_ne_bytes());
        info
    }

    /// Sets `si_errno`.
    pub fn set_errno(&mut self, errno: i32) {
        self.put(ERRNO, &errno.to_ne_bytes());
    }

    /// Sets `si_syscall` and `si_arch` of a SIGSYS, which follow its address.
    pub fn set_syscall(&mut self, number: i32, arch: u32) {
        self.put(FIELDS + 8, &number.to_ne_bytes());
        self.put(FIELDS + 12, &arch.to_ne_bytes());
    }

    /// `si_signo`.
    pub fn signal(&self) -> u32 {
        u32::from_ne_bytes(self.get(SIGNO))
    }

    /// `si_code`: above zero where the kernel sent it for a reason of its own.
    pub fn code(&self) -> i32 {
        i32::from_ne_bytes(self.get(CODE))
    }

    /// `si_addr` of a fault.
    pub fn addr(&self) -> u64 {
        u64::from_ne_bytes(self.get(FIELDS))
    }

    /// `si_pid` of a signal that was sent.
    pub fn sender(&self) -> i32 {
        i32::from_ne_bytes(self.get(FIELDS))
    }

    /// `si_value` of a queued signal.
    pub fn value(&self) -> u64 {
        u64::from_ne_bytes(self.get(FIELDS + 8))
    }

    /// Sets `si_value`.
    pub fn set_value(&mut self, value: u64) {
        self.put(FIELDS + 8, &value.to_ne_bytes());
    }

    /// `si_fd` of a SIGIO-like signal, which follows `si_band`.
    pub fn fd(&self) -> i32 {
        i32::from_ne_bytes(self.get(FIELDS + 8))
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn get<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut bytes = [0; N];
        bytes.copy_from_slice(&self.0[at..at + N]);
        bytes
    }
}
