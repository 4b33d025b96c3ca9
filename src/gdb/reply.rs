//! Stop replies.

use super::breakpoints::{Breakpoints, PointKind};
use super::link::{Kept, Report};
use super::packet::to_hex;
use super::regs::Register;
use super::settings::Settings;
use super::signals;
use super::thread_id::spell;
use crate::debug::{ExitStatus, ForkKind, Stop};
use crate::debug::{Inferior, WatchKind};

/// The protocol's numbers of SIGTRAP and SIGINT.
pub const TRAP: u8 = 5;
const INT: u8 = 2;

/// The registers that gdb wants at every stop: frame pointer, SP, PC.
const EXPEDITED: [usize; 3] = [29, 31, 32];

/// `T`, signal, reason, registers, thread. A gdb that does not know yet which machine this is takes no
/// registers.
fn stopped(
    settings: &Settings,
    inferior: &dyn Inferior,
    tid: i32,
    signal: u8,
    reason: &str,
    is_known: bool,
) -> Vec<u8> {
    let registers = if is_known { inferior.registers(tid) } else { None };
    let expedite = |number: usize| {
        let register = Register::from_number(number)?;
        let value = register.get(registers.as_ref()?).to_le_bytes();
        Some(format!("{number:02x}:{};", to_hex(&value[..register.size()])))
    };
    let expedited: String = EXPEDITED.into_iter().filter_map(expedite).collect();
    let thread = spell(settings.multiprocess, inferior.pid(), tid);
    format!("T{signal:02x}{reason}{expedited}thread:{thread};").into_bytes()
}

/// The report of a thread's stop.
pub fn of_stop(
    settings: &Settings,
    breakpoints: &Breakpoints,
    inferior: &dyn Inferior,
    tid: i32,
    stop: &Stop,
) -> Report {
    let pc = inferior.registers(tid).map_or(0, |registers| registers.pc);
    let (signal, reason, kept) = match stop {
        Stop::Start => (TRAP, String::new(), Kept::Waiting),
        Stop::Step => (TRAP, String::new(), Kept::Dropped),
        Stop::Breakpoint => (TRAP, breakpoint_reason(settings, breakpoints.kind_at(pc)).to_string(), Kept::Dropped),
        Stop::Watchpoint { addr, kind } => {
            let name = match kind {
                WatchKind::Write => "watch",
                WatchKind::Read => "rwatch",
                WatchKind::Access => "awatch",
            };
            (TRAP, format!("{name}:{addr:x};"), Kept::Dropped)
        }
        Stop::Signal(linux) => (signals::to_gdb(*linux), String::new(), Kept::Waiting),
        Stop::SyscallEntry(number) => (TRAP, format!("syscall_entry:{number:x};"), Kept::Waiting),
        Stop::SyscallReturn(number) => (TRAP, format!("syscall_return:{number:x};"), Kept::Waiting),
        Stop::ThreadCreated => (TRAP, "create:;".to_string(), Kept::Waiting),
        Stop::ThreadExited(status) => {
            let body = format!("w{status:02x};{}", spell(settings.multiprocess, inferior.pid(), tid)).into_bytes();
            return Report { pid: inferior.pid(), tid, kept: Kept::Waiting, newborn: None, says: Vec::new(), body };
        }
        Stop::Requested => (INT, String::new(), Kept::Dropped),
        Stop::VforkDone => (TRAP, "vforkdone:;".to_string(), Kept::Waiting),
        Stop::NoneResumed if settings.no_resumed => {
            return Report {
                pid: inferior.pid(),
                tid,
                kept: Kept::Waiting,
                newborn: None,
                says: Vec::new(),
                body: b"N".to_vec(),
            };
        }
        Stop::NoneResumed => (0, String::new(), Kept::Waiting),
    };
    let body = stopped(settings, inferior, tid, signal, &reason, *stop != Stop::Start);
    Report { pid: inferior.pid(), tid, kept, newborn: None, says: Vec::new(), body }
}

/// The report of a thread that stands still because gdb wants it, with one of the protocol's signals.
pub fn of_halt(settings: &Settings, inferior: &dyn Inferior, tid: i32, signal: u8) -> Report {
    let body = stopped(settings, inferior, tid, signal, "", true);
    Report { pid: inferior.pid(), tid, kept: Kept::Waiting, newborn: None, says: Vec::new(), body }
}

fn breakpoint_reason(settings: &Settings, kind: PointKind) -> &'static str {
    match kind {
        PointKind::Software if settings.swbreak => "swbreak:;",
        PointKind::Hardware if settings.hwbreak => "hwbreak:;",
        _ => "",
    }
}

/// The report of a fork by thread `tid`.
pub fn of_fork(settings: &Settings, inferior: &dyn Inferior, tid: i32, kind: ForkKind, child: i32) -> Report {
    let name = match kind {
        ForkKind::Fork => "fork",
        ForkKind::Vfork => "vfork",
    };
    let reason = format!("{name}:{};", spell(true, child, child));
    let body = stopped(settings, inferior, tid, TRAP, &reason, true);
    Report { pid: inferior.pid(), tid, kept: Kept::Waiting, newborn: Some(child), says: Vec::new(), body }
}

/// The report of an exec; a gdb that has not asked for those gets the SIGTRAP that ptrace has for
/// them.
pub fn of_exec(settings: &Settings, inferior: &dyn Inferior, tid: i32) -> Report {
    let reason = if settings.exec_events { format!("exec:{};", to_hex(&inferior.exec_file())) } else { String::new() };
    let body = stopped(settings, inferior, tid, TRAP, &reason, true);
    Report { pid: inferior.pid(), tid, kept: Kept::Waiting, newborn: None, says: Vec::new(), body }
}

/// The report of a process's end.
pub fn of_exit(settings: &Settings, pid: i32, status: ExitStatus) -> Report {
    let mut body = match status {
        ExitStatus::Exited(code) => format!("W{code:02x}"),
        ExitStatus::Signaled(signal) => format!("X{:02x}", signals::to_gdb(signal)),
    };
    if settings.multiprocess {
        body = format!("{body};process:{pid:x}");
    }
    Report { pid, tid: pid, kept: Kept::Ended, newborn: None, says: Vec::new(), body: body.into_bytes() }
}
