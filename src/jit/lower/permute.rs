//! Tables and permutes.

use super::{Fit, Lower, Unfit};
use crate::jit::asm::{slot, with_mem};
use crate::jit::entry::Thread;
use crate::jit::ir::Ref;
use crate::jit::regs::Mem;
use dynasmrt::{DynasmApi, dynasm};

impl Lower<'_> {
    pub(super) fn ext(&mut self, _: Ref, _: Ref, _: u8, _: u8) -> Fit<()> {
        Err(Unfit)
    }

    /// Bytes of one or two registers picked by index; zero for an index beyond them. `vpshufb` gives
    /// zero where bit 7 is set: a saturating add of 0x70 sets it from 16 on.
    pub(super) fn tbl(&mut self, table: [Ref; 4], count: u8, index: Ref, dst: u8) -> Fit<()> {
        let [first, second, ..] = table;
        if count > 2 {
            return Err(Unfit);
        }
        let index = self.vec(index)?;
        let first = self.vec(first)?;
        let (picks, out) = (self.temp_v()?, self.temp_v()?);
        with_mem!(self.asm, slot(Thread::TBL_BIAS), [vpaddusb Rx(picks), Rx(index), OWORD][]);
        if count == 1 {
            dynasm!(self.asm ; .arch x64 ; vpshufb Rx(dst), Rx(first), Rx(picks));
            return Ok(());
        }
        dynasm!(self.asm ; .arch x64 ; vpshufb Rx(out), Rx(first), Rx(picks));
        let second = self.vec(second)?;
        with_mem!(self.asm, slot(Thread::TBL_STEP), [vpsubb Rx(picks), Rx(index), OWORD][]);
        with_mem!(self.asm, slot(Thread::TBL_BIAS), [vpaddusb Rx(picks), Rx(picks), OWORD][]);
        dynasm!(self.asm ; .arch x64 ; vpshufb Rx(picks), Rx(second), Rx(picks) ; vpor Rx(dst), Rx(out), Rx(picks));
        Ok(())
    }
}
