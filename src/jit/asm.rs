//! Host instructions: a buffer that dynasm encodes into, and a method for each instruction form
//! that lowering uses; jumps are in [`super::jumps`].

use super::features::HostFeatures;
use super::regs::{Mem, Operand, STATE};
use crate::lift::Width;
use crate::value::int::Size;
use dynasmrt::{AssemblyOffset, DynasmApi, dynasm};

/// Code under construction, and where it is going to lie.
#[derive(Default)]
pub struct Asm {
    pub(super) code: Vec<u8>,
    base: u64,
    /// Constants that will lie behind the code, and where their displacements are.
    constants: Vec<u128>,
    fixups: Vec<Fixup>,
    /// What may be used beyond AVX2.
    pub features: HostFeatures,
}

/// A rip-relative displacement that waits for its constant to have a place.
#[derive(Clone, Copy, Debug)]
struct Fixup {
    /// Offset of the displacement.
    at: usize,
    /// Bytes of the instruction behind it.
    tail: u8,
    constant: u16,
}

impl Extend<u8> for Asm {
    fn extend<T: IntoIterator<Item = u8>>(&mut self, bytes: T) {
        self.code.extend(bytes);
    }
}

impl<'a> Extend<&'a u8> for Asm {
    fn extend<T: IntoIterator<Item = &'a u8>>(&mut self, bytes: T) {
        self.code.extend(bytes);
    }
}

impl DynasmApi for Asm {
    fn offset(&self) -> AssemblyOffset {
        AssemblyOffset(self.code.len())
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        self.code.push(byte);
    }

    fn align(&mut self, alignment: usize, with: u8) {
        while !self.code.len().is_multiple_of(alignment) {
            self.code.push(with);
        }
    }
}

/// Two-operand arithmetic: destination and first operand are one.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Alu {
    Add,
    Or,
    Adc,
    Sbb,
    And,
    Sub,
    Xor,
    Cmp,
    Test,
}

impl Alu {
    /// The opcode of a register and memory.
    fn opcode(self) -> u8 {
        match self {
            Alu::Add => 0x03,
            Alu::Or => 0x0b,
            Alu::Adc => 0x13,
            Alu::Sbb => 0x1b,
            Alu::And => 0x23,
            Alu::Sub => 0x2b,
            Alu::Xor => 0x33,
            Alu::Cmp => 0x3b,
            Alu::Test => 0x85,
        }
    }
}

/// Shifts by a constant.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shift {
    Shl,
    Shr,
    Sar,
    Ror,
}

/// An x86 condition code, as jcc, setcc and cmovcc encode it; bit 0 negates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cc(pub u8);

#[allow(missing_docs)]
impl Cc {
    pub const O: Cc = Cc(0);
    pub const B: Cc = Cc(2);
    pub const AE: Cc = Cc(3);
    pub const E: Cc = Cc(4);
    pub const NE: Cc = Cc(5);
    pub const BE: Cc = Cc(6);
    pub const A: Cc = Cc(7);
    pub const S: Cc = Cc(8);
    pub const P: Cc = Cc(10);
    pub const L: Cc = Cc(12);
    pub const LE: Cc = Cc(14);

    /// The opposite condition.
    pub fn negate(self) -> Cc {
        Cc(self.0 ^ 1)
    }
}

/// An instruction with a memory operand: what stands before it, and after it.
macro_rules! with_mem {
    ($asm:expr, $mem:expr, [$($before:tt)*] [$($after:tt)*]) => {{
        let Mem { base, index, disp } = $mem;
        let short = disp as i8;
        match index {
            None if short as i32 == disp => dynasm!($asm ; .arch x64 ; $($before)* [BYTE Rq(base) + short] $($after)*),
            None => dynasm!($asm ; .arch x64 ; $($before)* [DWORD Rq(base) + disp] $($after)*),
            Some((i, 0)) => dynasm!($asm ; .arch x64 ; $($before)* [BYTE Rq(base) + Rq(i) + short] $($after)*),
            Some((i, 1)) => dynasm!($asm ; .arch x64 ; $($before)* [BYTE Rq(base) + 2 * Rq(i) + short] $($after)*),
            Some((i, 2)) => dynasm!($asm ; .arch x64 ; $($before)* [BYTE Rq(base) + 4 * Rq(i) + short] $($after)*),
            Some((i, _)) => dynasm!($asm ; .arch x64 ; $($before)* [BYTE Rq(base) + 8 * Rq(i) + short] $($after)*),
        }
    }};
}
pub(super) use with_mem;

/// The memory operand of a state slot.
pub fn slot(disp: i32) -> Mem {
    Mem { base: STATE, index: None, disp }
}

impl Asm {
    /// An empty buffer for a host with these features.
    pub fn new(features: HostFeatures) -> Asm {
        Asm { features, ..Asm::default() }
    }

    /// Starts over; the code is going to lie at `base`.
    pub fn start(&mut self, base: u64) {
        self.code.clear();
        self.constants.clear();
        self.fixups.clear();
        self.base = base;
    }

    /// Bytes so far.
    pub fn len(&self) -> usize {
        self.code.len()
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.code.is_empty()
    }

    /// The code.
    pub fn bytes(&self) -> &[u8] {
        &self.code
    }

    /// Forgets what was written after `len`.
    pub fn truncate(&mut self, len: usize) {
        self.code.truncate(len);
        while self.fixups.last().is_some_and(|f| f.at >= len) {
            self.fixups.pop();
        }
    }

    /// Writes the displacement of a constant, with `tail` bytes of the instruction to come.
    pub fn constant(&mut self, v: u128, tail: u8) {
        let known = self.constants.iter().position(|&c| c == v);
        let constant = known.unwrap_or_else(|| {
            self.constants.push(v);
            self.constants.len() - 1
        });
        self.fixups.push(Fixup { at: self.code.len(), tail, constant: constant as u16 });
        self.push_i32(0);
    }

    /// Puts the constants behind the code.
    pub fn finish_constants(&mut self) {
        if self.fixups.is_empty() {
            return;
        }
        while !self.address(self.code.len()).is_multiple_of(16) {
            self.push(0xcc);
        }
        let first = self.code.len();
        for constant in std::mem::take(&mut self.constants) {
            self.extend(constant.to_le_bytes());
        }
        for Fixup { at, tail, constant } in std::mem::take(&mut self.fixups) {
            let distance = first + constant as usize * 16 - (at + 4 + tail as usize);
            self.set_u32(at, distance as u32);
        }
    }

    /// Host address of an offset.
    pub fn address(&self, offset: usize) -> u64 {
        self.base + offset as u64
    }

    // ── moves ──────────────────────────────────────────────────────────────────────────────────

    /// 64-bit move; nothing if it is the same register.
    pub fn mov(&mut self, dst: u8, src: u8) {
        if dst != src {
            dynasm!(self ; .arch x64 ; mov Rq(dst), Rq(src));
        }
    }

    /// 32-bit move, which clears the upper half.
    pub fn mov32(&mut self, dst: u8, src: u8) {
        dynasm!(self ; .arch x64 ; mov Rd(dst), Rd(src));
    }

    /// A constant, by the shortest form that leaves the flags alone.
    pub fn mov_imm(&mut self, dst: u8, v: u64) {
        if let Ok(v) = u32::try_from(v) {
            dynasm!(self ; .arch x64 ; mov Rd(dst), v as i32);
        } else if let Ok(v) = i32::try_from(v as i64) {
            dynasm!(self ; .arch x64 ; mov Rq(dst), DWORD v);
        } else {
            dynasm!(self ; .arch x64 ; mov Rq(dst), QWORD v as i64);
        }
    }

    /// Zero; the flags are lost.
    pub fn zero(&mut self, dst: u8) {
        dynasm!(self ; .arch x64 ; xor Rd(dst), Rd(dst));
    }

    /// Loads 8 bytes of state.
    pub fn load_slot(&mut self, dst: u8, disp: i32) {
        self.with_memory(true, &[0x8b], dst, slot(disp));
    }

    /// Stores 8 bytes of state.
    pub fn store_slot(&mut self, disp: i32, src: u8) {
        self.with_memory(true, &[0x89], src, slot(disp));
    }

    /// Stores a sign-extended constant into 8 bytes of state.
    pub fn store_slot_imm(&mut self, disp: i32, v: i32) {
        self.store_imm(Width::D, slot(disp), v);
    }

    /// lea, cut to the size.
    pub fn lea(&mut self, sz: Size, dst: u8, m: Mem) {
        self.with_memory(sz == Size::X, &[0x8d], dst, m);
    }

    /// Loads and zero-extends.
    pub fn load(&mut self, width: Width, dst: u8, m: Mem) {
        match width {
            Width::B => self.with_memory(false, &[0x0f, 0xb6], dst, m),
            Width::H => self.with_memory(false, &[0x0f, 0xb7], dst, m),
            Width::S => self.with_memory(false, &[0x8b], dst, m),
            Width::D | Width::Q => self.with_memory(true, &[0x8b], dst, m),
        }
    }

    /// Loads and sign-extends to the size.
    pub fn load_signed(&mut self, width: Width, sz: Size, dst: u8, m: Mem) {
        let wide = sz == Size::X;
        match width {
            Width::B => self.with_memory(wide, &[0x0f, 0xbe], dst, m),
            Width::H => self.with_memory(wide, &[0x0f, 0xbf], dst, m),
            Width::S if wide => self.with_memory(true, &[0x63], dst, m),
            _ => self.load(width, dst, m),
        }
    }

    /// Stores the low bytes of a register.
    pub fn store(&mut self, width: Width, m: Mem, src: u8) {
        match width {
            // dynasm knows when a byte's register needs a REX prefix.
            Width::B => with_mem!(self, m, [mov][, Rb(src)]),
            Width::H => {
                self.push(0x66);
                self.with_memory(false, &[0x89], src, m);
            }
            Width::S => self.with_memory(false, &[0x89], src, m),
            Width::D | Width::Q => self.with_memory(true, &[0x89], src, m),
        }
    }

    /// Stores a constant, sign-extended.
    pub fn store_imm(&mut self, width: Width, m: Mem, v: i32) {
        match width {
            Width::B => {
                self.with_memory(false, &[0xc6], 0, m);
                self.push(v as u8);
            }
            Width::H => {
                self.push(0x66);
                self.with_memory(false, &[0xc7], 0, m);
                self.extend((v as u16).to_le_bytes());
            }
            Width::S | Width::D | Width::Q => {
                self.with_memory(width != Width::S, &[0xc7], 0, m);
                self.push_i32(v);
            }
        }
    }

    /// An instruction without mandatory prefix: REX, opcode and operands. dynasm's memory operands have a
    /// SIB byte where the base is chosen at run time, and a displacement where there is none.
    fn with_memory(&mut self, wide: bool, opcode: &[u8], reg: u8, m: Mem) {
        let rex = 0x40 | (wide as u8) << 3 | reg >> 3 << 2 | m.index.map_or(0, |(i, _)| i >> 3) << 1 | m.base >> 3;
        if rex != 0x40 {
            self.push(rex);
        }
        self.extend(opcode);
        self.memory_operand((reg & 7) << 3, m, 1);
    }

    /// ModRM, SIB and displacement, ModRM.reg in its place; a displacement of one byte counts in `unit`s.
    pub(super) fn memory_operand(&mut self, reg: u8, m: Mem, unit: i32) {
        let short = if m.disp % unit == 0 { i8::try_from(m.disp / unit).ok() } else { None };
        let mode = match short {
            Some(0) if m.base & 7 != 5 => 0,
            Some(_) => 0x40,
            None => 0x80,
        };
        match m.index {
            None if m.base & 7 != 4 => self.push(mode | reg | m.base & 7),
            None => self.extend([mode | reg | 4, 0x24]),
            Some((index, shift)) => self.extend([mode | reg | 4, shift << 6 | (index & 7) << 3 | m.base & 7]),
        }
        match short {
            Some(_) if mode == 0 => {}
            Some(disp) => self.push(disp as u8),
            None => self.push_i32(m.disp),
        }
    }

    /// Exchanges a register with memory, atomically and as a full barrier.
    pub fn exchange(&mut self, width: Width, m: Mem, reg: u8) {
        match width {
            Width::B => with_mem!(self, m, [xchg][, Rb(reg)]),
            Width::H => with_mem!(self, m, [xchg][, Rw(reg)]),
            Width::S => with_mem!(self, m, [xchg][, Rd(reg)]),
            Width::D | Width::Q => with_mem!(self, m, [xchg][, Rq(reg)]),
        }
    }

    /// Sign-extends the low bytes to the size.
    pub fn sign_extend(&mut self, width: Width, sz: Size, dst: u8, src: u8) {
        match (width, sz) {
            (Width::B, Size::W) => dynasm!(self ; .arch x64 ; movsx Rd(dst), Rb(src)),
            (Width::B, Size::X) => dynasm!(self ; .arch x64 ; movsx Rq(dst), Rb(src)),
            (Width::H, Size::W) => dynasm!(self ; .arch x64 ; movsx Rd(dst), Rw(src)),
            (Width::H, Size::X) => dynasm!(self ; .arch x64 ; movsx Rq(dst), Rw(src)),
            (Width::S, Size::X) => dynasm!(self ; .arch x64 ; movsxd Rq(dst), Rd(src)),
            _ => self.mov32(dst, src),
        }
    }

    /// Zero-extends the low bytes.
    pub fn zero_extend(&mut self, width: Width, dst: u8, src: u8) {
        match width {
            Width::B => dynasm!(self ; .arch x64 ; movzx Rd(dst), Rb(src)),
            Width::H => dynasm!(self ; .arch x64 ; movzx Rd(dst), Rw(src)),
            Width::S => self.mov32(dst, src),
            Width::D | Width::Q => self.mov(dst, src),
        }
    }

    // ── arithmetic ─────────────────────────────────────────────────────────────────────────────

    /// dst = dst op src (Cmp and Test only set flags).
    pub fn alu(&mut self, op: Alu, sz: Size, dst: u8, src: Operand) {
        macro_rules! forms {
            ($op:ident) => {
                match (src, sz) {
                    (Operand::Reg(s), Size::W) => dynasm!(self ; .arch x64 ; $op Rd(dst), Rd(s)),
                    (Operand::Reg(s), Size::X) => dynasm!(self ; .arch x64 ; $op Rq(dst), Rq(s)),
                    (Operand::Slot(d), _) => self.with_memory(sz == Size::X, &[op.opcode()], dst, slot(d)),
                    (Operand::Imm(v), Size::W) if v as i8 as i32 == v as i32 => dynasm!(self ; .arch x64 ; $op Rd(dst), BYTE v as i8),
                    (Operand::Imm(v), Size::X) if v as i8 as i32 == v as i32 => dynasm!(self ; .arch x64 ; $op Rq(dst), BYTE v as i8),
                    (Operand::Imm(v), Size::W) => dynasm!(self ; .arch x64 ; $op Rd(dst), v as i32),
                    (Operand::Imm(v), Size::X) => dynasm!(self ; .arch x64 ; $op Rq(dst), v as i32),
                }
            };
        }
        match op {
            Alu::Add => forms!(add),
            Alu::Or => forms!(or),
            Alu::Adc => forms!(adc),
            Alu::Sbb => forms!(sbb),
            Alu::And => forms!(and),
            Alu::Sub => forms!(sub),
            Alu::Xor => forms!(xor),
            Alu::Cmp => match (src, sz) {
                (Operand::Reg(s), Size::W) => dynasm!(self ; .arch x64 ; cmp Rd(dst), Rd(s)),
                (Operand::Reg(s), Size::X) => dynasm!(self ; .arch x64 ; cmp Rq(dst), Rq(s)),
                (Operand::Slot(d), _) => self.with_memory(sz == Size::X, &[op.opcode()], dst, slot(d)),
                (Operand::Imm(v), _) if v as i8 as i32 == v as i32 => {
                    // dynasm has no sign-extended byte form of cmp with a register chosen at run time.
                    let rex = 0x40 | ((sz == Size::X) as u8) << 3 | dst >> 3;
                    if rex != 0x40 {
                        self.push(rex);
                    }
                    self.extend([0x83, 0xf8 | dst & 7, v as u8]);
                }
                (Operand::Imm(v), Size::W) => dynasm!(self ; .arch x64 ; cmp Rd(dst), v as i32),
                (Operand::Imm(v), Size::X) => dynasm!(self ; .arch x64 ; cmp Rq(dst), v as i32),
            },
            Alu::Test => match (src, sz) {
                (Operand::Reg(s), Size::W) => dynasm!(self ; .arch x64 ; test Rd(dst), Rd(s)),
                (Operand::Reg(s), Size::X) => dynasm!(self ; .arch x64 ; test Rq(dst), Rq(s)),
                (Operand::Slot(d), _) => self.with_memory(sz == Size::X, &[op.opcode()], dst, slot(d)),
                (Operand::Imm(v), Size::W) => dynasm!(self ; .arch x64 ; test Rd(dst), v as i32),
                (Operand::Imm(v), Size::X) => dynasm!(self ; .arch x64 ; test Rq(dst), v as i32),
            },
        }
    }

    /// Compares a slot with a constant.
    pub fn cmp_slot_imm(&mut self, sz: Size, disp: i32, v: i32) {
        let short = i8::try_from(v);
        self.with_memory(sz == Size::X, &[if short.is_ok() { 0x83 } else { 0x81 }], 7, slot(disp));
        match short {
            Ok(v) => self.push(v as u8),
            Err(_) => self.push_i32(v),
        }
    }

    /// Tests bits of a slot's low half.
    pub fn test_slot_imm(&mut self, disp: i32, v: i32) {
        self.with_memory(false, &[0xf7], 0, slot(disp));
        self.push_i32(v);
    }

    /// CF = bit `n`.
    pub fn bit_test(&mut self, src: u8, n: u8) {
        dynasm!(self ; .arch x64 ; bt Rq(src), BYTE n as i8);
    }

    /// NOT; leaves the flags alone.
    pub fn not(&mut self, sz: Size, dst: u8) {
        match sz {
            Size::W => dynasm!(self ; .arch x64 ; not Rd(dst)),
            Size::X => dynasm!(self ; .arch x64 ; not Rq(dst)),
        }
    }

    /// NEG.
    pub fn neg(&mut self, sz: Size, dst: u8) {
        match sz {
            Size::W => dynasm!(self ; .arch x64 ; neg Rd(dst)),
            Size::X => dynasm!(self ; .arch x64 ; neg Rq(dst)),
        }
    }

    /// dst = src AND NOT inverted (BMI1).
    pub fn andn(&mut self, sz: Size, dst: u8, inverted: u8, src: Operand) {
        match (sz, src) {
            (Size::W, Operand::Slot(d)) => with_mem!(self, slot(d), [andn Rd(dst), Rd(inverted),][]),
            (Size::X, Operand::Slot(d)) => with_mem!(self, slot(d), [andn Rq(dst), Rq(inverted),][]),
            (Size::W, Operand::Reg(s)) => dynasm!(self ; .arch x64 ; andn Rd(dst), Rd(inverted), Rd(s)),
            (Size::X, Operand::Reg(s)) => dynasm!(self ; .arch x64 ; andn Rq(dst), Rq(inverted), Rq(s)),
            (_, Operand::Imm(_)) => {}
        }
    }

    /// Shifts by a constant below the size.
    pub fn shift_imm(&mut self, op: Shift, sz: Size, dst: u8, n: u8) {
        let n = n as i8;
        match (op, sz) {
            (Shift::Shl, Size::W) => dynasm!(self ; .arch x64 ; shl Rd(dst), BYTE n),
            (Shift::Shl, Size::X) => dynasm!(self ; .arch x64 ; shl Rq(dst), BYTE n),
            (Shift::Shr, Size::W) => dynasm!(self ; .arch x64 ; shr Rd(dst), BYTE n),
            (Shift::Shr, Size::X) => dynasm!(self ; .arch x64 ; shr Rq(dst), BYTE n),
            (Shift::Sar, Size::W) => dynasm!(self ; .arch x64 ; sar Rd(dst), BYTE n),
            (Shift::Sar, Size::X) => dynasm!(self ; .arch x64 ; sar Rq(dst), BYTE n),
            (Shift::Ror, Size::W) => dynasm!(self ; .arch x64 ; ror Rd(dst), BYTE n),
            (Shift::Ror, Size::X) => dynasm!(self ; .arch x64 ; ror Rq(dst), BYTE n),
        }
    }

    /// Rotates right by a constant into another register; leaves the flags alone (BMI2).
    pub fn rorx(&mut self, sz: Size, dst: u8, src: u8, n: u8) {
        match sz {
            Size::W => dynasm!(self ; .arch x64 ; rorx Rd(dst), Rd(src), BYTE n as i8),
            Size::X => dynasm!(self ; .arch x64 ; rorx Rq(dst), Rq(src), BYTE n as i8),
        }
    }

    /// dst = src shifted by a register, modulo the size; leaves the flags alone (BMI2). Not `Ror`.
    pub fn shift(&mut self, op: Shift, sz: Size, dst: u8, src: u8, n: u8) {
        match (op, sz) {
            (Shift::Shl, Size::W) => dynasm!(self ; .arch x64 ; shlx Rd(dst), Rd(src), Rd(n)),
            (Shift::Shl, Size::X) => dynasm!(self ; .arch x64 ; shlx Rq(dst), Rq(src), Rq(n)),
            (Shift::Shr, Size::W) => dynasm!(self ; .arch x64 ; shrx Rd(dst), Rd(src), Rd(n)),
            (Shift::Shr, Size::X) => dynasm!(self ; .arch x64 ; shrx Rq(dst), Rq(src), Rq(n)),
            (Shift::Sar, Size::W) => dynasm!(self ; .arch x64 ; sarx Rd(dst), Rd(src), Rd(n)),
            (Shift::Sar, Size::X) => dynasm!(self ; .arch x64 ; sarx Rq(dst), Rq(src), Rq(n)),
            (Shift::Ror, _) => {}
        }
    }

    /// dst = bits of hi:dst from `n`.
    pub fn shrd(&mut self, sz: Size, dst: u8, hi: u8, n: u8) {
        match sz {
            Size::W => dynasm!(self ; .arch x64 ; shrd Rd(dst), Rd(hi), BYTE n as i8),
            Size::X => dynasm!(self ; .arch x64 ; shrd Rq(dst), Rq(hi), BYTE n as i8),
        }
    }

    /// dst = dst × src, low half.
    pub fn imul(&mut self, sz: Size, dst: u8, src: Operand) {
        match (sz, src) {
            (Size::W, Operand::Reg(s)) => dynasm!(self ; .arch x64 ; imul Rd(dst), Rd(s)),
            (Size::X, Operand::Reg(s)) => dynasm!(self ; .arch x64 ; imul Rq(dst), Rq(s)),
            (_, Operand::Slot(d)) => self.with_memory(sz == Size::X, &[0x0f, 0xaf], dst, slot(d)),
            (Size::W, Operand::Imm(v)) => dynasm!(self ; .arch x64 ; imul Rd(dst), Rd(dst), v as i32),
            (Size::X, Operand::Imm(v)) => dynasm!(self ; .arch x64 ; imul Rq(dst), Rq(dst), v as i32),
        }
    }

    /// hi = upper half of rdx × src, unsigned (BMI2); `lo` gets the lower half.
    pub fn mulx(&mut self, hi: u8, lo: u8, src: Operand) {
        match src {
            Operand::Reg(src) => dynasm!(self ; .arch x64 ; mulx Rq(hi), Rq(lo), Rq(src)),
            Operand::Slot(d) => with_mem!(self, slot(d), [mulx Rq(hi), Rq(lo),][]),
            Operand::Imm(_) => {}
        }
    }

    /// rdx:rax = rax × src, signed.
    pub fn imul_wide(&mut self, src: u8) {
        dynasm!(self ; .arch x64 ; imul Rq(src));
    }

    /// rax = rdx:rax / src, rdx set up from rax; the divisor must not be zero nor the quotient overflow.
    pub fn divide(&mut self, signed: bool, sz: Size, src: Operand) {
        match (signed, sz) {
            (false, _) => dynasm!(self ; .arch x64 ; xor edx, edx),
            (true, Size::W) => dynasm!(self ; .arch x64 ; cdq),
            (true, Size::X) => dynasm!(self ; .arch x64 ; cqo),
        }
        match (signed, sz, src) {
            (false, Size::W, Operand::Reg(src)) => dynasm!(self ; .arch x64 ; div Rd(src)),
            (false, Size::X, Operand::Reg(src)) => dynasm!(self ; .arch x64 ; div Rq(src)),
            (true, Size::W, Operand::Reg(src)) => dynasm!(self ; .arch x64 ; idiv Rd(src)),
            (true, Size::X, Operand::Reg(src)) => dynasm!(self ; .arch x64 ; idiv Rq(src)),
            (false, Size::W, Operand::Slot(d)) => with_mem!(self, slot(d), [div DWORD][]),
            (false, Size::X, Operand::Slot(d)) => with_mem!(self, slot(d), [div QWORD][]),
            (true, Size::W, Operand::Slot(d)) => with_mem!(self, slot(d), [idiv DWORD][]),
            (true, Size::X, Operand::Slot(d)) => with_mem!(self, slot(d), [idiv QWORD][]),
            (_, _, Operand::Imm(_)) => {}
        }
    }

    /// Leading zeros.
    pub fn lzcnt(&mut self, sz: Size, dst: u8, src: u8) {
        match sz {
            Size::W => dynasm!(self ; .arch x64 ; lzcnt Rd(dst), Rd(src)),
            Size::X => dynasm!(self ; .arch x64 ; lzcnt Rq(dst), Rq(src)),
        }
    }

    /// Reverses the bytes; leaves the flags alone.
    pub fn bswap(&mut self, sz: Size, dst: u8) {
        match sz {
            Size::W => dynasm!(self ; .arch x64 ; bswap Rd(dst)),
            Size::X => dynasm!(self ; .arch x64 ; bswap Rq(dst)),
        }
    }

    /// A packed double-precision fused operation of the 231 form, by its opcode. dynasm 5.1 encodes
    /// the double-precision mnemonics as the single-precision ones (it leaves out VEX.W).
    pub fn fma_pd(&mut self, opcode: u8, sum: u8, n: u8, m: u8) {
        let (r, b) = (!sum >> 3 & 1, !m >> 3 & 1);
        self.extend([0xc4, r << 7 | 1 << 6 | b << 5 | 2, 1 << 7 | (!n & 15) << 3 | 1]);
        self.extend([opcode, 0xc0 | (sum & 7) << 3 | m & 7]);
    }

    // ── conditions ─────────────────────────────────────────────────────────────────────────────

    /// dst = src if the condition holds; cut to the size either way.
    pub fn cmov(&mut self, cc: Cc, sz: Size, dst: u8, src: Operand) {
        let rm = match src {
            Operand::Reg(s) => Some(s),
            Operand::Slot(_) => None,
            Operand::Imm(_) => return,
        };
        // dynasm has a mnemonic per condition and none that takes a number.
        let wide = sz == Size::X;
        let rex = 0x40 | (wide as u8) << 3 | (dst >> 3) << 2 | rm.map_or(0, |s| s >> 3);
        if rex != 0x40 {
            self.push(rex);
        }
        self.extend([0x0f, 0x40 | cc.0]);
        match (rm, src) {
            (Some(s), _) => self.push(0xc0 | (dst & 7) << 3 | s & 7),
            (None, Operand::Slot(d)) if d as i8 as i32 == d => self.extend([0x40 | (dst & 7) << 3 | STATE, d as u8]),
            (None, Operand::Slot(d)) => {
                self.push(0x80 | (dst & 7) << 3 | STATE);
                self.push_i32(d);
            }
            (None, _) => {}
        }
    }

    /// dst = 1 if the condition holds, else 0; leaves the flags alone.
    pub fn set(&mut self, cc: Cc, dst: u8) {
        // setcc r8 wants a REX prefix for sil and dil; an empty one harms nobody.
        self.extend([0x40 | dst >> 3, 0x0f, 0x90 | cc.0, 0xc0 | dst & 7]);
        dynasm!(self ; .arch x64 ; movzx Rd(dst), Rb(dst));
    }
}
