//! The dispatch table, from the rows of the decode table.

use super::code::{SPECIALS, Special};
use super::exit::Exit;
use super::{Interp, dispatch};
use crate::decode::{COUNT, Insn, Op, parse_bits};
use crate::for_each_encoding;
use crate::lift::prelude::*;

/// Executes one instruction.
pub type Function = fn(&mut Interp, u32);

/// A row without a meaning raises SIGILL and names itself.
fn unimplemented(m: &mut Interp, word: u32, op: Op) {
    m.cpu.pc = m.this_pc();
    m.raise_here(Exit::Undefined(word, Some(op)));
}

macro_rules! function {
    ($name:ident $bits:literal) => {{
        fn row(m: &mut Interp, word: u32) {
            unimplemented(m, word, Op::$name)
        }
        row as Function
    }};
    ($name:ident $bits:literal $($path:ident)::+ ( $($arg:expr),* )) => {{
        fn row(m: &mut Interp, word: u32) {
            // Tells the compiler the fixed bits, so that it drops what the meaning has for others.
            const FIXED: (u32, u32) = parse_bits($bits);
            let word = word & !FIXED.0 | FIXED.1;
            crate::lift::$($path)::+(m, Insn(word) $(, $arg)*)
        }
        row as Function
    }};
}

macro_rules! define_functions {
    ($( $name:ident $bits:literal $feature:ident $(=> $($path:ident)::+ ( $($arg:expr),* ) )? ; )*) => {
        /// Functions of the rows, in table order.
        const ROW_FUNCTIONS: [Function; COUNT] = [ $( function!($name $bits $($($path)::+ ( $($arg),* ))?) ),* ];
    };
}

for_each_encoding!(define_functions);

/// All functions: the special ones, then the rows'.
pub static FUNCTIONS: [Function; SPECIALS + COUNT] = {
    let mut all: [Function; SPECIALS + COUNT] = [dispatch::decode_slot; SPECIALS + COUNT];
    all[Special::Decode as usize] = dispatch::decode_slot;
    all[Special::NextBlock as usize] = dispatch::next_block;
    all[Special::FetchFault as usize] = dispatch::fetch_fault;
    all[Special::Unaligned as usize] = dispatch::unaligned;
    all[Special::Unallocated as usize] = dispatch::unallocated;
    all[Special::Breakpoint as usize] = dispatch::breakpoint;
    let mut i = 0;
    while i < COUNT {
        all[SPECIALS + i] = ROW_FUNCTIONS[i];
        i += 1;
    }
    all
};
