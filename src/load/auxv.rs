//! The auxiliary vector: what the kernel tells a new program about itself and the machine.
//!
//! Entries and their order are those of create_elf_tables() in fs/binfmt_elf.c with arm64's
//! ARCH_DLINFO. Quirk: AT_RSEQ_FEATURE_SIZE and AT_RSEQ_ALIGN are left out, since rseq(2) is not
//! offered: the host kernel would compare the host's pc with the guest's critical sections.

/// Keys of include/uapi/linux/auxvec.h and arch/arm64/include/uapi/asm/auxvec.h.
#[allow(missing_docs)]
pub mod at {
    pub const NULL: u64 = 0;
    pub const PHDR: u64 = 3;
    pub const PHENT: u64 = 4;
    pub const PHNUM: u64 = 5;
    pub const PAGESZ: u64 = 6;
    pub const BASE: u64 = 7;
    pub const FLAGS: u64 = 8;
    pub const ENTRY: u64 = 9;
    pub const UID: u64 = 11;
    pub const EUID: u64 = 12;
    pub const GID: u64 = 13;
    pub const EGID: u64 = 14;
    pub const PLATFORM: u64 = 15;
    pub const HWCAP: u64 = 16;
    pub const CLKTCK: u64 = 17;
    pub const SECURE: u64 = 23;
    pub const RANDOM: u64 = 25;
    pub const HWCAP2: u64 = 26;
    pub const EXECFN: u64 = 31;
    pub const SYSINFO_EHDR: u64 = 33;
    pub const MINSIGSTKSZ: u64 = 51;
}

/// USER_HZ, the unit of times(2) and /proc/self/stat.
const USER_HZ: u64 = 100;
/// sizeof(Elf64_Phdr).
const PHDR_BYTES: u64 = 56;

/// What the entries say, less the addresses of strings on the stack.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct AuxInfo {
    /// Address of the vDSO's ELF header.
    pub vdso: u64,
    /// Bytes that the largest signal frame needs.
    pub min_signal_stack: u64,
    /// HWCAP_* bits.
    pub hwcap: u64,
    /// HWCAP2_* bits.
    pub hwcap2: u64,
    /// Address of the program's own headers.
    pub phdr: u64,
    /// How many.
    pub phnum: u64,
    /// Where the interpreter was mapped, 0 without one.
    pub interp_base: u64,
    /// The program's own entry, not the interpreter's.
    pub entry: u64,
    /// Real and effective user and group.
    pub ids: Ids,
}

/// Credentials as AT_UID … AT_EGID tell them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[allow(missing_docs)]
pub struct Ids {
    pub uid: u32,
    pub euid: u32,
    pub gid: u32,
    pub egid: u32,
}

/// Where on the stack the strings are that entries point to.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct StackStrings {
    /// 16 random bytes.
    pub random: u64,
    /// The path given to execve(2).
    pub execfn: u64,
    /// "aarch64".
    pub platform: u64,
}

impl AuxInfo {
    /// The vector, with its AT_NULL.
    pub fn entries(&self, strings: &StackStrings) -> Vec<(u64, u64)> {
        let ids = self.ids;
        vec![
            (at::SYSINFO_EHDR, self.vdso),
            (at::MINSIGSTKSZ, self.min_signal_stack),
            (at::HWCAP, self.hwcap),
            (at::PAGESZ, crate::memory::PAGE),
            (at::CLKTCK, USER_HZ),
            (at::PHDR, self.phdr),
            (at::PHENT, PHDR_BYTES),
            (at::PHNUM, self.phnum),
            (at::BASE, self.interp_base),
            (at::FLAGS, 0),
            (at::ENTRY, self.entry),
            (at::UID, u64::from(ids.uid)),
            (at::EUID, u64::from(ids.euid)),
            (at::GID, u64::from(ids.gid)),
            (at::EGID, u64::from(ids.egid)),
            (at::SECURE, u64::from(ids.uid != ids.euid || ids.gid != ids.egid)),
            (at::RANDOM, strings.random),
            (at::HWCAP2, self.hwcap2),
            (at::EXECFN, strings.execfn),
            (at::PLATFORM, strings.platform),
            (at::NULL, 0),
        ]
    }
}

/// The vector as /proc/self/auxv and the stack hold it.
pub fn to_bytes(entries: &[(u64, u64)]) -> Vec<u8> {
    entries.iter().flat_map(|(key, value)| [key.to_le_bytes(), value.to_le_bytes()]).flatten().collect()
}
