//! Flags that are computed again from the registers that an instruction has left are those that it set
//! (`jit::again`).

use super::engine::Engine;
use super::generate::Rng;
use super::place::Place;
use super::{program, setting};
use emu::cpu::CpuState;
use emu::decode::{Insn, ROWS, decode};
use emu::jit::again::{self, Again, Held};
use emu::jit::ir::Recorder;

#[test]
fn flags_come_out_again_as_they_were() {
    let place = Place::map();
    let mut interpreter = Engine::interpreter(place);
    let rng = &mut Rng::new(setting("EMU_DIFF_SEED", 1));
    let mut told = std::collections::BTreeMap::<_, u32>::new();
    for row in ROWS.iter() {
        for _ in 0..setting("EMU_DIFF_CASES", 512) / 2 {
            // One register often serves twice.
            let word = rng.word(row);
            let word = if rng.one_in(3) { (word & !0x1f | word >> 5 & 0x1f) & !row.mask | row.value } else { word };
            let mut rec = Recorder::default();
            let record = rec.record(0, word);
            let is_told = record.writes_flags && Again::of(&rec, &record).is_some();
            if !is_told || decode(Insn(word)).map(|op| op.row().name) != Some(row.name) {
                continue;
            }
            let memory = rng.memory();
            interpreter.load(&memory, &[program(&[word])]);
            let before = rng.state();
            let after = interpreter.execute(0, &before).after;
            let cpu = CpuState { x: after.x, sp: after.sp, v: after.v, fpcr: after.fpcr, ..CpuState::default() };
            let held = Held { cpu: &cpu, places: &again::Place::NONE, kept: &Default::default() };
            let flags = again::flags(word, held).map(|nzcv| u64::from(nzcv.0));
            assert_eq!(flags, Some(after.nzcv), "{word:08x} {}", row.name);
            *told.entry(row.name).or_default() += 1;
        }
    }
    println!("{told:?}");
    // ADDS, SUBS, ANDS and BICS in all their forms, FCMP and FCMPE.
    assert!(told.len() >= 10, "{told:?}");
}
