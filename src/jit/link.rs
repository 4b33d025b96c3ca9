//! All translations of a process: which guest address has a unit, what the units' exits mean, and
//! the jumps between them.
//!
//! One lock guards it; it is taken to translate, to patch, and where a thread's own table of entries
//! misses. Units that exist are never moved or overwritten: invalidation forgets the addresses, so
//! that a thread inside an old unit leaves it in its own time.
#![allow(unsafe_code)]

use super::asm::Asm;
use super::cache::CodeMemory;
use super::entry::{Thread, write_trampolines};
use super::features::HostFeatures;
use super::lower::{Context, Destination, ExitKind, Flags, Lower};
use super::units::{Next, Unit};
use crate::host::raw::HostErrno;
use crate::interp::CodeCache;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What an exit asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// The unit for the pc in the state.
    Anywhere,
    /// The unit for `pc`, and the jump at host address `site` to go there from now on.
    Link {
        /// Guest address.
        pc: u64,
        /// Of the jump's rel32.
        site: u64,
    },
    /// The instruction at `pc` to be interpreted.
    Interpret {
        /// Guest address.
        pc: u64,
    },
}

/// What was translated so far.
#[derive(Clone, Copy, Default, Debug)]
pub struct Stats {
    /// Units.
    pub units: u64,
    /// Guest instructions in them.
    pub instructions: u64,
    /// Bytes of host code.
    pub bytes: u64,
    /// Time it took, in nanoseconds.
    pub nanoseconds: u64,
    /// Instructions left to the interpreter.
    pub interpreted: u64,
}

/// The translations of a process, shared by its threads.
pub struct Translations {
    enter: u64,
    leave: u64,
    inner: Mutex<Inner>,
}

struct Inner {
    memory: CodeMemory,
    entries: HashMap<u64, u64>,
    /// Exit number n is entry n - 1.
    exits: Vec<Way>,
    /// The interpreter's code epoch that the entries belong to.
    epoch: u64,
    /// Counts how often the entries were forgotten.
    generation: u64,
    unit: Unit,
    asm: Asm,
    stats: Stats,
}

impl Translations {
    /// None yet; Err where the host refuses executable memory.
    pub fn new() -> Result<Translations, HostErrno> {
        Self::with_features(HostFeatures::default())
    }

    /// None yet, and no use of other features of the host than these.
    pub fn with_features(features: HostFeatures) -> Result<Translations, HostErrno> {
        let mut memory = CodeMemory::new()?;
        let mut asm = Asm::new(features);
        asm.start(memory.next());
        let leave = write_trampolines(&mut asm);
        let (enter, leave) = (asm.address(0), asm.address(leave));
        memory.append(asm.bytes());
        let inner = Inner {
            memory,
            entries: HashMap::new(),
            exits: Vec::new(),
            epoch: 0,
            generation: 0,
            unit: Unit::default(),
            asm,
            stats: Stats::default(),
        };
        Ok(Translations { enter, leave, inner: Mutex::new(inner) })
    }

    /// Whether this processor has what translated code uses: AVX2, FMA, BMI1 and 2, LZCNT.
    pub fn host_is_capable() -> bool {
        is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds everything still over a fork, so that the child finds it whole.
    pub fn hold(&self) -> impl Drop + '_ {
        self.lock()
    }

    /// Counters.
    pub fn stats(&self) -> Stats {
        self.lock().stats
    }

    /// Forgets all units if the guest has changed code since; the number of times that happened.
    pub fn follow(&self, code: &CodeCache) -> u64 {
        let mut inner = self.lock();
        let epoch = code.epoch();
        if inner.epoch != epoch {
            inner.epoch = epoch;
            inner.generation += 1;
            inner.entries.clear();
        }
        inner.generation
    }

    /// The host address of the unit for `pc`, made if need be; None if there is no code or no room.
    pub fn find(&self, pc: u64, code: &CodeCache) -> Option<u64> {
        self.lock().find(pc, code, self.leave)
    }

    /// Makes a unit's exit a jump to the unit that it asks for.
    pub fn link(&self, way: Way, code: &CodeCache) {
        if let Way::Link { pc, site } = way {
            let mut inner = self.lock();
            if let Some(host) = inner.find(pc, code, self.leave) {
                inner.memory.patch(site, host);
            }
        }
    }

    /// Runs units from `host`, which [`Translations::find`] gave, until one leaves.
    pub fn enter(&self, thread: &mut Thread, host: u64) -> Way {
        // SAFETY: units stay where they are for as long as `self` lives, and the caller has the
        // address from `find`.
        let number = unsafe { thread.enter(self.enter, host) };
        let index = (number as usize).checked_sub(1);
        let inner = self.lock();
        index.and_then(|i| inner.exits.get(i)).copied().unwrap_or(Way::Anywhere)
    }
}

impl Inner {
    fn find(&mut self, pc: u64, code: &CodeCache, leave: u64) -> Option<u64> {
        if let Some(&host) = self.entries.get(&pc) {
            return Some(host);
        }
        let start = Instant::now();
        let host = self.translate(pc, code, leave);
        self.stats.nanoseconds += start.elapsed().as_nanos() as u64;
        host
    }

    fn translate(&mut self, pc: u64, code: &CodeCache, leave: u64) -> Option<u64> {
        if !self.unit.build(pc, &|pc| code.notice(pc)) {
            return None;
        }
        let Inner { memory, entries, exits, unit, asm, stats, .. } = self;
        let base = memory.next();
        asm.start(base);
        let mut lower = Lower::new(asm, &unit.rec, unit.steps.len(), leave);
        let live_at = |n: u16| unit.steps.get(n as usize).is_some_and(|s| s.live_in);
        let outside = |pc: u64| entries.get(&pc).map_or(Destination::Guest(pc), |&host| Destination::Unit(host));
        let mut falls = false;
        for (i, step) in unit.steps.iter().enumerate() {
            if step.joins || step.entry {
                if falls && step.live_in {
                    lower.save_flags_for_join();
                }
                (lower.flags, lower.zeros) = (Flags::SAVED, step.zeros);
            }
            lower.label(i);
            let target = match (step.target, step.record.target) {
                _ if step.elided => None,
                (Some(to), _) => Some(Destination::Inside(to, live_at(to))),
                (None, to) => to.map(outside),
            };
            lower.instruction(Context { record: &step.record, live_in: step.live_in, live_out: step.live_out, target });
            match step.next {
                Next::Inside(to) => lower.goto(Destination::Inside(to, live_at(to))),
                Next::Leaves(pc) => lower.goto(outside(pc)),
                Next::Falls | Next::Ends => {}
            }
            falls = step.next == Next::Falls;
        }
        lower.finish();
        let (labels, ways) = (std::mem::take(&mut lower.labels), std::mem::take(&mut lower.exits));
        for exit in ways {
            exits.push(match exit.kind {
                ExitKind::Link(site) => Way::Link { pc: exit.pc, site: asm.address(site.0) },
                ExitKind::Interpret => Way::Interpret { pc: exit.pc },
            });
            stats.interpreted += (exit.kind == ExitKind::Interpret) as u64;
            asm.set_u32(exit.number_at, exits.len() as u32);
        }
        if !memory.append(asm.bytes()) {
            return None;
        }
        for (step, label) in unit.steps.iter().zip(labels) {
            if step.entry {
                entries.entry(step.record.pc).or_insert(base + label as u64);
            }
        }
        stats.units += 1;
        stats.instructions += unit.steps.len() as u64;
        stats.bytes += asm.len() as u64;
        Some(base)
    }
}
