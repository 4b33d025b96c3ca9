//! Guest execution under `-d`: what is decoded (`in_asm`), executed (`exec`), and with which
//! registers (`cpu`).
//!
//! Without these items [`run`] is the engine's own loop. `in_asm` hooks the decoder, which runs once
//! per instruction (what is translated, [`super::observe`] shows, too); `exec` and `cpu` step, so that each instruction is seen before it happens.

use super::engine::Engine;
use crate::cpu::CpuState;
use crate::decode::print;
use crate::interp::{CodeCache, Exit, Interp, stop};
use crate::trace::log::{self, Item};
use std::fmt::Write;
use std::sync::atomic::Ordering;

/// Prepares the logging of decoded instructions if it is asked for.
pub fn prepare(code: &CodeCache) {
    if log::is_on(Item::InAsm) {
        code.observe_decoding(|pc, word| {
            if log::ranges().contain(pc) {
                log::write(Item::InAsm, format_args!("{}\n", line(pc, word)));
            }
        });
    }
}

/// Runs guest code until the engine exits, like [`Engine::run`].
pub fn run(m: &mut Engine) -> Exit {
    if !log::is_on(Item::Exec) && !log::is_on(Item::Cpu) {
        return m.run();
    }
    loop {
        if m.shared().stop.load(Ordering::Relaxed) & (stop::SIGNAL | stop::KICK) != 0 {
            return Exit::Interrupted;
        }
        if m.code().has_breakpoint(m.cpu.pc) {
            return Exit::Breakpoint;
        }
        if log::ranges().contain(m.cpu.pc) {
            log_instruction(m);
        }
        match m.step() {
            Exit::Step => {}
            exit => return exit,
        }
    }
}

fn log_instruction(m: &Interp) {
    if log::is_on(Item::Cpu) {
        log::write(Item::Cpu, format_args!("{}", registers(&m.cpu)));
    }
    if log::is_on(Item::Exec) {
        let pc = m.cpu.pc;
        let text = m.peek(pc).map_or_else(|| format!("{pc:016x}  not mapped"), |insn| line(pc, insn.0));
        log::write(Item::Exec, format_args!("{text}\n"));
    }
}

/// Address, word, assembly.
pub fn line(pc: u64, word: u32) -> String {
    format!("{pc:016x}  {word:08x}  {}", print::text(pc, word))
}

/// All general registers, the flags and the FP control words, four to a line.
fn registers(cpu: &CpuState) -> String {
    let mut out = String::new();
    let named = cpu.x.iter().enumerate().map(|(i, x)| (format!("x{i}"), *x));
    for (i, (name, value)) in named.chain([("sp".to_owned(), cpu.sp)]).enumerate() {
        let _ = write!(out, "{name:>4} {value:016x}{}", if i % 4 == 3 { '\n' } else { ' ' });
    }
    let flag = |bit: u32, c: char| if cpu.nzcv.0 & bit != 0 { c } else { '-' };
    use crate::cpu::Nzcv;
    let flags: String =
        [flag(Nzcv::N, 'N'), flag(Nzcv::Z, 'Z'), flag(Nzcv::C, 'C'), flag(Nzcv::V, 'V')].into_iter().collect();
    let _ = writeln!(out, "  pc {:016x} nzcv {flags} fpcr {:08x} fpsr {:08x}", cpu.pc, cpu.fpcr, cpu.fpsr);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_all_there() {
        let mut cpu = CpuState { pc: 0x1234, sp: 0x5678, ..CpuState::default() };
        cpu.x[30] = 0xabcd;
        cpu.nzcv = crate::cpu::Nzcv(0x6000_0000);
        let text = registers(&cpu);
        for part in ["x30 000000000000abcd", "sp 0000000000005678", "pc 0000000000001234", "-ZC-"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_line_has_address_word_and_assembly() {
        assert_eq!(line(0x400, 0xd503_201f), "0000000000000400  d503201f  nop");
    }
}
