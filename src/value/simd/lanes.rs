//! A 128-bit value as lanes of a Rust integer type, and loops over them.
//!
//! An operation is written once, over the aliases that [`signed!`] and [`unsigned!`] set for each
//! element size (`T` the lane, `W` twice as wide, `U` unsigned and as wide as `T`); the size is
//! chosen outside the loop.
//!
//! `map1`, `map2` and `map3` pair lanes from the lowest up and stop with the shorter side. That
//! makes the same function widen (a result lane twice as wide leaves room for the low half of the
//! operands only) and narrow (the result fills the low half, the upper half stays zero). `saturating1`
//! to `saturating3` do the same for functions that note whether they saturated.
//!
//! The loops are functions of their own, out of line and from memory to memory: LLVM then turns
//! them into vector instructions (PADDB for ADD), while inlined into a caller that has the value in
//! registers it takes the 128-bit integer apart byte by byte. The memory is a host vector, so that
//! it is written whole: two stores of a half each would stall the load behind them. Together that
//! is 4 ns for an interpreted ADD of bytes instead of 14.

use bytemuck::{Pod, must_cast, must_cast_slice, must_cast_slice_mut};
use std::arch::x86_64::__m128i;
use std::slice;

/// `$body` for the unsigned lane type of `$es`.
macro_rules! unsigned {
    ($es:expr, $body:expr) => {
        by_size!($es, $body, [u8 u16 u8] [u16 u32 u16] [u32 u64 u32] [u64 u128 u64])
    };
}

/// `$body` for the signed lane type of `$es`.
macro_rules! signed {
    ($es:expr, $body:expr) => {
        by_size!($es, $body, [i8 i16 u8] [i16 i32 u16] [i32 i64 u32] [i64 i128 u64])
    };
}

/// One arm for each element size, with its types.
macro_rules! by_size {
    ($es:expr, $body:expr, $b:tt $h:tt $s:tt $d:tt) => {
        match $es {
            Esize::B => by_size!(@ $body, $b),
            Esize::H => by_size!(@ $body, $h),
            Esize::S => by_size!(@ $body, $s),
            Esize::D => by_size!(@ $body, $d),
        }
    };
    (@ $body:expr, [$t:ident $w:ident $u:ident]) => {{
        #[allow(dead_code)]
        type T = $t;
        #[allow(dead_code)]
        type W = $w;
        #[allow(dead_code)]
        type U = $u;
        $body
    }};
}

/// Declares a vector operation enum with the function of each row. Rows of the second list can
/// saturate: they set `qc` where a lane did.
macro_rules! vec_ops {
    ($(#[$doc:meta])* $name:ident ( $es:ident $(, $arg:ident: $ty:ty)* ; $qc:ident )
     { $( $(#[$rowdoc:meta])* $op:ident => $value:expr ),* $(,)? }
     saturating { $( $(#[$satdoc:meta])* $sat:ident => $satvalue:expr ),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum $name { $( $(#[$rowdoc])* $op, )* $( $(#[$satdoc])* $sat, )* }

        impl $name {
            /// All rows, for tests and fuzzers.
            pub const ALL: &[$name] = &[ $( $name::$op, )* $( $name::$sat, )* ];

            /// Whether a lane can saturate, which sets FPSR.QC: lanes that the instruction does
            /// not have must then be zero in the operands (zeros never saturate).
            #[inline(always)]
            pub const fn saturates(self) -> bool {
                match self { $( $name::$op => false, )* $( $name::$sat => true, )* }
            }

            /// Computes the row's function on all lanes; sets `qc` if one saturated.
            #[inline(always)]
            #[allow(unused_variables)]
            pub fn apply(self, $es: Esize $(, $arg: $ty)*, $qc: &mut bool) -> u128 {
                match self { $( $name::$op => $value, )* $( $name::$sat => $satvalue, )* }
            }
        }
    };
}

/// A double-width value cut to the range of `$to`, noting whether that changed it.
macro_rules! clamp {
    ($qc:expr, $wide:expr, $to:ident) => {{
        let wide = $wide;
        let clamped = wide.clamp($to::MIN as _, $to::MAX as _);
        *$qc |= clamped != wide;
        clamped as $to
    }};
}

/// The lanes of a value, lowest first.
#[inline(always)]
pub fn lanes<T: Pod>(v: &__m128i) -> &[T] {
    must_cast_slice(slice::from_ref(v))
}

/// The lanes of a value, to be written.
#[inline(always)]
pub fn lanes_mut<T: Pod>(v: &mut __m128i) -> &mut [T] {
    must_cast_slice_mut(slice::from_mut(v))
}

/// Declares a loop over the lanes of some values in step, and its two faces.
macro_rules! define_map {
    ($map:ident, $saturating:ident, $each:ident; $($arg:ident $lane:ident),+) => {
        /// Lane by lane.
        #[inline(always)]
        pub fn $map<$($lane: Pod,)+ R: Pod>($($arg: u128,)+ f: impl Fn($($lane),+) -> R) -> u128 {
            let mut out = must_cast(0u128);
            $each(&mut out, $(&must_cast($arg),)+ |$($arg,)+ _| f($($arg),+));
            must_cast(out)
        }

        /// Lane by lane, noting in `qc` if one saturated.
        #[inline(always)]
        pub fn $saturating<$($lane: Pod,)+ R: Pod>(
            qc: &mut bool,
            $($arg: u128,)+
            f: impl Fn($($lane,)+ &mut bool) -> R,
        ) -> u128 {
            let mut out = must_cast(0u128);
            *qc |= $each(&mut out, $(&must_cast($arg),)+ f);
            must_cast(out)
        }

        #[inline(never)]
        fn $each<$($lane: Pod,)+ R: Pod>(
            out: &mut __m128i,
            $($arg: &__m128i,)+
            f: impl Fn($($lane,)+ &mut bool) -> R,
        ) -> bool {
            let mut saturated = false;
            let out = lanes_mut(out);
            $( let $arg = lanes($arg); )+
            let count = [out.len(), $($arg.len()),+].into_iter().min().unwrap_or(0);
            for lane in 0..count {
                out[lane] = f($($arg[lane],)+ &mut saturated);
            }
            saturated
        }
    };
}

define_map!(map1, saturating1, each1; a A);
define_map!(map2, saturating2, each2; a A, b B);
define_map!(map3, saturating3, each3; a A, b B, c C);

/// Neighbouring lanes of `lo`, then of `hi`, each pair reduced to one lane.
#[inline(always)]
pub fn pairs<A: Pod, R: Pod>(lo: u128, hi: u128, f: impl Fn(A, A) -> R) -> u128 {
    let mut out = must_cast(0u128);
    each_pair(&mut out, &must_cast(lo), &must_cast(hi), f);
    must_cast(out)
}

#[inline(never)]
fn each_pair<A: Pod, R: Pod>(out: &mut __m128i, lo: &__m128i, hi: &__m128i, f: impl Fn(A, A) -> R) {
    let pairs = lanes(lo).chunks_exact(2).chain(lanes(hi).chunks_exact(2));
    for (o, pair) in lanes_mut(out).iter_mut().zip(pairs) {
        *o = f(pair[0], pair[1]);
    }
}

/// All lanes, each brought to the result's width by `widen`, reduced to one; the rest is zero.
#[inline(always)]
pub fn across<A: Pod, R: Pod>(v: u128, widen: impl Fn(A) -> R, f: impl Fn(R, R) -> R) -> u128 {
    let mut out = must_cast(0u128);
    reduce(&mut out, &must_cast(v), widen, f);
    must_cast(out)
}

#[inline(never)]
fn reduce<A: Pod, R: Pod>(out: &mut __m128i, v: &__m128i, widen: impl Fn(A) -> R, f: impl Fn(R, R) -> R) {
    let (first, rest) = lanes(v).split_at(1);
    lanes_mut(out)[0] = rest.iter().fold(widen(first[0]), |sum, &x| f(sum, widen(x)));
}

/// The lane at each place is lane `from(place)` of `a`, or where that is beyond, of `b`.
#[inline(always)]
pub fn permute<T: Pod>(a: u128, b: u128, from: impl Fn(usize) -> usize) -> u128 {
    let mut out = must_cast(0u128);
    each_place::<T>(&mut out, &must_cast(a), &must_cast(b), from);
    must_cast(out)
}

#[inline(never)]
fn each_place<T: Pod>(out: &mut __m128i, a: &__m128i, b: &__m128i, from: impl Fn(usize) -> usize) {
    let (a, b) = (lanes::<T>(a), lanes::<T>(b));
    for (place, o) in lanes_mut(out).iter_mut().enumerate() {
        let n = from(place);
        *o = if n < a.len() { a[n] } else { b[n % a.len()] };
    }
}

/// `wrapped`, or where it overflowed and so differs, `saturated`, which is noted.
#[inline(always)]
pub fn saturate<T: PartialEq>(qc: &mut bool, saturated: T, wrapped: T) -> T {
    *qc |= saturated != wrapped;
    saturated
}
