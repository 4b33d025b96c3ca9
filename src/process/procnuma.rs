//! /proc/PID/numa_maps: the host's, without the emulator's mappings and with the guest's names.

use super::paths;
use super::thread::Process;
use crate::memory::addr::GUEST_TOP;

/// The text for a process whose heap begins at `heap`, of which the host's kernel does not know (`others::publish`).
pub fn text(process: &Process, host: &str, heap: u64) -> Vec<u8> {
    let mut out = Vec::new();
    for line in host.lines() {
        let start = line.split(' ').next().and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let Some(start) = start.filter(|&start| start < GUEST_TOP) else { continue };
        // Address and policy, what it is, and counts.
        let counts = line.split(' ').position(|word| word.contains('=')).unwrap_or(usize::MAX);
        for (at, word) in line.split(' ').enumerate() {
            if at == counts && start == heap {
                out.extend_from_slice(b" heap");
            }
            if at != 0 {
                out.push(b' ');
            }
            match word.strip_prefix("file=") {
                Some(name) => {
                    out.extend_from_slice(b"file=");
                    out.extend_from_slice(paths::guest_path(process, name.as_bytes()));
                }
                None => out.extend_from_slice(word.as_bytes()),
            }
        }
        out.push(b'\n');
    }
    out
}
