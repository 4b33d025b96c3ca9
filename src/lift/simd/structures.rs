//! Advanced SIMD structure loads and stores, LD1 to ST4 (Arm ARM C4.1.94).
//!
//! A structure has one element in each of one to four registers Vt, Vt+1 …, counted modulo 32. In
//! memory the elements of a structure are neighbours.

use super::super::load_store::{base, plus};
use super::super::prelude::*;

/// Register `n` after Vt.
fn register(i: Insn, n: u32) -> u32 {
    (i.rd() + n) % 32
}

/// The last commit of a post-indexed form: Xn plus Xm, or where Rm is 31, plus the bytes transferred.
fn write_back<E: Emit>(e: &mut E, i: Insn, base: E::Int, bytes: u64) {
    // Bit 23 tells the post-indexed form.
    if i.bit(23) {
        let step = if i.rm() == 31 { e.imm(bytes) } else { e.x(i.rm()) };
        let v = e.int2(Int2::Add, Size::X, base, step);
        e.set_x_sp(i.rn(), v);
    }
}

/// A vector of zeros.
fn zero<E: Emit>(e: &mut E) -> E::Vec {
    let zero = e.imm(0);
    e.vec_from_int(zero)
}

/// The memory access of one lane.
fn lane_width(es: Esize) -> Width {
    Width::from_field(es as u32)
}

/// LD1, ST1 of `count` whole registers.
pub fn whole<E: Emit>(e: &mut E, i: Insn, load: bool, count: u32) {
    let width = if i.q() { Width::Q } else { Width::D };
    let at = base(e, i.rn());
    let mut loaded = [None; 4];
    for n in 0..count {
        let from = plus(e, at, n as i64 * width.bytes() as i64);
        if load {
            loaded[n as usize] = Some(e.load_v(width, from));
        } else {
            let v = e.v(register(i, n));
            e.store_v(width, from, v);
        }
    }
    for (n, v) in loaded.into_iter().flatten().enumerate() {
        e.set_v(register(i, n as u32), v);
    }
    write_back(e, i, at, count as u64 * width.bytes());
}

/// LD2 to LD4, ST2 to ST4 of all lanes of `count` registers.
pub fn interleaved<E: Emit>(e: &mut E, i: Insn, load: bool, count: u32) {
    let es = Esize::from_field(i.bits(11, 10));
    if es == Esize::D && !i.q() {
        return e.undefined();
    }
    let lanes = if i.q() { 128 } else { 64 } / es.bits();
    let width = lane_width(es);
    let at = base(e, i.rn());
    let mut v = [zero(e); 4];
    if !load {
        for n in 0..count {
            v[n as usize] = e.v(register(i, n));
        }
    }
    for lane in 0..lanes {
        for n in 0..count {
            let from = plus(e, at, ((lane * count + n) as u64 * width.bytes()) as i64);
            let v = &mut v[n as usize];
            if load {
                let x = e.load(width, Order::Plain, from);
                *v = e.set_lane(es, *v, lane, x);
            } else {
                let x = e.lane(es, *v, lane);
                e.store(width, Order::Plain, from, x);
            }
        }
    }
    if load {
        for n in 0..count {
            e.set_v(register(i, n), v[n as usize]);
        }
    }
    write_back(e, i, at, (lanes * count) as u64 * width.bytes());
}

/// Element size and lane of a single structure, or None where the encoding is unallocated.
fn single_lane(i: Insn) -> Option<(Esize, u32)> {
    let (q, s, size) = (i.bits(30, 30), i.bits(12, 12), i.bits(11, 10));
    match (i.bits(15, 14), size) {
        (0, _) => Some((Esize::B, q << 3 | s << 2 | size)),
        (1, 0 | 2) => Some((Esize::H, q << 2 | s << 1 | size >> 1)),
        (2, 0) => Some((Esize::S, q << 1 | s)),
        (2, 1) if s == 0 => Some((Esize::D, q)),
        _ => None,
    }
}

/// LD1 to LD4, ST1 to ST4 of one lane; a load leaves the other lanes.
pub fn single<E: Emit>(e: &mut E, i: Insn, load: bool, count: u32) {
    let Some((es, lane)) = single_lane(i) else { return e.undefined() };
    let width = lane_width(es);
    let at = base(e, i.rn());
    let mut loaded = [None; 4];
    for n in 0..count {
        let from = plus(e, at, n as i64 * width.bytes() as i64);
        let v = e.v(register(i, n));
        if load {
            let x = e.load(width, Order::Plain, from);
            loaded[n as usize] = Some(e.set_lane(es, v, lane, x));
        } else {
            let x = e.lane(es, v, lane);
            e.store(width, Order::Plain, from, x);
        }
    }
    for (n, v) in loaded.into_iter().flatten().enumerate() {
        e.set_v(register(i, n as u32), v);
    }
    write_back(e, i, at, count as u64 * width.bytes());
}

/// LD1R to LD4R: one element to all lanes.
pub fn replicate<E: Emit>(e: &mut E, i: Insn, count: u32) {
    let es = Esize::from_field(i.bits(11, 10));
    let width = lane_width(es);
    let at = base(e, i.rn());
    let mut loaded = [None; 4];
    for n in 0..count {
        let from = plus(e, at, n as i64 * width.bytes() as i64);
        let element = e.load_v(width, from);
        let all = e.dup(es, element, 0);
        loaded[n as usize] = Some(if i.q() { all } else { e.low_half(all) });
    }
    for (n, v) in loaded.into_iter().flatten().enumerate() {
        e.set_v(register(i, n as u32), v);
    }
    write_back(e, i, at, count as u64 * width.bytes());
}
