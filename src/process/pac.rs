//! Pointer authentication keys: what arch/arm64/kernel/pointer_auth.c does with them.
//!
//! A program starts with random keys, its threads and forks inherit them, and prctl(2) makes new
//! ones or turns them off for the calling thread.

use crate::cpu::state::PacKeys;
use crate::cpu::{CpuState, Feature};
use crate::decode;
use crate::host::raw::{args, syscall};
use syscalls::Errno;

const EINVAL: Errno = Errno(libc::EINVAL);
/// PR_PAC_AP{IA,IB,DA,DB}KEY and PR_PAC_APGAKEY of include/uapi/linux/prctl.h: bit n is key n.
const ALL_KEYS: u64 = 31;

fn is_supported() -> bool {
    decode::features().contains(Feature::PAuth)
}

/// Where a user-mode pointer has its code; nowhere without the feature.
pub fn pointer_mask() -> u64 {
    if is_supported() { 0x7f << 48 } else { 0 }
}

/// Makes new keys for those that `keys` names.
pub fn reset_keys(cpu: &mut CpuState, keys: u64) {
    for (n, value) in cpu.keys.values.iter_mut().enumerate() {
        if keys >> n & 1 != 0 {
            // getrandom(2) fills so few bytes whole, once the kernel has entropy; it waits for that.
            let _ = syscall(libc::SYS_getrandom, args([std::ptr::from_mut(value) as u64, size_of::<u128>() as u64]));
        }
    }
}

/// prctl(PR_PAC_RESET_KEYS): zero names all.
pub fn prctl_reset(cpu: &mut CpuState, keys: u64) -> Result<u64, Errno> {
    if !is_supported() || keys & !ALL_KEYS != 0 {
        return Err(EINVAL);
    }
    reset_keys(cpu, if keys == 0 { ALL_KEYS } else { keys });
    Ok(0)
}

/// prctl(PR_PAC_SET_ENABLED_KEYS): of the keys that `affected` names, those in `enabled` are in use.
pub fn prctl_set_enabled(cpu: &mut CpuState, affected: u64, enabled: u64) -> Result<u64, Errno> {
    let addresses = u64::from(PacKeys::ENABLED);
    if !is_supported() || affected & !addresses != 0 || enabled & !affected != 0 {
        return Err(EINVAL);
    }
    cpu.keys.enabled = cpu.keys.enabled & !(affected as u32) | enabled as u32;
    Ok(0)
}

/// prctl(PR_PAC_GET_ENABLED_KEYS).
pub fn prctl_get_enabled(cpu: &CpuState) -> Result<u64, Errno> {
    if is_supported() { Ok(u64::from(cpu.keys.enabled)) } else { Err(EINVAL) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_random_and_go_on_and_off() {
        let mut cpu = CpuState::default();
        assert_eq!(prctl_reset(&mut cpu, 0), Ok(0));
        let first = cpu.keys.values;
        assert!(first.iter().all(|&key| key != 0));
        assert_eq!(prctl_reset(&mut cpu, 2), Ok(0));
        let changed: Vec<bool> = first.iter().zip(cpu.keys.values).map(|(a, b)| *a != b).collect();
        assert_eq!(changed, [false, true, false, false, false]);
        assert_eq!(prctl_set_enabled(&mut cpu, 5, 1), Ok(0));
        assert_eq!(prctl_get_enabled(&cpu), Ok(0b1011));
        for wrong in [prctl_reset(&mut cpu, 32), prctl_set_enabled(&mut cpu, 16, 0), prctl_set_enabled(&mut cpu, 1, 2)]
        {
            assert_eq!(wrong, Err(EINVAL));
        }
    }
}
