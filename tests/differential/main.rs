//! Differential test: single instructions on random states, here and on an oracle.
//!
//! Words come from the rows of the decode table with random fields, states from [`generate`]; the
//! interpreter ([`engine`]) and qemu-aarch64 ([`oracle`]) execute them, and every register, flag and
//! status bit must agree. Differences that are the oracle's fault are named in [`exceptions`].
//!
//! A run is a function of its seed. EMU_DIFF_SEED and EMU_DIFF_CASES (cases per row) change it,
//! EMU_DIFF_ROWS restricts it to rows whose name contains one of the comma-separated words. A failure
//! prints the instruction, what differs and the seed.

mod engine;
mod exceptions;
mod generate;
mod oracle;
mod state;

use emu::decode::{Insn, ROWS, Row, decode};
use generate::Rng;
use state::{Outcome, State};

/// States on which one instruction word is tried.
const STATES: usize = 32;
/// Words in a batch.
const WORDS: usize = 256;

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

fn is_selected(row: &Row) -> bool {
    match std::env::var("EMU_DIFF_ROWS") {
        Ok(words) => words.split(',').any(|word| row.name.contains(word)),
        Err(_) => true,
    }
}

/// Runs `cases` per row on all implemented rows that `belongs` picks.
fn compare_rows(group: &str, belongs: impl Fn(&Row) -> bool) {
    let seed = setting("EMU_DIFF_SEED", 1);
    let cases = setting("EMU_DIFF_CASES", 512);
    let mut rng = Rng::new(seed);
    let rows: Vec<_> = ROWS.iter().filter(|row| row.implemented && belongs(row) && is_selected(row)).collect();
    let words_per_row = (cases as usize).div_ceil(STATES);
    // Spread over the run, so that a batch holds many rows.
    let words: Vec<u32> = (0..words_per_row).flat_map(|_| rows.iter()).map(|row| rng.word(row)).collect();

    let mut oracle = oracle::Oracle::start();
    let mut engine = engine::Engine::new();
    let (mut total, mut excused, mut failures) = (0u64, 0u64, Vec::new());
    for words in words.chunks(WORDS) {
        let states: Vec<State> =
            words.iter().flat_map(|_| (0..STATES).map(|_| rng.state()).collect::<Vec<_>>()).collect();
        let expected = oracle.execute(words, &states);
        for (n, (before, expected)) in states.iter().zip(&expected).enumerate() {
            let word = words[n / STATES];
            let actual = engine.execute(word, before);
            total += 1;
            if actual == *expected {
                continue;
            }
            if exceptions::reason(word, before, &actual, expected).is_some() {
                excused += 1;
            } else {
                failures.push((word, *before, actual, *expected));
            }
        }
    }
    println!("{group}: {} rows, {total} cases, seed {seed}, {excused} excused, {} differ", rows.len(), failures.len());
    report(group, seed, &failures);
}

/// Prints a few failures of each row, then fails.
fn report(group: &str, seed: u64, failures: &[(u32, State, Outcome, Outcome)]) {
    let mut seen = std::collections::BTreeMap::new();
    for (word, before, actual, expected) in failures {
        let name = decode(Insn(*word)).map_or("unallocated", |op| op.row().name);
        let count: &mut u32 = seen.entry(name).or_default();
        *count += 1;
        if *count <= 3 {
            eprintln!(
                "\n{name} {word:08x}{}{}",
                state::operands(*word, before),
                state::describe(before, actual, expected)
            );
        }
    }
    let summary: Vec<_> = seen.iter().map(|(name, count)| format!("{name} ({count})")).collect();
    assert!(failures.is_empty(), "{group}, seed {seed}: {} cases differ: {}", failures.len(), summary.join(", "));
}

/// Bits 28:25 tell the major groups apart (C4.1).
fn major(row: &Row) -> u32 {
    row.value >> 25 & 15
}

#[test]
fn data_processing_immediate_agrees_with_the_oracle() {
    compare_rows("immediate", |row| matches!(major(row), 0b1000 | 0b1001) && !row.name.starts_with("ADR"));
}

#[test]
fn data_processing_register_agrees_with_the_oracle() {
    compare_rows("register", |row| matches!(major(row), 0b0101 | 0b1101));
}

#[test]
fn floating_point_and_simd_agree_with_the_oracle() {
    compare_rows("floating point and SIMD", |row| matches!(major(row), 0b0111 | 0b1111));
}
