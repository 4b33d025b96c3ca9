//! The JIT against the interpreter, on random sequences of the instructions that it translates.
#![allow(unsafe_code)]

use super::ir::{Effect, Node, Recorder, Ref};
use super::link::Translations;
use super::*;
use crate::cpu::Nzcv;
use crate::decode::{Feature, ROWS};
use crate::interp::{CodeCache, CodeMemory, Shared};
use crate::value::int::Int2;

struct Everything;

impl CodeMemory for Everything {
    fn is_executable(&self, page: u64) -> bool {
        page != 0
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// Numbers around which arithmetic is interesting.
    fn integer(&mut self) -> u64 {
        match self.below(6) {
            0 => self.below(4).wrapping_sub(2),
            1 => 1 << self.below(64),
            2 => (1u64 << self.below(64)).wrapping_neg(),
            3 => self.next() as u32 as u64,
            _ => self.next(),
        }
    }

    /// Two doubles of moderate size, or four floats.
    fn vector(&mut self) -> u128 {
        let double = |r: &mut Self| (r.below(2000) as f64 / 8.0 - 100.0).to_bits() as u128;
        let float = |r: &mut Self| (r.below(2000) as f32 / 8.0 - 100.0).to_bits() as u128;
        if self.below(2) == 0 {
            double(self) | double(self) << 64
        } else {
            float(self) | float(self) << 32 | float(self) << 64 | float(self) << 96
        }
    }
}

/// The register that loads and stores are based on, and the one that indexes them.
const BASE: u8 = 20;
const INDEX: u8 = 21;
const SVC_0: u32 = 0xd400_0001;
const DATA: usize = 1 << 18;

/// Maps memory where a guest's may be.
fn map(at: u64, len: usize) -> u64 {
    // SAFETY: a new anonymous mapping, in place of none.
    let p = unsafe {
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
        libc::mmap(at as *mut libc::c_void, len, prot, flags, -1, 0)
    };
    assert_ne!(p, libc::MAP_FAILED);
    p as u64
}

/// The word, made harmless: its accesses go by `BASE` and `INDEX`, which it does not spoil. None if it
/// is not translated, or cannot be made harmless.
fn harmless(word: u32) -> Option<u32> {
    let mut rec = Recorder::default();
    let memory = |rec: &Recorder| {
        rec.effects.iter().any(|e| match *e {
            Effect::Store { .. } | Effect::StoreV { .. } => true,
            Effect::Eval(r) => matches!(rec.node(r), Node::Load { .. } | Node::LoadV { .. }),
            _ => false,
        })
    };
    rec.record(0, word);
    let mut word = word;
    if memory(&rec) {
        word = word & !(31 << 5) | (BASE as u32) << 5;
        rec.clear();
        rec.record(0, word);
        if !addresses_are_safe(&rec) {
            word = word & !(31 << 16) | (INDEX as u32) << 16;
            rec.clear();
            rec.record(0, word);
            if !addresses_are_safe(&rec) {
                return None;
            }
        }
    }
    let spoils = rec.effects.iter().any(|e| match *e {
        Effect::Branch(_) | Effect::BranchIf(..) | Effect::BranchTo(..) | Effect::Interpret => true,
        Effect::SetX(INDEX, _) => true,
        Effect::SetX(BASE, v) => !memory(&rec) || !matches!(rec.node(v), Node::Int2(Int2::Add, ..)) || !safe(&rec, v),
        _ => false,
    });
    (!spoils).then_some(word)
}

/// Whether a value is the base, plus the index and small constants.
fn safe(rec: &Recorder, r: Ref) -> bool {
    fn bases(rec: &Recorder, r: Ref) -> usize {
        let mut n = match rec.node(r) {
            Node::X(BASE) => 1,
            Node::X(INDEX) => 0,
            Node::X(_) => 2,
            Node::Imm(v) if (v as i64).abs() >= 1 << 15 => 2,
            _ => 0,
        };
        Recorder::operands(rec.node(r), |o| n += bases(rec, o));
        n
    }
    bases(rec, r) == 1
}

fn addresses_are_safe(rec: &Recorder) -> bool {
    rec.effects.iter().all(|e| match *e {
        Effect::Store { addr, .. } | Effect::StoreV { addr, .. } => safe(rec, addr),
        Effect::Eval(r) => match rec.node(r) {
            Node::Load { addr, .. } | Node::LoadV { addr, .. } => safe(rec, addr),
            _ => true,
        },
        _ => true,
    })
}

/// A random instruction that is translated.
fn instruction(random: &mut Random, left: u64) -> u32 {
    loop {
        let row = &ROWS[random.below(ROWS.len() as u64) as usize];
        if random.below(8) == 0 && left > 1 {
            // A conditional branch a little forward: b.cond, cbz, tbz.
            let over = 1 + random.below(left.min(4)) as u32;
            let r = random.next() as u32;
            return match r >> 30 {
                0 | 1 => 0x5400_0000 | over << 5 | r & 15,
                2 => 0x3400_0000 | (r & 0x8100_0000) | over << 5 | r & 31,
                _ => 0x3600_0000 | (r & 0x81f8_0000) | over << 5 | r & 31,
            };
        }
        if matches!(row.feature, Feature::BASE | Feature::FP | Feature::SIMD) {
            let word = random.next() as u32 & !row.mask | row.value;
            if let Some(word) = harmless(word) {
                return word;
            }
        }
    }
}

fn shared() -> &'static Shared {
    Box::leak(Box::default())
}

/// Results that Arm and the host name differently: see `lower::vector`.
fn has_nan(v: &[u128]) -> bool {
    v.iter().any(|&v| {
        (0..2).any(|i| f64::from_bits((v >> (64 * i)) as u64).is_nan())
            || (0..4).any(|i| f32::from_bits((v >> (32 * i)) as u32).is_nan())
    })
}

#[test]
fn random_sequences_agree_with_the_interpreter() {
    assert!(Translations::host_is_capable());
    let code: &'static CodeCache = Box::leak(Box::new(CodeCache::new(&Everything)));
    let translations: &'static Translations = Box::leak(Box::new(Translations::new().unwrap()));
    let mut interp = Interp::new(CpuState::default(), code, shared());
    let mut jit = Jit::new(Interp::new(CpuState::default(), code, shared()), translations);
    let length = 20;
    let sequences = 3000;
    let text = map(0x1000_0000_0000, sequences * (length + 1) * 4);
    let data = map(0x1100_0000_0000, DATA);
    let contents: Vec<u8> = (0..DATA).map(|i| ((i as u64 * 0x9e37) >> 5) as u8 & 0x3f).collect();
    let random = &mut Random(2026);
    let mut compared = 0;
    for sequence in 0..sequences {
        let pc = text + (sequence * (length + 1) * 4) as u64;
        let mut words: Vec<u32> = (0..length).map(|i| instruction(random, (length - i) as u64)).collect();
        words.push(SVC_0);
        // SAFETY: the test's own pages.
        let memory = unsafe {
            std::ptr::copy_nonoverlapping(words.as_ptr(), pc as *mut u32, words.len());
            std::slice::from_raw_parts_mut(data as *mut u8, DATA)
        };
        let mut cpu =
            CpuState { pc, sp: random.next(), nzcv: Nzcv((random.next() as u32) << 28), ..CpuState::default() };
        cpu.x.fill_with(|| random.integer());
        cpu.v.fill_with(|| random.vector());
        cpu.x[BASE as usize] = data + DATA as u64 / 2;
        cpu.x[INDEX as usize] = random.below(512);

        memory.copy_from_slice(&contents);
        interp.cpu = cpu.clone();
        assert_eq!(interp.run(), Exit::Syscall(0));
        let (expected, written) = (interp.cpu.clone(), memory.to_vec());

        memory.copy_from_slice(&contents);
        *jit.cpu() = cpu.clone();
        assert_eq!(jit.run(), Exit::Syscall(0));
        let got = jit.cpu().clone();
        if has_nan(&expected.v) {
            continue;
        }
        compared += 1;
        let listing = || words.iter().map(|w| format!("{w:08x} ")).collect::<String>();
        for x in 0..31 {
            assert_eq!(got.x[x], expected.x[x], "x{x}, sequence {sequence}: {}", listing());
        }
        for v in 0..32 {
            assert!(
                got.v[v] == expected.v[v],
                "v{v} {:x} {:x}, sequence {sequence}: {}",
                got.v[v],
                expected.v[v],
                listing()
            );
        }
        assert_eq!((got.sp, got.nzcv), (expected.sp, expected.nzcv), "sequence {sequence}: {}", listing());
        assert!(memory == written, "memory, sequence {sequence}: {}", listing());
    }
    let stats = translations.stats();
    assert!(stats.units > sequences as u64 && stats.interpreted < stats.instructions / 3 * 2, "{stats:?}");
    assert!(compared > sequences / 4, "only {compared} sequences were free of NaNs");
}
