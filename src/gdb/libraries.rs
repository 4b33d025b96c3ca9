//! `qXfer:libraries-svr4`: the modules that the dynamic linker has loaded, from its own list, `struct
//! r_debug` and `struct link_map` (link.h). gdb could read the same word by word; one packet for the list
//! is quicker, and with `start` and `prev` in its annex gdb asks for what is new only.

use super::image::{L_LD, L_NEXT, L_PREV, MANY, Memory};
use super::packet::hex_u64;
use super::xml;
use crate::debug::Inferior;

/// The dynamic section's entry that leads to `struct r_debug`.
const DT_DEBUG: u64 = 21;
/// Fields of `struct r_debug`, and of `struct r_debug_extended` from version 2 on (glibc 2.35).
const R_MAP: u64 = 8;
const R_NEXT: u64 = 40;
const EXTENDED_VERSION: u32 = 2;
const L_NAME: u64 = 8;
/// As long as a path can be.
const MAX_NAME: usize = 4096;

/// The document for an annex (`start=ADDR;prev=ADDR;`, or empty).
pub fn list(inferior: &dyn Inferior, annex: &[u8]) -> String {
    let memory = Memory(inferior);
    let argument = |name: &[u8]| {
        let mut parts = annex.split(|byte| *byte == b';');
        parts.find_map(|part| hex_u64(part.strip_prefix(name)?.strip_prefix(b"=")?))
    };
    let (mut main, mut rows) = (String::new(), String::new());
    match argument(b"start").filter(|start| *start != 0) {
        Some(start) => rows = memory.modules(start, argument(b"prev").unwrap_or(0), 0),
        None => {
            for (namespace, first) in memory.namespaces() {
                // The first of the first is the program, which has no name.
                let is_main = main.is_empty() && memory.word(first, L_PREV) == Some(0);
                let (first, previous) = match is_main {
                    true => (memory.word(first, L_NEXT).unwrap_or(0), first),
                    false => (first, 0),
                };
                if is_main {
                    main = format!(" main-lm=\"{previous:#x}\"");
                }
                rows += &memory.modules(first, previous, namespace);
            }
        }
    }
    format!("<library-list-svr4 version=\"1.0\"{main}>\n{rows}</library-list-svr4>\n")
}

impl Memory<'_> {
    /// Each namespace's `struct r_debug` and first module.
    fn namespaces(&self) -> Vec<(u64, u64)> {
        let first = self.program().and_then(|program| self.dynamic_entry(program.dynamic?, DT_DEBUG));
        let is_extended =
            first.and_then(|first| self.half(first, 0)).is_some_and(|version| version >= EXTENDED_VERSION);
        let next = |at: &u64| self.word(*at, R_NEXT).filter(|next| is_extended && *next != 0);
        let all = std::iter::successors(first.filter(|first| *first != 0), next);
        all.take(MANY).filter_map(|at| Some((at, self.word(at, R_MAP).filter(|map| *map != 0)?))).collect()
    }

    /// A `<library>` for each module from `at` on, as long as each leads back to the one before.
    fn modules(&self, mut at: u64, mut previous: u64, namespace: u64) -> String {
        let mut rows = String::new();
        for _ in 0..MANY {
            if at == 0 || self.word(at, L_PREV) != Some(previous) {
                break;
            }
            let (Some(base), Some(dynamic)) = (self.word(at, 0), self.word(at, L_LD)) else { break };
            let name = self.word(at, L_NAME).map(|name| self.string(name)).unwrap_or_default();
            if !name.is_empty() {
                let name = xml::text(&String::from_utf8_lossy(&name));
                rows += &format!(
                    "<library name=\"{name}\" lm=\"{at:#x}\" l_addr=\"{base:#x}\" l_ld=\"{dynamic:#x}\" lmid=\"{namespace:#x}\"/>\n"
                );
            }
            (previous, at) = (at, self.word(at, L_NEXT).unwrap_or(0));
        }
        rows
    }

    fn string(&self, at: u64) -> Vec<u8> {
        let mut bytes = vec![0; MAX_NAME];
        let read = self.0.read_memory(at, &mut bytes);
        bytes.truncate(read);
        bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(0));
        bytes
    }
}
