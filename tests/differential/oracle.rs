//! The oracle: executor.c under qemu-aarch64 (or what EMU_DIFF_ORACLE names), a pipe to each side.
//!
//! Its ID registers say which features it has; rows of others are skipped. The side under test gets the
//! same ones, and those that only add instructions, which the JIT is tested on too. Its keys of pointer
//! authentication are found out ([`super::keys`]).

use super::keys;
use super::place::{MEMORY_SIZE, PROGRAM_WORDS, Place, Program};
use super::state::{OUTCOME_SIZE, Outcome, STATE_SIZE, State};
use emu::cpu::features::{Feature, FeatureSet, IdReg};
use emu::cpu::model::{self, Model};
use emu::decode::ROWS;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// A running executor.
pub struct Oracle(Child, [u8; INTRODUCTION]);

/// What an executor writes first: its ID registers, and AT_RANDOM's bytes.
const INTRODUCTION: usize = 8 * IdReg::ALL.len() + 16;

/// What is known of the oracle.
pub struct Processor {
    /// Its features, as far as its registers tell.
    pub features: FeatureSet,
    /// Its keys of pointer authentication.
    pub keys: Option<[u128; 5]>,
}

/// What runs executors.
fn command() -> String {
    const DEFAULT: &str = "qemu-aarch64 -seed 4294967297 -cpu max,pauth-impdef=off";
    std::env::var("EMU_DIFF_ORACLE").unwrap_or(DEFAULT.into())
}

/// The oracle's processor, which once for all tests becomes that of this process.
pub fn processor() -> &'static Processor {
    static FOUND: OnceLock<Processor> = OnceLock::new();
    FOUND.get_or_init(|| {
        let Oracle(_, bytes) = &Oracle::start(Place::map());
        let (registers, random) = bytes.split_at(INTRODUCTION - 16);
        let words: Vec<u64> = registers.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let features = Model::identified(|reg| words[IdReg::ALL.iter().position(|r| *r == reg).expect("listed")]);
        // A feature with rows of its own changes nothing else.
        let has_rows = |feature: &&Feature| ROWS.iter().any(|row| row.feature == **feature);
        let all = Feature::ALL.iter().filter(has_rows).fold(features, |set, &feature| set.with(feature));
        model::choose(Model { features: all, ..Model::default() });
        Processor { features, keys: keys::drawn(&command(), random) }
    })
}

/// Builds the executor once for all tests.
fn executor() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/executor.c");
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential-executor");
        let status = Command::new("aarch64-linux-gnu-gcc")
            .args(["-O2", "-static", "-o"])
            .args([program.as_os_str(), source.as_ref()])
            .status()
            .expect("aarch64-linux-gnu-gcc, from the package gcc-aarch64-linux-gnu");
        assert!(status.success(), "the executor does not compile");
        program
    })
}

impl Oracle {
    /// Starts an executor that works at the same addresses as `place`.
    pub fn start(place: Place) -> Oracle {
        let command = command();
        let mut words = command.split_whitespace();
        let mut child = Command::new(words.next().expect("EMU_DIFF_ORACLE names a program"))
            .args(words)
            .arg(executor())
            .args([place.memory, place.code(0)].map(|at| format!("{at:#x}")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("qemu-aarch64, from the package qemu-user");
        let mut introduction = [0; INTRODUCTION];
        child.stdout.as_mut().expect("piped").read_exact(&mut introduction).expect("the executor starts");
        Oracle(child, introduction)
    }

    /// Executes each program on its share of the states, each with this memory.
    pub fn execute(&mut self, memory: &[u8; MEMORY_SIZE], programs: &[Program], states: &[State]) -> Vec<Outcome> {
        let mut request =
            Vec::with_capacity(MEMORY_SIZE + programs.len() * PROGRAM_WORDS * 4 + states.len() * STATE_SIZE);
        request.extend((programs.len() as u32).to_le_bytes());
        request.extend(((states.len() / programs.len()) as u32).to_le_bytes());
        request.extend(memory);
        programs.as_flattened().iter().for_each(|word| request.extend(word.to_le_bytes()));
        states.iter().for_each(|state| state.write(&mut request));
        // The executor reads all of a batch before it answers.
        let input = self.0.stdin.as_mut().expect("piped");
        input.write_all(&request).and_then(|()| input.flush()).expect("the executor reads its batch");
        let mut answer = vec![0; states.len() * OUTCOME_SIZE];
        self.0.stdout.as_mut().expect("piped").read_exact(&mut answer).expect("the executor answers");
        answer.chunks_exact(OUTCOME_SIZE).map(Outcome::read).collect()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}
