//! Classic BPF programs as seccomp(2) takes them: the kernel's checks (net/core/filter.c's
//! `bpf_check_classic`, kernel/seccomp.c's `seccomp_check_filter`), and their execution.

use crate::Errno;

/// `struct sock_filter`: 16-bit code, two 8-bit jump distances, a 32-bit operand, as one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Insn(pub u64);

/// `struct seccomp_data` as little-endian bytes: number, architecture, pc, six arguments.
pub type Data = [u8; 64];

/// BPF_MAXINSNS.
pub const LEN_MAX: usize = 4096;
/// BPF_MEMWORDS.
const WORDS: usize = 16;

impl Insn {
    fn code(self) -> u16 {
        self.0 as u16
    }
    fn jt(self) -> usize {
        (self.0 >> 16) as u8 as usize
    }
    fn jf(self) -> usize {
        (self.0 >> 24) as u8 as usize
    }
    fn k(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// Instruction classes and operations (include/uapi/linux/bpf_common.h), put together as the codes
/// that seccomp allows.
mod op {
    pub const LD_W_ABS: u16 = 0x20;
    pub const LD_W_LEN: u16 = 0x80;
    pub const LDX_W_LEN: u16 = 0x81;
    pub const LD_IMM: u16 = 0x00;
    pub const LDX_IMM: u16 = 0x01;
    pub const LD_MEM: u16 = 0x60;
    pub const LDX_MEM: u16 = 0x61;
    pub const ST: u16 = 0x02;
    pub const STX: u16 = 0x03;
    pub const RET_K: u16 = 0x06;
    pub const RET_A: u16 = 0x16;
    pub const TAX: u16 = 0x07;
    pub const TXA: u16 = 0x87;
    pub const NEG: u16 = 0x84;
    pub const JA: u16 = 0x05;
    /// The operand is X instead of K.
    pub const X: u16 = 0x08;
    pub const ADD: u16 = 0x04;
    pub const SUB: u16 = 0x14;
    pub const MUL: u16 = 0x24;
    pub const DIV: u16 = 0x34;
    pub const OR: u16 = 0x44;
    pub const AND: u16 = 0x54;
    pub const LSH: u16 = 0x64;
    pub const RSH: u16 = 0x74;
    pub const XOR: u16 = 0xa4;
    pub const JEQ: u16 = 0x15;
    pub const JGT: u16 = 0x25;
    pub const JGE: u16 = 0x35;
    pub const JSET: u16 = 0x45;
}

/// A program that the kernel would take.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program(Vec<Insn>);

impl Program {
    /// Checks `insns`; EINVAL for what the kernel refuses.
    pub fn new(insns: Vec<Insn>) -> Result<Program, Errno> {
        let ends = insns.last().is_some_and(|last| matches!(last.code(), op::RET_K | op::RET_A));
        if insns.len() > LEN_MAX || !ends {
            return Err(Errno::EINVAL);
        }
        for (at, insn) in insns.iter().enumerate() {
            if !is_allowed(*insn, insns.len() - at - 1) {
                return Err(Errno::EINVAL);
            }
        }
        if reads_unwritten(&insns) { Err(Errno::EINVAL) } else { Ok(Program(insns)) }
    }

    /// Its instructions.
    pub fn insns(&self) -> &[Insn] {
        &self.0
    }

    /// What it returns for `data`.
    pub fn run(&self, data: &Data) -> u32 {
        let (mut a, mut x, mut memory) = (0u32, 0u32, [0u32; WORDS]);
        let mut at = 0;
        while let Some(&insn) = self.0.get(at) {
            at += 1;
            let (code, k) = (insn.code(), insn.k());
            let cell = k as usize % WORDS;
            match code {
                op::LD_W_ABS => a = crate::abi::bytes::get_u32(data, k as usize),
                op::LD_W_LEN => a = data.len() as u32,
                op::LDX_W_LEN => x = data.len() as u32,
                op::LD_IMM => a = k,
                op::LDX_IMM => x = k,
                op::LD_MEM => a = memory[cell],
                op::LDX_MEM => x = memory[cell],
                op::ST => memory[cell] = a,
                op::STX => memory[cell] = x,
                op::RET_K => return k,
                op::RET_A => return a,
                op::TAX => x = a,
                op::TXA => a = x,
                op::NEG => a = a.wrapping_neg(),
                op::JA => at += k as usize,
                _ => {
                    let operand = if code & op::X != 0 { x } else { k };
                    let jump = |taken: bool| if taken { insn.jt() } else { insn.jf() };
                    match code & !op::X {
                        op::ADD => a = a.wrapping_add(operand),
                        op::SUB => a = a.wrapping_sub(operand),
                        op::MUL => a = a.wrapping_mul(operand),
                        // A division by zero ends the program with 0.
                        op::DIV if operand == 0 => return 0,
                        op::DIV => a /= operand,
                        op::OR => a |= operand,
                        op::AND => a &= operand,
                        op::XOR => a ^= operand,
                        op::LSH => a = a.wrapping_shl(operand),
                        op::RSH => a = a.wrapping_shr(operand),
                        op::JEQ => at += jump(a == operand),
                        op::JGT => at += jump(a > operand),
                        op::JGE => at += jump(a >= operand),
                        op::JSET => at += jump(a & operand != 0),
                        _ => return 0,
                    }
                }
            }
        }
        0
    }
}

/// One instruction, with `behind` others after it.
fn is_allowed(insn: Insn, behind: usize) -> bool {
    let (code, k) = (insn.code(), insn.k());
    match code {
        op::LD_W_ABS => k.is_multiple_of(4) && k < 64,
        op::LD_MEM | op::LDX_MEM | op::ST | op::STX => (k as usize) < WORDS,
        op::JA => (k as usize) < behind,
        op::LD_W_LEN | op::LDX_W_LEN | op::LD_IMM | op::LDX_IMM => true,
        op::RET_K | op::RET_A | op::TAX | op::TXA | op::NEG => true,
        _ => match code & !op::X {
            op::DIV => code & op::X != 0 || k != 0,
            op::LSH | op::RSH => code & op::X != 0 || k < 32,
            op::ADD | op::SUB | op::MUL | op::OR | op::AND | op::XOR => true,
            op::JEQ | op::JGT | op::JGE | op::JSET => insn.jt() < behind && insn.jf() < behind,
            _ => false,
        },
    }
}

/// True if a scratch word may be read before it is written, on some path (`check_load_and_stores`).
fn reads_unwritten(insns: &[Insn]) -> bool {
    // For each instruction, the words written on every path to it; jumps only go forward.
    let mut written = vec![u16::MAX; insns.len() + 1];
    let mut now = 0u16;
    for (at, insn) in insns.iter().enumerate() {
        now &= written.get(at).copied().unwrap_or(0);
        let bit = 1u16 << (insn.k() % WORDS as u32);
        let mut meet = |target: usize, now: u16| {
            if let Some(set) = written.get_mut(target) {
                *set &= now;
            }
        };
        match insn.code() {
            op::ST | op::STX => now |= bit,
            op::LD_MEM | op::LDX_MEM if now & bit == 0 => return true,
            op::JA => {
                meet(at + 1 + insn.k() as usize, now);
                now = u16::MAX;
            }
            code if code & 7 == 5 => {
                meet(at + 1 + insn.jt(), now);
                meet(at + 1 + insn.jf(), now);
                now = u16::MAX;
            }
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insn(code: u16, jt: u8, jf: u8, k: u32) -> Insn {
        Insn(u64::from(code) | u64::from(jt) << 16 | u64::from(jf) << 24 | u64::from(k) << 32)
    }

    fn run(insns: &[Insn], data: &Data) -> u32 {
        Program::new(insns.to_vec()).expect("a good program").run(data)
    }

    #[test]
    fn arithmetic_and_jumps() {
        let mut data = [0; 64];
        data[0] = 7;
        data[16] = 100;
        let sum = [
            insn(op::LD_W_ABS, 0, 0, 0),
            insn(op::TAX, 0, 0, 0),
            insn(op::LD_W_ABS, 0, 0, 16),
            insn(op::DIV | op::X, 0, 0, 0),
            insn(op::LSH, 0, 0, 4),
            insn(op::ST, 0, 0, 3),
            insn(op::LDX_MEM, 0, 0, 3),
            insn(op::ADD | op::X, 0, 0, 0),
            insn(op::JGT, 0, 1, 400),
            insn(op::RET_A, 0, 0, 0),
            insn(op::RET_K, 0, 0, 1),
        ];
        assert_eq!(run(&sum, &data), 448);
        data[0] = 0;
        assert_eq!(run(&sum, &data), 0, "division by zero");
        assert_eq!(run(&[insn(op::LD_W_LEN, 0, 0, 0), insn(op::RET_A, 0, 0, 0)], &data), 64);
    }

    #[test]
    fn what_the_kernel_refuses() {
        let ret = insn(op::RET_K, 0, 0, 0);
        for (bad, why) in [
            (vec![], "empty"),
            (vec![insn(op::LD_IMM, 0, 0, 0)], "no return"),
            (vec![insn(op::LD_W_ABS, 0, 0, 2), ret], "unaligned"),
            (vec![insn(op::LD_W_ABS, 0, 0, 64), ret], "beyond the data"),
            (vec![insn(op::JEQ, 1, 0, 0), ret], "jump beyond the end"),
            (vec![insn(op::JA, 0, 0, u32::MAX), ret], "far jump"),
            (vec![insn(op::DIV, 0, 0, 0), ret], "division by a constant zero"),
            (vec![insn(op::LSH, 0, 0, 32), ret], "shift by 32"),
            (vec![insn(0x94, 0, 0, 3), ret], "modulo, which seccomp does not know"),
            (vec![insn(0x28, 0, 0, 0), ret], "a load of 16 bits"),
            (vec![insn(op::ST, 0, 0, 16), ret], "17th word"),
            (vec![insn(op::LD_MEM, 0, 0, 1), ret], "a word that was never written"),
            (
                vec![insn(op::JEQ, 0, 1, 0), insn(op::ST, 0, 0, 0), insn(op::LD_MEM, 0, 0, 0), ret],
                "a word that one path does not write",
            ),
            (vec![ret; LEN_MAX + 1], "too long"),
        ] {
            assert_eq!(Program::new(bad), Err(Errno::EINVAL), "{why}");
        }
        assert!(Program::new(vec![ret; LEN_MAX]).is_ok());
    }
}
