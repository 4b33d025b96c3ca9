//! Agent expressions: the bytecode into which gdb compiles the conditions of breakpoints, and the
//! `dprintf`s of its agent style ("The GDB Agent Expression Mechanism", gdb's manual, appendix F).
//!
//! A stack of 64-bit words; anything that goes wrong ends the evaluation, and then gdb is to look at
//! the breakpoint itself. Tracing and floating point have no place in a condition and are refused.

use super::format::Format;
use crate::debug::{Place, Probe, Verdict};
use std::sync::Arc;

/// Far more than gdb's compiler needs.
const MAX_STACK: usize = 256;
/// An expression may loop; no thread shall be lost to that.
const MAX_STEPS: usize = 100_000;

/// gdb's opcodes (gdbsupport/ax.def).
mod op {
    pub const ADD: u8 = 0x02;
    pub const SUB: u8 = 0x03;
    pub const MUL: u8 = 0x04;
    pub const DIV_SIGNED: u8 = 0x05;
    pub const DIV_UNSIGNED: u8 = 0x06;
    pub const REM_SIGNED: u8 = 0x07;
    pub const REM_UNSIGNED: u8 = 0x08;
    pub const LSH: u8 = 0x09;
    pub const RSH_SIGNED: u8 = 0x0a;
    pub const RSH_UNSIGNED: u8 = 0x0b;
    pub const LOG_NOT: u8 = 0x0e;
    pub const BIT_AND: u8 = 0x0f;
    pub const BIT_OR: u8 = 0x10;
    pub const BIT_XOR: u8 = 0x11;
    pub const BIT_NOT: u8 = 0x12;
    pub const EQUAL: u8 = 0x13;
    pub const LESS_SIGNED: u8 = 0x14;
    pub const LESS_UNSIGNED: u8 = 0x15;
    pub const EXT: u8 = 0x16;
    pub const REF8: u8 = 0x17;
    pub const REF16: u8 = 0x18;
    pub const REF32: u8 = 0x19;
    pub const REF64: u8 = 0x1a;
    pub const IF_GOTO: u8 = 0x20;
    pub const GOTO: u8 = 0x21;
    pub const CONST8: u8 = 0x22;
    pub const CONST16: u8 = 0x23;
    pub const CONST32: u8 = 0x24;
    pub const CONST64: u8 = 0x25;
    pub const REG: u8 = 0x26;
    pub const END: u8 = 0x27;
    pub const DUP: u8 = 0x28;
    pub const POP: u8 = 0x29;
    pub const ZERO_EXT: u8 = 0x2a;
    pub const SWAP: u8 = 0x2b;
    pub const PICK: u8 = 0x32;
    pub const ROT: u8 = 0x33;
    pub const PRINTF: u8 = 0x34;
}

/// What gdb sent with a breakpoint. Without conditions it always holds; without commands it stops.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Code {
    conditions: Vec<Vec<u8>>,
    commands: Vec<Vec<u8>>,
}

impl Code {
    /// Reads what follows the kind in a `Z` packet, as it is on the wire: `;X` expressions (length and
    /// hex digits), then `;cmds:`, whether they persist, and more of them.
    pub fn parse(text: &[u8]) -> Option<Code> {
        let cmds = text.windows(5).position(|window| window == b"cmds:");
        let (conditions, commands) = text.split_at(cmds.unwrap_or(text.len()));
        // gdb has disconnected-dprintf; but without gdb there is nobody to print for.
        let commands = commands.splitn(2, |byte| *byte == b',').nth(1).unwrap_or_default();
        Some(Code { conditions: expressions(conditions)?, commands: expressions(commands)? })
    }

    /// True if the breakpoint is one without code.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty() && self.commands.is_empty()
    }

    fn holds(&self, place: &dyn Place) -> bool {
        let holds = |condition: &Vec<u8>| evaluate(condition, place, &mut Vec::new()) != Some(0);
        self.conditions.is_empty() || self.conditions.iter().any(holds)
    }
}

/// All that is at one pc: it stops if one of them does.
impl Probe for Vec<Arc<Code>> {
    fn hit(&self, place: &dyn Place) -> Verdict {
        let mut said = Vec::new();
        for code in self.iter().filter(|code| code.holds(place)) {
            let ran = |command: &Vec<u8>| evaluate(command, place, &mut said).is_some();
            if code.commands.is_empty() || !code.commands.iter().all(ran) {
                return Verdict::Stop;
            }
        }
        Verdict::GoOn(said)
    }
}

/// `X` length `,` hex digits, one after the other, with or without `;` between them.
fn expressions(mut text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    loop {
        text = text.trim_ascii_start();
        while let [b';', rest @ ..] = text {
            text = rest;
        }
        let [b'X', rest @ ..] = text else { return text.is_empty().then_some(found) };
        let mut parts = rest.splitn(2, |byte| *byte == b',');
        let len = usize::try_from(super::packet::hex_u64(parts.next()?)?).ok()?;
        let (digits, rest) = parts.next()?.split_at_checked(len.checked_mul(2)?)?;
        found.push(super::packet::from_hex(digits)?);
        text = rest;
    }
}

/// The value that an expression leaves on top of the stack; `None` if it goes wrong. What it prints
/// is added to `said`.
fn evaluate(code: &[u8], place: &dyn Place, said: &mut Vec<u8>) -> Option<u64> {
    let mut machine = Machine { code, pc: 0, stack: Vec::with_capacity(16), place, said };
    for _ in 0..MAX_STEPS {
        let opcode = machine.byte()?;
        if opcode == op::END {
            return Some(machine.stack.last().copied().unwrap_or(0));
        }
        machine.step(opcode)?;
    }
    None
}

struct Machine<'a> {
    code: &'a [u8],
    pc: usize,
    stack: Vec<u64>,
    place: &'a dyn Place,
    said: &'a mut Vec<u8>,
}

impl Machine<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.code.get(self.pc)?;
        self.pc += 1;
        Some(byte)
    }

    /// A big-endian number of the code.
    fn number(&mut self, bytes: usize) -> Option<u64> {
        (0..bytes).try_fold(0, |value, _| Some(value << 8 | u64::from(self.byte()?)))
    }

    fn push(&mut self, value: u64) -> Option<()> {
        (self.stack.len() < MAX_STACK).then(|| self.stack.push(value))
    }

    /// Replaces the two topmost; `a` was below.
    fn binary(&mut self, f: impl FnOnce(u64, u64) -> Option<u64>) -> Option<()> {
        let (b, a) = (self.stack.pop()?, self.stack.pop()?);
        self.push(f(a, b)?)
    }

    fn unary(&mut self, f: impl FnOnce(u64) -> u64) -> Option<()> {
        let top = self.stack.last_mut()?;
        *top = f(*top);
        Some(())
    }

    fn load(&mut self, bytes: usize) -> Option<()> {
        let addr = self.stack.pop()?;
        let mut value = [0; 8];
        self.place.read_memory(addr, value.get_mut(..bytes)?).then_some(())?;
        self.push(u64::from_le_bytes(value))
    }

    fn step(&mut self, opcode: u8) -> Option<()> {
        let signed = |value: u64| value as i64;
        let truth = |is_so: bool| Some(u64::from(is_so));
        match opcode {
            op::ADD => self.binary(|a, b| Some(a.wrapping_add(b))),
            op::SUB => self.binary(|a, b| Some(a.wrapping_sub(b))),
            op::MUL => self.binary(|a, b| Some(a.wrapping_mul(b))),
            op::DIV_SIGNED => self.binary(|a, b| signed(a).checked_div(signed(b)).map(|value| value as u64)),
            op::DIV_UNSIGNED => self.binary(|a, b| a.checked_div(b)),
            op::REM_SIGNED => self.binary(|a, b| signed(a).checked_rem(signed(b)).map(|value| value as u64)),
            op::REM_UNSIGNED => self.binary(|a, b| a.checked_rem(b)),
            op::LSH => self.binary(|a, b| Some(if b < 64 { a << b } else { 0 })),
            op::RSH_SIGNED => self.binary(|a, b| Some((signed(a) >> b.min(63)) as u64)),
            op::RSH_UNSIGNED => self.binary(|a, b| Some(if b < 64 { a >> b } else { 0 })),
            op::LOG_NOT => self.unary(|a| u64::from(a == 0)),
            op::BIT_AND => self.binary(|a, b| Some(a & b)),
            op::BIT_OR => self.binary(|a, b| Some(a | b)),
            op::BIT_XOR => self.binary(|a, b| Some(a ^ b)),
            op::BIT_NOT => self.unary(|a| !a),
            op::EQUAL => self.binary(|a, b| truth(a == b)),
            op::LESS_SIGNED => self.binary(|a, b| truth(signed(a) < signed(b))),
            op::LESS_UNSIGNED => self.binary(|a, b| truth(a < b)),
            op::EXT => {
                let unused = 64_u32.checked_sub(self.byte()?.into()).filter(|unused| *unused < 64)?;
                self.unary(|a| (signed(a << unused) >> unused) as u64)
            }
            op::ZERO_EXT => {
                let unused = 64_u32.checked_sub(self.byte()?.into()).filter(|unused| *unused < 64)?;
                self.unary(|a| a << unused >> unused)
            }
            op::REF8 => self.load(1),
            op::REF16 => self.load(2),
            op::REF32 => self.load(4),
            op::REF64 => self.load(8),
            op::GOTO | op::IF_GOTO => {
                let target = self.number(2)? as usize;
                if opcode == op::GOTO || self.stack.pop()? != 0 {
                    self.pc = target;
                }
                Some(())
            }
            op::CONST8 | op::CONST16 | op::CONST32 | op::CONST64 => {
                let value = self.number(1 << (opcode - op::CONST8))?;
                self.push(value)
            }
            op::REG => {
                let number = self.number(2)? as usize;
                self.push(self.place.register(number)?)
            }
            op::DUP => self.push(*self.stack.last()?),
            op::POP => self.stack.pop().map(drop),
            op::SWAP => {
                let (b, a) = (self.stack.pop()?, self.stack.pop()?);
                self.push(b)?;
                self.push(a)
            }
            op::PICK => {
                let depth = usize::from(self.byte()?);
                self.push(*self.stack.get(self.stack.len().checked_sub(1 + depth)?)?)
            }
            // a b c → c a b
            op::ROT => {
                let (c, b, a) = (self.stack.pop()?, self.stack.pop()?, self.stack.pop()?);
                self.push(c)?;
                self.push(a)?;
                self.push(b)
            }
            op::PRINTF => self.print(),
            _ => None,
        }
    }

    /// The function and the channel, which the user may set and which mean nothing here, are on top
    /// of the arguments, the first of which is on top of the others.
    fn print(&mut self) -> Option<()> {
        let count = usize::from(self.byte()?);
        let len = self.number(2)? as usize;
        let format = self.code.get(self.pc..self.pc.checked_add(len)?)?.strip_suffix(&[0])?;
        self.pc += len;
        self.stack.truncate(self.stack.len().checked_sub(2)?);
        let mut arguments = self.stack.split_off(self.stack.len().checked_sub(count)?);
        arguments.reverse();
        self.said.extend(Format(format).with(&arguments, self.place)?);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X3 is 5; 16 bytes at 0x1000 count up from 0xf8.
    struct Here;

    impl Place for Here {
        fn register(&self, number: usize) -> Option<u64> {
            (number <= 32).then_some(if number == 3 { 5 } else { 0 })
        }

        fn read_memory(&self, addr: u64, buf: &mut [u8]) -> bool {
            let start = addr.wrapping_sub(0x1000);
            buf.iter_mut().zip(0..).for_each(|(byte, n)| *byte = 0xf8_u8.wrapping_add((start + n) as u8));
            start.saturating_add(buf.len() as u64) <= 16
        }
    }

    fn value(hex: &str) -> Option<u64> {
        let code = super::super::packet::from_hex(hex.replace(' ', "").as_bytes()).expect("hex");
        evaluate(&code, &Here, &mut Vec::new())
    }

    #[test]
    fn arithmetic_is_of_64_bits_and_signed_where_it_says_so() {
        assert_eq!(value("22 07 22 02 03 27"), Some(5));
        assert_eq!(value("22 02 22 07 03 22 02 05 27"), Some(-2_i64 as u64));
        assert_eq!(value("22 02 22 07 03 22 02 06 27"), Some(-5_i64 as u64 / 2));
        assert_eq!(value("22 80 16 08 27"), Some(-128_i64 as u64));
        assert_eq!(value("25 ffffffffffffff80 2a 08 27"), Some(0x80));
        assert_eq!(value("22 80 16 08 22 04 0a 27"), Some(-8_i64 as u64));
        assert_eq!(value("22 01 22 40 09 27"), Some(0));
        assert_eq!(value("22 80 16 08 22 01 14 27"), Some(1));
        assert_eq!(value("22 80 16 08 22 01 15 27"), Some(0));
        assert_eq!(value("22 05 0e 0e 27"), Some(1));
        assert_eq!(value("22 01 22 02 22 03 33 02 03 27"), Some(0_u64.wrapping_sub(0)));
        assert_eq!(value("22 09 22 08 32 01 27"), Some(9));
    }

    #[test]
    fn registers_and_memory_are_read() {
        assert_eq!(value("26 0003 22 05 13 27"), Some(1));
        assert_eq!(value("23 1000 17 27"), Some(0xf8));
        assert_eq!(value("23 1000 18 27"), Some(0xf9f8));
        assert_eq!(value("23 1004 19 27"), Some(0xfffe_fdfc));
        assert_eq!(value("23 1001 1a 27"), Some(0x00ff_fefd_fcfb_faf9));
        assert_eq!(value("23 100d 1a 27"), None, "beyond the memory");
        assert_eq!(value("26 0042 27"), None, "no such register");
    }

    #[test]
    fn what_goes_wrong_has_no_value() {
        let bad = [
            "",
            "22",
            "02 27",
            "22 01 22 00 05 27",
            "22 01 22 00 08 27",
            "29 27",
            "ff 27",
            "16",
            "22 01 16 00 27",
            "22 01 16 41 27",
            "21 ffff",
            "21 0000",
            "32 05 27",
            "1b 27",
            "2c 0001 27",
        ];
        for code in bad {
            assert_eq!(value(code), None, "{code}");
        }
        let endless_pushes = "22 01 21 0000";
        assert_eq!(value(endless_pushes), None);
    }

    #[test]
    fn jumps_choose() {
        // if (x3) 0x11 else 0x22
        assert_eq!(value("26 0003 20 0009 22 22 27 22 22 11 27".replace("22 22 11", "22 11").as_str()), Some(0x11));
    }

    #[test]
    fn code_of_a_breakpoint_is_read_and_decides() {
        let hit = |text: &str| vec![Arc::new(Code::parse(text.as_bytes()).expect(text))].hit(&Here);
        assert_eq!(hit(""), Verdict::Stop);
        assert_eq!(hit(";X3,220027"), Verdict::GoOn(Vec::new()));
        assert_eq!(hit(";X3,220127"), Verdict::Stop);
        assert_eq!(hit(";X3,220027;X3,220127"), Verdict::Stop);
        assert_eq!(hit(";X3,220027X3,220027"), Verdict::GoOn(Vec::new()));
        assert_eq!(hit(";X1,ff"), Verdict::Stop, "gdb evaluates it itself");
        // printf ("x3=%d\n", x3)
        let command = "cmds:1,X13,260003 2200 2200 34 01 0007 78333d25640a00 27".replace(' ', "");
        assert_eq!(hit(&format!(";{command}")), Verdict::GoOn(b"x3=5\n".to_vec()));
        assert_eq!(hit(&format!(";X3,220027;{command}")), Verdict::GoOn(Vec::new()));
        for bad in [";X3,22", ";X,22", ";Xzz,2227", ";Y3,220027", ";X3,22002x", "X8000000000000000,22"] {
            assert_eq!(Code::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
