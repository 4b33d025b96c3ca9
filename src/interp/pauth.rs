//! Pointer authentication in the interpreter: the thread's keys, and what the processor's features
//! make of them.
#![allow(unsafe_code)]

use super::Interp;
use crate::cpu::Feature;
use crate::decode::{self, Insn};
use crate::lift::pauth::{PacKey, Pauth};
use crate::memory::access::{self, Fault};
use crate::value::pac::{self, Scheme};

/// `si_code` of a failed authentication (do_el0_fpac in arch/arm64/kernel/traps.c).
pub const ILL_ILLOPN: i32 = 2;

/// The key that an instruction authenticates with, for the syndrome of one that fails.
pub fn key_of(i: Insn) -> PacKey {
    match i.0 >> 24 {
        // Hints: bit 6.
        0xd5 => PacKey::from_field(i.bits(6, 6)),
        // LDRAA, LDRAB: bit 23.
        0xf8 => PacKey::from_field(2 | i.bits(23, 23)),
        // AUTIA …: bits 11:10. Branches: bit 10.
        0xda => PacKey::from_field(i.bits(11, 10)),
        _ => PacKey::from_field(i.bits(10, 10)),
    }
}

/// Codes that a thread remembers.
const PAC_CODES: usize = 512;

/// One of them. One of a key that is zero is taken for none.
#[derive(Clone, Copy, Default)]
pub(super) struct PacCode {
    key: u128,
    pointer: u64,
    modifier: u64,
    code: u64,
}

impl Interp {
    /// See [`crate::lift::Emit::pauth`].
    pub(super) fn authentication(&mut self, what: Pauth, a: u64, modifier: u64) -> u64 {
        let has = |feature| decode::features().contains(feature);
        let scheme = if has(Feature::PAuth2) { Scheme::Combine } else { Scheme::Replace };
        match what {
            Pauth::Generic => pac::generic(self.cpu.keys.values[4], a, modifier),
            Pauth::Sign(key) => match self.key(key) {
                Some(value) => pac::sign(scheme, self.code_of(value, a, modifier), a),
                None => a,
            },
            Pauth::Authenticate { key, combined } => {
                let Some(value) = self.key(key) else { return a };
                let faults = has(if combined { Feature::FPACCOMBINE } else { Feature::FPAC });
                match pac::authenticate(scheme, self.code_of(value, a, modifier), a, key.is_b()) {
                    Ok(pointer) => pointer,
                    Err(wrong) if !faults => wrong,
                    Err(_) => self.authentication_failed(),
                }
            }
        }
    }

    /// The code of a pointer. Functions sign and check the same few return addresses again and again.
    fn code_of(&mut self, key: u128, pointer: u64, modifier: u64) -> u64 {
        let pointer = pac::strip(pointer);
        if self.pac_codes.is_empty() {
            self.pac_codes = vec![PacCode::default(); PAC_CODES];
        }
        let known = &mut self.pac_codes[((pointer >> 2 ^ modifier >> 4) as usize) % PAC_CODES];
        if (known.key, known.pointer, known.modifier) != (key, pointer, modifier) || key == 0 {
            *known = PacCode { key, pointer, modifier, code: pac::compute(key, pointer, modifier) };
        }
        known.code
    }

    /// A key, if it is in use.
    fn key(&self, key: PacKey) -> Option<u128> {
        let keys = &self.cpu.keys;
        (keys.enabled >> key as u32 & 1 != 0).then(|| keys.values[key as usize])
    }

    #[cold]
    fn authentication_failed(&mut self) -> ! {
        let fault = Fault { addr: self.this_pc(), signal: libc::SIGILL, code: ILL_ILLOPN, write: false };
        // SAFETY: meanings run inside `guarded` with this recovery.
        unsafe { access::raise(&raw mut self.recovery, fault) }
    }
}
