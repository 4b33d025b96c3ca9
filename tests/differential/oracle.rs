//! The oracle: executor.c under qemu-aarch64 (or what EMU_DIFF_ORACLE names), a pipe to each side.
//!
//! Its ID registers say which features it has; the side under test gets the same ones, so that both are
//! the same processor, and rows of other features are skipped.

use super::place::{MEMORY_SIZE, PROGRAM_WORDS, Place, Program};
use super::state::{OUTCOME_SIZE, Outcome, STATE_SIZE, State};
use emu::cpu::features::IdReg;
use emu::cpu::model::{self, Model};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Once, OnceLock};

/// A running executor.
pub struct Oracle(Child, [u8; ID_REGISTERS]);

/// Bytes of the ID registers that an executor writes first.
const ID_REGISTERS: usize = 8 * IdReg::ALL.len();

/// Makes the processor here the oracle's, once for all tests.
pub fn choose_processor() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let Oracle(_, words) = &Oracle::start(Place::map());
        let words: Vec<u64> = words.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
        let features = Model::identified(|reg| words[IdReg::ALL.iter().position(|r| *r == reg).expect("listed")]);
        model::choose(Model { features, ..Model::default() });
    });
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
        let command = std::env::var("EMU_DIFF_ORACLE").unwrap_or("qemu-aarch64 -cpu max,pauth=off".into());
        let mut words = command.split_whitespace();
        let mut child = Command::new(words.next().expect("EMU_DIFF_ORACLE names a program"))
            .args(words)
            .arg(executor())
            .args([place.memory, place.code(0)].map(|at| format!("{at:#x}")))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("qemu-aarch64, from the package qemu-user");
        let mut words = [0; ID_REGISTERS];
        child.stdout.as_mut().expect("piped").read_exact(&mut words).expect("the executor starts");
        Oracle(child, words)
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
