//! The notes of an AArch64 core (fs/binfmt_elf.c, include/linux/elfcore.h, the regsets of
//! arch/arm64/kernel/ptrace.c), in the kernel's order.

use super::freeze::Frozen;
use super::segments::Segment;
use crate::host::raw::{args, getpid, syscall};
use crate::memory::access::copy_in;
use crate::memory::addr::PAGE;
use crate::process::procfs::host_text;
use crate::process::{Process, pac};
use crate::signal::{SigInfo, SigSet};
use std::ffi::CString;

/// Note types (include/uapi/linux/elf.h).
mod kind {
    pub const PRSTATUS: u32 = 1;
    pub const FPREGSET: u32 = 2;
    pub const PRPSINFO: u32 = 3;
    pub const AUXV: u32 = 6;
    pub const SIGINFO: u32 = 0x5349_4749;
    pub const FILE: u32 = 0x4649_4c45;
    pub const ARM_TLS: u32 = 0x401;
    pub const ARM_SYSTEM_CALL: u32 = 0x404;
    pub const ARM_PAC_MASK: u32 = 0x406;
}

/// `struct elf_prstatus`: times are not filled in.
mod prstatus {
    pub const SIGNO: usize = 0;
    pub const CURSIG: usize = 12;
    pub const SIGHOLD: usize = 24;
    pub const PID: usize = 32;
    pub const REGS: usize = 112;
    pub const FPVALID: usize = 384;
    pub const SIZE: usize = 392;
}

/// `struct elf_prpsinfo`.
mod prpsinfo {
    pub const SNAME: usize = 1;
    pub const UID: usize = 16;
    pub const PID: usize = 24;
    pub const FNAME: usize = 40;
    pub const FNAME_LEN: usize = 16;
    pub const PSARGS: usize = 56;
    pub const PSARGS_LEN: usize = 80;
    pub const SIZE: usize = 136;
}

/// All notes: of the thread that dies, of the process, then of each other thread.
pub fn all(process: &Process, threads: &[Frozen], info: &SigInfo, segments: &[Segment]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, thread) in threads.iter().enumerate() {
        note(&mut out, b"CORE", kind::PRSTATUS, &status(thread, info.signal()));
        if at == 0 {
            note(&mut out, b"CORE", kind::PRPSINFO, &process_info(process));
            note(&mut out, b"CORE", kind::SIGINFO, &info.0);
            note(&mut out, b"CORE", kind::AUXV, &process.program.auxv);
            note(&mut out, b"CORE", kind::FILE, &files(segments));
        }
        note(&mut out, b"CORE", kind::FPREGSET, &fp_registers(thread));
        let tls = [thread.cpu.tpidr_el0, thread.cpu.tpidr2_el0];
        note(&mut out, b"LINUX", kind::ARM_TLS, &words(&tls));
        note(&mut out, b"LINUX", kind::ARM_SYSTEM_CALL, &(-1i32).to_le_bytes());
        // For data and for code; all zero without the feature, and then the kernel has no such note.
        let mask = pac::pointer_mask();
        if mask != 0 {
            note(&mut out, b"LINUX", kind::ARM_PAC_MASK, &words(&[mask, mask]));
        }
    }
    out
}

/// One note: name and content each padded to words of four bytes.
fn note(out: &mut Vec<u8>, name: &[u8], kind: u32, content: &[u8]) {
    for word in [name.len() as u32 + 1, content.len() as u32, kind] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    for part in [&[name, b"\0"].concat()[..], content] {
        out.extend_from_slice(part);
        out.resize(out.len().next_multiple_of(4), 0);
    }
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn put(out: &mut [u8], at: usize, bytes: &[u8]) {
    if let Some(place) = out.get_mut(at..at + bytes.len()) {
        place.copy_from_slice(bytes);
    }
}

/// parent, process group, session.
fn relatives() -> [i32; 3] {
    let ask = |nr| syscall(nr, args([])).unwrap_or(0) as i32;
    [ask(libc::SYS_getppid), ask(libc::SYS_getpgrp), ask(libc::SYS_getsid)]
}

/// Every thread has the signal that ended the process.
fn status(thread: &Frozen, signal: u32) -> [u8; prstatus::SIZE] {
    let mut out = [0; prstatus::SIZE];
    let cpu = &thread.cpu;
    put(&mut out, prstatus::SIGNO, &signal.to_le_bytes());
    put(&mut out, prstatus::CURSIG, &(signal as u16).to_le_bytes());
    put(&mut out, prstatus::SIGHOLD, &SigSet::to_le_bytes(thread.mask));
    let ids = [thread.tid].into_iter().chain(relatives());
    put(&mut out, prstatus::PID, &ids.flat_map(i32::to_le_bytes).collect::<Vec<_>>());
    let registers: Vec<u64> = cpu.x.into_iter().chain([cpu.sp, cpu.pc, u64::from(cpu.spsr())]).collect();
    put(&mut out, prstatus::REGS, &words(&registers));
    put(&mut out, prstatus::FPVALID, &1u32.to_le_bytes());
    out
}

/// `struct user_fpsimd_state`.
fn fp_registers(thread: &Frozen) -> Vec<u8> {
    let mut out: Vec<u8> = thread.cpu.v.iter().flat_map(|register| register.to_le_bytes()).collect();
    for word in [thread.cpu.fpsr, thread.cpu.fpcr, 0, 0] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    out
}

fn process_info(process: &Process) -> [u8; prpsinfo::SIZE] {
    let mut out = [0; prpsinfo::SIZE];
    put(&mut out, prpsinfo::SNAME, b"R");
    let id = |nr| syscall(nr, args([])).unwrap_or(0) as u32;
    let owner = [id(libc::SYS_getuid), id(libc::SYS_getgid)];
    put(&mut out, prpsinfo::UID, &owner.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<_>>());
    let ids = [getpid()].into_iter().chain(relatives());
    put(&mut out, prpsinfo::PID, &ids.flat_map(i32::to_le_bytes).collect::<Vec<_>>());
    let name = comm(getpid());
    put(&mut out, prpsinfo::FNAME, name.get(..prpsinfo::FNAME_LEN - 1).unwrap_or(&name));
    let (start, end) = process.program.args;
    let mut arguments = vec![0; ((end - start) as usize).min(prpsinfo::PSARGS_LEN - 1)];
    if copy_in(start, &mut arguments).is_ok() {
        let shown: Vec<u8> = arguments.iter().map(|&byte| if byte == 0 { b' ' } else { byte }).collect();
        put(&mut out, prpsinfo::PSARGS, &shown);
    }
    out
}

/// A thread's name.
pub fn comm(tid: i32) -> Vec<u8> {
    let path = CString::new(format!("/proc/self/task/{tid}/comm")).unwrap_or_default();
    host_text(&path).trim_end().as_bytes().to_vec()
}

/// NT_FILE: how many, the unit of offsets; where each lies; their names.
fn files(segments: &[Segment]) -> Vec<u8> {
    let mapped: Vec<_> = segments.iter().filter_map(|segment| Some((segment.range, segment.file.as_ref()?))).collect();
    let mut out = words(&[mapped.len() as u64, PAGE]);
    for (range, (_, offset)) in &mapped {
        out.extend(words(&[range.start, range.end, offset / PAGE]));
    }
    for (_, (name, _)) in &mapped {
        out.extend_from_slice(name);
        out.push(0);
    }
    out
}
