//! All translations of a process: which guest address has a unit, the jumps between units, and what
//! becomes of a unit when its code changes or its memory is wanted.
//!
//! One lock guards it; it is taken to translate, to patch, when code changes, and where a thread's own
//! table of entries misses.
//!
//! A unit is *retired* when the guest changes a byte that it was made from ([`Translations::forget`]),
//! or when its segment of the code memory is to be filled again: its entries are forgotten, jumps to it
//! go to their stubs again, and every thread is kicked out of translated code. Its memory stays as
//! it is until all threads have been outside ([`CodeCache::has_passed`]), so whoever is still in it
//! leaves it unharmed, as the architecture permits until a thread synchronises. Where code is only mapped or
//! protected otherwise its units *sleep*: the same, but they come back if their code is wanted and still the
//! same. (LuaJIT makes its code writable for every jump that it patches.) A segment is emptied
//! when the one before it is half full, so that by the time it is needed it is out of use; if it is
//! not, new code is interpreted meanwhile, and nobody waits for anybody.
#![allow(unsafe_code)]

use super::asm::Asm;
use super::cache::{CodeMemory, SEGMENT, SEGMENTS};
use super::entry::{Jumps, Thread};
use super::features::HostFeatures;
use super::known;
use super::lower::{Bring, Buffers, Context, Destination, Flags, Lower};
use super::observe::{Observed, Observer, Translated};
use super::passages::Passages;
use super::stress::Stress;
use super::text::{Mode, PAGE, TRAPS, Text, key, mode_of, pc_of};
use super::trampolines::{Trampolines, write_trampolines};
use super::units::{Next, Step, Unit, Wants};
use crate::host::Lock;
use crate::host::lock::LockGuard;
use crate::host::raw::HostErrno;
use crate::interp::code::{Change, Follower};
use crate::interp::{CodeCache, heat};
use crate::memory::addr::AddressMap;
use std::cell::{Cell, OnceCell};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Instant;

/// Bytes that a segment has left, at least, when a unit is begun: more than any unit takes.
const UNIT_ROOM: usize = 512 << 10;
/// The first unit costs a quarter of a millisecond, and a small program has ended by then: the first so many times what is
/// hot has to become so once more.
const PATIENCE: u8 = 100;
/// The first so many units cost several times what later ones do, as all that makes them is touched for the
/// first time; a program that is over soon is the quicker with fewer of them.
const FIRST_UNITS: u64 = 200;
/// What makes code hot once the code memory has been full: what is translated may have to go before it has gained what
/// that cost, so it is first interpreted for about as long as translating it takes.
const HOT_IF_FULL: u8 = 240;
/// So many branches have to go once more to what is inside a new unit before it gets one of its own.
const AGAIN: u8 = 4;
/// They are of code that is hotter by this.
const HOTTER: u8 = 4;
/// Retired entries that are remembered one by one; a thread that has missed more empties its table.
const REMEMBERED: usize = 4096;

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
    /// Units that were retired because their code changed.
    pub retired: u64,
    /// Segments that were emptied to be filled again.
    pub recycled: u64,
    /// Times that the guest said that it had changed code.
    pub flushes: u64,
}

/// The translations of a process, shared by its threads.
pub struct Translations {
    trampolines: Trampolines,
    /// Counts retired entries.
    retirements: AtomicU64,
    atomic_pairs: bool,
    hot: u8,
    /// What makes code hot now.
    hot_now: AtomicU8,
    /// So many times what is hot is to be interpreted on.
    patience: AtomicU8,
    observed: Observed,
    pub(super) stress: Option<Stress>,
    inner: Lock<Inner>,
}

/// A way into a unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntryPoint {
    host: u64,
    unit: u32,
    /// What is wanted of the flags there.
    wants: Wants,
}

/// What has to be known of a unit to retire it.
struct Record {
    host: u64,
    /// What it was made from.
    text: Passages,
    /// Its entries, by their keys.
    entries: Vec<(u64, EntryPoint)>,
    /// Nobody can enter it: its entries are among [`Inner::sleeping`].
    is_asleep: bool,
    /// Jumps to it: the host address of the rel32, and where it goes without the unit.
    incoming: Vec<(u64, u64)>,
}

struct Inner {
    memory: CodeMemory,
    /// By [`key`].
    entries: AddressMap<EntryPoint>,
    units: Vec<Option<Record>>,
    free_units: Vec<u32>,
    /// Sleeping units, by the keys of their entries.
    sleeping: AddressMap<u32>,
    /// Units made from a page, by its address.
    pages: AddressMap<Vec<u32>>,
    /// Traps that instructions have caused.
    traps: AddressMap<u8>,
    may_look_at_fpsr: OnceCell<bool>,
    /// The last retired keys.
    log: VecDeque<u64>,
    /// The segment that was emptied last, and the epoch after which it is out of use.
    emptied: Option<(usize, u64)>,
    unit: Unit,
    asm: Asm,
    buffers: Buffers,
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
        asm.start(memory.head());
        let trampolines = write_trampolines(&mut asm);
        memory.write_head(asm.bytes());
        let inner = Inner {
            memory,
            entries: AddressMap::default(),
            sleeping: AddressMap::default(),
            units: Vec::new(),
            free_units: Vec::new(),
            pages: AddressMap::default(),
            traps: AddressMap::default(),
            may_look_at_fpsr: OnceCell::new(),
            log: VecDeque::new(),
            emptied: None,
            unit: Unit::default(),
            asm,
            buffers: Buffers::default(),
            stats: Stats::default(),
        };
        Ok(Translations {
            trampolines,
            retirements: AtomicU64::new(0),
            atomic_pairs: false,
            hot: 0,
            hot_now: AtomicU8::new(0),
            patience: AtomicU8::new(0),
            observed: Observed::default(),
            stress: Stress::wanted(),
            inner: Lock::new(inner),
        })
    }

    fn lock(&self) -> LockGuard<'_, Inner> {
        self.inner.lock()
    }

    /// Holds everything still over a fork, so that the child finds it whole.
    pub fn hold(&self) -> impl Drop + '_ {
        self.lock()
    }

    /// Where units leave to.
    pub fn leave(&self) -> u64 {
        self.trampolines.leave
    }

    /// Whether pairs of registers are loaded and stored by one access; before there is a unit.
    pub fn set_atomic_pairs(&mut self, atomic: bool) {
        self.atomic_pairs = atomic;
    }

    /// Code is interpreted until branches have gone to it so many times; before there is a thread.
    pub fn set_hot(&mut self, times: u8) {
        self.hot = times;
        *self.hot_now.get_mut() = times.saturating_mul(HOTTER);
        *self.patience.get_mut() = if times > 0 { PATIENCE } else { 0 };
    }

    /// See [`Translations::set_hot`].
    pub fn hot(&self) -> u8 {
        self.hot
    }

    /// How many times it is now.
    pub fn hot_now(&self) -> u8 {
        self.hot_now.load(Ordering::Relaxed)
    }

    /// Whether what is hot is translated by now.
    pub fn has_begun(&self) -> bool {
        let less = self.patience.load(Ordering::Relaxed).checked_sub(1);
        less.inspect(|&less| self.patience.store(less, Ordering::Relaxed)).is_none()
    }

    /// Has exits and calls of the interpreter counted, and tells `observer` of each unit; before there
    /// is one.
    pub fn observe(&mut self, counts: bool, observer: Option<&'static dyn Observer>) {
        self.observed = Observed::new(counts, observer);
        self.trampolines.counts = self.observed.counts_at();
    }

    /// What is observed.
    pub fn observed(&self) -> &Observed {
        &self.observed
    }

    /// Counters.
    pub fn stats(&self) -> Stats {
        self.lock().stats
    }

    /// How many entries have been retired.
    pub fn retirements(&self) -> u64 {
        self.retirements.load(Ordering::SeqCst)
    }

    /// Takes out of a thread's tables what was retired since it last did.
    pub fn catch_up(&self, thread: &mut Thread) {
        let seen = thread.seen;
        if self.retirements() == seen {
            return;
        }
        let inner = self.lock();
        let now = self.retirements();
        let missed = (now - seen) as usize;
        if missed > inner.log.len() {
            thread.forget_entries();
        } else {
            inner.log.iter().rev().take(missed).for_each(|key| thread.forget_entry(pc_of(*key), mode_of(*key)));
        }
        thread.seen = now;
    }

    /// The host address of the unit for `pc`, made if need be; None if there is no code or no room.
    pub fn find(&self, pc: u64, mode: Mode, code: &CodeCache) -> Option<u64> {
        self.lock().find(self, pc, mode, code).map(|entry| entry.host)
    }

    /// Makes a unit for `pc`, whether there is one or not, and shows it; false if there is no code or no room.
    pub fn show(&self, pc: u64, code: &CodeCache, observer: &dyn Observer) -> bool {
        let mut inner = self.lock();
        pc & 3 == 0
            && inner.make_room(self, code)
            && inner.translate(self, pc, Mode::Plain, code, Some(observer)).is_some()
    }

    /// Whether there is, or sleeps, a unit that begins at `pc`.
    pub fn has(&self, pc: u64, mode: Mode) -> bool {
        if pc & 3 != 0 || !known::may_have(pc) {
            return false;
        }
        let (inner, key) = (self.lock(), key(pc, mode));
        inner.entries.contains_key(&key) || inner.sleeping.contains_key(&key)
    }

    /// Finds or makes the unit for `pc`, and lets jumps go there from now on; unless the number of
    /// retirements is no longer `seen`, as then they themselves may be gone.
    pub fn link(&self, pc: u64, mode: Mode, jumps: Jumps, seen: u64, code: &CodeCache) -> Option<u64> {
        let mut inner = self.lock();
        let entry = inner.find(self, pc, mode, code)?;
        if self.retirements() == seen {
            inner.connect(entry, jumps);
        }
        Some(entry.host)
    }

    /// Takes note that the instruction at `pc` caused an exception that the guest does not see. If it
    /// does so again its units are made anew, carefully.
    pub fn note_trap(&self, pc: u64, code: &CodeCache) {
        let mut inner = self.lock();
        let traps = inner.traps.entry(pc).or_default();
        *traps = traps.saturating_add(1);
        if *traps == TRAPS {
            inner.forget(self, pc, pc.wrapping_add(4), Change::Meaning, code);
        }
    }

    /// Retires the units that were made from code in `[start, end)`, as far as the change asks for it.
    pub fn forget(&self, start: u64, end: u64, change: Change, code: &CodeCache) {
        let mut inner = self.lock();
        inner.stats.flushes += 1;
        inner.forget(self, start, end, change, code);
    }

    /// Retires or puts to sleep the unit that a random number picks.
    pub fn retire_any(&self, random: u64, code: &CodeCache) {
        let mut inner = self.lock();
        let count = inner.units.len() as u64;
        if let Some(id) = random.checked_rem(count)
            && let Some(Some(record)) = inner.units.get(id as usize)
        {
            let sleeps = (random / count) & 1 == 0 && !record.is_asleep && !code.has_guards();
            inner.stats.retired += 1;
            if sleeps {
                inner.put_to_sleep(self, id as u32)
            } else {
                inner.retire(self, id as u32)
            }
            code.new_epoch();
        }
    }

    /// Runs units from `host`, which is the thread's entry for its pc, until one leaves; None if an
    /// access of the interpreter faulted meanwhile.
    pub fn enter(&self, thread: &mut Thread, host: u64) -> Option<u32> {
        // SAFETY: the thread is inside (`Interp::enter`) since before it looked `host` up in its own
        // table, from which retired units are taken first, or got it from `find`; so the unit stays.
        unsafe { thread.enter(&self.trampolines, host) }
    }
}

/// Tells the translations of changes to the code they were made from.
pub struct Following {
    /// The translations.
    pub translations: &'static Translations,
    /// The code.
    pub code: &'static CodeCache,
}

impl Follower for Following {
    fn forget(&self, start: u64, end: u64, change: Change) {
        self.translations.forget(start, end, change, self.code);
    }
}

impl Inner {
    fn find(&mut self, all: &Translations, pc: u64, mode: Mode, code: &CodeCache) -> Option<EntryPoint> {
        if pc & 3 != 0 {
            return None;
        }
        if let Some(&entry) = self.entries.get(&key(pc, mode)) {
            return Some(entry);
        }
        if let Some(entry) = self.awaken(all, key(pc, mode), code) {
            return Some(entry);
        }
        if !self.make_room(all, code) {
            return None;
        }
        let start = Instant::now();
        let observer = all.observed.observer().map(|observer| observer as &dyn Observer);
        let entry = self.translate(all, pc, mode, code, observer);
        if self.stats.units >= FIRST_UNITS && self.stats.recycled == 0 {
            all.hot_now.store(all.hot, Ordering::Relaxed);
        }
        self.stats.nanoseconds += start.elapsed().as_nanos() as u64;
        entry
    }

    fn translate(
        &mut self,
        all: &Translations,
        pc: u64,
        mode: Mode,
        code: &CodeCache,
        observer: Option<&dyn Observer>,
    ) -> Option<EntryPoint> {
        let text = Text {
            code,
            traps: &self.traps,
            entries: &self.entries,
            breakpoints: code.breakpoints(),
            mode,
            atomic_pairs: all.atomic_pairs,
            may_look_at_fpsr: &self.may_look_at_fpsr,
            is_interpreted_first: all.hot > 0,
            page: Cell::new(None),
        };
        if !self.unit.build(pc, &text) {
            return None;
        }
        let Inner { memory, entries, unit, asm, stats, buffers, .. } = self;
        let base = memory.next();
        asm.start(base);
        let mut lower = Lower::new(asm, &unit.rec, unit.steps.len(), all.trampolines, std::mem::take(buffers));
        let inside = |n: u16| Destination::Inside(n, unit.steps.get(n as usize).map_or(Bring::Nothing, brings));
        let mut falls = false;
        for (i, step) in unit.steps.iter().enumerate() {
            let distance = (step.record.pc.wrapping_sub(pc) as i64 / 4) as i16;
            if step.joins || step.entry {
                if falls {
                    lower.bring(brings(step));
                }
                match step.carried {
                    Some(form) if step.entry => lower.enter_carried(i as u16, distance, form),
                    Some(form) if step.is_open() => lower.enter_carried_later(i as u16, form),
                    _ => {}
                }
                let flags = if step.inherits { lower.inherited(i as u16) } else { None };
                lower.flags = flags.unwrap_or(Flags::brought(brings(step)));
                lower.note_source();
                (lower.zeros, lower.round) = (step.zeros, None);
                lower.forget_constants();
            }
            if step.loops {
                lower.asm.align_loop();
            }
            lower.label(i, distance, step.wanted_in, !step.is_swapped);
            let kept = i.checked_sub(1).and_then(|before| unit.steps.get(before)).and_then(|before| before.keeps);
            let is_swapped = step.is_swapped || unit.steps.get(i + 1).is_some_and(|next| next.is_swapped);
            let target = match (step.target, step.record.target) {
                _ if step.elided => None,
                (Some(to), _) => Some(inside(to)),
                (None, to) => to.map(Destination::Guest),
            };
            lower.instruction(Context {
                record: &step.record,
                wanted_in: step.wanted_in,
                wanted_out: step.wanted_out,
                again: step.again,
                costs_flags: step.costs_flags,
                is_swapped,
                keeps: step.keeps,
                kept,
                target,
            });
            match step.next {
                Next::Inside(to) => lower.goto(inside(to)),
                Next::Leaves(pc) => lower.goto(Destination::Guest(pc)),
                Next::Falls | Next::Ends => {}
            }
            falls = step.next == Next::Falls;
        }
        lower.finish();
        let (needs_order, unlowered) = (lower.needs_order, lower.unlowered);
        let interpreted = lower.interpreted;
        *buffers = lower.into_buffers();
        if needs_order || unlowered.is_some() {
            unit.keeps_order |= needs_order;
            unit.rec.unlowered.extend(unlowered);
            return self.translate(all, pc, mode, code, observer);
        }
        (unit.keeps_order, unit.rec.unlowered) = (false, Vec::new());
        stats.interpreted += interpreted;
        let Buffers { labels, points, sources, entrances, .. } = &*buffers;
        if !memory.append(pc, asm.bytes(), points, sources) {
            return None;
        }
        if let Some(observer) = observer {
            let end = points.last().map_or(asm.len() as u32, |last| last.offset);
            let steps = unit.steps.iter().zip(labels).map(|(s, &at)| (s.record.pc, s.record.word, at)).collect();
            observer.translated(&Translated { host: base, code: asm.bytes(), steps, end });
        }
        let id = self.free_units.pop().unwrap_or(self.units.len() as u32);
        let mut keys = Vec::with_capacity(unit.steps.iter().filter(|step| step.is_open()).count());
        for ((n, step), label) in (0u16..).zip(&unit.steps).zip(labels) {
            if step.is_open() {
                let key = key(step.record.pc, mode);
                let entrance = entrances.iter().find(|&&(step, _)| step == n).map_or(*label, |&(_, at)| at);
                entries.entry(key).or_insert_with(|| {
                    let host = base + u64::from(entrance);
                    let entry = EntryPoint { host, unit: id, wants: step.wants() };
                    keys.push((key, entry));
                    known::note(step.record.pc);
                    heat::heat_up(step.record.pc);
                    entry
                });
            } else if step.joins {
                // It had become hot on the way that the unit is for. What comes there otherwise, as each child of a fork
                // does, may never do so again.
                heat::cool_to(step.record.pc, all.hot_now().saturating_sub(AGAIN));
            }
        }
        stats.units += 1;
        stats.instructions += unit.steps.len() as u64;
        stats.bytes += asm.len() as u64;
        let record =
            Record { host: base, text: unit.text.clone(), entries: keys, is_asleep: false, incoming: Vec::new() };
        for page in record.text.pages() {
            self.pages.entry(page).or_default().push(id);
        }
        match self.units.get_mut(id as usize) {
            Some(place) => *place = Some(record),
            None => self.units.push(Some(record)),
        }
        let links = std::mem::take(&mut self.buffers.links);
        for link in &links {
            if known::may_have(link.pc)
                && let Some(&to) = self.entries.get(&key(link.pc, mode))
            {
                self.connect(to, link.jumps(base));
            }
        }
        self.buffers.links = links;
        self.entries.get(&key(pc, mode)).copied()
    }

    /// Lets the jumps of a direct branch go to an entry, which says what they have to do about the flags.
    fn connect(&mut self, to: EntryPoint, jumps: Jumps) {
        self.patch(to, jumps.last);
        match (jumps.bypass, jumps.named) {
            (Some(jump), _) if to.wants == Wants::Nothing => self.patch(to, jump),
            (Some(jump), Some((named, naming, needed))) if to.wants.allows(needed) => {
                self.patch(to, named);
                self.patch(EntryPoint { host: naming, ..to }, jump);
            }
            _ => {}
        }
    }

    /// Lets a jump, which goes to its stub otherwise, go to an entry.
    fn patch(&mut self, to: EntryPoint, (site, stub): (u64, u64)) {
        self.memory.patch(site, to.host);
        if let Some(Some(unit)) = self.units.get_mut(to.unit as usize) {
            unit.incoming.push((site, stub));
        }
    }

    // ── units that end ─────────────────────────────────────────────────────────────────────────

    fn forget(&mut self, all: &Translations, start: u64, end: u64, change: Change, code: &CodeCache) {
        let first = start & !(PAGE - 1);
        let pages: Vec<u64> = if (end.saturating_sub(first) / PAGE) as usize > self.pages.len() {
            self.pages.keys().copied().filter(|&page| page >= first && page < end).collect()
        } else {
            (first..end).step_by(PAGE as usize).filter(|page| self.pages.contains_key(page)).collect()
        };
        let mut gone = Vec::new();
        for unit in pages.iter().filter_map(|page| self.pages.get(page)).flatten() {
            let is_gone = |record: &Record| match change {
                Change::Meaning => true,
                // It is looked at when it is to awaken.
                _ if record.is_asleep => false,
                Change::Written => !record.text.is_in_memory(start, end),
                Change::Mapped => true,
            };
            let Some(Some(record)) = self.units.get(*unit as usize) else { continue };
            if record.text.overlaps(start, end) && is_gone(record) && !gone.contains(unit) {
                gone.push(*unit);
            }
        }
        if gone.is_empty() {
            return;
        }
        self.stats.retired += gone.len() as u64;
        // What is made of code depends on which pages are guarded, too.
        let may_sleep = change == Change::Mapped && !code.has_guards();
        for unit in gone {
            if may_sleep { self.put_to_sleep(all, unit) } else { self.retire(all, unit) }
        }
        code.new_epoch();
    }

    fn retire(&mut self, all: &Translations, id: u32) {
        let Some(mut record) = self.units.get_mut(id as usize).and_then(Option::take) else { return };
        if record.is_asleep {
            for (key, _) in &record.entries {
                if self.sleeping.get(key) == Some(&id) {
                    self.sleeping.remove(key);
                }
            }
        } else {
            self.close(all, &mut record);
        }
        for page in record.text.pages() {
            if let Some(units) = self.pages.get_mut(&page) {
                units.retain(|&unit| unit != id);
                if units.is_empty() {
                    self.pages.remove(&page);
                }
            }
        }
        self.free_units.push(id);
    }

    /// Takes back all ways into a unit.
    fn close(&mut self, all: &Translations, record: &mut Record) {
        for (site, stub) in record.incoming.drain(..) {
            self.memory.patch(site, stub);
        }
        for &(key, _) in &record.entries {
            self.entries.remove(&key);
            self.log.push_back(key);
            if self.log.len() > REMEMBERED {
                self.log.pop_front();
            }
            all.retirements.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn put_to_sleep(&mut self, all: &Translations, id: u32) {
        let Some(mut record) = self.units.get_mut(id as usize).and_then(Option::take) else { return };
        self.close(all, &mut record);
        record.is_asleep = true;
        let older: Vec<u32> = record.entries.iter().filter_map(|(key, _)| self.sleeping.insert(*key, id)).collect();
        if let Some(place) = self.units.get_mut(id as usize) {
            *place = Some(record);
        }
        older.into_iter().for_each(|unit| self.retire(all, unit));
    }

    /// Opens the sleeping unit that has this entry, if its code may be executed and is what it was; else it
    /// ends.
    fn awaken(&mut self, all: &Translations, key: u64, code: &CodeCache) -> Option<EntryPoint> {
        let id = *self.sleeping.get(&key)?;
        let record = self.units.get_mut(id as usize).and_then(Option::as_mut)?;
        if code.has_guards()
            || !record.text.pages().into_iter().all(|page| code.is_executable(page))
            || !record.text.is_in_memory(0, u64::MAX)
        {
            self.retire(all, id);
            return None;
        }
        record.is_asleep = false;
        let Inner { entries, sleeping, .. } = self;
        record.entries.retain(|&(key, entry)| {
            sleeping.remove(&key);
            let is_free = !entries.contains_key(&key);
            if is_free {
                entries.insert(key, entry);
            }
            is_free
        });
        self.entries.get(&key).copied()
    }

    /// Sees to it that the next unit has room; false if it has none now.
    fn make_room(&mut self, all: &Translations, code: &CodeCache) -> bool {
        if self.emptied.is_none() && self.memory.room() < SEGMENT / 2 {
            self.empty((self.memory.segment() + 1) % SEGMENTS, all, code);
        }
        if self.memory.room() >= UNIT_ROOM {
            return true;
        }
        match self.emptied {
            Some((_, epoch)) if code.has_passed(epoch) => {
                self.emptied = None;
                self.memory.advance();
                true
            }
            _ => false,
        }
    }

    /// Retires what is in a segment, and all that may still patch jumps in it.
    fn empty(&mut self, segment: usize, all: &Translations, code: &CodeCache) {
        let Inner { memory, units, .. } = &*self;
        let lies_in = |record: &Record| memory.segment_of(record.host) == segment;
        let gone: Vec<u32> =
            (0u32..).zip(units).filter(|(_, unit)| unit.as_ref().is_some_and(lies_in)).map(|(id, _)| id).collect();
        if !gone.is_empty() {
            self.stats.recycled += 1;
            if all.hot > 0 {
                all.hot_now.store(HOT_IF_FULL, Ordering::Relaxed);
            }
        }
        for &id in &gone {
            let entries = self.units.get(id as usize).and_then(Option::as_ref).map(|record| &record.entries);
            entries.into_iter().flatten().for_each(|&(key, _)| heat::cool_to(pc_of(key), 0));
            self.retire(all, id);
        }
        let Inner { memory, units, .. } = self;
        for unit in units.iter_mut().flatten() {
            unit.incoming.retain(|&(site, _)| memory.segment_of(site) != segment);
        }
        let epoch = if gone.is_empty() { code.epoch() } else { code.new_epoch() };
        self.emptied = Some((segment, epoch));
    }
}

/// Where a step that ways join at expects the flags.
fn brings(step: &Step) -> Bring {
    match (step.carried, step.wants()) {
        (Some(form), _) => Bring::Carried(form),
        (None, Wants::Nothing) => Bring::Nothing,
        _ if step.inherits => Bring::Inherited,
        (None, Wants::Shown(spoils)) => Bring::Named(spoils),
        (None, Wants::All) => Bring::Saved,
    }
}
