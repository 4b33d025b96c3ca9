//! What is told of translated code: `-d in_asm,out_asm` (guest code beside what became of it), names for
//! `perf` (`--perfmap`, `--jitdump`), and counts at the end (`-d stats`).

use crate::decode::ROWS;
use crate::decode::print::host_lines;
use crate::interp::CodeCache;
use crate::jit::link::Translations;
use crate::jit::observe::{Observer, Translated};
use crate::trace::log::{self, Item};
use crate::trace::perf::{Dump, Map};
use crate::trace::symbols::Symbols;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

/// Asks the translations for what the command line wants to see of them.
pub fn prepare(translations: &mut Translations) {
    let wanted = [Item::InAsm, Item::OutAsm, Item::PerfMap, Item::JitDump].into_iter().any(log::is_on);
    let observer = wanted.then(|| &*Box::leak(Box::<Teller>::default()) as &dyn Observer);
    translations.observe(log::is_on(Item::Stats), observer);
}

/// Writes what is asked for.
#[derive(Default)]
struct Teller(Mutex<Files>);

#[derive(Default)]
struct Files {
    symbols: Symbols,
    map: Map,
    dump: Dump,
}

impl Observer for Teller {
    fn translated(&self, unit: &Translated) {
        let first = unit.steps.first().map_or(0, |&(pc, ..)| pc);
        if (log::is_on(Item::InAsm) || log::is_on(Item::OutAsm)) && log::ranges().contain(first) {
            let item = if log::is_on(Item::InAsm) { Item::InAsm } else { Item::OutAsm };
            log::write(item, format_args!("{}", listing(unit, log::is_on(Item::InAsm), log::is_on(Item::OutAsm))));
        }
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if log::is_on(Item::PerfMap) {
            let ranges = named(unit, &mut files.symbols);
            files.map.add(&ranges.into_iter().map(|(at, len, name)| (unit.host + at, len, name)).collect::<Vec<_>>());
        }
        if log::is_on(Item::JitDump) {
            for (at, len, name) in named(unit, &mut files.symbols) {
                let code = unit.code.get(at as usize..(at + len) as usize).unwrap_or_default();
                files.dump.add(unit.host + at, code, &name);
            }
        }
    }
}

/// The unit's instructions, each followed by its host code.
fn listing(unit: &Translated, guest: bool, host: bool) -> String {
    let mut out = String::new();
    let first = unit.steps.first().map_or(0, |&(pc, ..)| pc);
    let _ = writeln!(out, "unit {first:016x}: {} instructions, {} bytes", unit.steps.len(), unit.code.len());
    let tail = unit.code.get(unit.end as usize..).unwrap_or_default();
    let list = |at: u32, code: &[u8], out: &mut String| {
        for (address, text) in host_lines(unit.host + u64::from(at), code) {
            let _ = writeln!(out, "    {address:012x}  {text}");
        }
    };
    for (pc, word, at, code) in unit.pieces() {
        if guest {
            let _ = writeln!(out, "{}", super::traced::line(pc, word));
        }
        if host {
            list(at, code, &mut out);
        }
    }
    if host && !tail.is_empty() {
        out.push_str("stubs and constants\n");
        list(unit.end, tail, &mut out);
    }
    out
}

/// A unit is made for `pc`, and shown.
pub fn translation(translations: &Translations, pc: u64, code: &CodeCache) -> String {
    struct Shown(Mutex<String>);
    impl Observer for Shown {
        fn translated(&self, unit: &Translated) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = listing(unit, true, true);
        }
    }
    let shown = Shown(Mutex::default());
    if !translations.show(pc, code, &shown) {
        return format!("there is no code at {pc:#x}\n");
    }
    shown.0.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The unit's code by guest functions: offset, length, name. Its stubs count to the first.
fn named(unit: &Translated, symbols: &mut Symbols) -> Vec<(u64, u64, String)> {
    let first = unit.steps.first().map_or(0, |&(pc, ..)| pc);
    let mut ranges: Vec<(u64, u64, String)> = Vec::new();
    let mut add = |at: u64, len: u64, name: &str| match ranges.last_mut() {
        Some((start, whole, last)) if last == name && *start + *whole == at => *whole += len,
        _ if len == 0 => {}
        _ => ranges.push((at, len, name.to_owned())),
    };
    let nameless = format!("guest {first:x}");
    for (pc, _, at, code) in unit.pieces() {
        add(u64::from(at), code.len() as u64, symbols.name(pc).unwrap_or(&nameless));
    }
    let end = u64::from(unit.end);
    add(end, unit.code.len() as u64 - end, symbols.name(first).unwrap_or(&nameless));
    ranges
}

/// What `-d stats` says when the process ends.
pub fn stats(translations: &Translations) -> String {
    let s = translations.stats();
    let per_instruction = s.nanoseconds.checked_div(s.instructions).unwrap_or(0);
    let mut out = format!(
        "translated {} instructions in {} units to {} bytes, {per_instruction} ns each; {} are interpreted; \
         {} code flushes, {} units retired, {} segments recycled\n",
        s.instructions, s.units, s.bytes, s.interpreted, s.flushes, s.retired, s.recycled
    );
    for (why, n) in translations.observed().exits() {
        let _ = writeln!(out, "{n:>12} {why}");
    }
    for (function, n) in translations.observed().calls() {
        let _ = writeln!(out, "{n:>12} calls of the interpreter for {}", row_name(function));
    }
    out
}

/// The decode table's name for one of the interpreter's functions.
fn row_name(function: u32) -> &'static str {
    let row = (function as usize).checked_sub(crate::interp::code::SPECIALS).and_then(|n| ROWS.get(n));
    row.map_or("no instruction", |row| row.name)
}
