//! What the differential test cannot say: laws between operations, and the values at the edges by name.

use super::*;

/// Lanes at the edges, in every position that matters: extremes, zeros, ones, alternations.
const EDGES: [u128; 8] = [
    0,
    u128::MAX,
    0x7f80_7fff_8000_7fff_ffff_8000_0000_0001,
    0x8000_0000_0000_0000_7fff_ffff_ffff_ffff,
    0x0102_0408_1020_4080_80c0_e0f0_f8fc_feff,
    0x8080_8080_8080_8080_7f7f_7f7f_7f7f_7f7f,
    0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f,
    0xfedc_ba98_7654_3210_0123_4567_89ab_cdef,
];

fn apply2(op: Vec2, es: Esize, a: u128, b: u128) -> (u128, bool) {
    let mut qc = false;
    let r = op.apply(es, a, b, &mut qc);
    (r, qc)
}

/// The law on which the meanings rely when they cut the operands of shorter forms.
#[test]
fn zeros_never_saturate() {
    for es in Esize::ALL {
        let mut qc = false;
        for op in Vec1::ALL.iter().filter(|op| op.saturates()) {
            assert_eq!(op.apply(es, 0, &mut qc), 0, "{op:?} {es:?}");
        }
        for op in Vec2::ALL.iter().filter(|op| op.saturates()) {
            assert_eq!(op.apply(es, 0, 0, &mut qc), 0, "{op:?} {es:?}");
        }
        for op in Vec3::ALL.iter().filter(|op| op.saturates()) {
            assert_eq!(op.apply(es, 0, 0, 0, &mut qc), 0, "{op:?} {es:?}");
        }
        for op in VecShift::ALL.iter().filter(|op| op.saturates()) {
            assert!((0..es.bits()).all(|n| op.apply(es, 0, n, &mut qc) == 0), "{op:?} {es:?}");
        }
        assert!(!qc);
    }
}

/// Reserved sizes included: the functions are total, and arithmetic overflow would panic here.
#[test]
fn every_operation_is_total() {
    let mut qc = false;
    for es in Esize::ALL {
        for a in EDGES {
            for op in Vec1::ALL {
                op.apply(es, a, &mut qc);
            }
            for op in VecShift::ALL {
                for n in 0..=es.bits() {
                    op.apply(es, a, n, &mut qc);
                }
            }
            for b in EDGES {
                for op in Vec2::ALL {
                    op.apply(es, a, b, &mut qc);
                }
                for op in Vec3::ALL {
                    op.apply(es, a, b, a ^ b, &mut qc);
                }
            }
        }
    }
}

#[test]
fn operations_without_saturation_leave_qc() {
    let mut qc = false;
    for (es, a, b) in Esize::ALL.into_iter().flat_map(|es| EDGES.map(|a| EDGES.map(|b| (es, a, b))).concat()) {
        for op in Vec2::ALL.iter().filter(|op| !op.saturates()) {
            op.apply(es, a, b, &mut qc);
            assert!(!qc, "{op:?}");
        }
    }
}

#[test]
fn saturation_at_the_extremes() {
    let (b, h, d) = (Esize::B, Esize::H, Esize::D);
    for (op, es, x, y, expected, saturates) in [
        (Vec2::Sqadd, b, 0x7f, 0x01, 0x7f, true),
        (Vec2::Sqadd, b, 0x80, 0xff, 0x80, true),
        (Vec2::Sqadd, b, 0x80, 0x7f, 0xff, false),
        (Vec2::Uqadd, b, 0xff, 0x01, 0xff, true),
        (Vec2::Uqsub, b, 0x00, 0x01, 0x00, true),
        (Vec2::Sqsub, d, 0x8000_0000_0000_0000, 1, 0x8000_0000_0000_0000, true),
        (Vec2::Suqadd, b, 0x80, 0xff, 0x7f, false),
        (Vec2::Suqadd, b, 0x01, 0xff, 0x7f, true),
        (Vec2::Usqadd, b, 0x01, 0x80, 0x00, true),
        (Vec2::Usqadd, b, 0xff, 0x80, 0x7f, false),
        (Vec2::Sqdmulh, h, 0x8000, 0x8000, 0x7fff, true),
        (Vec2::Sqdmulh, h, 0x8000, 0x7fff, 0x8001, false),
        (Vec2::Sqrdmulh, h, 0x0001, 0x4000, 0x0001, false),
    ] {
        assert_eq!(apply2(op, es, x, y), (expected, saturates), "{op:?} {x:x} {y:x}");
    }
    assert_eq!(apply2(Vec2::Sqdmull, h, 0x8000, 0x8000), (0x7fff_ffff, true));
}

#[test]
fn shifts_by_a_register_beyond_the_lane() {
    let b = Esize::B;
    for (op, x, by, expected, saturates) in [
        (Vec2::Ushl, 0x81, 1i8, 0x02, false),
        (Vec2::Ushl, 0x81, 8, 0x00, false),
        (Vec2::Ushl, 0x81, -8, 0x00, false),
        (Vec2::Sshl, 0x81, -100, 0xff, false),
        (Vec2::Sshl, 0x81, -128, 0xff, false),
        (Vec2::Urshl, 0x80, -8, 0x01, false),
        (Vec2::Urshl, 0xff, -9, 0x00, false),
        (Vec2::Srshl, 0xff, -1, 0x00, false),
        (Vec2::Srshl, 0x80, -128, 0x00, false),
        (Vec2::Uqshl, 0x01, 127, 0xff, true),
        (Vec2::Uqshl, 0x00, 127, 0x00, false),
        (Vec2::Sqshl, 0xff, 7, 0x80, false),
        (Vec2::Sqshl, 0xff, 8, 0x80, true),
    ] {
        assert_eq!(apply2(op, b, x, by as u8 as u128), (expected, saturates), "{op:?} {x:x} {by}");
    }
    let (all, ones) = (splat(Esize::D, u64::MAX), splat(Esize::D, 64));
    assert_eq!(apply2(Vec2::Uqshl, Esize::D, all, ones), (u128::MAX, true));
    assert_eq!(apply2(Vec2::Ushl, Esize::D, all, ones), (0, false));
}

#[test]
fn narrowing_undoes_widening() {
    for (es, a) in [Esize::B, Esize::H, Esize::S].into_iter().flat_map(|es| EDGES.map(|a| (es, a))) {
        let mut qc = false;
        for (widen, narrow) in [(Vec1::Sxtl, Vec1::Sqxtn), (Vec1::Uxtl, Vec1::Uqxtn), (Vec1::Sxtl, Vec1::Xtn)] {
            let wide = widen.apply(es, a, &mut qc);
            assert_eq!(narrow.apply(es, wide, &mut qc), a as u64 as u128, "{narrow:?} {es:?}");
        }
        assert!(!qc);
    }
}

#[test]
fn permutations_undo_each_other() {
    for es in Esize::ALL {
        let (a, b) = (EDGES[6], EDGES[7]);
        let two = |op: Vec2, a, b| apply2(op, es, a, b).0;
        let (z1, z2) = (two(Vec2::Zip1, a, b), two(Vec2::Zip2, a, b));
        assert_eq!((two(Vec2::Uzp1, z1, z2), two(Vec2::Uzp2, z1, z2)), (a, b));
        let (t1, t2) = (two(Vec2::Trn1, a, b), two(Vec2::Trn2, a, b));
        assert_eq!((two(Vec2::Trn1, t1, t2), two(Vec2::Trn2, t1, t2)), (a, b));
        for rev in [Vec1::Rev16, Vec1::Rev32, Vec1::Rev64] {
            let once = rev.apply(es, a, &mut false);
            assert_eq!(rev.apply(es, once, &mut false), a, "{rev:?}");
        }
    }
}

#[test]
fn bytes_from_two_registers_and_from_tables() {
    let (lo, hi) = (0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100, 0x1f1e_1d1c_1b1a_1918_1716_1514_1312_1110);
    assert_eq!(ext(lo, hi, 0), lo);
    assert_eq!(ext(lo, hi, 15), 0x1e1d_1c1b_1a19_1817_1615_1413_1211_100f);
    assert_eq!(tbl([lo, hi, 0, 0], 2, 0x1f10_0f00_20ff), 0x1f10_0f00_0000);
    assert_eq!(tbl([lo, hi, 0, 0], 1, 0x1f10_0f00_20ff), 0x0000_0f00_0000);
}

#[test]
fn polynomial_products() {
    assert_eq!(apply2(Vec2::Pmul, Esize::B, 0xff, 0xff).0, 0x55);
    assert_eq!(apply2(Vec2::Pmull, Esize::B, 0xff, 0xff).0, 0x5555);
    // The square of all ones spreads them.
    let spread = 0x5555_5555_5555_5555_5555_5555_5555_5555;
    assert_eq!(apply2(Vec2::Pmull, Esize::D, u64::MAX as u128, u64::MAX as u128).0, spread);
}
