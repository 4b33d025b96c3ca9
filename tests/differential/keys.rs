//! The oracle's keys of pointer authentication, which no program can read.
//!
//! QEMU draws the bytes of AT_RANDOM and then the keys of the first thread (util/guest-random.c,
//! linux-user/aarch64) from GLib's generator, the Mersenne Twister MT19937, whose seed `-seed` sets. So
//! the same numbers are drawn here, and AT_RANDOM tells whether they are the same.

use super::generate::Rng;
use super::oracle;
use super::state::State;
use emu::cpu::Feature;
use emu::decode::{Insn, Op, features};
use emu::value::pac::{self, Scheme};

/// Words of the generator's state.
const WORDS: usize = 624;

/// MT19937 (Matsumoto and Nishimura, 1998).
struct Twister {
    state: [u32; WORDS],
    next: usize,
}

impl Twister {
    /// Seeded with these words ("init_by_array").
    fn new(seed: &[u32]) -> Twister {
        let mut state = [19_650_218u32; WORDS];
        let mixed = |before: u32, factor: u32| (before ^ before >> 30).wrapping_mul(factor);
        for i in 1..WORDS {
            state[i] = mixed(state[i - 1], 1_812_433_253).wrapping_add(i as u32);
        }
        let mut i = 1;
        let mut advance = |state: &mut [u32; WORDS], factor: u32, plus: &dyn Fn(usize) -> u32| {
            state[i] = (state[i] ^ mixed(state[i - 1], factor)).wrapping_add(plus(i));
            i += 1;
            if i == WORDS {
                state[0] = state[WORDS - 1];
                i = 1;
            }
        };
        for n in 0..WORDS {
            let j = n % seed.len();
            advance(&mut state, 1_664_525, &|_| seed[j].wrapping_add(j as u32));
        }
        for _ in 1..WORDS {
            advance(&mut state, 1_566_083_941, &|i| (i as u32).wrapping_neg());
        }
        state[0] = 1 << 31;
        Twister { state, next: WORDS }
    }

    fn draw(&mut self) -> u32 {
        if self.next == WORDS {
            for i in 0..WORDS {
                let y = self.state[i] & 1 << 31 | self.state[(i + 1) % WORDS] & !(1 << 31);
                let twisted = y >> 1 ^ if y & 1 != 0 { 0x9908_b0df } else { 0 };
                self.state[i] = self.state[(i + 397) % WORDS] ^ twisted;
            }
            self.next = 0;
        }
        let mut y = self.state[self.next];
        self.next += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }

    /// Sixteen bytes, the first lowest.
    fn draw_bytes(&mut self) -> u128 {
        (0..4).fold(0, |v, n| v | u128::from(self.draw()) << (32 * n))
    }
}

/// The keys of an oracle that this command runs, if it has a seed and these random bytes come of it.
pub fn drawn(command: &str, random: &[u8]) -> Option<[u128; 5]> {
    let mut words = command.split_whitespace().skip_while(|word| *word != "-seed");
    let seed: u64 = words.nth(1)?.parse().ok()?;
    let mut twister = Twister::new(&[seed as u32, (seed >> 32) as u32]);
    (twister.draw_bytes().to_le_bytes() == random).then(|| std::array::from_fn(|_| twister.draw_bytes()))
}

/// Signs the pointer that an instruction is to authenticate, as `PACIA` and its kin would. Mostly: wrong
/// ones are of interest, too.
pub fn sign(op: Op, word: u32, state: &State, rng: &mut Rng, pointer: u64) -> u64 {
    let insn = Insn(word);
    let (key, modifier) = match op {
        Op::LDRAA => (2, 0),
        Op::LDRAB => (3, 0),
        Op::RETA => (insn.bits(10, 10), state.sp),
        Op::BRA | Op::BLRA => (insn.bits(10, 10), state.x.get(insn.rd() as usize).copied().unwrap_or(state.sp)),
        Op::BRA_zero | Op::BLRA_zero => (insn.bits(10, 10), 0),
        _ => return pointer,
    };
    let Some(keys) = &oracle::processor().keys else { return pointer };
    if rng.one_in(4) {
        return pointer;
    }
    let scheme = if features().contains(Feature::PAuth2) { Scheme::Combine } else { Scheme::Replace };
    pac::sign(scheme, pac::compute(keys[key as usize], pac::strip(pointer), modifier), pointer)
}

#[test]
fn the_generator_is_the_published_one() {
    // The first outputs of mt19937ar.c for its own seed.
    let mut twister = Twister::new(&[0x123, 0x234, 0x345, 0x456]);
    assert_eq!([(); 5].map(|()| twister.draw()), [1067595299, 955945823, 477289528, 4107218783, 4228976476]);
}
