//! The registers as gdb numbers and describes them.
//!
//! The numbers and the XML are gdb's own (features `org.gnu.gdb.aarch64.core`, `.fpu` and `.tls`), the
//! first two taken from `gdbstub_arch`, without its EL1 system registers, which no user-mode program has. Its register
//! types do not fit: `AArch64CoreRegs` writes FPCR before FPSR, against the description, and
//! `AArch64RegId` calls both 64 bits wide.

use crate::debug::Registers;
use gdbstub::arch::{Arch, RegId};
use std::num::NonZeroUsize;
use std::sync::OnceLock;

/// AArch64 as a Linux user-mode program sees it.
pub enum UserAArch64 {}

impl Arch for UserAArch64 {
    type Usize = u64;
    type Registers = Registers;
    type RegId = Register;
    type BreakpointKind = usize;

    fn target_description_xml() -> Option<&'static str> {
        static XML: OnceLock<String> = OnceLock::new();
        Some(XML.get_or_init(describe))
    }
}

/// `gdbstub_arch`'s description with the operating system added and the EL1 registers left out.
fn describe() -> String {
    let all = gdbstub_arch::aarch64::AArch64::target_description_xml().unwrap_or_default();
    let user = all.split("<feature name=\"org.rust.gdb").next().unwrap_or_default();
    let architecture = "<architecture>aarch64</architecture>";
    let described = user.trim_end().replacen(architecture, &format!("{architecture}<osabi>GNU/Linux</osabi>"), 1);
    let tls =
        "<feature name=\"org.gnu.gdb.aarch64.tls\"><reg name=\"tpidr\" bitsize=\"64\" type=\"data_ptr\"/></feature>";
    // Where pointers have authentication codes, for gdb to unwind through signed return addresses.
    let masks = ["pauth_dmask", "pauth_cmask"].map(|name| format!("<reg name=\"{name}\" bitsize=\"64\"/>")).concat();
    let pauth = format!("<feature name=\"org.gnu.gdb.aarch64.pauth\">{masks}</feature>");
    format!("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">{described}{tls}{pauth}</target>")
}

/// One register of the description.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Register {
    /// X0 to X30.
    X(u8),
    /// SP.
    Sp,
    /// PC.
    Pc,
    /// PSTATE, which gdb calls cpsr.
    Cpsr,
    /// V0 to V31.
    V(u8),
    /// FPSR.
    Fpsr,
    /// FPCR.
    Fpcr,
    /// TPIDR_EL0.
    Tpidr,
    /// Bits of a data pointer that hold its authentication code; cannot be changed.
    PauthDmask,
    /// Likewise, of a code pointer.
    PauthCmask,
}

impl Register {
    /// All of them, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Register> {
        (0..).map_while(Register::from_number)
    }

    /// The register of a number in the description.
    pub fn from_number(number: usize) -> Option<Register> {
        Some(match number {
            0..=30 => Register::X(number as u8),
            31 => Register::Sp,
            32 => Register::Pc,
            33 => Register::Cpsr,
            34..=65 => Register::V(number as u8 - 34),
            66 => Register::Fpsr,
            67 => Register::Fpcr,
            68 => Register::Tpidr,
            69 => Register::PauthDmask,
            70 => Register::PauthCmask,
            _ => return None,
        })
    }

    /// Bytes.
    pub fn size(self) -> usize {
        match self {
            Register::X(_) | Register::Sp | Register::Pc | Register::Tpidr => 8,
            Register::PauthDmask | Register::PauthCmask => 8,
            Register::V(_) => 16,
            Register::Cpsr | Register::Fpsr | Register::Fpcr => 4,
        }
    }

    /// Its value, little-endian in the low [`Register::size`] bytes.
    pub fn get(self, from: &Registers) -> u128 {
        match self {
            Register::X(n) => from.x.get(n as usize).copied().unwrap_or(0).into(),
            Register::Sp => from.sp.into(),
            Register::Pc => from.pc.into(),
            Register::Cpsr => from.cpsr.into(),
            Register::V(n) => from.v.get(n as usize).copied().unwrap_or(0),
            Register::Fpsr => from.fpsr.into(),
            Register::Fpcr => from.fpcr.into(),
            Register::Tpidr => from.tpidr.into(),
            Register::PauthDmask | Register::PauthCmask => from.pac_mask.into(),
        }
    }

    /// Replaces its value by the low bits of `value`.
    pub fn set(self, to: &mut Registers, value: u128) {
        match self {
            Register::X(n) => {
                if let Some(x) = to.x.get_mut(n as usize) {
                    *x = value as u64;
                }
            }
            Register::Sp => to.sp = value as u64,
            Register::Pc => to.pc = value as u64,
            Register::Cpsr => to.cpsr = value as u32,
            Register::V(n) => {
                if let Some(v) = to.v.get_mut(n as usize) {
                    *v = value;
                }
            }
            Register::Fpsr => to.fpsr = value as u32,
            Register::Fpcr => to.fpcr = value as u32,
            Register::Tpidr => to.tpidr = value as u64,
            Register::PauthDmask | Register::PauthCmask => {}
        }
    }
}

impl RegId for Register {
    fn from_raw_id(id: usize) -> Option<(Self, Option<NonZeroUsize>)> {
        let register = Register::from_number(id)?;
        Some((register, NonZeroUsize::new(register.size())))
    }
}

impl gdbstub::arch::Registers for Registers {
    type ProgramCounter = u64;

    fn pc(&self) -> u64 {
        self.pc
    }

    fn gdb_serialize(&self, mut write_byte: impl FnMut(Option<u8>)) {
        for register in Register::all() {
            for byte in register.get(self).to_le_bytes().into_iter().take(register.size()) {
                write_byte(Some(byte));
            }
        }
    }

    fn gdb_deserialize(&mut self, mut bytes: &[u8]) -> Result<(), ()> {
        for register in Register::all() {
            let (value, rest) = bytes.split_at_checked(register.size()).ok_or(())?;
            register.set(self, little_endian(value));
            bytes = rest;
        }
        Ok(())
    }
}

/// Up to 16 bytes as a number.
pub fn little_endian(bytes: &[u8]) -> u128 {
    bytes.iter().take(16).rev().fold(0, |value, byte| value << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use gdbstub::arch::Registers as _;

    #[test]
    fn description_lists_the_registers_in_order_and_no_other() {
        let xml = UserAArch64::target_description_xml().expect("a description");
        let expected: Vec<String> = Register::all()
            .map(|register| match register {
                Register::X(n) => format!("x{n}"),
                Register::V(n) => format!("v{n}"),
                Register::PauthDmask => "pauth_dmask".to_owned(),
                Register::PauthCmask => "pauth_cmask".to_owned(),
                other => format!("{other:?}").to_lowercase(),
            })
            .collect();
        let named: Vec<&str> =
            xml.split("<reg name=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or("")).collect();
        assert_eq!(named, expected);
        assert!(xml.contains("<osabi>GNU/Linux</osabi>") && xml.ends_with("</feature></target>"));
    }

    #[test]
    fn registers_round_trip() {
        let mut registers = Registers::default();
        for (n, register) in Register::all().enumerate() {
            register.set(&mut registers, 0x0123_4567_89ab_cdef_0011_2233_4455_6600 + n as u128);
        }
        let mut bytes = Vec::new();
        registers.gdb_serialize(|byte| bytes.extend(byte));
        assert_eq!(bytes.len(), 33 * 8 + 4 + 32 * 16 + 8 + 8 + 16);
        let mut back = Registers::default();
        back.gdb_deserialize(&bytes).expect("complete");
        assert_eq!(back, registers);
        assert!(back.gdb_deserialize(&bytes[1..]).is_err());
    }
}
