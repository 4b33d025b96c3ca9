//! Instructions for which there is no oracle: LDAPR and its kin (FEAT_LRCPC, LRCPC2, LRCPC3), as the
//! "Operation" sections of the manual's chapters C6.2 and C7.2 have them, on registers and memory of
//! their own. QEMU has no FEAT_LRCPC3, and does not check the alignment of the others.
//!
//! What is open where registers overlap is settled as `emu::lift::load_store` says.

use super::engine::{SIGBUS, SIGSEGV};
use super::place::{MEMORY_SIZE, Place, Program};
use super::state::{Change, Outcome, State};
use emu::cpu::Feature;
use emu::decode::{Insn, Row, decode, features};

/// Signal and address.
type Fault = (u32, u64);

/// Whether an instruction is described here.
pub fn describes(row: &Row) -> bool {
    matches!(row.feature, Feature::LRCPC | Feature::LRCPC2 | Feature::LRCPC3)
}

/// Registers and memory while an instruction is executed.
struct Machine {
    place: Place,
    state: State,
    memory: [u8; MEMORY_SIZE],
}

/// Executes each program, of one instruction, on its share of the states, each with this memory.
pub fn execute(place: Place, memory: &[u8; MEMORY_SIZE], programs: &[Program], states: &[State]) -> Vec<Outcome> {
    let each = states.len() / programs.len();
    let outcome = |(n, before): (usize, &State)| {
        let mut machine = Machine { place, state: State { looks_at_fpsr: false, ..*before }, memory: *memory };
        let (pc, signal, address) = match machine.instruction(programs[n / each][0]) {
            Ok(()) => (4, 0, 0),
            Err((signal, address)) => (0, signal, address),
        };
        Outcome { after: machine.state, pc, signal, address, change: Change::between(memory, &machine.memory) }
    };
    states.iter().enumerate().map(outcome).collect()
}

impl Machine {
    /// Offset in memory of an ordered access: to one element, or a pair of them where `ispair`. What must
    /// be aligned is the element (Mem[]); with FEAT_LSE2 it need not be, if all lies within 16 bytes.
    fn access(&self, address: u64, size: u64, ispair: bool) -> Result<usize, Fault> {
        let all = if ispair { 2 * size } else { size };
        let within = address % 16 + all <= 16;
        // User mode's tags are ignored, and Linux does not tell them.
        let untagged = address << 8 >> 8;
        if !(address.is_multiple_of(size) || features().contains(Feature::LSE2) && within) {
            return Err((SIGBUS, untagged));
        }
        let offset = untagged.wrapping_sub(self.place.memory);
        match (0..all).find(|n| offset.wrapping_add(*n) >= MEMORY_SIZE as u64) {
            None => Ok(offset as usize),
            Some(first) => Err((SIGSEGV, untagged + first)),
        }
    }

    fn read(&self, address: u64, size: u64, ispair: bool) -> Result<u128, Fault> {
        let (at, all) = (self.access(address, size, ispair)?, if ispair { 2 * size } else { size });
        Ok((0..all as usize).fold(0, |v, n| v | u128::from(self.memory[at + n]) << (8 * n)))
    }

    fn write(&mut self, address: u64, size: u64, ispair: bool, v: u128) -> Result<(), Fault> {
        let (at, all) = (self.access(address, size, ispair)?, if ispair { 2 * size } else { size });
        let bytes = v.to_le_bytes();
        self.memory[at..at + all as usize].copy_from_slice(&bytes[..all as usize]);
        Ok(())
    }

    fn x(&self, n: u32) -> u64 {
        self.state.x.get(n as usize).copied().unwrap_or(0)
    }

    fn set_x(&mut self, n: u32, v: u64) {
        if let Some(x) = self.state.x.get_mut(n as usize) {
            *x = v;
        }
    }

    fn instruction(&mut self, word: u32) -> Result<(), Fault> {
        let insn = Insn(word);
        let (t, n, size) = (word & 31, word >> 5 & 31, 1u64 << (word >> 30));
        let base = *self.state.x_sp(n);
        let unscaled = base.wrapping_add(insn.sbits(20, 12) as u64);
        let bits = |size: u64| u64::MAX >> (64 - 8 * size);
        match decode(insn).map_or("", |op| op.row().name) {
            "LDAPR" => {
                let v = self.read(base, size, false)?;
                self.set_x(t, v as u64);
            }
            "STLUR" => self.write(unscaled, size, false, self.x(t).into())?,
            "LDAPUR" => {
                let v = self.read(unscaled, size, false)?;
                self.set_x(t, v as u64);
            }
            name @ ("LDAPURSB_x" | "LDAPURSH_x" | "LDAPURSW_x" | "LDAPURSB_w" | "LDAPURSH_w") => {
                let v = self.read(unscaled, size, false)? as u64;
                let unused = 64 - 8 * size as u32;
                let extended = ((v << unused) as i64 >> unused) as u64;
                self.set_x(t, if name.ends_with('w') { extended & bits(4) } else { extended });
            }
            "LDAPR_post" => {
                let v = self.read(base, size, false)?;
                self.set_x(t, v as u64);
                *self.state.x_sp(n) = base.wrapping_add(size);
            }
            "STLR_pre" => {
                let address = base.wrapping_sub(size);
                self.write(address, size, false, self.x(t).into())?;
                *self.state.x_sp(n) = address;
            }
            "LDIAPP" => {
                let v = self.read(base, size, true)?;
                self.set_x(t, v as u64 & bits(size));
                self.set_x(word >> 16 & 31, (v >> (8 * size)) as u64 & bits(size));
                if word >> 12 & 1 == 0 {
                    *self.state.x_sp(n) = base.wrapping_add(2 * size);
                }
            }
            "STILP" => {
                let has_writeback = word >> 12 & 1 == 0;
                let address = if has_writeback { base.wrapping_sub(2 * size) } else { base };
                let [low, high] = [t, word >> 16 & 31].map(|r| u128::from(self.x(r) & bits(size)));
                self.write(address, size, true, low | high << (8 * size))?;
                if has_writeback {
                    *self.state.x_sp(n) = address;
                }
            }
            name @ ("LDAPUR_b" | "LDAPUR_h" | "LDAPUR_s" | "LDAPUR_d" | "LDAPUR_q") => {
                let size = if name.ends_with('q') { 16 } else { size };
                self.state.v[t as usize] = self.read(unscaled, size, false)?;
            }
            name @ ("STLUR_b" | "STLUR_h" | "STLUR_s" | "STLUR_d" | "STLUR_q") => {
                let size = if name.ends_with('q') { 16 } else { size };
                self.write(unscaled, size, false, self.state.v[t as usize])?;
            }
            "LDAP1" => {
                let (v, lane) = (self.read(base, 8, false)?, word >> 30 & 1);
                let kept = self.state.v[t as usize] & !(u128::from(u64::MAX) << (64 * lane));
                self.state.v[t as usize] = kept | v << (64 * lane);
            }
            "STL1" => {
                let lane = word >> 30 & 1;
                self.write(base, 8, false, self.state.v[t as usize] >> (64 * lane))?;
            }
            other => unreachable!("{other} is not described"),
        }
        Ok(())
    }
}
