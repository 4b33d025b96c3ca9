//! seccomp(2): filters see the guest's numbers and architecture, so the process layer keeps and
//! runs them ([`crate::Guest::add_filter`]); this is the call's interface.

use crate::Errno;
use crate::abi::bytes;
use crate::bpf::{Insn, LEN_MAX, Program};
use crate::guest::{Guest, GuestAddr};
use crate::kind::Args;
use crate::table::Handled;

const SET_MODE_STRICT: u32 = 0;
const SET_MODE_FILTER: u32 = 1;
const GET_ACTION_AVAIL: u32 = 2;
const GET_NOTIF_SIZES: u32 = 3;

/// SECCOMP_FILTER_FLAG_*.
pub mod flag {
    /// All threads get the filter.
    pub const TSYNC: u32 = 1;
    /// Actions are logged by the kernel.
    pub const LOG: u32 = 2;
    /// No mitigations for speculation.
    pub const SPEC_ALLOW: u32 = 4;
    /// A descriptor for notifications is wanted.
    pub const NEW_LISTENER: u32 = 8;
    /// A thread that cannot be synchronised gives ESRCH instead of its id.
    pub const TSYNC_ESRCH: u32 = 16;
}

/// SECCOMP_RET_*, the most restrictive first (as signed numbers).
pub mod action {
    #![allow(missing_docs)]
    pub const KILL_PROCESS: u32 = 0x8000_0000;
    pub const KILL_THREAD: u32 = 0;
    pub const TRAP: u32 = 0x0003_0000;
    pub const ERRNO: u32 = 0x0005_0000;
    pub const USER_NOTIF: u32 = 0x7fc0_0000;
    pub const TRACE: u32 = 0x7ff0_0000;
    pub const LOG: u32 = 0x7ffc_0000;
    pub const ALLOW: u32 = 0x7fff_0000;
}

/// seccomp(2).
pub fn seccomp(guest: &mut dyn Guest, args: Args) -> Handled {
    let (operation, flags, pointer) = (args.uint(0), args.uint(1), args.addr(2));
    match operation {
        SET_MODE_STRICT if flags == 0 && pointer.0 == 0 => strict(guest),
        SET_MODE_FILTER => filter(guest, flags, pointer),
        GET_ACTION_AVAIL if flags == 0 => action_available(guest, pointer),
        GET_NOTIF_SIZES if flags == 0 => {
            // struct seccomp_notif, seccomp_notif_resp, seccomp_data.
            let sizes: Vec<u8> = [80u16, 24, 64].into_iter().flat_map(u16::to_le_bytes).collect();
            guest.write(pointer, &sizes)?;
            Ok(0)
        }
        _ => Err(Errno::EINVAL.into()),
    }
}

/// prctl(PR_SET_SECCOMP).
pub fn set_by_prctl(guest: &mut dyn Guest, args: Args) -> Handled {
    const STRICT: u64 = 1;
    const FILTER: u64 = 2;
    match args.word(1) {
        STRICT => strict(guest),
        FILTER => filter(guest, 0, args.addr(2)),
        _ => Err(Errno::EINVAL.into()),
    }
}

fn strict(guest: &mut dyn Guest) -> Handled {
    guest.set_strict_seccomp()?;
    Ok(0)
}

fn action_available(guest: &mut dyn Guest, pointer: GuestAddr) -> Handled {
    let mut wanted = [0; 4];
    guest.read(pointer, &mut wanted)?;
    match u32::from_le_bytes(wanted) {
        action::KILL_PROCESS | action::KILL_THREAD | action::TRAP | action::ERRNO => Ok(0),
        action::TRACE | action::LOG | action::ALLOW => Ok(0),
        _ => Err(Errno::EOPNOTSUPP.into()),
    }
}

/// `struct sock_fprog { u16 len; struct sock_filter *filter; }`, checked in the kernel's order.
fn filter(guest: &mut dyn Guest, flags: u32, pointer: GuestAddr) -> Handled {
    const KNOWN: u32 = flag::TSYNC | flag::LOG | flag::SPEC_ALLOW | flag::TSYNC_ESRCH;
    if flags & flag::NEW_LISTENER != 0 {
        guest.note_once("seccomp: SECCOMP_FILTER_FLAG_NEW_LISTENER is not supported");
    }
    if flags & !KNOWN != 0 {
        return Err(Errno::EINVAL.into());
    }
    let mut header = [0; 16];
    guest.read(pointer, &mut header)?;
    let (len, insns) = (usize::from(bytes::get_u16(&header, 0)), GuestAddr(bytes::get_u64(&header, 8)));
    if len == 0 || len > LEN_MAX || insns.0 == 0 {
        return Err(Errno::EINVAL.into());
    }
    if !guest.may_filter() {
        return Err(Errno::EACCES.into());
    }
    let mut raw = vec![0; len * 8];
    guest.read(insns, &mut raw)?;
    let insns = (0..len).map(|at| Insn(bytes::get_u64(&raw, at * 8))).collect();
    Ok(guest.add_filter(Program::new(insns)?, flags)?)
}
