//! /proc/PID/syscall: the guest's call that a thread waits in, not the host's that it has become.
//!
//! A thread that waits in the host's kernel on behalf of the guest has on its stack where its stop word is
//! ([`host::call`]), and beside that is where its registers are, which are the guest's as they were at the SVC. What
//! the thread does for the emulator's own ends looks like running.

use super::procfs::host_text;
use super::thread::Thread;
use super::{others, tracer};
use crate::cpu::CpuState;
use crate::host::call;
use crate::host::raw::{getpid, gettid};
use crate::interp::Shared;
use std::ffi::CString;
use std::mem::offset_of;

/// The text for a thread of guest `pid`, whose file is `path`; `thread` is the one that reads. None where the host's
/// file says why not.
pub fn text(thread: Option<&Thread>, pid: i32, path: &[u8]) -> Option<Vec<u8>> {
    let host = host_text(&CString::new(path).ok()?);
    if host.is_empty() {
        return None;
    }
    let reader = thread.filter(|_| is_of_caller(path));
    let line = match reader {
        Some(thread) => {
            let cpu = &thread.interp.cpu;
            let [x0, x1, x2, x3, x4, x5, ..] = cpu.x;
            Call { number: cpu.x[8] as i32, args: [x0, x1, x2, x3, x4, x5], sp: cpu.sp, pc: cpu.pc }.line()
        }
        None => waiting(pid, &host).map_or_else(|| "running\n".to_owned(), |call| call.line()),
    };
    Some(line.into_bytes())
}

/// True for the file of the calling thread.
fn is_of_caller(path: &[u8]) -> bool {
    let id = path.rsplit(|&byte| byte == b'/').nth(1).unwrap_or_default();
    match id {
        b"thread-self" => true,
        b"self" => getpid() == gettid(),
        _ => id == gettid().to_string().as_bytes(),
    }
}

/// What a line shows.
struct Call {
    number: i32,
    args: [u64; 6],
    sp: u64,
    pc: u64,
}

impl Call {
    /// As fs/proc/base.c prints it.
    fn line(&self) -> String {
        let args: String = self.args.iter().map(|word| format!(" {word:#x}")).collect();
        format!("{}{args} {:#x} {:#x}\n", self.number, self.sp, self.pc)
    }
}

/// The call of the guest's, if the host's line is of a thread that waits on its behalf.
fn waiting(pid: i32, host: &str) -> Option<Call> {
    let mut numbers = host.trim_end().rsplit(' ').map(|word| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok());
    let (pc, sp) = (numbers.next()??, numbers.next()??);
    if pc != others::place_in(pid, call::return_address())? {
        return None;
    }
    let word = |at: u64| {
        let mut word = [0; 8];
        tracer::read_memory(pid, at, &mut word).ok().map(|()| u64::from_le_bytes(word))
    };
    let shared = word(sp)?.wrapping_sub(offset_of!(Shared, stop) as u64);
    let cpu = word(shared.wrapping_add(offset_of!(Shared, registers) as u64))?;
    let register = |at: usize| word(cpu.wrapping_add((offset_of!(CpuState, x) + 8 * at) as u64));
    let mut args = [0; 6];
    for (at, arg) in args.iter_mut().enumerate() {
        *arg = register(at)?;
    }
    let field = |offset: usize| word(cpu.wrapping_add(offset as u64));
    let (sp, pc) = (field(offset_of!(CpuState, sp))?, field(offset_of!(CpuState, pc))?);
    Some(Call { number: register(8)? as i32, args, sp, pc })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_the_kernel_prints_it() {
        let call = Call { number: 63, args: [3, 0x1000, 77, 0, 0, 0], sp: 0x4000, pc: 0x5004 };
        assert_eq!(call.line(), "63 0x3 0x1000 0x4d 0x0 0x0 0x0 0x4000 0x5004\n");
    }

    #[test]
    fn what_the_host_says_of_another_place_is_no_call_of_a_guest() {
        let pid = getpid();
        assert!(waiting(pid, "running\n").is_none());
        assert!(waiting(pid, "202 0x1 0x2 0x3 0x4 0x5 0x6 0x7ffc0000 0x7f0000001234\n").is_none());
    }
}
