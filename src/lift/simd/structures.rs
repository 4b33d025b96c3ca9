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

/// LD2 to LD4, ST2 to ST4 of all lanes of `count` registers. Memory is accessed by whole registers,
/// between which the elements are sorted: which element an access that faults belongs to cannot be
/// told, and the others' are UNKNOWN then anyway.
pub fn interleaved<E: Emit>(e: &mut E, i: Insn, load: bool, count: u32) {
    let es = Esize::from_field(i.bits(11, 10));
    if es == Esize::D && !i.q() {
        return e.undefined();
    }
    let at = base(e, i.rn());
    if load {
        let pieces = pieces(e, at, i.q(), count);
        let v = separate(e, es, i.q(), pieces, count);
        for n in 0..count {
            let v = if i.q() { v[n as usize] } else { e.low_half(v[n as usize]) };
            e.set_v(register(i, n), v);
        }
    } else {
        let v = [0, 1, 2, 3].map(|n| e.v(register(i, n % count)));
        let pieces = mingle(e, es, i.q(), v, count);
        for (n, width, offset) in layout(i.q(), count) {
            let to = plus(e, at, offset);
            e.store_v(width, to, pieces[n]);
        }
    }
    write_back(e, i, at, if i.q() { 16 } else { 8 } * count as u64);
}

/// The pieces in which the memory of `count` registers is accessed: number, width and offset.
fn layout(full: bool, count: u32) -> impl Iterator<Item = (usize, Width, i64)> {
    let bytes = if full { 16 } else { 8 } * count as i64;
    (0..bytes).step_by(16).map(move |at| (at as usize / 16, if bytes - at < 16 { Width::D } else { Width::Q }, at))
}

/// The memory of `count` registers, in pieces; those that there are not repeat the first.
fn pieces<E: Emit>(e: &mut E, at: E::Int, full: bool, count: u32) -> [E::Vec; 4] {
    let mut pieces = [None; 4];
    for (n, width, offset) in layout(full, count) {
        let from = plus(e, at, offset);
        pieces[n] = Some(e.load_v(width, from));
    }
    let first = pieces[0].unwrap_or_else(|| zero(e));
    pieces.map(|piece| piece.unwrap_or(first))
}

/// The registers' values from the pieces of memory.
fn separate<E: Emit>(e: &mut E, es: Esize, full: bool, p: [E::Vec; 4], count: u32) -> [E::Vec; 4] {
    let mut unzip = |a, b| (e.vec2(Vec2::Uzp1, es, a, b), e.vec2(Vec2::Uzp2, es, a, b));
    match (count, full) {
        (2, _) => {
            let (even, odd) = unzip(p[0], if full { p[1] } else { p[0] });
            [even, odd, even, odd]
        }
        (3, _) => {
            let lanes = if full { 128 } else { 64 } / es.bits() as usize;
            [0, 1, 2, 0].map(|n| {
                let picks = picks(es, lanes, |lane| lane * 3 + n);
                pick(e, p, picks, if full { 3 } else { 2 })
            })
        }
        (_, true) => {
            let ((even, odd), (even2, odd2)) = (unzip(p[0], p[1]), unzip(p[2], p[3]));
            let ((first, third), (second, fourth)) = (unzip(even, even2), unzip(odd, odd2));
            [first, second, third, fourth]
        }
        (_, false) => {
            let (even, odd) = unzip(p[0], p[1]);
            let ((first, third), (second, fourth)) = (unzip(even, even), unzip(odd, odd));
            [first, second, third, fourth]
        }
    }
}

/// The pieces of memory from the registers' values.
fn mingle<E: Emit>(e: &mut E, es: Esize, full: bool, v: [E::Vec; 4], count: u32) -> [E::Vec; 4] {
    let lane_bytes = es.bits() as usize / 8;
    match count {
        2 => {
            let low = e.vec2(Vec2::Zip1, es, v[0], v[1]);
            let high = if full { e.vec2(Vec2::Zip2, es, v[0], v[1]) } else { low };
            [low, high, low, high]
        }
        3 => [0, 1, 2, 0].map(|n| {
            // Element k of memory is lane k / 3 of register k mod 3.
            let first = n * 16 / lane_bytes;
            let picks = picks(es, 16 / lane_bytes, |k| {
                let element = first + k;
                element % 3 * (16 / lane_bytes) + element / 3
            });
            pick(e, v, picks, 3)
        }),
        _ => {
            let (a, b) = (e.vec2(Vec2::Zip1, es, v[0], v[2]), e.vec2(Vec2::Zip1, es, v[1], v[3]));
            let (first, second) = (e.vec2(Vec2::Zip1, es, a, b), e.vec2(Vec2::Zip2, es, a, b));
            if !full {
                return [first, second, first, second];
            }
            let (a, b) = (e.vec2(Vec2::Zip2, es, v[0], v[2]), e.vec2(Vec2::Zip2, es, v[1], v[3]));
            let (third, fourth) = (e.vec2(Vec2::Zip1, es, a, b), e.vec2(Vec2::Zip2, es, a, b));
            [first, second, third, fourth]
        }
    }
}

/// Byte numbers for TBL that take lane `from(place)` of the table to each place; none beyond `lanes`.
fn picks(es: Esize, lanes: usize, from: impl Fn(usize) -> usize) -> u128 {
    let bytes = es.bits() as usize / 8;
    let byte = |at: usize| if at / bytes < lanes { from(at / bytes) * bytes + at % bytes } else { 0xff };
    u128::from_le_bytes(std::array::from_fn(|at| byte(at) as u8))
}

fn pick<E: Emit>(e: &mut E, table: [E::Vec; 4], picks: u128, count: usize) -> E::Vec {
    let picks = e.vec_imm(picks);
    e.tbl(table, count, picks)
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
            // Several stay in vector registers until all are there: a JIT has more of these.
            let x = if count < 3 {
                e.load(width, Order::Plain, from)
            } else {
                let element = e.load_v(width, from);
                e.lane(es, element, 0)
            };
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
