//! One process as `gdbstub`'s target: registers, memory, threads' names, objects that gdb reads.

use super::breakpoints::Breakpoints;
use super::host_io::Files;
use super::regs::{Register, UserAArch64, little_endian};
use crate::debug::{Inferior, Registers};
use gdbstub::common::{Pid, Tid};
use gdbstub::target::ext::base::BaseOps;
use gdbstub::target::ext::base::multithread::MultiThreadBase;
use gdbstub::target::ext::base::single_register_access::{SingleRegisterAccess, SingleRegisterAccessOps};
use gdbstub::target::ext::thread_extra_info::{ThreadExtraInfo, ThreadExtraInfoOps};
use gdbstub::target::ext::{auxv, breakpoints, exec_file, host_io, monitor_cmd};
use gdbstub::target::{Target, TargetError, TargetResult};
use std::convert::Infallible;

/// A stopped process, for the length of one packet.
pub struct ProcessTarget<'a> {
    /// The process.
    pub inferior: &'a mut (dyn Inferior + 'a),
    /// What gdb inserted in it.
    pub breakpoints: &'a mut Breakpoints,
    /// Files that gdb has open.
    pub files: &'a mut Files,
}

/// What gdb is told about memory that is not there.
const EFAULT: u8 = libc::EFAULT as u8;
/// And about threads that are not there.
const ESRCH: u8 = libc::ESRCH as u8;

impl Target for ProcessTarget<'_> {
    type Arch = UserAArch64;
    type Error = Infallible;

    fn base_ops(&mut self) -> BaseOps<'_, UserAArch64, Infallible> {
        BaseOps::MultiThread(self)
    }

    fn use_rle(&self) -> bool {
        false
    }

    fn use_resume_stub(&self) -> bool {
        false
    }

    fn support_breakpoints(&mut self) -> Option<breakpoints::BreakpointsOps<'_, Self>> {
        Some(self)
    }

    fn support_monitor_cmd(&mut self) -> Option<monitor_cmd::MonitorCmdOps<'_, Self>> {
        Some(self)
    }

    fn support_host_io(&mut self) -> Option<host_io::HostIoOps<'_, Self>> {
        Some(self)
    }

    fn support_exec_file(&mut self) -> Option<exec_file::ExecFileOps<'_, Self>> {
        Some(self)
    }

    fn support_auxv(&mut self) -> Option<auxv::AuxvOps<'_, Self>> {
        Some(self)
    }
}

impl MultiThreadBase for ProcessTarget<'_> {
    fn read_registers(&mut self, regs: &mut Registers, tid: Tid) -> TargetResult<(), Self> {
        *regs = self.inferior.registers(linux_tid(tid)).ok_or(TargetError::Errno(ESRCH))?;
        Ok(())
    }

    fn write_registers(&mut self, regs: &Registers, tid: Tid) -> TargetResult<(), Self> {
        let written = self.inferior.set_registers(linux_tid(tid), regs);
        if written { Ok(()) } else { Err(TargetError::Errno(ESRCH)) }
    }

    fn support_single_register_access(&mut self) -> Option<SingleRegisterAccessOps<'_, Tid, Self>> {
        Some(self)
    }

    fn read_addrs(&mut self, start: u64, data: &mut [u8], _tid: Tid) -> TargetResult<usize, Self> {
        match self.inferior.read_memory(start, data) {
            0 if !data.is_empty() => Err(TargetError::Errno(EFAULT)),
            read => Ok(read.min(data.len())),
        }
    }

    fn write_addrs(&mut self, start: u64, data: &[u8], _tid: Tid) -> TargetResult<(), Self> {
        let written = self.inferior.write_memory(start, data);
        if written == data.len() { Ok(()) } else { Err(TargetError::Errno(EFAULT)) }
    }

    fn list_active_threads(&mut self, thread_is_active: &mut dyn FnMut(Tid)) -> Result<(), Infallible> {
        let threads = self.inferior.threads();
        threads.iter().filter_map(|tid| Tid::new(*tid as usize)).for_each(thread_is_active);
        Ok(())
    }

    fn support_thread_extra_info(&mut self) -> Option<ThreadExtraInfoOps<'_, Self>> {
        Some(self)
    }
}

impl SingleRegisterAccess<Tid> for ProcessTarget<'_> {
    fn read_register(&mut self, tid: Tid, register: Register, buf: &mut [u8]) -> TargetResult<usize, Self> {
        let registers = self.inferior.registers(linux_tid(tid)).ok_or(TargetError::Errno(ESRCH))?;
        let value = register.get(&registers).to_le_bytes();
        Ok(copy_piece(&value[..register.size()], 0, register.size(), buf))
    }

    fn write_register(&mut self, tid: Tid, register: Register, value: &[u8]) -> TargetResult<(), Self> {
        if value.len() != register.size() {
            return Err(TargetError::Errno(libc::EINVAL as u8));
        }
        let mut registers = self.inferior.registers(linux_tid(tid)).ok_or(TargetError::Errno(ESRCH))?;
        register.set(&mut registers, little_endian(value));
        self.write_registers(&registers, tid)
    }
}

impl ThreadExtraInfo for ProcessTarget<'_> {
    fn thread_extra_info(&self, tid: Tid, buf: &mut [u8]) -> Result<usize, Infallible> {
        let name = self.inferior.thread_name(linux_tid(tid)).unwrap_or_default();
        Ok(copy_piece(name.as_bytes(), 0, usize::MAX, buf))
    }
}

impl exec_file::ExecFile for ProcessTarget<'_> {
    fn get_exec_file(
        &self,
        _pid: Option<Pid>,
        offset: u64,
        length: usize,
        buf: &mut [u8],
    ) -> TargetResult<usize, Self> {
        Ok(copy_piece(&self.inferior.exec_file(), offset, length, buf))
    }
}

impl auxv::Auxv for ProcessTarget<'_> {
    fn get_auxv(&self, offset: u64, length: usize, buf: &mut [u8]) -> TargetResult<usize, Self> {
        Ok(copy_piece(&self.inferior.auxv(), offset, length, buf))
    }
}

/// Thread ids come from the wire; one that no Linux thread can have becomes one that none has.
fn linux_tid(tid: Tid) -> i32 {
    i32::try_from(tid.get()).unwrap_or(-1)
}

/// Copies at most `length` bytes of `object` from `offset` on; returns how many.
fn copy_piece(object: &[u8], offset: u64, length: usize, buf: &mut [u8]) -> usize {
    let start = object.len().min(usize::try_from(offset).unwrap_or(usize::MAX));
    let piece = &object[start..];
    let count = piece.len().min(length).min(buf.len());
    buf[..count].copy_from_slice(&piece[..count]);
    count
}
