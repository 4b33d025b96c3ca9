//! Disassembly for logs and `-d`, by capstone.

use capstone::arch::BuildsCapstone;
use capstone::{Capstone, arch};

/// An A64 disassembler.
pub struct Disassembler(Capstone);

impl Disassembler {
    /// None if capstone could not be set up (it is out of memory).
    pub fn new() -> Option<Self> {
        Capstone::new().arm64().mode(arch::arm64::ArchMode::Arm).build().ok().map(Disassembler)
    }

    /// The assembly of one instruction at `pc`; the row's name where capstone does not know it, or
    /// `.inst` where nobody does.
    pub fn text(&self, pc: u64, word: u32) -> String {
        let known = self.0.disasm_count(&word.to_le_bytes(), pc, 1).ok().and_then(|insns| {
            let insn = insns.first()?;
            Some(format!("{} {}", insn.mnemonic()?, insn.op_str().unwrap_or("")).trim_end().to_owned())
        });
        known.unwrap_or_else(|| match super::decode(super::Insn(word)) {
            Some(op) => format!(".inst {word:#010x} // {}", op.row().name),
            None => format!(".inst {word:#010x}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_assembly_and_falls_back_to_the_word() {
        let d = Disassembler::new().expect("capstone");
        assert_eq!(d.text(0x1000, 0x9100_0400), "add x0, x0, #1");
        assert_eq!(d.text(0x1000, 0x1400_0002), "b #0x1008");
        assert_eq!(d.text(0, 0xffff_ffff), ".inst 0xffffffff");
    }
}
