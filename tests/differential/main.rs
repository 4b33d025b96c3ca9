//! Differential test: random programs on random states, here and on an oracle.
//!
//! Words come from the rows of the decode table with random fields, states from [`generate`]; the
//! interpreter ([`engine`]) and qemu-aarch64 ([`oracle`]) execute them, and every register, flag and
//! status bit, memory, signal and fault address must agree. Differences that are the oracle's fault,
//! or that the architecture leaves open, are named in [`exceptions`]. In other tests the JIT is what the
//! interpreter is compared with ([`judge`]): there everything counts.
//!
//! A run is a function of its seed. EMU_DIFF_SEED and EMU_DIFF_CASES (cases per row) change it,
//! EMU_DIFF_ROWS restricts it to rows whose name contains one of the comma-separated words. A failure
//! prints the instruction, what differs and the seed.

mod again;
mod aim;
mod branch;
mod engine;
mod exceptions;
mod generate;
mod interrupt;
mod judge;
mod keys;
mod manual;
mod moves;
mod oracle;
mod place;
mod sequence;
mod state;
mod undefined;

use aim::major;
use emu::decode::print;
use emu::decode::{Insn, ROWS, Row, decode};
use emu::jit::features::HostFeatures;
use engine::{Engine, SIGILL};
use generate::Rng;
use judge::Judge;
use place::{PROGRAMS, Place, Program, program};
use state::{Outcome, State};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// States on which one instruction word is tried.
const STATES: usize = 32;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

fn is_selected(row: &Row) -> bool {
    match std::env::var("EMU_DIFF_ROWS") {
        Ok(words) => words.split(',').any(|word| row.name.contains(word)),
        Err(_) => true,
    }
}

/// A case on which the two sides differ.
struct Failure {
    program: Program,
    before: State,
    ours: Outcome,
    oracle: Outcome,
}

/// Both sides, at one place.
struct Bench {
    group: &'static str,
    seed: u64,
    rng: Rng,
    place: Place,
    engine: Engine,
    judge: Judge,
    total: u64,
    excused: BTreeMap<&'static str, u64>,
    failures: Vec<Failure>,
}

impl Bench {
    /// The interpreter and qemu-aarch64.
    fn new(group: &'static str) -> Bench {
        Self::with(group, Judge::oracle)
    }

    /// The interpreter and the JIT.
    fn of_engines(group: &'static str) -> Bench {
        Self::with(group, Judge::jit)
    }

    /// The interpreter and the JIT of a host that has no more than AVX2.
    fn of_engines_with_avx2(group: &'static str) -> Bench {
        Self::of_engines_with(group, HostFeatures::NONE)
    }

    /// The interpreter and the JIT of a host with these features.
    fn of_engines_with(group: &'static str, features: HostFeatures) -> Bench {
        Self::with(group, |place| Judge::jit_with(place, features, false))
    }

    /// The interpreter and the JIT of a processor whose pairs are one access of 16 bytes.
    fn of_engines_with_atomic_pairs(group: &'static str) -> Bench {
        Self::with(group, |place| Judge::jit_with(place, HostFeatures::default(), true))
    }

    fn with(group: &'static str, judge: impl Fn(Place) -> Judge) -> Bench {
        oracle::processor();
        let place = Place::map();
        let seed = setting("EMU_DIFF_SEED", 1);
        Bench {
            group,
            seed,
            rng: Rng::new(seed),
            place,
            engine: Engine::interpreter(place),
            judge: judge(place),
            total: 0,
            excused: BTreeMap::new(),
            failures: Vec::new(),
        }
    }

    /// Runs a batch: each program on `states` states, which `aim` may adjust before it executes them.
    fn batch(
        &mut self,
        programs: &[Program],
        states: usize,
        mut aim: impl FnMut(&mut Engine, Place, usize, &mut State, &mut Rng) -> Outcome,
    ) {
        let memory = self.rng.memory();
        self.engine.load(&memory, programs);
        let (mut before, mut ours) = (Vec::new(), Vec::new());
        for n in 0..programs.len() * states {
            let mut state = self.rng.state();
            self.judge.prepare(&mut state, &mut self.rng);
            ours.push(aim(&mut self.engine, self.place, n / states, &mut state, &mut self.rng));
            before.push(state);
        }
        let oracle = self.judge.execute(&memory, programs, &before);
        self.total += before.len() as u64;
        let cases = before.into_iter().zip(ours).zip(oracle).enumerate();
        let differ: Vec<_> = cases.filter(|(_, ((_, ours), oracle))| ours != oracle).collect();
        for (n, ((before, ours), oracle)) in differ {
            let failure = Failure { program: programs[n / states], before, ours, oracle };
            let failure = self.shrink(&memory, failure);
            let words: Vec<_> = instructions(&failure.program).collect();
            let last = words.last().copied().unwrap_or(place::BRK);
            let exception = self.judge.exception(last, &failure.before, &failure.ours, &failure.oracle);
            match exception.or_else(|| self.judge.exception_of_program(&words)) {
                Some(reason) => *self.excused.entry(reason).or_default() += 1,
                None => self.failures.push(failure),
            }
        }
    }

    /// Cuts a program behind the instruction that makes the difference, whose state before is then shown.
    fn shrink(&mut self, memory: &[u8; place::MEMORY_SIZE], failure: Failure) -> Failure {
        let words: Vec<_> = instructions(&failure.program).collect();
        if words.len() == 1 {
            return failure;
        }
        let mut before = failure.before;
        for count in 1..=words.len() {
            let program = program(&words[..count]);
            self.engine.load(memory, &[program]);
            let ours = self.engine.execute(0, &failure.before);
            let oracle = self.judge.execute(memory, &[program], &[failure.before])[0];
            if ours != oracle {
                return Failure { program, before, ours, oracle };
            }
            before = State { looks_at_fpsr: before.looks_at_fpsr, ..oracle.after };
        }
        failure
    }

    /// Single instructions of all implemented rows that `belongs` picks.
    fn rows(&mut self, belongs: impl Fn(&Row) -> bool) {
        self.some_rows(1, belongs);
    }

    /// The same with a share of the cases.
    fn some_rows(&mut self, share: u64, belongs: impl Fn(&Row) -> bool) {
        let cases = setting("EMU_DIFF_CASES", 512) / share;
        let belongs = |row: &&Row| row.implemented && belongs(row) && is_selected(row) && !moves::is_move(row);
        let (rows, skipped): (Vec<_>, Vec<_>) =
            ROWS.iter().filter(belongs).partition(|row| self.judge.skipped(row).is_none());
        // Spread over the run, so that a batch holds many rows.
        let words: Vec<_> = (0..(cases as usize).div_ceil(STATES)).flat_map(|_| rows.iter().copied()).collect();
        for rows in words.chunks(PROGRAMS) {
            let words: Vec<u32> = rows.iter().enumerate().map(|(n, row)| self.word(n, row)).collect();
            let programs: Vec<_> = words.iter().map(|word| program(&[*word])).collect();
            self.batch(&programs, STATES, |engine, place, n, state, rng| {
                aim::execute(engine, place, n, words[n], state, rng)
            });
        }
        println!("{}: {} rows", self.group, rows.len());
        for (row, reason) in skipped.into_iter().filter_map(|row| Some((row, self.judge.skipped(row)?))) {
            println!("  {} skipped: {reason}", row.name);
        }
        self.report();
    }

    /// Programs of several instructions.
    fn sequences(&mut self, words: impl Fn(&mut Rng) -> Vec<u32>) {
        let cases = setting("EMU_DIFF_CASES", 512) * 16;
        for _ in 0..cases.div_ceil(PROGRAMS as u64) {
            let programs: Vec<_> = (0..PROGRAMS).map(|_| program(&words(&mut self.rng))).collect();
            self.batch(&programs, 1, |engine, place, n, state, rng| {
                sequence::aim(place, state, rng);
                engine.execute(n, state)
            });
        }
        self.report();
    }

    /// Memory copies and sets.
    fn moves(&mut self) {
        if !moves::are_known() {
            println!("{}: not a feature of the oracle", self.group);
            return;
        }
        for _ in 0..(setting("EMU_DIFF_CASES", 512) * 16).div_ceil(PROGRAMS as u64) {
            let programs: Vec<_> = (0..PROGRAMS).map(|_| program(&moves::program(&mut self.rng))).collect();
            self.batch(&programs, 1, |engine, place, n, state, rng| {
                moves::aim(place, &programs[n], state, rng);
                engine.execute(n, state)
            });
        }
        self.report();
    }

    /// Branches, most of them to a word of the program that they are in.
    fn branches(&mut self) {
        let rows: Vec<_> = ROWS
            .iter()
            .filter(|row| branch::is_branch(row) && row.implemented && exceptions::skipped(row).is_none())
            .collect();
        let cases = setting("EMU_DIFF_CASES", 512) * rows.len() as u64;
        for _ in 0..cases.div_ceil((PROGRAMS * STATES) as u64) {
            let rows = rows.iter().cycle().take(PROGRAMS);
            let words: Vec<_> = rows.map(|row| branch::word(row, &mut self.rng)).collect();
            let programs: Vec<_> = words.iter().map(|word| program(&[*word])).collect();
            self.batch(&programs, STATES, |engine, place, n, state, rng| {
                branch::aim(place, n, words[n], state, rng);
                engine.execute(n, state)
            });
        }
        self.report();
    }

    /// Words that are mostly unallocated.
    fn undefined_space(&mut self) {
        let cases = setting("EMU_DIFF_CASES", 512) * 64;
        let memory = self.rng.memory();
        let mut differ = BTreeMap::<_, Vec<u32>>::new();
        for _ in 0..cases / PROGRAMS as u64 {
            let words: [u32; PROGRAMS] = std::array::from_fn(|_| undefined::word(&mut self.rng));
            let states: Vec<_> = words.iter().map(|_| undefined::state(&mut self.rng)).collect();
            let programs = words.map(|word| program(&[word]));
            self.engine.load(&memory, &programs);
            let oracle = self.judge.execute(&memory, &programs, &states);
            for (n, (word, oracle)) in words.into_iter().zip(oracle).enumerate() {
                let ours_is_undefined = self.engine.execute(n, &states[n]).signal == SIGILL;
                self.total += 1;
                if ours_is_undefined == (oracle.signal == SIGILL) {
                    continue;
                }
                match undefined::exception(word, ours_is_undefined) {
                    Some(reason) => *self.excused.entry(reason).or_default() += 1,
                    None => differ.entry((name(word), ours_is_undefined)).or_default().push(word),
                }
            }
        }
        self.print_counts(differ.values().map(Vec::len).sum());
        for ((name, ours_is_undefined), words) in &differ {
            let side = if *ours_is_undefined { "here" } else { "on the oracle" };
            eprintln!("{name}: {} words are UNDEFINED only {side}", words.len());
            words
                .iter()
                .take(setting("EMU_DIFF_SHOW", 6) as usize)
                .for_each(|word| eprintln!("  {word:08x} {}", print::text(0, *word)));
        }
        assert!(differ.is_empty(), "{}, seed {}: {:?}", self.group, self.seed, differ.keys());
    }

    fn word(&mut self, index: usize, row: &Row) -> u32 {
        let word = self.rng.word(row);
        let word = aim::system_register(word, &mut self.rng);
        if aim::is_literal(row) { aim::literal(word, self.place.code(index), self.place, &mut self.rng) } else { word }
    }

    fn print_counts(&self, differ: usize) {
        let excused: u64 = self.excused.values().sum();
        println!("{}: {} cases, seed {}, {excused} excused, {differ} differ", self.group, self.total, self.seed);
        self.excused.iter().for_each(|(reason, count)| println!("  {count} excused: {reason}"));
    }

    /// Prints a few failures of each row, then fails.
    fn report(&self) {
        self.print_counts(self.failures.len());
        let mut seen = BTreeMap::new();
        for Failure { program, before, ours, oracle } in &self.failures {
            let last = instructions(program).last().map_or("nothing", name);
            let count: &mut u32 = seen.entry(last).or_default();
            *count += 1;
            if *count <= 3 {
                eprintln!();
                for word in instructions(program) {
                    let text = print::text(0, word);
                    eprintln!("{} {word:08x} {text}{}", name(word), state::operands(word, before));
                }
                eprintln!("{}", state::describe(before, ours, oracle, self.judge.sides()));
            }
        }
        let summary: Vec<_> = seen.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        assert!(
            self.failures.is_empty(),
            "{}, seed {}: {} cases differ: {}",
            self.group,
            self.seed,
            self.failures.len(),
            summary.join(", ")
        );
    }
}

/// The instructions of a program.
fn instructions(program: &Program) -> impl Iterator<Item = u32> {
    program.iter().copied().take_while(|&word| word != place::BRK)
}

fn name(word: u32) -> &'static str {
    decode(Insn(word)).map_or("unallocated", |op| op.row().name)
}

fn is_data_processing(row: &Row) -> bool {
    matches!(major(row), 0b1000 | 0b1001 | 0b0101 | 0b1101)
}

fn is_memory(row: &Row) -> bool {
    major(row) & 0b0101 == 0b0100
}

fn is_simd(row: &Row) -> bool {
    matches!(major(row), 0b0111 | 0b1111)
}

fn is_system(row: &Row) -> bool {
    major(row) == 0b1010 && row.value >> 22 == 0b1101010100
}

#[test]
fn data_processing_immediate_agrees_with_the_oracle() {
    Bench::new("immediate").rows(|row| matches!(major(row), 0b1000 | 0b1001));
}

#[test]
fn data_processing_register_agrees_with_the_oracle() {
    Bench::new("register").rows(|row| matches!(major(row), 0b0101 | 0b1101));
}

#[test]
fn loads_and_stores_agree_with_the_oracle() {
    Bench::new("loads and stores").rows(is_memory);
}

#[test]
fn memory_moves_agree_with_the_oracle() {
    Bench::new("memory moves").moves();
}

#[test]
fn system_instructions_agree_with_the_oracle() {
    Bench::new("system").rows(is_system);
}

#[test]
fn floating_point_and_simd_agree_with_the_oracle() {
    Bench::new("floating point and SIMD").rows(is_simd);
}

#[test]
fn undefined_space_agrees_with_the_oracle() {
    Bench::new("undefined space").undefined_space();
}

#[test]
fn branches_agree_with_the_oracle() {
    Bench::new("branches").branches();
}

#[test]
fn sequences_agree_with_the_oracle() {
    Bench::new("sequences").sequences(sequence::mixed);
}

#[test]
fn exclusive_sequences_agree_with_the_oracle() {
    Bench::new("exclusives").sequences(sequence::exclusives);
}

#[test]
fn ordered_accesses_agree_with_the_manual() {
    Bench::with("ordered accesses", Judge::Manual).rows(manual::describes);
}

#[test]
fn data_processing_agrees_in_the_jit() {
    Bench::of_engines("JIT, data processing").rows(is_data_processing);
}

#[test]
fn loads_and_stores_agree_in_the_jit() {
    Bench::of_engines("JIT, loads and stores").rows(is_memory);
}

#[test]
fn pairs_agree_in_the_jit_as_one_access() {
    let is_pair = |row: &Row| is_memory(row) && row.value >> 27 & 7 == 0b101 || manual::describes(row);
    Bench::of_engines_with_atomic_pairs("JIT, atomic pairs").rows(is_pair);
}

#[test]
fn sequences_agree_in_the_jit_with_atomic_pairs() {
    Bench::of_engines_with_atomic_pairs("JIT, atomic pairs, sequences").sequences(|rng| sequence::of(rng, is_memory));
}

#[test]
fn simd_agrees_in_the_jit() {
    Bench::of_engines("JIT, SIMD").rows(|row| is_simd(row) && !judge::is_floating_point(row));
}

#[test]
fn floating_point_agrees_in_the_jit() {
    Bench::of_engines("JIT, floating point").rows(|row| is_simd(row) && judge::is_floating_point(row));
}

#[test]
fn simd_agrees_in_the_jit_with_avx2() {
    Bench::of_engines_with_avx2("JIT, SIMD with AVX2").rows(is_simd);
}

#[test]
fn all_else_agrees_in_the_jit_with_avx2() {
    let is_else = |row: &Row| is_data_processing(row) || is_memory(row) || is_system(row);
    Bench::of_engines_with_avx2("JIT with AVX2, all else").rows(is_else);
}

/// Each feature of the host without the others, and missing among the others.
#[test]
fn data_processing_agrees_in_the_jit_of_any_host() {
    for name in HostFeatures::NAMES {
        for features in [HostFeatures::detect().without(&format!("-{name}")), HostFeatures::detect().only(name)] {
            println!("{features:?}");
            let mut bench = Bench::of_engines_with("JIT of some host, data processing", features);
            bench.some_rows(16, |row| is_data_processing(row) || is_simd(row));
        }
    }
}

#[test]
fn sequences_agree_in_the_jit() {
    Bench::of_engines("JIT, sequences").sequences(|rng| sequence::of(rng, |_| true));
}

/// Runs a test of the JIT while another thread retires units at random.
fn with_units_retired(group: &'static str, test: impl FnOnce(&mut Bench)) {
    let mut bench = Bench::of_engines(group);
    let Judge::Jit(engine) = &bench.judge else { unreachable!("a bench of engines") };
    let (invalidate, mut rng) = (engine.invalidator(), Rng::new(bench.seed));
    let (is_over, retired) = (AtomicBool::new(false), AtomicU64::new(0));
    /// Ends the other thread even if the test fails.
    struct Over<'a>(&'a AtomicBool);
    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    std::thread::scope(|scope| {
        let _over = Over(&is_over);
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                invalidate(rng.below(PROGRAMS as u64) as usize);
                retired.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(std::time::Duration::from_micros(rng.below(200)));
            }
        });
        test(&mut bench);
    });
    println!("{} retirements", retired.into_inner());
}

#[test]
fn rows_agree_in_the_jit_while_units_are_retired() {
    with_units_retired("JIT, units retired", |bench| {
        bench.some_rows(4, |row| is_data_processing(row) || is_memory(row) || is_simd(row));
    });
}

#[test]
fn sequences_agree_in_the_jit_while_units_are_retired() {
    with_units_retired("JIT, sequences, units retired", |bench| bench.sequences(|rng| sequence::of(rng, |_| true)));
}

#[test]
fn sequences_agree_in_the_jit_with_avx2() {
    Bench::of_engines_with_avx2("JIT with AVX2, sequences").sequences(|rng| sequence::of(rng, |_| true));
}

#[test]
fn exclusive_sequences_agree_in_the_jit() {
    Bench::of_engines("JIT, exclusives").sequences(sequence::exclusives);
}

#[test]
fn system_instructions_agree_in_the_jit() {
    Bench::of_engines("JIT, system").rows(is_system);
}

#[test]
fn memory_moves_agree_in_the_jit() {
    Bench::of_engines("JIT, memory moves").moves();
}

#[test]
fn branches_agree_in_the_jit() {
    Bench::of_engines("JIT, branches").branches();
}

#[test]
fn ways_that_join_agree_in_the_jit() {
    Bench::of_engines("JIT, joined ways").sequences(sequence::joined);
}

#[test]
fn loops_agree_in_the_jit() {
    Bench::of_engines("JIT, loops").sequences(sequence::looped);
}

#[test]
fn flags_whose_registers_are_overwritten_agree_in_the_jit() {
    Bench::of_engines("JIT, registers overwritten").sequences(sequence::overwritten);
}

/// What stands between additions with carry leaves EFLAGS alone.
#[test]
fn carry_chains_agree_in_the_jit() {
    const LINKS: [&str; 8] = ["ADC", "SBC", "ADDS_", "SUBS_", "EXTR", "MADD", "UMULH", "CSE"];
    let is_link = |row: &Row| LINKS.iter().any(|name| row.name.starts_with(name));
    Bench::of_engines("JIT, carry chains").sequences(|rng| sequence::of(rng, is_link));
}

#[test]
fn simd_sequences_agree_in_the_jit() {
    Bench::of_engines("JIT, SIMD sequences").sequences(|rng| sequence::of(rng, is_simd));
}

#[test]
fn signals_stop_translated_code_between_instructions() {
    let place = Place::map();
    let (mut interpreter, mut jit) = (Engine::interpreter(place), Engine::jit(place, HostFeatures::default(), false));
    let rng = &mut Rng::new(setting("EMU_DIFF_SEED", 1));
    let mut count = 0;
    for _ in 0..setting("EMU_DIFF_CASES", 512) / 8 {
        let memory = rng.memory();
        let words = match rng.below(4) {
            0 => sequence::of(rng, |_| true),
            1 => sequence::overwritten(rng),
            _ => sequence::looped(rng),
        };
        let program = program(&words);
        let mut state = State { fpcr: 0, ..rng.state() };
        sequence::aim(place, &mut state, rng);
        let all = interrupt::everywhere(place, (&mut interpreter, &mut jit), (&memory, program, &state), rng);
        count += all.unwrap_or_else(|what| panic!("{words:08x?}: {what}"));
    }
    println!("{count} signals");
    assert!(count > 100);
}
