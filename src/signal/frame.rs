//! The signal frame exactly as arm64 Linux lays it out (arch/arm64/kernel/signal.c,
//! arch/arm64/include/uapi/asm/sigcontext.h): written when a handler is entered, read back by
//! rt_sigreturn.
//!
//! ```text
//!   sp_top ┐
//!          │ frame record: fp, lr of the interrupted code      ◀─ x29
//!          │ rt_sigframe: siginfo, ucontext { …, sigcontext {
//!          │     …, __reserved: fpsimd_context, esr_context if a fault, terminator } }
//!          ┘ ◀─ sp
//! ```
#![allow(unsafe_code)]

use super::{SigInfo, SigSet};
use crate::cpu::state::BTYPE_CALL;
use crate::cpu::{CpuState, Feature, model};
use crate::memory::access::{copy_in, copy_out};
use std::mem::offset_of;
use syscalls::guest::SigAltStack;

const FPSIMD_MAGIC: u32 = 0x4650_8001;
const ESR_MAGIC: u32 = 0x4553_5201;
const EXTRA_MAGIC: u32 = 0x4558_5401;

/// SPSR_EL1.M, which is 0 for EL0 in AArch64 state.
const PSTATE_MODE: u64 = 0x1f;
const PSTATE_DAIF: u64 = 0x3c0;

/// `struct fpsimd_context`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct FpsimdContext {
    magic: u32,
    size: u32,
    fpsr: u32,
    fpcr: u32,
    vregs: [u128; 32],
}

/// `struct esr_context`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct EsrContext {
    magic: u32,
    size: u32,
    esr: u64,
}

/// `struct rt_sigframe` up to the terminator of the records that the kernel writes: the fpsimd record, which always
/// comes first, and an esr record, if any. What is left of `__reserved` stays as it was.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct RtSigframe {
    info: [u64; 16],
    // struct ucontext
    uc_flags: u64,
    uc_link: u64,
    uc_stack: SigAltStack,
    uc_sigmask: SigSet,
    unused: [u64; 15],
    pad_to_16: u64,
    // struct sigcontext
    fault_address: u64,
    regs: [u64; 31],
    sp: u64,
    pc: u64,
    pstate: u64,
    pad_reserved_to_16: u64,
    // __reserved
    fpsimd: FpsimdContext,
    esr: EsrContext,
    terminator: [u64; 2],
}

impl RtSigframe {
    fn zeroed() -> Self {
        // SAFETY: the frame is all integers, for which zero is a value.
        unsafe { std::mem::zeroed() }
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the frame is all integers without padding between or behind them (its size and
        // offsets are asserted below).
        unsafe { std::slice::from_raw_parts((&raw const *self).cast(), size_of::<Self>()) }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and any bytes are integers.
        unsafe { std::slice::from_raw_parts_mut((&raw mut *self).cast(), size_of::<Self>()) }
    }
}

/// `sizeof(__reserved)`.
const RESERVED: usize = 4096;
/// SIGFRAME_MAXSZ, less what is before the records: how far they may reach.
const RECORDS_MAX: usize = (64 << 10) - offset_of!(RtSigframe, fpsimd);
/// `sizeof(struct rt_sigframe)`.
const FRAME: u64 = (offset_of!(RtSigframe, fpsimd) + RESERVED) as u64;
/// `struct frame_record`: fp and lr.
const FRAME_RECORD: u64 = 16;

const _: () = assert!(size_of::<FpsimdContext>() == 528);
const _: () = assert!(size_of::<EsrContext>() == 16);
const _: () = assert!(size_of::<SigAltStack>() == 24);
const _: () = assert!(offset_of!(RtSigframe, uc_flags) == 128);
const _: () = assert!(offset_of!(RtSigframe, uc_sigmask) == 128 + 40);
const _: () = assert!(offset_of!(RtSigframe, fault_address) == 128 + 176);
const _: () = assert!(offset_of!(RtSigframe, regs) == 128 + 184);
const _: () = assert!(offset_of!(RtSigframe, pstate) == 128 + 448);
const _: () = assert!(offset_of!(RtSigframe, fpsimd) == 128 + 464);
const _: () = assert!(size_of::<RtSigframe>() == offset_of!(RtSigframe, terminator) + 16 && FRAME == 4688);

/// Bytes below the stack pointer that a frame takes at most, alignment included (AT_MINSIGSTKSZ).
pub const STACK_NEEDED: u64 = FRAME + FRAME_RECORD + 16;

/// What a handler is entered with, beside the interrupted registers.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Signal, and what came with it.
    pub info: SigInfo,
    /// Syndrome of a data abort, 0 where there was none.
    pub esr: u64,
    /// The mask to be restored.
    pub mask: SigSet,
    /// The alternate stack as the frame reports it.
    pub altstack: SigAltStack,
    /// Where the frame goes: below this address.
    pub sp_top: u64,
    /// The handler.
    pub handler: u64,
    /// Where it returns to.
    pub restorer: u64,
    /// SA_SIGINFO: the handler takes three arguments.
    pub has_siginfo: bool,
}

/// What rt_sigreturn restores beside the registers.
#[derive(Clone, Copy, Debug)]
pub struct Restored {
    /// The mask.
    pub mask: SigSet,
    /// The alternate stack.
    pub altstack: SigAltStack,
}

/// The guest stack cannot hold the frame, or the frame cannot be one: SIGSEGV.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadFrame;

/// Writes a frame and sets the registers so that the handler runs next.
pub fn enter(cpu: &mut CpuState, entry: &Entry) -> Result<(), BadFrame> {
    let record = entry.sp_top.checked_sub(FRAME_RECORD).ok_or(BadFrame)? & !15;
    let sp = record.checked_sub(FRAME).ok_or(BadFrame)? & !15;
    copy_out(sp, frame_of(cpu, entry).bytes()).map_err(|_| BadFrame)?;
    let mut link = [0; 16];
    link[..8].copy_from_slice(&cpu.x[29].to_le_bytes());
    link[8..].copy_from_slice(&cpu.x[30].to_le_bytes());
    copy_out(record, &link).map_err(|_| BadFrame)?;

    cpu.x[0] = u64::from(entry.info.signal());
    if entry.has_siginfo {
        cpu.x[1] = sp + offset_of!(RtSigframe, info) as u64;
        cpu.x[2] = sp + offset_of!(RtSigframe, uc_flags) as u64;
    }
    cpu.x[29] = record;
    cpu.x[30] = entry.restorer;
    cpu.sp = sp;
    cpu.pc = entry.handler;
    // setup_return: a handler is called, so in a guarded page it begins with BTI c.
    cpu.btype = if model::chosen().features.contains(Feature::BTI) { BTYPE_CALL } else { 0 };
    Ok(())
}

/// Restores the registers from the frame at SP (`sys_rt_sigreturn`).
pub fn leave(cpu: &mut CpuState) -> Result<Restored, BadFrame> {
    if cpu.sp & 15 != 0 {
        return Err(BadFrame);
    }
    let mut frame = RtSigframe::zeroed();
    copy_in(cpu.sp, frame.bytes_mut()).map_err(|_| BadFrame)?;
    const RECORDS: usize = offset_of!(RtSigframe, fpsimd);
    let at = cpu.sp + RECORDS as u64;
    let fpsimd = find_fpsimd(at, &frame.bytes()[RECORDS..]).or_else(|_| {
        let mut records = [0; RESERVED];
        copy_in(at, &mut records).map_err(|_| BadFrame)?;
        find_fpsimd(at, &records)
    })?;
    // valid_user_regs(): no other exception level or execution state, nothing masked.
    if frame.pstate & (PSTATE_MODE | PSTATE_DAIF) != 0 {
        return Err(BadFrame);
    }
    cpu.x = frame.regs;
    cpu.sp = frame.sp;
    cpu.pc = frame.pc;
    cpu.set_spsr(frame.pstate as u32);
    cpu.fpsr = fpsimd.fpsr;
    cpu.fpcr = fpsimd.fpcr & model::fpcr_fields() as u32;
    cpu.v = fpsimd.vregs;
    cpu.exclusive.addr = crate::cpu::state::Exclusive::NONE;
    Ok(Restored { mask: frame.uc_sigmask, altstack: frame.uc_stack })
}

fn frame_of(cpu: &CpuState, entry: &Entry) -> RtSigframe {
    let mut info = [0; 16];
    for (word, bytes) in info.iter_mut().zip(entry.info.0.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    let fpsimd = FpsimdContext {
        magic: FPSIMD_MAGIC,
        size: size_of::<FpsimdContext>() as u32,
        fpsr: cpu.fpsr,
        fpcr: cpu.fpcr,
        vregs: cpu.v,
    };
    // A zero record is a terminator, so one of all zeros where there is no syndrome ends the list.
    let esr = match entry.esr {
        0 => EsrContext { magic: 0, size: 0, esr: 0 },
        esr => EsrContext { magic: ESR_MAGIC, size: size_of::<EsrContext>() as u32, esr },
    };
    RtSigframe {
        info,
        uc_flags: 0,
        uc_link: 0,
        uc_stack: entry.altstack,
        uc_sigmask: entry.mask,
        unused: [0; 15],
        pad_to_16: 0,
        fault_address: if entry.info.signal() != libc::SIGILL as u32 && entry.esr != 0 { entry.info.addr() } else { 0 },
        regs: cpu.x,
        sp: cpu.sp,
        pc: cpu.pc,
        pstate: u64::from(cpu.spsr()),
        pad_reserved_to_16: 0,
        fpsimd,
        esr,
        terminator: [0; 2],
    }
}

/// Looks through the records of `__reserved` (`parse_user_sigframe`): a handler may have written its own, and put more
/// behind the frame. `at` is where they lie.
fn find_fpsimd(at: u64, records: &[u8]) -> Result<FpsimdContext, BadFrame> {
    let mut fpsimd = None;
    if let Some(extra) = read_records(records, &mut fpsimd)? {
        let behind = at + extra.offset as u64;
        let is_in_reach = extra.offset + extra.size <= RECORDS_MAX && extra.size.is_multiple_of(16);
        if extra.datap != behind || !behind.is_multiple_of(16) || !is_in_reach {
            return Err(BadFrame);
        }
        let mut more = vec![0; extra.size];
        copy_in(behind, &mut more).map_err(|_| BadFrame)?;
        if read_records(&more, &mut fpsimd)?.is_some() {
            return Err(BadFrame);
        }
    }
    fpsimd.ok_or(BadFrame)
}

/// What `struct extra_context` says, and where the records end that hold it, its terminator included.
struct Extra {
    offset: usize,
    datap: u64,
    size: usize,
}

/// Reads records up to their terminator, or to one that says where more of them are.
fn read_records(records: &[u8], fpsimd: &mut Option<FpsimdContext>) -> Result<Option<Extra>, BadFrame> {
    const HEAD: usize = 8;
    const EXTRA: usize = 32;
    const TERMINATOR: usize = 16;
    let mut offset = 0;
    loop {
        let rest = records.get(offset..).ok_or(BadFrame)?;
        let (magic, size) = (word(rest, 0)?, word(rest, 4)? as usize);
        let record = rest.get(..size).ok_or(BadFrame)?;
        match magic {
            0 if size == 0 => return Ok(None),
            FPSIMD_MAGIC if fpsimd.is_none() => *fpsimd = Some(read_fpsimd(record)?),
            ESR_MAGIC if size >= HEAD => {}
            EXTRA_MAGIC if size >= EXTRA => {
                let end = rest.get(size..size + TERMINATOR).ok_or(BadFrame)?;
                if (word(end, 0)?, word(end, 4)?) != (0, 0) {
                    return Err(BadFrame);
                }
                let datap = u64::from(word(record, 8)?) | u64::from(word(record, 12)?) << 32;
                return Ok(Some(Extra { offset: offset + size + TERMINATOR, datap, size: word(record, 16)? as usize }));
            }
            // Those of SVE and SME among them.
            _ => return Err(BadFrame),
        }
        offset += size;
        if !offset.is_multiple_of(16) {
            return Err(BadFrame);
        }
    }
}

fn read_fpsimd(record: &[u8]) -> Result<FpsimdContext, BadFrame> {
    if record.len() != size_of::<FpsimdContext>() {
        return Err(BadFrame);
    }
    let mut vregs = [0; 32];
    for (reg, bytes) in vregs.iter_mut().zip(record[16..].as_chunks().0) {
        *reg = u128::from_le_bytes(*bytes);
    }
    let (fpsr, fpcr) = (word(record, 8)?, word(record, 12)?);
    Ok(FpsimdContext { magic: FPSIMD_MAGIC, size: record.len() as u32, fpsr, fpcr, vregs })
}

fn word(bytes: &[u8], at: usize) -> Result<u32, BadFrame> {
    bytes.get(at..at + 4).and_then(|bytes| bytes.first_chunk()).map(|raw| u32::from_le_bytes(*raw)).ok_or(BadFrame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::Nzcv;
    use crate::cpu::sysregs::PSTATE_DIT;

    #[test]
    fn a_frame_on_the_stack_brings_every_register_back() {
        let addr = crate::memory::space().mmap(0, 0x4000, 3, 0x22, -1, 0).expect("a guest page");
        let mut cpu = CpuState {
            sp: addr + 0x3fe8,
            pc: 0x1234,
            nzcv: Nzcv(Nzcv::C),
            pstate: PSTATE_DIT,
            fpsr: 1,
            ..CpuState::default()
        };
        for i in 0..31 {
            cpu.x[i] = i as u64 + 100;
            cpu.v[i] = (i as u128) << 77 | 5;
        }
        let before = cpu.clone();
        let entry = Entry {
            info: SigInfo::fault(11, 1, 0xdead_0000),
            esr: 0x9200_0047,
            mask: 0x55,
            altstack: crate::signal::altstack::NONE,
            sp_top: cpu.sp,
            handler: 0x8000,
            restorer: 0x9000,
            has_siginfo: true,
        };
        enter(&mut cpu, &entry).expect("room for the frame");
        assert_eq!((cpu.pc, cpu.x[30], cpu.x[0], cpu.sp % 16), (0x8000, 0x9000, 11, 0));
        assert_eq!((cpu.x[1], cpu.x[2], cpu.x[29]), (cpu.sp, cpu.sp + 128, cpu.sp + 4688));
        let restored = leave(&mut cpu).expect("the frame just written");
        assert_eq!((cpu.x, cpu.sp, cpu.pc), (before.x, before.sp, before.pc));
        assert_eq!((cpu.v, cpu.spsr(), cpu.fpsr), (before.v, before.spsr(), before.fpsr));
        assert_eq!(restored.mask, 0x55);
    }

    #[test]
    fn a_frame_without_its_fpsimd_record_is_refused() {
        let addr = crate::memory::space().mmap(0, 0x4000, 3, 0x22, -1, 0).expect("a guest page");
        let mut cpu = CpuState { sp: addr, ..CpuState::default() };
        assert_eq!(leave(&mut cpu).err(), Some(BadFrame));
    }
}
