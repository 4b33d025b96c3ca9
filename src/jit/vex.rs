//! Vector instructions of the host, by table: VEX-encoded (AVX, AVX2, AES, PCLMULQDQ, F16C, FMA) and
//! EVEX-encoded (AVX-512VL), on 128 bits.
//!
//! A row is an instruction's prefix, opcode map, W bit and opcode, as the manuals of Intel and AMD
//! give them; operands are run-time numbers. So lowering can choose an instruction by element size
//! and then its operands, which dynasm, whose mnemonics are syntax, makes a match of it each time.
//! Constants are named by value; they lie behind the unit and are addressed relative to rip.

use super::asm::{Asm, slot};
use super::regs::{Mem, Operand};
use crate::lift::Width;
use dynasmrt::DynasmApi;

/// An instruction without its operands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Vex {
    /// Mandatory prefix: none, 66, F3, F2.
    prefix: u8,
    /// Opcode map: 0F, 0F 38, 0F 3A.
    map: u8,
    w: bool,
    opcode: u8,
    evex: bool,
    /// The opcode's extension, where ModRM.reg is not an operand.
    extension: u8,
}

/// The last source operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rm {
    /// A register, vector or general-purpose as the instruction wants it.
    Reg(u8),
    /// Memory.
    Mem(Mem),
    /// A constant.
    Const(u128),
}

impl From<u8> for Rm {
    fn from(reg: u8) -> Rm {
        Rm::Reg(reg)
    }
}

impl From<Operand> for Rm {
    fn from(operand: Operand) -> Rm {
        match operand {
            Operand::Reg(reg) => Rm::Reg(reg),
            Operand::Slot(disp) => Rm::Mem(slot(disp)),
            Operand::Imm(v) => Rm::Const(v as u64 as u128),
        }
    }
}

impl From<Mem> for Rm {
    fn from(m: Mem) -> Rm {
        Rm::Mem(m)
    }
}

/// Which operands an instruction has.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// dst, a, b
    Three,
    /// dst, b
    Two,
    /// dst, a, b, imm8
    ThreeImm,
    /// dst, b, imm8
    TwoImm,
    /// dst, b, imm8: a shift, whose opcode has an extension
    Shift,
    /// dst, a, b, mask register
    Four,
    /// dst, a, b, imm8: a predicate, which disassemblers make part of the name
    Compare,
    /// src, dst, imm8: the destination is the last operand
    Into,
    /// src, dst: the destination is the last operand
    Out,
    /// dst, a, general-purpose register
    FromGeneral,
    /// dst, general-purpose register
    LowFromGeneral,
    /// general-purpose register, b
    ToGeneral,
    /// general-purpose register, b, which is no memory
    Signs,
    /// src, general-purpose register: the destination is the last operand
    IntoGeneral,
    /// dst, a, general-purpose register, imm8
    FromGeneralImm,
    /// memory: the opcode has an extension
    Memory,
}

macro_rules! vex_ops {
    ($( $name:ident = $encoding:ident $prefix:ident $map:ident $w:ident $opcode:literal $form:ident $(/ $extension:literal)? ; )*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`")]
            pub const $name: Vex = Vex {
                prefix: prefix::$prefix,
                map: map::$map,
                w: w::$w,
                opcode: $opcode,
                evex: encoding::$encoding,
                extension: 0 $(+ $extension)?,
            };
        )*
        /// All rows, for tests.
        pub const ALL: &[(&str, Vex, Form)] = &[ $( (stringify!($name), $name, Form::$form) ),* ];
    };
}

mod prefix {
    pub const NP: u8 = 0;
    pub const P66: u8 = 1;
    pub const PF3: u8 = 2;
    pub const PF2: u8 = 3;
}

mod map {
    pub const M0F: u8 = 1;
    pub const M38: u8 = 2;
    pub const M3A: u8 = 3;
}

mod w {
    pub const W0: bool = false;
    pub const W1: bool = true;
}

mod encoding {
    pub const VEX: bool = false;
    pub const EVEX: bool = true;
}

vex_ops! {
    VPADDB = VEX P66 M0F W0 0xfc Three;
    VPADDW = VEX P66 M0F W0 0xfd Three;
    VPADDD = VEX P66 M0F W0 0xfe Three;
    VPADDQ = VEX P66 M0F W0 0xd4 Three;
    VPSUBB = VEX P66 M0F W0 0xf8 Three;
    VPSUBW = VEX P66 M0F W0 0xf9 Three;
    VPSUBD = VEX P66 M0F W0 0xfa Three;
    VPSUBQ = VEX P66 M0F W0 0xfb Three;
    VPADDSB = VEX P66 M0F W0 0xec Three;
    VPADDSW = VEX P66 M0F W0 0xed Three;
    VPADDUSB = VEX P66 M0F W0 0xdc Three;
    VPADDUSW = VEX P66 M0F W0 0xdd Three;
    VPSUBSB = VEX P66 M0F W0 0xe8 Three;
    VPSUBSW = VEX P66 M0F W0 0xe9 Three;
    VPSUBUSB = VEX P66 M0F W0 0xd8 Three;
    VPSUBUSW = VEX P66 M0F W0 0xd9 Three;
    VPMULLW = VEX P66 M0F W0 0xd5 Three;
    VPMULHW = VEX P66 M0F W0 0xe5 Three;
    VPMULHUW = VEX P66 M0F W0 0xe4 Three;
    VPMULHRSW = VEX P66 M38 W0 0x0b Three;
    VPMULLD = VEX P66 M38 W0 0x40 Three;
    VPMULDQ = VEX P66 M38 W0 0x28 Three;
    VPMULUDQ = VEX P66 M0F W0 0xf4 Three;
    VPMADDWD = VEX P66 M0F W0 0xf5 Three;
    VPMADDUBSW = VEX P66 M38 W0 0x04 Three;
    VPSADBW = VEX P66 M0F W0 0xf6 Three;
    VPAVGB = VEX P66 M0F W0 0xe0 Three;
    VPAVGW = VEX P66 M0F W0 0xe3 Three;
    VPAND = VEX P66 M0F W0 0xdb Three;
    VPANDN = VEX P66 M0F W0 0xdf Three;
    VPOR = VEX P66 M0F W0 0xeb Three;
    VPXOR = VEX P66 M0F W0 0xef Three;
    VPCMPEQB = VEX P66 M0F W0 0x74 Three;
    VPCMPEQW = VEX P66 M0F W0 0x75 Three;
    VPCMPEQD = VEX P66 M0F W0 0x76 Three;
    VPCMPEQQ = VEX P66 M38 W0 0x29 Three;
    VPCMPGTB = VEX P66 M0F W0 0x64 Three;
    VPCMPGTW = VEX P66 M0F W0 0x65 Three;
    VPCMPGTD = VEX P66 M0F W0 0x66 Three;
    VPCMPGTQ = VEX P66 M38 W0 0x37 Three;
    VPMAXSB = VEX P66 M38 W0 0x3c Three;
    VPMAXSW = VEX P66 M0F W0 0xee Three;
    VPMAXSD = VEX P66 M38 W0 0x3d Three;
    VPMAXUB = VEX P66 M0F W0 0xde Three;
    VPMAXUW = VEX P66 M38 W0 0x3e Three;
    VPMAXUD = VEX P66 M38 W0 0x3f Three;
    VPMINSB = VEX P66 M38 W0 0x38 Three;
    VPMINSW = VEX P66 M0F W0 0xea Three;
    VPMINSD = VEX P66 M38 W0 0x39 Three;
    VPMINUB = VEX P66 M0F W0 0xda Three;
    VPMINUW = VEX P66 M38 W0 0x3a Three;
    VPMINUD = VEX P66 M38 W0 0x3b Three;
    VPABSB = VEX P66 M38 W0 0x1c Two;
    VPABSW = VEX P66 M38 W0 0x1d Two;
    VPABSD = VEX P66 M38 W0 0x1e Two;
    VPHADDW = VEX P66 M38 W0 0x01 Three;
    VPHADDD = VEX P66 M38 W0 0x02 Three;
    VPHMINPOSUW = VEX P66 M38 W0 0x41 Two;
    VPSLLW = VEX P66 M0F W0 0x71 Shift / 6;
    VPSLLD = VEX P66 M0F W0 0x72 Shift / 6;
    VPSLLQ = VEX P66 M0F W0 0x73 Shift / 6;
    VPSRLW = VEX P66 M0F W0 0x71 Shift / 2;
    VPSRLD = VEX P66 M0F W0 0x72 Shift / 2;
    VPSRLQ = VEX P66 M0F W0 0x73 Shift / 2;
    VPSRAW = VEX P66 M0F W0 0x71 Shift / 4;
    VPSRAD = VEX P66 M0F W0 0x72 Shift / 4;
    VPSRLDQ = VEX P66 M0F W0 0x73 Shift / 3;
    VPSLLDQ = VEX P66 M0F W0 0x73 Shift / 7;
    VPSLLVD = VEX P66 M38 W0 0x47 Three;
    VPSLLVQ = VEX P66 M38 W1 0x47 Three;
    VPSRLVD = VEX P66 M38 W0 0x45 Three;
    VPSRLVQ = VEX P66 M38 W1 0x45 Three;
    VPSRAVD = VEX P66 M38 W0 0x46 Three;
    VPACKSSWB = VEX P66 M0F W0 0x63 Three;
    VPACKSSDW = VEX P66 M0F W0 0x6b Three;
    VPACKUSWB = VEX P66 M0F W0 0x67 Three;
    VPACKUSDW = VEX P66 M38 W0 0x2b Three;
    VPUNPCKLBW = VEX P66 M0F W0 0x60 Three;
    VPUNPCKLWD = VEX P66 M0F W0 0x61 Three;
    VPUNPCKLDQ = VEX P66 M0F W0 0x62 Three;
    VPUNPCKLQDQ = VEX P66 M0F W0 0x6c Three;
    VPUNPCKHBW = VEX P66 M0F W0 0x68 Three;
    VPUNPCKHWD = VEX P66 M0F W0 0x69 Three;
    VPUNPCKHDQ = VEX P66 M0F W0 0x6a Three;
    VPUNPCKHQDQ = VEX P66 M0F W0 0x6d Three;
    VPMOVSXBW = VEX P66 M38 W0 0x20 Two;
    VPMOVSXWD = VEX P66 M38 W0 0x23 Two;
    VPMOVSXDQ = VEX P66 M38 W0 0x25 Two;
    VPMOVZXBW = VEX P66 M38 W0 0x30 Two;
    VPMOVZXWD = VEX P66 M38 W0 0x33 Two;
    VPMOVZXDQ = VEX P66 M38 W0 0x35 Two;
    VPSHUFB = VEX P66 M38 W0 0x00 Three;
    VPSHUFD = VEX P66 M0F W0 0x70 TwoImm;
    VSHUFPS = VEX NP M0F W0 0xc6 ThreeImm;
    VPALIGNR = VEX P66 M3A W0 0x0f ThreeImm;
    VPBLENDW = VEX P66 M3A W0 0x0e ThreeImm;
    VPBLENDD = VEX P66 M3A W0 0x02 ThreeImm;
    VINSERTPS = VEX P66 M3A W0 0x21 ThreeImm;
    VPBLENDVB = VEX P66 M3A W0 0x4c Four;
    VBLENDVPS = VEX P66 M3A W0 0x4a Four;
    VBLENDVPD = VEX P66 M3A W0 0x4b Four;
    VPBROADCASTB = VEX P66 M38 W0 0x78 Two;
    VPBROADCASTW = VEX P66 M38 W0 0x79 Two;
    VPBROADCASTD = VEX P66 M38 W0 0x58 Two;
    VPBROADCASTQ = VEX P66 M38 W0 0x59 Two;
    VMOVDDUP = VEX PF2 M0F W0 0x12 Two;
    VMOVDQA = VEX P66 M0F W0 0x6f Two;
    VMOVQ = VEX PF3 M0F W0 0x7e Two;
    VAESENC = VEX P66 M38 W0 0xdc Three;
    VAESENCLAST = VEX P66 M38 W0 0xdd Three;
    VAESDEC = VEX P66 M38 W0 0xde Three;
    VAESDECLAST = VEX P66 M38 W0 0xdf Three;
    VAESIMC = VEX P66 M38 W0 0xdb Two;
    VPCLMULQDQ = VEX P66 M3A W0 0x44 ThreeImm;
    VPSRAQ = EVEX P66 M0F W1 0x72 Shift / 4;
    VPSLLVW = EVEX P66 M38 W1 0x12 Three;
    VPSRLVW = EVEX P66 M38 W1 0x10 Three;
    VPSRAVW = EVEX P66 M38 W1 0x11 Three;
    VPSRAVQ = EVEX P66 M38 W1 0x46 Three;
    VPORQ = EVEX P66 M0F W1 0xeb Three;
    VPXORQ = EVEX P66 M0F W1 0xef Three;
    VMOVDQU64_OUT = EVEX PF3 M0F W1 0x7f Out;
    VPTERNLOGQ = EVEX P66 M3A W1 0x25 ThreeImm;
    VPABSQ = EVEX P66 M38 W1 0x1f Two;
    VPMAXSQ = EVEX P66 M38 W1 0x3d Three;
    VPMINSQ = EVEX P66 M38 W1 0x39 Three;
    VPMAXUQ = EVEX P66 M38 W1 0x3f Three;
    VPMINUQ = EVEX P66 M38 W1 0x3b Three;
    VPLZCNTD = EVEX P66 M38 W0 0x44 Two;
    VPOPCNTB = EVEX P66 M38 W0 0x54 Two;
    VPDPBUSD = EVEX P66 M38 W0 0x50 Three;
    VPERMI2B = EVEX P66 M38 W0 0x75 Three;
    VGF2P8AFFINEQB = VEX P66 M3A W1 0xce ThreeImm;
    VGF2P8AFFINEINVQB = VEX P66 M3A W1 0xcf ThreeImm;
    VPTEST = VEX P66 M38 W0 0x17 Two;
    VPINSRB = VEX P66 M3A W0 0x20 FromGeneralImm;

    // Floating point: of an instruction with four forms the packed single-precision one, where
    // `Vex::for_lanes` gives the others.
    VADDPS = VEX NP M0F W0 0x58 Three;
    VMULPS = VEX NP M0F W0 0x59 Three;
    VSUBPS = VEX NP M0F W0 0x5c Three;
    VMINPS = VEX NP M0F W0 0x5d Three;
    VDIVPS = VEX NP M0F W0 0x5e Three;
    VMAXPS = VEX NP M0F W0 0x5f Three;
    VSQRTPS = VEX NP M0F W0 0x51 Two;
    VCMPPS = VEX NP M0F W0 0xc2 Compare;
    VMOVUPS = VEX NP M0F W0 0x10 Two;
    VMOVUPS_OUT = VEX NP M0F W0 0x11 Out;
    VANDPS = VEX NP M0F W0 0x54 Three;
    VANDNPS = VEX NP M0F W0 0x55 Three;
    VORPS = VEX NP M0F W0 0x56 Three;
    VXORPS = VEX NP M0F W0 0x57 Three;
    VUCOMISS = VEX NP M0F W0 0x2e Two;
    VCOMISS = VEX NP M0F W0 0x2f Two;
    VUNPCKLPD = VEX P66 M0F W0 0x14 Three;
    VUNPCKHPD = VEX P66 M0F W0 0x15 Three;
    VBLENDPS = VEX P66 M3A W0 0x0c ThreeImm;
    VROUNDPS = VEX P66 M3A W0 0x08 TwoImm;
    VROUNDPD = VEX P66 M3A W0 0x09 TwoImm;
    VROUNDSS = VEX P66 M3A W0 0x0a ThreeImm;
    VROUNDSD = VEX P66 M3A W0 0x0b ThreeImm;
    VFMADD231PS = VEX P66 M38 W0 0xb8 Three;
    VFNMADD231PS = VEX P66 M38 W0 0xbc Three;
    VFNMSUB231PS = VEX P66 M38 W0 0xbe Three;
    VFMSUB231PS = VEX P66 M38 W0 0xba Three;
    VFMADD231PD = VEX P66 M38 W1 0xb8 Three;
    VFMADD231SS = VEX P66 M38 W0 0xb9 Three;
    VFMADD231SD = VEX P66 M38 W1 0xb9 Three;
    VCVTPS2PD = VEX NP M0F W0 0x5a Two;
    VCVTPH2PS = VEX P66 M38 W0 0x13 Two;
    VCVTPS2PH = VEX P66 M3A W0 0x1d Into;
    VCVTDQ2PS = VEX NP M0F W0 0x5b Two;
    VCVTTPS2DQ = VEX PF3 M0F W0 0x5b Two;
    VCVTTPS2UDQ = EVEX NP M0F W0 0x78 Two;
    VCVTTPD2UQQ = EVEX P66 M0F W1 0x78 Two;
    VCVTTPD2QQ = EVEX P66 M0F W1 0x7a Two;
    VCVTUDQ2PS = EVEX PF2 M0F W0 0x7a Two;
    VCVTUQQ2PD = EVEX PF3 M0F W1 0x7a Two;
    VCVTQQ2PD = EVEX PF3 M0F W1 0xe6 Two;
    // With a general-purpose register, of 64 bits where W is set.
    VCVTSI2SS = VEX PF3 M0F W0 0x2a FromGeneral;
    VCVTSI2SD = VEX PF2 M0F W0 0x2a FromGeneral;
    VCVTTSS2SI = VEX PF3 M0F W0 0x2c ToGeneral;
    VCVTTSD2SI = VEX PF2 M0F W0 0x2c ToGeneral;
    VCVTUSI2SS = EVEX PF3 M0F W1 0x7b FromGeneral;
    VCVTUSI2SD = EVEX PF2 M0F W1 0x7b FromGeneral;
    VCVTTSS2USI = EVEX PF3 M0F W0 0x78 ToGeneral;
    VCVTTSD2USI = EVEX PF2 M0F W0 0x78 ToGeneral;
    VMOVMSKPS = VEX NP M0F W0 0x50 Signs;
    VLDMXCSR = VEX NP M0F W0 0xae Memory / 2;
    VSTMXCSR = VEX NP M0F W0 0xae Memory / 3;
    VMOVD = VEX P66 M0F W0 0x6e LowFromGeneral;
    VMOVD_OUT = VEX P66 M0F W0 0x7e IntoGeneral;
}

impl Vex {
    /// The form of a floating-point instruction for a type and shape, from the packed
    /// single-precision one. A fused one's scalar opcode is odd.
    pub const fn for_lanes(self, is_double: bool, is_scalar: bool) -> Vex {
        if self.map == map::M38 {
            return Vex { w: is_double, opcode: self.opcode | is_scalar as u8, ..self };
        }
        let prefix = match (is_scalar, is_double) {
            (false, false) => prefix::NP,
            (false, true) => prefix::P66,
            (true, false) => prefix::PF3,
            (true, true) => prefix::PF2,
        };
        Vex { prefix, ..self }
    }

    /// A fused instruction of the 231 form in the 213 form: the second and first operands are multiplied.
    pub const fn form_213(self) -> Vex {
        Vex { opcode: self.opcode - 0x10, ..self }
    }

    /// In the 132 form: the first and third operands are multiplied.
    pub const fn form_132(self) -> Vex {
        Vex { opcode: self.opcode - 0x20, ..self }
    }

    /// With 66 before it: the double-precision form of VUCOMISS and VCOMISS.
    pub const fn double(self, is_double: bool) -> Vex {
        Vex { prefix: if is_double { prefix::P66 } else { self.prefix }, ..self }
    }

    /// With W set: of 64 bits.
    pub const fn wide(self, is_wide: bool) -> Vex {
        Vex { w: self.w || is_wide, ..self }
    }
}

/// The register that a four-operand instruction has in its last byte is there.
const IS4: u8 = 4;

impl Asm {
    /// dst = op(a, b).
    pub fn v3(&mut self, op: Vex, dst: u8, a: u8, b: impl Into<Rm>) {
        self.encode(op, dst, a, b.into(), None);
    }

    /// dst = op(b).
    pub fn v2(&mut self, op: Vex, dst: u8, b: impl Into<Rm>) {
        self.encode(op, dst, 0, b.into(), None);
    }

    /// dst = op(a, b, imm).
    pub fn v3i(&mut self, op: Vex, dst: u8, a: u8, b: impl Into<Rm>, imm: u8) {
        self.encode(op, dst, a, b.into(), Some(imm));
    }

    /// dst = op(b, imm).
    pub fn v2i(&mut self, op: Vex, dst: u8, b: impl Into<Rm>, imm: u8) {
        self.encode(op, dst, 0, b.into(), Some(imm));
    }

    /// dst = op(src, imm), a shift by an immediate.
    pub fn vshift(&mut self, op: Vex, dst: u8, src: u8, imm: u8) {
        self.encode(op, op.extension, dst, Rm::Reg(src), Some(imm));
    }

    /// An instruction with a memory operand only.
    pub fn vmemory(&mut self, op: Vex, m: impl Into<Rm>) {
        self.encode(op, op.extension, 0, m.into(), None);
    }

    /// dst = b where the mask's lanes have their sign bit set, else a.
    pub fn vblendv(&mut self, op: Vex, dst: u8, a: u8, b: impl Into<Rm>, mask: u8) {
        self.encode(op, dst, a, b.into(), Some(mask << IS4));
    }

    /// Zero; breaks dependencies and costs no execution.
    pub fn vzero(&mut self, dst: u8) {
        self.v3(VPXOR, dst, dst, dst);
    }

    /// All ones.
    pub fn vones(&mut self, dst: u8) {
        self.v3(VPCMPEQD, dst, dst, dst);
    }

    /// Loads 4, 8 or 16 bytes; the rest of the register is zero.
    pub fn load_vector(&mut self, width: Width, dst: u8, m: Mem) {
        self.v2(VMOVUPS.for_lanes(width == Width::D, width < Width::Q), dst, m);
    }

    /// Stores the low 4, 8 or 16 bytes.
    pub fn store_vector(&mut self, width: Width, m: Mem, src: u8) {
        self.v2(VMOVUPS_OUT.for_lanes(width == Width::D, width < Width::Q), src, m);
    }

    fn encode(&mut self, op: Vex, reg: u8, v: u8, rm: Rm, imm: Option<u8>) {
        let not = |n: u8| !n & 1;
        let (b, x) = match rm {
            Rm::Reg(r) => (r >> 3, r >> 4),
            Rm::Mem(m) => (m.base >> 3, m.index.map_or(0, |(i, _)| i >> 3)),
            Rm::Const(_) => (0, 0),
        };
        if op.evex {
            let first = not(reg >> 3) << 7 | not(x) << 6 | not(b) << 5 | not(reg >> 4) << 4 | op.map;
            let second = (op.w as u8) << 7 | (!v & 15) << 3 | 1 << 2 | op.prefix;
            self.extend([0x62, first, second, not(v >> 4) << 3]);
        } else if op.map == map::M0F && !op.w && b & 1 == 0 && x & 1 == 0 {
            self.extend([0xc5, not(reg >> 3) << 7 | (!v & 15) << 3 | op.prefix]);
        } else {
            let first = not(reg >> 3) << 7 | not(x) << 6 | not(b) << 5 | op.map;
            self.extend([0xc4, first, (op.w as u8) << 7 | (!v & 15) << 3 | op.prefix]);
        }
        self.push(op.opcode);
        let reg = (reg & 7) << 3;
        match rm {
            Rm::Reg(r) => self.push(0xc0 | reg | r & 7),
            Rm::Mem(m) => self.memory_operand(reg, m, if op.evex { 16 } else { 1 }),
            Rm::Const(v) => {
                self.push(reg | 5);
                self.constant(v, imm.is_some() as u8);
            }
        }
        if let Some(imm) = imm {
            self.push(imm);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use capstone::prelude::*;

    /// What capstone makes of one instruction: mnemonic and operands.
    fn text(asm: &Asm) -> String {
        let capstone = Capstone::new().x86().mode(arch::x86::ArchMode::Mode64).build().unwrap();
        let insns = capstone.disasm_all(asm.bytes(), 0).unwrap();
        assert_eq!(insns.len(), 1, "{:x?}", asm.bytes());
        let insn = insns.iter().next().unwrap();
        assert_eq!(insn.bytes().len(), asm.bytes().len());
        format!("{} {}", insn.mnemonic().unwrap(), insn.op_str().unwrap())
    }

    fn encode(op: Vex, form: Form, dst: u8, a: u8, b: Rm) -> String {
        let mut asm = Asm::default();
        match (form, b) {
            (Form::Three | Form::FromGeneral, _) => asm.v3(op, dst, a, b),
            (Form::Two | Form::Out | Form::ToGeneral | Form::Signs | Form::LowFromGeneral | Form::IntoGeneral, _) => {
                asm.v2(op, dst, b)
            }
            (Form::Into, _) => asm.v2i(op, dst, b, 5),
            (Form::ThreeImm | Form::Compare, _) => asm.v3i(op, dst, a, b, 5),
            (Form::TwoImm, _) => asm.v2i(op, dst, b, 5),
            (Form::Shift, Rm::Reg(b)) => asm.vshift(op, dst, b, 5),
            (Form::Shift, _) => return String::new(),
            (Form::FromGeneralImm, _) => asm.v3i(op, dst, a, b, 5),
            (Form::Memory, Rm::Mem(_)) => asm.vmemory(op, b),
            (Form::Memory, _) => return String::new(),
            (Form::Four, _) => asm.vblendv(op, dst, a, b, 9),
        }
        text(&asm)
    }

    #[test]
    fn every_row_is_what_capstone_reads() {
        let memory = Mem { base: 5, index: None, disp: 0x40 };
        let indexed = Mem { base: 12, index: Some((13, 2)), disp: 0x1230 };
        for &(name, op, form) in ALL {
            let mut name = name.to_lowercase().replace("_out", "");
            let general = |r: u8, wide: bool| match (r, wide) {
                (0..8, false) => ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"][r as usize].to_string(),
                (0..8, true) => ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"][r as usize].to_string(),
                (_, wide) => format!("r{r}{}", if wide { "" } else { "d" }),
            };
            if form == Form::Compare {
                // Predicate 5.
                name = "vcmpnltps".into();
            }
            for (dst, a, b) in [(1, 2, 3), (9, 2, 3), (1, 10, 3), (1, 2, 11), (15, 14, 13)] {
                let expected = match form {
                    Form::Three => format!("{name} xmm{dst}, xmm{a}, xmm{b}"),
                    Form::Two => format!("{name} xmm{dst}, xmm{b}"),
                    Form::Out => format!("{name} xmm{b}, xmm{dst}"),
                    Form::ThreeImm => format!("{name} xmm{dst}, xmm{a}, xmm{b}, 5"),
                    Form::TwoImm | Form::Shift => format!("{name} xmm{dst}, xmm{b}, 5"),
                    Form::Four => format!("{name} xmm{dst}, xmm{a}, xmm{b}, xmm9"),
                    Form::Compare => format!("{name} xmm{dst}, xmm{a}, xmm{b}"),
                    Form::Into => format!("{name} xmm{b}, xmm{dst}, 5"),
                    Form::FromGeneral => format!("{name} xmm{dst}, xmm{a}, {}", general(b, op.w)),
                    Form::LowFromGeneral => format!("{name} xmm{dst}, {}", general(b, op.w)),
                    Form::ToGeneral | Form::Signs => format!("{name} {}, xmm{b}", general(dst, op.w)),
                    Form::IntoGeneral => format!("{name} {}, xmm{dst}", general(b, op.w)),
                    Form::FromGeneralImm => format!("{name} xmm{dst}, xmm{a}, {}, 5", general(b, false)),
                    Form::Memory => String::new(),
                };
                assert_eq!(encode(op, form, dst, a, Rm::Reg(b)), expected);
            }
            for (m, place) in [(memory, "[rbp + 0x40]"), (indexed, "[r12 + r13*4 + 0x1230]")] {
                if form == Form::Signs {
                    continue;
                }
                let read = encode(op, form, 8, 2, Rm::Mem(m));
                let scalar = op.evex && matches!(form, Form::ToGeneral | Form::FromGeneral);
                assert!(form == Form::Shift || scalar || read.starts_with(&name) && read.contains(place), "{read}");
            }
        }
    }

    #[test]
    fn a_floating_point_row_has_four_forms() {
        let names = [("ps", false, false), ("pd", true, false), ("ss", false, true), ("sd", true, true)];
        for (base, op) in [("vadd", VADDPS), ("vfnmadd231", VFNMADD231PS), ("vsqrt", VSQRTPS), ("vcvtps", VCVTPS2PD)] {
            for (suffix, is_double, is_scalar) in names {
                let a = if is_scalar || matches!(base, "vadd" | "vfnmadd231") { 2 } else { 0 };
                let read = encode(op.for_lanes(is_double, is_scalar), Form::Three, 1, a, Rm::Reg(3));
                if base == "vcvtps" {
                    let kinds = [["vcvtps2pd", "vcvtpd2ps"], ["vcvtss2sd", "vcvtsd2ss"]];
                    assert!(read.starts_with(kinds[is_scalar as usize][is_double as usize]), "{read}");
                } else if base != "vsqrt" || is_scalar {
                    assert_eq!(read, format!("{base}{suffix} xmm1, xmm2, xmm3"));
                }
            }
        }
        let fused = VFNMSUB231PS.for_lanes(true, true);
        assert_eq!(encode(fused.form_213(), Form::Three, 9, 2, Rm::Reg(3)), "vfnmsub213sd xmm9, xmm2, xmm3");
        assert_eq!(encode(fused.form_132(), Form::Three, 9, 2, Rm::Reg(3)), "vfnmsub132sd xmm9, xmm2, xmm3");
        assert_eq!(encode(VUCOMISS.double(true), Form::Two, 9, 0, Rm::Reg(3)), "vucomisd xmm9, xmm3");
        assert_eq!(encode(VCVTTSD2SI.wide(true), Form::Two, 9, 0, Rm::Reg(3)), "vcvttsd2si r9, xmm3");
        assert_eq!(encode(VPORQ, Form::Three, 16, 17, Rm::Reg(3)), "vporq xmm16, xmm17, xmm3");
        assert_eq!(encode(VPORQ, Form::Three, 2, 9, Rm::Reg(24)), "vporq xmm2, xmm9, xmm24");
        assert_eq!(encode(VMOVD.wide(true), Form::Two, 9, 0, Rm::Reg(3)), "vmovq xmm9, rbx");
    }
}
