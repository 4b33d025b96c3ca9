//! Which engine executes a guest thread: the JIT, or the interpreter if `--engine interp` or the host
//! wants that.

use super::observe;
use crate::cpu::model;
use crate::interp::{CodeCache, Exit, Interp};
use crate::jit::Jit;
use crate::jit::features::lacking;
pub use crate::jit::features::unknown as unknown_host_feature;
pub use crate::jit::interrupt::{on_fault, on_signal};
use crate::jit::link::{Following, Translations};
use crate::trace::log::{self, Item};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::sync::OnceLock;

/// What `--engine` names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EngineKind {
    /// The interpreter.
    Interp,
    /// The JIT, with the interpreter for what it does not translate, and for what branches have gone to
    /// less often than this.
    Jit(u8),
}

/// Interpreting an instruction some 50 times takes as long as translating it; large programs are the quicker the
/// sooner it is translated, small ones the later.
const HOT: u8 = 16;

impl Default for EngineKind {
    fn default() -> Self {
        EngineKind::Jit(HOT)
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EngineKind::Interp => f.write_str("interp"),
            EngineKind::Jit(times) => write!(f, "jit:{times}"),
        }
    }
}

impl FromStr for EngineKind {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<EngineKind, Self::Err> {
        match name {
            "interp" => Ok(EngineKind::Interp),
            "jit" => Ok(EngineKind::default()),
            _ => {
                let times = name.strip_prefix("jit:").and_then(|times| times.parse().ok());
                times.map(EngineKind::Jit).ok_or("there are interp, jit, and jit:N with N from 0 to 255")
            }
        }
    }
}

/// The process's translations, if it is to have any and the host lets it.
static TRANSLATIONS: OnceLock<Option<Translations>> = OnceLock::new();

/// Chooses the engine of all threads; once, when the processor is chosen, before there is one. Err says why it is not the JIT.
pub fn choose(kind: EngineKind) -> Result<(), &'static str> {
    let mut translations = match kind {
        EngineKind::Interp => Ok(None),
        EngineKind::Jit(_) if lacking().is_some() => Err("this processor lacks AVX2, FMA, BMI or LZCNT"),
        EngineKind::Jit(_) => Translations::new().map(Some).map_err(|error| match error.0 {
            libc::ENOMEM => "the limit on memory (ulimit -v) leaves no room for translated code",
            _ => "the host refuses executable memory",
        }),
    };
    if let Ok(Some(translations)) = &mut translations {
        observe::prepare(translations);
        if let EngineKind::Jit(times) = kind {
            translations.set_hot(times);
        }
        translations.set_atomic_pairs(model::pairs_are_atomic());
    }
    let result = translations.as_ref().map(drop).map_err(|why| *why);
    let _ = TRANSLATIONS.set(translations.unwrap_or(None));
    result
}

/// The engine that runs.
pub fn chosen() -> EngineKind {
    translations().map_or(EngineKind::Interp, |t| EngineKind::Jit(t.hot()))
}

/// Ties the translations to the code they are made from; before there is a thread.
pub fn attach(code: &'static CodeCache) {
    if let Some(translations) = translations() {
        code.set_follower(Box::leak(Box::new(Following { translations, code })));
    }
}

/// The process's translations.
pub fn translations() -> Option<&'static Translations> {
    TRANSLATIONS.get().and_then(Option::as_ref)
}

/// What was translated, in lines.
pub fn statistics() -> String {
    translations().map_or_else(|| "nothing is translated\n".to_owned(), observe::stats)
}

/// What is made of the code at `pc`, in lines.
pub fn translation(pc: u64, code: &CodeCache) -> String {
    match translations() {
        Some(translations) => observe::translation(translations, pc, code),
        None => statistics(),
    }
}

/// Logs what was translated (`-d stats`); when the process ends.
pub fn log_stats() {
    if log::is_on(Item::Stats) && translations().is_some() {
        log::write(Item::Stats, format_args!("{}", statistics()));
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
    /// The engine that was chosen, around an interpreter.
    pub fn new(interp: Interp) -> Engine {
        match translations() {
            Some(translations) => Engine::Jit(Box::new(Jit::new(interp, translations))),
            _ => Engine::Interp(Box::new(interp)),
        }
    }

    /// Runs guest code until something has to be done about it. Where that is a system call, see [`Engine::settle`].
    pub fn run(&mut self) -> Exit {
        match self {
            Engine::Interp(interp) => interp.run(),
            Engine::Jit(jit) => jit.run(),
        }
    }

    /// To be called after a system call before anything but the host's call and [`Engine::run`]: until then MXCSR is as
    /// translated code has it.
    pub fn settle(&mut self) {
        if let Engine::Jit(jit) = self {
            jit.settle();
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
