//! Which engine executes a guest thread.
//!
//! The interpreter unless `--engine jit` says otherwise: translated code does not yet turn host
//! faults into the guest's, nor notice a signal before it comes out by itself ([`crate::jit`]).

use crate::interp::{Exit, Interp};
use crate::jit::Jit;
use crate::jit::link::Translations;
use crate::trace::log::{self, Item};
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::sync::OnceLock;

/// What `--engine` names.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum EngineKind {
    /// The interpreter.
    #[default]
    Interp,
    /// The JIT, with the interpreter for what it does not translate.
    Jit,
}

impl FromStr for EngineKind {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<EngineKind, Self::Err> {
        match name {
            "interp" => Ok(EngineKind::Interp),
            "jit" => Ok(EngineKind::Jit),
            _ => Err("there are interp and jit"),
        }
    }
}

/// The process's translations, if it is to have any and the host lets it.
static TRANSLATIONS: OnceLock<Option<Translations>> = OnceLock::new();

/// Chooses the engine of all threads; once, before there is one. Err says why it is not the JIT.
pub fn choose(kind: EngineKind) -> Result<(), &'static str> {
    if kind == EngineKind::Interp {
        let _ = TRANSLATIONS.set(None);
        return Ok(());
    }
    if !Translations::host_is_capable() {
        let _ = TRANSLATIONS.set(None);
        return Err("this processor lacks AVX2, FMA, BMI or LZCNT");
    }
    let translations = Translations::new().ok();
    let refused = translations.is_none();
    let _ = TRANSLATIONS.set(translations);
    if refused { Err("the host refuses executable memory") } else { Ok(()) }
}

/// The process's translations.
pub fn translations() -> Option<&'static Translations> {
    TRANSLATIONS.get().and_then(Option::as_ref)
}

/// Logs what was translated (`-d stats`); when the process ends.
pub fn log_stats() {
    if let (true, Some(translations)) = (log::is_on(Item::Stats), translations()) {
        let s = translations.stats();
        let per_instruction = s.nanoseconds.checked_div(s.instructions).unwrap_or(0);
        log::write(
            Item::Stats,
            format_args!(
                "translated {} instructions in {} units to {} bytes, {per_instruction} ns each; {} are interpreted\n",
                s.instructions, s.units, s.bytes, s.interpreted
            ),
        );
    }
}

/// A thread's engine; either way its registers are the interpreter's.
pub enum Engine {
    /// Interprets.
    Interp(Box<Interp>),
    /// Translates.
    Jit(Box<Jit>),
}

impl Engine {
    /// The engine that was chosen, around an interpreter; a debugged thread is always interpreted.
    pub fn new(interp: Interp, is_debugged: bool) -> Engine {
        match translations() {
            Some(translations) if !is_debugged => Engine::Jit(Box::new(Jit::new(interp, translations))),
            _ => Engine::Interp(Box::new(interp)),
        }
    }

    /// Runs guest code until something has to be done about it.
    pub fn run(&mut self) -> Exit {
        match self {
            Engine::Interp(interp) => interp.run(),
            Engine::Jit(jit) => jit.run(),
        }
    }
}

impl Deref for Engine {
    type Target = Interp;

    fn deref(&self) -> &Interp {
        match self {
            Engine::Interp(interp) => interp,
            Engine::Jit(jit) => jit.interp(),
        }
    }
}

impl DerefMut for Engine {
    fn deref_mut(&mut self) -> &mut Interp {
        match self {
            Engine::Interp(interp) => interp,
            Engine::Jit(jit) => jit.interp_mut(),
        }
    }
}
