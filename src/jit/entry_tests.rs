//! Flags and exceptions, as translated code has them and as the guest does.

use super::*;

#[test]
fn flags_go_both_ways() {
    for imm in 0..16 {
        let nzcv = Nzcv::from_imm4(imm);
        assert_eq!(guest_flags(host_flags(nzcv)), nzcv);
    }
}

#[test]
fn interrupted_flags_are_the_guests() {
    // SF, ZF, CF, OF in EFLAGS.
    let (sf, zf, cf, of) = (1 << 7, 1 << 6, 1, 1 << 11);
    let guest = |eflags, flags| saved_flags(eflags, flags, Source::NONE).map(|(flags, _)| guest_flags(flags));
    assert_eq!(guest(sf | cf, Where::Carry), Some(Nzcv(Nzcv::N | Nzcv::C)));
    assert_eq!(guest(sf | cf, Where::Borrow), Some(Nzcv(Nzcv::N)));
    assert_eq!(guest(zf | of, Where::Borrow), Some(Nzcv(Nzcv::Z | Nzcv::V | Nzcv::C)));
    // Bit 1 is always set. Less, or greater.
    assert_eq!(guest(2 | cf, Where::Compared), Some(Nzcv(Nzcv::N)));
    assert_eq!(guest(2 | cf, Where::ComparedSwapped), Some(Nzcv(Nzcv::C)));
    assert_eq!(guest(cf, Where::State), None);
}

#[test]
fn exceptions_have_their_own_bits() {
    // ZE, OE, UE, PE; a denormal operand is no exception while FZ is 0.
    let map = [(0, None), (1, None), (2, Some(1)), (3, Some(2)), (4, Some(3)), (5, Some(4))];
    for (host, guest) in map {
        assert_eq!(guest_exceptions(MXCSR | 1 << host), guest.map_or(0, |bit: u32| 1 << bit));
    }
}
