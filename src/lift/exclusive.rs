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

/// CLREX.
pub fn clear<E: Emit>(e: &mut E, _: Insn) {
    e.clear_exclusive();
}
