//! Disassembly for logs and `-d`, by capstone: the guest's code, and what it is translated to.
//!
//! Capstone is the only one to use the C library's heap, which takes no locks as long as that library has started no
//! thread, and guests' threads are none that it knows. So one thread at a time is here, with handles and all.

use capstone::arch::BuildsCapstone;
use capstone::{Capstone, arch};
use std::sync::{Mutex, MutexGuard, PoisonError};

static C_HEAP: Mutex<()> = Mutex::new(());

/// Nobody disassembles as long as this is held, as across a fork.
pub fn hold() -> MutexGuard<'static, ()> {
    C_HEAP.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The assembly of one instruction at `pc`; the row's name where capstone does not know it, or
/// `.inst` where nobody does.
pub fn text(pc: u64, word: u32) -> String {
    known(pc, word).unwrap_or_else(|| match super::decode(super::Insn(word)) {
        Some(op) => format!(".inst {word:#010x} // {}", op.row().name),
        None => format!(".inst {word:#010x}"),
    })
}

fn known(pc: u64, word: u32) -> Option<String> {
    let _alone = hold();
    let disassembler = Capstone::new().arm64().mode(arch::arm64::ArchMode::Arm).build().ok()?;
    let insns = disassembler.disasm_count(&word.to_le_bytes(), pc, 1).ok()?;
    let insn = insns.first()?;
    Some(format!("{} {}", insn.mnemonic()?, insn.op_str().unwrap_or("")).trim_end().to_owned())
}

/// The assembly of host code that lies at `address`, an instruction at a time: its address and text. A
/// byte that begins none is left out.
pub fn host_lines(address: u64, code: &[u8]) -> Vec<(u64, String)> {
    let _alone = hold();
    let disassembler = Capstone::new().x86().mode(arch::x86::ArchMode::Mode64).build();
    let Ok(mut disassembler) = disassembler else { return Vec::new() };
    let _ = disassembler.set_skipdata(true);
    let Ok(instructions) = disassembler.disasm_all(code, address) else { return Vec::new() };
    instructions
        .iter()
        .map(|i| {
            (i.address(), format!("{} {}", i.mnemonic().unwrap_or(""), i.op_str().unwrap_or("")).trim_end().to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_host_code() {
        let lines = host_lines(0x10, &[0x48, 0x89, 0xc3, 0xc3]);
        assert_eq!(lines, [(0x10, "mov rbx, rax".to_owned()), (0x13, "ret".to_owned())]);
    }

    #[test]
    fn prints_assembly_and_falls_back_to_the_word() {
        assert_eq!(text(0x1000, 0x9100_0400), "add x0, x0, #1");
        assert_eq!(text(0x1000, 0x1400_0002), "b #0x1008");
        assert_eq!(text(0, 0xffff_ffff), ".inst 0xffffffff");
    }
}
