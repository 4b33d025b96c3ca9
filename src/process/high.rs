//! Keeps the emulator above the guest's addresses.
//!
//! The host kernel places a static-PIE image, and every mapping without an address, near the top
//! of its address space, unless RLIMIT_STACK is unlimited: then it allocates upwards from a third
//! of it (`mmap_is_legacy`), in the midst of what is the guest's. In that case the emulator lowers
//! the limit and executes itself once more; the limit goes back before the guest sees it.

use crate::host::raw::{GUEST_TOP, args, executed_path, syscall};
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Holds the soft limit that the guest is to have.
const VARIABLE: &str = "EMU_STACK_LIMIT";
/// Any finite limit will do; this is the usual one.
const LIMIT: u64 = 8 << 20;

/// True for the environment string that carries the limit.
pub fn is_variable(name: &OsStr) -> bool {
    name.as_bytes() == VARIABLE.as_bytes()
}

/// Returns with the emulator above [`GUEST_TOP`]; called before anything else.
///
/// Quirk: where neither /proc/self/exe nor the path of the emulator leads to its file (in a chroot,
/// after execve), it stays where it is, and a guest that maps at a fixed address may hit it.
pub fn go_high() {
    let limit = std::env::var_os(VARIABLE).and_then(|text| text.to_str()?.parse().ok());
    if let Some(limit) = limit {
        set_stack_limit(limit);
        return;
    }
    if (go_high as fn()) as usize as u64 >= GUEST_TOP {
        return;
    }
    let Some(limit) = stack_limit() else { return };
    set_stack_limit(LIMIT);
    execute_again(limit);
    set_stack_limit(limit);
}

fn stack_limit() -> Option<u64> {
    let mut limit = [0u64; 2];
    let query = args([0, u64::from(libc::RLIMIT_STACK), 0, limit.as_mut_ptr() as u64]);
    // prlimit64(2) fills both words of `limit`.
    syscall(libc::SYS_prlimit64, query).ok().map(|_| limit[0])
}

/// Sets the soft limit, as far as the hard one allows, which stays.
pub fn set_stack_limit(soft: u64) {
    let mut limit = [0u64; 2];
    let query = args([0, u64::from(libc::RLIMIT_STACK), 0, limit.as_mut_ptr() as u64]);
    if syscall(libc::SYS_prlimit64, query).is_ok() {
        limit[0] = soft.min(limit[1]);
        // Below the hard limit, it cannot fail.
        let _ = syscall(libc::SYS_prlimit64, args([0, u64::from(libc::RLIMIT_STACK), limit.as_ptr() as u64, 0]));
    }
}

/// execve(2) of the emulator with its own arguments; comes back only if that fails.
fn execute_again(limit: u64) {
    let c_string = |bytes: Vec<u8>| CString::new(bytes).ok();
    let argv: Vec<CString> = std::env::args_os().filter_map(|arg| c_string(arg.into_vec())).collect();
    let variables = std::env::vars_os().map(|(name, value)| [name.into_vec(), value.into_vec()].join(&b'='));
    let mut envp: Vec<CString> = variables.filter_map(c_string).collect();
    envp.extend(c_string(format!("{VARIABLE}={limit}").into_bytes()));
    let addresses =
        |strings: &[CString]| -> Vec<u64> { strings.iter().map(|s| s.as_ptr() as u64).chain([0]).collect() };
    let (argv_array, envp_array) = (addresses(&argv), addresses(&envp));
    for path in [c"/proc/self/exe", executed_path()] {
        let (argv, envp) = (argv_array.as_ptr() as u64, envp_array.as_ptr() as u64);
        let _ = syscall(libc::SYS_execve, args([path.as_ptr() as u64, argv, envp]));
    }
}
