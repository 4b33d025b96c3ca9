//! prctl(2): options about the process go through, options about the CPU are answered as by an
//! arm64 kernel whose CPU lacks the feature.

use crate::Errno;
use crate::abi::bytes;
use crate::guest::{GUEST_TOP, Guest};
use crate::kind::{Args, FlagSet};
use crate::seccomp;
use crate::table::Handled;

/// What becomes of an option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Treatment {
    /// The host kernel does it for the process that guest and emulator share.
    Pass,
    /// Filters are ours to run.
    Seccomp,
    /// Where the program, its arguments and its environment lie, as /proc shows it.
    Map,
    /// Tags in pointers, of which the process layer keeps whether they may be there.
    Tags,
    /// What may become executable, which on the host nothing of the guest's is.
    ExecGain,
    /// What the program was started with, which is not what the emulator was.
    Auxv,
    /// Pointer authentication keys, which the process layer holds; the last arguments must be zero.
    Keys,
    /// The announced CPU lacks the feature (SVE, SME), or arm64 never had the
    /// option: EINVAL.
    Absent,
}

/// One row per option of include/uapi/linux/prctl.h: dispatch and `-strace` both read it.
macro_rules! options {
    ($($number:literal $name:ident $treatment:ident)*) => {
        const TREATMENTS: &[(i32, Treatment)] = &[$(($number, Treatment::$treatment)),*];

        /// The options by name.
        pub static PRCTL: FlagSet = FlagSet {
            field: u64::MAX,
            choices: &[$(($number, stringify!($name))),*],
            bits: &[],
            zero: "",
        };
    };
}

options! {
    1 PR_SET_PDEATHSIG Pass
    2 PR_GET_PDEATHSIG Pass
    3 PR_GET_DUMPABLE Pass
    4 PR_SET_DUMPABLE Pass
    5 PR_GET_UNALIGN Absent
    6 PR_SET_UNALIGN Absent
    7 PR_GET_KEEPCAPS Pass
    8 PR_SET_KEEPCAPS Pass
    9 PR_GET_FPEMU Absent
    10 PR_SET_FPEMU Absent
    11 PR_GET_FPEXC Absent
    12 PR_SET_FPEXC Absent
    13 PR_GET_TIMING Pass
    14 PR_SET_TIMING Pass
    15 PR_SET_NAME Pass
    16 PR_GET_NAME Pass
    19 PR_GET_ENDIAN Absent
    20 PR_SET_ENDIAN Absent
    21 PR_GET_SECCOMP Seccomp
    22 PR_SET_SECCOMP Seccomp
    23 PR_CAPBSET_READ Pass
    24 PR_CAPBSET_DROP Pass
    25 PR_GET_TSC Absent
    26 PR_SET_TSC Absent
    27 PR_GET_SECUREBITS Pass
    28 PR_SET_SECUREBITS Pass
    29 PR_SET_TIMERSLACK Pass
    30 PR_GET_TIMERSLACK Pass
    31 PR_TASK_PERF_EVENTS_DISABLE Pass
    32 PR_TASK_PERF_EVENTS_ENABLE Pass
    33 PR_MCE_KILL Pass
    34 PR_MCE_KILL_GET Pass
    35 PR_SET_MM Map
    36 PR_SET_CHILD_SUBREAPER Pass
    37 PR_GET_CHILD_SUBREAPER Pass
    38 PR_SET_NO_NEW_PRIVS Pass
    39 PR_GET_NO_NEW_PRIVS Pass
    40 PR_GET_TID_ADDRESS Pass
    41 PR_SET_THP_DISABLE Pass
    42 PR_GET_THP_DISABLE Pass
    45 PR_SET_FP_MODE Absent
    46 PR_GET_FP_MODE Absent
    47 PR_CAP_AMBIENT Pass
    50 PR_SVE_SET_VL Absent
    51 PR_SVE_GET_VL Absent
    52 PR_GET_SPECULATION_CTRL Pass
    53 PR_SET_SPECULATION_CTRL Pass
    54 PR_PAC_RESET_KEYS Keys
    55 PR_SET_TAGGED_ADDR_CTRL Tags
    56 PR_GET_TAGGED_ADDR_CTRL Tags
    57 PR_SET_IO_FLUSHER Pass
    58 PR_GET_IO_FLUSHER Pass
    59 PR_SET_SYSCALL_USER_DISPATCH Absent
    60 PR_PAC_SET_ENABLED_KEYS Keys
    61 PR_PAC_GET_ENABLED_KEYS Keys
    62 PR_SCHED_CORE Pass
    63 PR_SME_SET_VL Absent
    64 PR_SME_GET_VL Absent
    65 PR_SET_MDWE ExecGain
    66 PR_GET_MDWE ExecGain
    67 PR_SET_MEMORY_MERGE Pass
    68 PR_GET_MEMORY_MERGE Pass
    0x4155_5856 PR_GET_AUXV Auxv
    0x5356_4d41 PR_SET_VMA Pass
    0x5961_6d61 PR_SET_PTRACER Pass
}

/// prctl(2).
pub fn prctl(guest: &mut dyn Guest, args: Args) -> Handled {
    let option = args.int(0);
    match TREATMENTS.iter().find(|(number, _)| *number == option).map(|&(_, treatment)| treatment) {
        Some(Treatment::Pass) => guest.host(libc::SYS_prctl, args.0),
        Some(Treatment::Seccomp) if option == libc::PR_GET_SECCOMP => Ok(guest.seccomp_mode()),
        Some(Treatment::Seccomp) => seccomp::set_by_prctl(guest, args),
        Some(Treatment::Keys) => keys(guest, option, args),
        Some(Treatment::Tags) => tags(guest, option, args),
        Some(Treatment::Auxv) => auxv(guest, args),
        Some(Treatment::ExecGain) => exec_gain(guest, option, args),
        Some(Treatment::Map) => memory_map(guest, args),
        Some(Treatment::Absent) => Err(Errno::EINVAL.into()),
        None => {
            guest.note_once(&format!("prctl option {option} is unknown"));
            Err(Errno::EINVAL.into())
        }
    }
}

/// PR_SET_MM, which is how programs rename themselves. The break that the host's kernel knows is the emulator's, and stays;
/// the file cannot be changed while what is executed is mapped (EBUSY), which of the emulator is always so.
fn memory_map(guest: &mut dyn Guest, args: Args) -> Handled {
    const START_BRK: u64 = 6;
    const BRK: u64 = 7;
    const AUXV: u64 = 12;
    const MAP: u64 = 14;
    /// `struct prctl_mm_map`: start_brk and brk are its fifth and sixth words.
    const MAP_BYTES: usize = 104;
    const BREAKS: [usize; 2] = [32, 40];
    const AUXV_SIZE: usize = 96;
    match args.word(1) {
        START_BRK | BRK | AUXV => Err(Errno::EINVAL.into()),
        MAP if args.word(3) == MAP_BYTES as u64 => {
            let mut map = [0; MAP_BYTES];
            guest.read(args.addr(2), &mut map)?;
            let [start, end] = BREAKS.map(|at| bytes::get_u64(&map, at));
            if start > end || end >= GUEST_TOP || bytes::get_u32(&map, AUXV_SIZE) != 0 {
                return Err(Errno::EINVAL.into());
            }
            let own = guest.host(libc::SYS_brk, [0; 6])?;
            BREAKS.into_iter().for_each(|at| bytes::put(&mut map, at, &own.to_le_bytes()));
            guest.host(libc::SYS_prctl, args.with(2, bytes::address_of(&map)).0)
        }
        _ => guest.host(libc::SYS_prctl, args.0),
    }
}

/// PR_SET_TAGGED_ADDR_CTRL and PR_GET_TAGGED_ADDR_CTRL, where nothing checks tags (no FEAT_MTE).
fn tags(guest: &mut dyn Guest, option: i32, args: Args) -> Handled {
    const ENABLE: u64 = 1;
    let is_set = option == 55;
    let behind = if is_set { 2 } else { 1 };
    if (behind..5).any(|n| args.word(n) != 0) || is_set && args.word(1) & !ENABLE != 0 {
        return Err(Errno::EINVAL.into());
    }
    if is_set {
        guest.take_tags(args.word(1) == ENABLE);
        return Ok(0);
    }
    Ok(u64::from(guest.takes_tags()))
}

/// PR_SET_MDWE and PR_GET_MDWE.
fn exec_gain(guest: &mut dyn Guest, option: i32, args: Args) -> Handled {
    let is_set = option == 65;
    let behind = if is_set { 2 } else { 1 };
    if (behind..5).any(|n| args.word(n) != 0) {
        return Err(Errno::EINVAL.into());
    }
    Ok(if is_set { guest.refuse_exec_gain(args.word(1))? } else { guest.exec_gain() })
}

/// PR_GET_AUXV: as much as there is room for of `mm_struct.saved_auxv`, whose size is the result.
fn auxv(guest: &mut dyn Guest, args: Args) -> Handled {
    /// AT_VECTOR_SIZE, pairs of words (include/linux/mm_types.h; arm64 adds two pairs).
    const SIZE: usize = (2 * (22 + 2) + 2) * 8;
    if args.word(3) != 0 || args.word(4) != 0 {
        return Err(Errno::EINVAL.into());
    }
    let mut auxv = guest.auxv();
    auxv.resize(SIZE, 0);
    auxv.truncate((args.word(2) as usize).min(SIZE));
    if !auxv.is_empty() {
        guest.write(args.addr(1), &auxv)?;
    }
    Ok(SIZE as u64)
}

/// PR_PAC_…: each takes so many arguments and wants zeros behind them (kernel/sys.c).
fn keys(guest: &mut dyn Guest, option: i32, args: Args) -> Handled {
    let (taken, reset, set) = match option {
        54 => (1, true, false),
        60 => (2, false, true),
        _ => (0, false, false),
    };
    if (1 + taken..5).any(|n| args.word(n) != 0) {
        return Err(Errno::EINVAL.into());
    }
    Ok(match (reset, set) {
        (true, _) => guest.pac_reset_keys(args.word(1))?,
        (_, true) => guest.pac_set_enabled_keys(args.word(1), args.word(2))?,
        _ => guest.pac_enabled_keys()?,
    })
}
