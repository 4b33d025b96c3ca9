//! `siginfo_t` as strace(1) prints it: which fields count depends on signal and code
//! (include/uapi/asm-generic/siginfo.h; the same layout on both architectures).

use super::address;
use super::text::signal_name;
use crate::abi::bytes::{get_i32, get_u32, get_u64};

const SIGNO: usize = 0;
const CODE: usize = 8;
const PID: usize = 16;
const UID: usize = 20;
const VALUE: usize = 24;
const STATUS: usize = 24;
const ADDR: usize = 16;
const TIMER_ID: usize = 16;
const OVERRUN: usize = 20;

/// Codes that any signal may have.
const CODES: &[(i32, &str)] = &[
    (0, "SI_USER"),
    (0x80, "SI_KERNEL"),
    (-1, "SI_QUEUE"),
    (-2, "SI_TIMER"),
    (-3, "SI_MESGQ"),
    (-4, "SI_ASYNCIO"),
    (-5, "SI_SIGIO"),
    (-6, "SI_TKILL"),
];

/// Codes of one signal, counted from 1.
const OWN_CODES: &[(i32, &[&str])] = &[
    (libc::SIGSEGV, &["SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR"]),
    (libc::SIGBUS, &["BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR", "BUS_MCEERR_AR", "BUS_MCEERR_AO"]),
    (
        libc::SIGILL,
        &[
            "ILL_ILLOPC",
            "ILL_ILLOPN",
            "ILL_ILLADR",
            "ILL_ILLTRP",
            "ILL_PRVOPC",
            "ILL_PRVREG",
            "ILL_COPROC",
            "ILL_BADSTK",
        ],
    ),
    (
        libc::SIGFPE,
        &[
            "FPE_INTDIV",
            "FPE_INTOVF",
            "FPE_FLTDIV",
            "FPE_FLTOVF",
            "FPE_FLTUND",
            "FPE_FLTRES",
            "FPE_FLTINV",
            "FPE_FLTSUB",
        ],
    ),
    (libc::SIGTRAP, &["TRAP_BRKPT", "TRAP_TRACE", "TRAP_BRANCH", "TRAP_HWBKPT"]),
    (libc::SIGCHLD, &["CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"]),
    (libc::SIGIO, &["POLL_IN", "POLL_OUT", "POLL_MSG", "POLL_ERR", "POLL_PRI", "POLL_HUP"]),
];

/// `{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10}`; a structure without a signal (waitid
/// with WNOHANG) is `{}`.
pub fn siginfo(raw: &[u8; 128]) -> String {
    let (signal, code) = (get_i32(raw, SIGNO), get_i32(raw, CODE));
    if signal == 0 {
        return "{}".into();
    }
    let fields = match (signal, code) {
        (libc::SIGSEGV | libc::SIGBUS | libc::SIGILL | libc::SIGFPE | libc::SIGTRAP, 1..0x80) => {
            format!(", si_addr={}", address(get_u64(raw, ADDR)))
        }
        (libc::SIGCHLD, 1..=6) => {
            let (pid, uid, status) = (get_i32(raw, PID), get_u32(raw, UID), get_i32(raw, STATUS));
            let status = if code == 1 { status.to_string() } else { signal_name(status) };
            format!(", si_pid={pid}, si_uid={uid}, si_status={status}")
        }
        (_, libc::SI_TIMER) => {
            let (timer, overrun, value) = (get_i32(raw, TIMER_ID), get_i32(raw, OVERRUN), get_u64(raw, VALUE));
            format!(", si_timerid={timer:#x}, si_overrun={overrun}, si_value={value:#x}")
        }
        (_, libc::SI_QUEUE | libc::SI_MESGQ) => {
            let (pid, uid, value) = (get_i32(raw, PID), get_u32(raw, UID), get_u64(raw, VALUE));
            format!(", si_pid={pid}, si_uid={uid}, si_value={value:#x}")
        }
        (_, libc::SI_USER | libc::SI_TKILL) => {
            format!(", si_pid={}, si_uid={}", get_i32(raw, PID), get_u32(raw, UID))
        }
        _ => String::new(),
    };
    format!("{{si_signo={}, si_code={}{fields}}}", signal_name(signal), code_name(signal, code))
}

fn code_name(signal: i32, code: i32) -> String {
    let general = CODES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name);
    let own = OWN_CODES.iter().find(|(of, _)| *of == signal).and_then(|(_, names)| {
        let at = usize::try_from(code).ok()?.checked_sub(1)?;
        names.get(at).copied()
    });
    general.or(own).map_or_else(|| format!("{code:#x}"), str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::bytes::put;

    fn info(signal: i32, code: i32, fields: &[(usize, u64)]) -> [u8; 128] {
        let mut raw = [0; 128];
        put(&mut raw, SIGNO, &signal.to_le_bytes());
        put(&mut raw, CODE, &code.to_le_bytes());
        for &(at, value) in fields {
            put(&mut raw, at, &value.to_le_bytes());
        }
        raw
    }

    #[test]
    fn fields_follow_from_signal_and_code() {
        let cases = [
            (info(11, 1, &[(ADDR, 0x10)]), "{si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10}"),
            (info(11, 0, &[(PID, 7)]), "{si_signo=SIGSEGV, si_code=SI_USER, si_pid=7, si_uid=0}"),
            (
                info(17, 2, &[(PID, 7), (STATUS, 9)]),
                "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=7, si_uid=0, si_status=SIGKILL}",
            ),
            (info(40, -1, &[(VALUE, 5)]), "{si_signo=SIGRT_8, si_code=SI_QUEUE, si_pid=0, si_uid=0, si_value=0x5}"),
            (info(13, 0x80, &[]), "{si_signo=SIGPIPE, si_code=SI_KERNEL}"),
            (info(0, 0, &[]), "{}"),
        ];
        for (raw, text) in cases {
            assert_eq!(siginfo(&raw), text);
        }
    }
}
