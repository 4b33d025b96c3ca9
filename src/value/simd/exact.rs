//! A lane shifted without loss, before it is cut or saturated.

/// What a right shift does with the bits it shifts out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ShiftedOut {
    /// Drops them.
    Truncate,
    /// Adds half of the lowest remaining bit first.
    Round,
}

/// An integer wide enough for a lane of half its width, signed or not, shifted left by as much as
/// the lane has bits.
pub trait Exact: Copy {
    /// Shifted left by `by`, or to the right where it is negative, without loss. More than the
    /// lane's width to the left gives another number out of its range, with the same lower half.
    fn shifted(self, by: i8, out: ShiftedOut) -> Self;
}

macro_rules! exact {
    ($t:ident) => {
        impl Exact for $t {
            #[inline(always)]
            fn shifted(self, by: i8, out: ShiftedOut) -> Self {
                let lane = $t::BITS / 2;
                let n = by.unsigned_abs() as u32;
                match (by >= 0, out) {
                    (true, _) if n < lane => self << n,
                    (true, _) => self.signum() << lane,
                    (false, ShiftedOut::Truncate) => self >> n.min($t::BITS - 1),
                    (false, ShiftedOut::Round) => {
                        let n = n.min($t::BITS - 1);
                        (self + (1 << (n - 1))) >> n
                    }
                }
            }
        }
    };
}

exact!(i64);
exact!(i128);

/// `$x` shifted by the signed low byte of `$by`, exactly.
macro_rules! shift_lane {
    ($x:expr, $by:expr, $out:ident) => {
        ($x as <T as $crate::value::simd::exact::Lane>::Exact)
            .shifted($by as i8, $crate::value::simd::exact::ShiftedOut::$out)
    };
}

/// A lane type and its [`Exact`].
pub trait Lane {
    /// i64, or i128 for 64-bit lanes.
    type Exact: Exact;
}

macro_rules! lane {
    ($($t:ident $exact:ident),*) => { $( impl Lane for $t { type Exact = $exact; } )* };
}

lane!(u8 i64, i8 i64, u16 i64, i16 i64, u32 i64, i32 i64, u64 i128, i64 i128);
