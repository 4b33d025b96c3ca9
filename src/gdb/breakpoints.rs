//! What gdb has inserted in this process.
//!
//! gdb counts nothing: inserting twice is once, and `Z0` and `Z1` at one address are two. The process
//! below knows only program counters, which it checks without patching guest memory. This table
//! stands between the two, so that a pc is unmarked only with its last breakpoint, and so that all
//! can be taken out at once when gdb detaches or is gone. A forked child inherits it with its
//! memory, as it inherits the process's own marks.

use super::agent::Code;
use super::packet::hex_u64;
use super::target::ProcessTarget;
use crate::debug::{Catch, Inferior, Probe, WatchKind, Watchpoint};
use gdbstub::target::TargetResult;
use gdbstub::target::ext::breakpoints as ext;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How gdb asked for a breakpoint; both stop at the same place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PointKind {
    /// `Z0`.
    Software,
    /// `Z1`.
    Hardware,
}

/// Breakpoints, watchpoints and caught system calls of one process.
#[derive(Clone, Default, Debug)]
pub struct Breakpoints {
    points: BTreeMap<(u64, PointKind), Arc<Code>>,
    watches: BTreeSet<Watchpoint>,
    catch: Catch,
}

impl Breakpoints {
    /// Inserts a breakpoint, or replaces the code of one that is there.
    pub fn insert(&mut self, inferior: &mut dyn Inferior, pc: u64, kind: PointKind, code: Code) {
        if self.at(pc).next().is_none() {
            inferior.insert_breakpoint(pc);
        }
        self.points.insert((pc, kind), Arc::new(code));
        self.set_probe(inferior, pc);
    }

    fn remove(&mut self, inferior: &mut dyn Inferior, pc: u64, kind: PointKind) {
        if self.points.remove(&(pc, kind)).is_some() {
            if self.at(pc).next().is_none() {
                inferior.remove_breakpoint(pc);
            }
            self.set_probe(inferior, pc);
        }
    }

    /// Only if all breakpoints at `pc` have code can there be no need to stop.
    fn set_probe(&self, inferior: &mut dyn Inferior, pc: u64) {
        let codes: Vec<Arc<Code>> = self.at(pc).map(|(_, code)| code.clone()).collect();
        let needed = !codes.is_empty() && codes.iter().all(|code| !code.is_empty());
        inferior.set_probe(pc, needed.then(|| Arc::new(codes) as Arc<dyn Probe>));
    }

    fn watch(&mut self, inferior: &mut dyn Inferior, watch: Watchpoint) {
        if self.watches.insert(watch) {
            inferior.insert_watchpoint(watch);
        }
    }

    fn unwatch(&mut self, inferior: &mut dyn Inferior, watch: Watchpoint) {
        if self.watches.remove(&watch) {
            inferior.remove_watchpoint(watch);
        }
    }

    fn at(&self, pc: u64) -> impl Iterator<Item = (PointKind, &Arc<Code>)> {
        let points = self.points.range((pc, PointKind::Software)..=(pc, PointKind::Hardware));
        points.map(|((_, kind), code)| (*kind, code))
    }

    /// How a breakpoint stop at `pc` is reported: hardware only if nothing else is there.
    pub fn kind_at(&self, pc: u64) -> PointKind {
        self.at(pc).next().map_or(PointKind::Software, |(kind, _)| kind)
    }

    /// Replaces the system calls that are caught.
    pub fn catch(&mut self, inferior: &mut dyn Inferior, catch: Catch) {
        inferior.catch_syscalls(&catch);
        self.catch = catch;
    }

    /// What [`Breakpoints::caught`] says, for a process that does not stand still yet.
    pub fn catch_later(&mut self, catch: Catch) {
        self.catch = catch;
    }

    /// The system calls that are caught.
    pub fn caught(&self) -> &Catch {
        &self.catch
    }

    /// Takes everything out of the process.
    pub fn clear(&mut self, inferior: &mut dyn Inferior) {
        let pcs: BTreeSet<u64> = std::mem::take(&mut self.points).into_keys().map(|(pc, _)| pc).collect();
        for pc in pcs {
            inferior.remove_breakpoint(pc);
            inferior.set_probe(pc, None);
        }
        for watch in std::mem::take(&mut self.watches) {
            inferior.remove_watchpoint(watch);
        }
        self.catch(inferior, Catch::None);
    }
}

/// `Z0,addr,kind;code` and `Z1,addr,kind;code`, for breakpoints with code: `None` for any other packet,
/// an error within if the code is malformed.
pub fn parse_with_code(body: &[u8]) -> Option<Result<(u64, PointKind, Code), ()>> {
    let (kind, rest) = match body {
        [b'Z', b'0', b',', rest @ ..] => (PointKind::Software, rest),
        [b'Z', b'1', b',', rest @ ..] => (PointKind::Hardware, rest),
        _ => return None,
    };
    let (place, code) = rest.split_at(rest.iter().position(|byte| *byte == b';')?);
    let pc = hex_u64(place.split(|byte| *byte == b',').next()?)?;
    Some(Code::parse(code).map(|code| (pc, kind, code)).ok_or(()))
}

/// `QCatchSyscalls:1`, `:1;number;…` or `:0`, behind the name; `None` if malformed.
pub fn parse_catch(text: &[u8]) -> Option<Catch> {
    match text {
        b"0" => Some(Catch::None),
        b"1" => Some(Catch::All),
        _ => {
            let numbers = text.strip_prefix(b"1;")?.split(|byte| *byte == b';').map(hex_u64);
            Some(Catch::These(numbers.collect::<Option<_>>()?))
        }
    }
}

/// The inverse of [`parse_catch`].
pub fn spell_catch(catch: &Catch) -> String {
    match catch {
        Catch::None => "0".to_string(),
        Catch::All => "1".to_string(),
        Catch::These(numbers) => numbers.iter().fold("1".to_string(), |text, number| format!("{text};{number:x}")),
    }
}

impl ext::Breakpoints for ProcessTarget<'_> {
    fn support_sw_breakpoint(&mut self) -> Option<ext::SwBreakpointOps<'_, Self>> {
        Some(self)
    }

    fn support_hw_breakpoint(&mut self) -> Option<ext::HwBreakpointOps<'_, Self>> {
        Some(self)
    }

    fn support_hw_watchpoint(&mut self) -> Option<ext::HwWatchpointOps<'_, Self>> {
        Some(self)
    }
}

// `false` would be an error to gdb; removing what is not there is none.

impl ext::SwBreakpoint for ProcessTarget<'_> {
    fn add_sw_breakpoint(&mut self, addr: u64, _kind: usize) -> TargetResult<bool, Self> {
        self.breakpoints.insert(self.inferior, addr, PointKind::Software, Code::default());
        Ok(true)
    }

    fn remove_sw_breakpoint(&mut self, addr: u64, _kind: usize) -> TargetResult<bool, Self> {
        self.breakpoints.remove(self.inferior, addr, PointKind::Software);
        Ok(true)
    }
}

impl ext::HwBreakpoint for ProcessTarget<'_> {
    fn add_hw_breakpoint(&mut self, addr: u64, _kind: usize) -> TargetResult<bool, Self> {
        self.breakpoints.insert(self.inferior, addr, PointKind::Hardware, Code::default());
        Ok(true)
    }

    fn remove_hw_breakpoint(&mut self, addr: u64, _kind: usize) -> TargetResult<bool, Self> {
        self.breakpoints.remove(self.inferior, addr, PointKind::Hardware);
        Ok(true)
    }
}

impl ext::HwWatchpoint for ProcessTarget<'_> {
    fn add_hw_watchpoint(&mut self, addr: u64, len: u64, kind: ext::WatchKind) -> TargetResult<bool, Self> {
        if len == 0 || addr.checked_add(len).is_none() {
            return Err(gdbstub::target::TargetError::Errno(libc::EINVAL as u8));
        }
        self.breakpoints.watch(self.inferior, Watchpoint { addr, len, kind: watch_kind(kind) });
        Ok(true)
    }

    fn remove_hw_watchpoint(&mut self, addr: u64, len: u64, kind: ext::WatchKind) -> TargetResult<bool, Self> {
        self.breakpoints.unwatch(self.inferior, Watchpoint { addr, len, kind: watch_kind(kind) });
        Ok(true)
    }
}

fn watch_kind(kind: ext::WatchKind) -> WatchKind {
    match kind {
        ext::WatchKind::Write => WatchKind::Write,
        ext::WatchKind::Read => WatchKind::Read,
        ext::WatchKind::ReadWrite => WatchKind::Access,
    }
}
