//! Where emu does not do what the host's kernel does, and why that is right.

/// Results that differ on purpose.
pub struct Exception {
    /// The call, or `*`.
    call: &'static str,
    /// What the case's words contain.
    words: &'static str,
    native: &'static str,
    emu: &'static str,
    /// Why; for the reader.
    _reason: &'static str,
}

impl Exception {
    /// True if it names this difference.
    pub fn covers(&self, label: &str, native: &str, emu: &str) -> bool {
        let is = |pattern: &str, text: &str| pattern == "*" || pattern == text;
        let (call, words) = label.split_once(": ").unwrap_or((label, ""));
        is(self.call, call) && words.contains(self.words) && is(self.native, native) && is(self.emu, emu)
    }
}

const fn differs(
    call: &'static str,
    words: &'static str,
    native: &'static str,
    emu: &'static str,
    reason: &'static str,
) -> Exception {
    Exception { call, words, native, emu, _reason: reason }
}

/// All that is known.
#[rustfmt::skip]
pub const EXCEPTIONS: &[Exception] = &[
    differs("*", "BEYOND", "*", "EFAULT", "the guest has no addresses there, and the call is not asked whether it looks"),
    differs("perf_event_open", "", "*", "ENOSYS", "refused: see its row"),
    differs("bpf", "", "*", "EPERM", "refused: see its row"),
    differs("rseq", "", "*", "ENOSYS", "refused: see its row"),
    differs("pkey_alloc", "", "*", "ENOSPC", "arm64 without FEAT_S1POE has no keys"),
    differs("pkey_mprotect", "", "0", "EINVAL", "arm64 without FEAT_S1POE has no keys, not even key 0"),
    differs("prctl", "PR_PAC_", "EINVAL", "0", "arm64 has these keys"),
    differs("prctl", "_TAGGED_ADDR_CTRL", "EINVAL", "0", "arm64 has such addresses"),
    differs("prctl", "PR_SET_SYSCALL_USER_DISPATCH", "0", "EINVAL", "arm64 has none before Linux 6.13 (CONFIG_GENERIC_ENTRY)"),
    differs("prctl", "PR_GET_TSC", "*", "EINVAL", "x86-64's"),
    differs("prctl", "PR_SET_TSC", "0", "EINVAL", "x86-64's"),
    differs("personality", "8", "0", "EINVAL", "PER_LINUX32, which a processor without 32-bit EL0 refuses"),
    differs("mprotect", "PROT_BTI", "EINVAL", "0", "arm64 has such pages"),
    differs("mmap", "-1", "EINVAL", "EEXIST", "no size of huge pages, a place that is taken: both are wrong"),
];
