//! Load/store exclusive, load-acquire and store-release (Arm ARM C4.1.94).
//!
//! Size and register fields are read at run time: none of these is hot enough for a function per
//! size. What overlapping registers do is written down in [`super::load_store`].

use super::load_store::{base, load_as, plus};
use super::prelude::*;

/// The base address of an access that must be aligned to all its bytes.
fn aligned_base<E: Emit>(e: &mut E, i: Insn, bytes: u64) -> E::Int {
    let at = base(e, i.rn());
    e.check_alignment(at, bytes);
    at
}

/// The width of a single access: bits 31:30.
fn width(i: Insn) -> Width {
    Width::from_field(i.bits(31, 30))
}

/// The width of each half of a pair: bit 30.
fn half_width(i: Insn) -> Width {
    if i.bit(30) { Width::D } else { Width::S }
}

/// LDXR, LDAXR and their B and H forms.
pub fn load<E: Emit>(e: &mut E, i: Insn) {
    let at = aligned_base(e, i, width(i).bytes());
    let v = e.load_exclusive(width(i), at);
    e.set_x(i.rd(), v);
}

/// LDXP, LDAXP.
pub fn load_pair<E: Emit>(e: &mut E, i: Insn) {
    let at = aligned_base(e, i, 2 * half_width(i).bytes());
    let [lo, hi] = e.load_exclusive_pair(half_width(i), at);
    e.set_x(i.rd(), lo);
    e.set_x(i.ra(), hi);
}

/// STXR, STLXR and their B and H forms.
pub fn store<E: Emit>(e: &mut E, i: Insn) {
    let at = aligned_base(e, i, width(i).bytes());
    let v = e.x(i.rd());
    let failed = e.store_exclusive(width(i), at, v);
    e.set_x(i.rm(), failed);
}

/// STXP, STLXP.
pub fn store_pair<E: Emit>(e: &mut E, i: Insn) {
    let at = aligned_base(e, i, 2 * half_width(i).bytes());
    let v = [e.x(i.rd()), e.x(i.ra())];
    let failed = e.store_exclusive_pair(half_width(i), at, v);
    e.set_x(i.rm(), failed);
}

/// LDAR, LDLAR, LDAPR and their B and H forms.
pub fn load_ordered<E: Emit>(e: &mut E, i: Insn) {
    let at = aligned_base(e, i, width(i).bytes());
    let v = e.load(width(i), Order::Acquire, at);
    e.set_x(i.rd(), v);
}

/// STLR, STLLR and their B and H forms.
pub fn store_ordered<E: Emit>(e: &mut E, i: Insn) {
    let at = aligned_base(e, i, width(i).bytes());
    let v = e.x(i.rd());
    e.store(width(i), Order::Release, at, v);
}

/// LDAPUR and its sized and signed forms: unscaled offset, acquire.
pub fn load_ordered_unscaled<E: Emit>(e: &mut E, i: Insn, what: Move) {
    let base = base(e, i.rn());
    let at = plus(e, base, i.sbits(20, 12));
    e.check_alignment(at, width(i).bytes());
    let v = load_as(e, width(i), what, Order::Acquire, at);
    e.set_x(i.rd(), v);
}

/// STLUR and its sized forms: unscaled offset, release.
pub fn store_ordered_unscaled<E: Emit>(e: &mut E, i: Insn) {
    let base = base(e, i.rn());
    let at = plus(e, base, i.sbits(20, 12));
    e.check_alignment(at, width(i).bytes());
    let v = e.x(i.rd());
    e.store(width(i), Order::Release, at, v);
}

/// LDAPUR (SIMD&FP).
pub fn load_ordered_v<E: Emit>(e: &mut E, i: Insn, width: Width) {
    let base = base(e, i.rn());
    let at = plus(e, base, i.sbits(20, 12));
    e.check_alignment(at, width.bytes());
    let v = e.load_v(width, at);
    e.set_v(i.rd(), v);
}

/// STLUR (SIMD&FP): a barrier behind it, as there is no exchange of a vector.
pub fn store_ordered_v<E: Emit>(e: &mut E, i: Insn, width: Width) {
    let base = base(e, i.rn());
    let at = plus(e, base, i.sbits(20, 12));
    e.check_alignment(at, width.bytes());
    let v = e.v(i.rd());
    e.store_v(width, at, v);
    e.barrier(Barrier::Full);
}

/// LDAP1 (SIMD&FP): a doubleword to one lane, Q says which.
pub fn load_ordered_lane<E: Emit>(e: &mut E, i: Insn) {
    let at = aligned_base(e, i, 8);
    let (d, x) = (e.v(i.rd()), e.load(Width::D, Order::Acquire, at));
    let v = e.set_lane(Esize::D, d, i.q() as u32, x);
    e.set_v(i.rd(), v);
}

/// STL1 (SIMD&FP).
pub fn store_ordered_lane<E: Emit>(e: &mut E, i: Insn) {
    let at = aligned_base(e, i, 8);
    let v = e.v(i.rd());
    let x = e.lane(Esize::D, v, i.q() as u32);
    e.store(Width::D, Order::Release, at, x);
}

/// LDAPR (post-index): by the bytes that it loads.
pub fn load_ordered_post<E: Emit>(e: &mut E, i: Insn) {
    let at = aligned_base(e, i, width(i).bytes());
    let v = e.load(width(i), Order::Acquire, at);
    let next = plus(e, at, width(i).bytes() as i64);
    e.set_x(i.rd(), v);
    e.set_x_sp(i.rn(), next);
}

/// STLR (pre-index): by the bytes that it stores.
pub fn store_ordered_pre<E: Emit>(e: &mut E, i: Insn) {
    let base = base(e, i.rn());
    let at = plus(e, base, -(width(i).bytes() as i64));
    e.check_alignment(at, width(i).bytes());
    let v = e.x(i.rd());
    e.store(width(i), Order::Release, at, v);
    e.set_x_sp(i.rn(), at);
}

/// LDIAPP: bit 12 clear adds the bytes loaded to the base afterwards. Each of the two must be aligned, the
/// pair need not be (Mem[], `accdesc.ispair`).
pub fn load_ordered_pair<E: Emit>(e: &mut E, i: Insn) {
    let width = half_width(i);
    let at = base(e, i.rn());
    e.check_pair_alignment(at, width.bytes());
    let [lo, hi] = e.load_pair(width, at);
    let next = plus(e, at, 2 * width.bytes() as i64);
    e.set_x(i.rd(), lo);
    e.set_x(i.rm(), hi);
    if !i.bit(12) {
        e.set_x_sp(i.rn(), next);
    }
}

/// STILP: bit 12 clear takes the bytes stored off the base before. Alignment as for LDIAPP.
pub fn store_ordered_pair<E: Emit>(e: &mut E, i: Insn) {
    let width = half_width(i);
    let base = base(e, i.rn());
    let at = if i.bit(12) { base } else { plus(e, base, -(2 * width.bytes() as i64)) };
    e.check_pair_alignment(at, width.bytes());
    let v = [e.x(i.rd()), e.x(i.rm())];
    e.store_pair(width, at, v);
    e.barrier(Barrier::Full);
    if !i.bit(12) {
        e.set_x_sp(i.rn(), at);
    }
}

/// CLREX.
pub fn clear<E: Emit>(e: &mut E, _: Insn) {
    e.clear_exclusive();
}
