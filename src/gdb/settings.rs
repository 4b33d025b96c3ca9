//! What gdb and the session agreed on, and what gdb set for all processes. Part of it travels to
//! each process of the session and through exec, so it has a text form.

use super::packet::hex_u64;
use super::signals;
use crate::debug::ForkKind;

/// gdb's features and settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Neither side acknowledges packets (QStartNoAckMode).
    pub no_ack: bool,
    /// Thread ids carry the pid, exits too.
    pub multiprocess: bool,
    /// Breakpoint stops say `swbreak`.
    pub swbreak: bool,
    /// And `hwbreak`.
    pub hwbreak: bool,
    /// gdb wants to hear of forks.
    pub fork_events: bool,
    /// And vforks.
    pub vfork_events: bool,
    /// And execs.
    pub exec_events: bool,
    /// gdb goes on when no process is left (`!`, extended-remote).
    pub extended: bool,
    /// Threads that begin and end are stops (QThreadEvents).
    pub thread_events: bool,
    /// Threads stop one by one (QNonStop).
    pub non_stop: bool,
    /// gdb understands the `N` stop reply.
    pub no_resumed: bool,
    /// Linux signals that the guest gets without gdb being told; bit N-1 is signal N.
    pub pass_signals: u64,
    /// Linux signals that the guest gets after a detach, should one be about to be delivered.
    pub program_signals: u64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            no_ack: false,
            multiprocess: false,
            swbreak: false,
            hwbreak: false,
            fork_events: false,
            vfork_events: false,
            exec_events: false,
            extended: false,
            thread_events: false,
            non_stop: false,
            no_resumed: false,
            pass_signals: 0,
            program_signals: !0,
        }
    }
}

/// The packet that turns it on; no feature of `qSupported`.
const EXTENDED: &str = "!";

/// The fields that are switches, each with the name that `qSupported` has for it: parsing, the
/// reply and the text form derive from this.
type Switch = (&'static str, fn(&mut Settings) -> &mut bool);
const SWITCHES: [Switch; 11] = [
    ("QStartNoAckMode", |s| &mut s.no_ack),
    ("QNonStop", |s| &mut s.non_stop),
    ("QThreadEvents", |s| &mut s.thread_events),
    (EXTENDED, |s| &mut s.extended),
    ("multiprocess", |s| &mut s.multiprocess),
    ("swbreak", |s| &mut s.swbreak),
    ("hwbreak", |s| &mut s.hwbreak),
    ("fork-events", |s| &mut s.fork_events),
    ("vfork-events", |s| &mut s.vfork_events),
    ("exec-events", |s| &mut s.exec_events),
    ("no-resumed", |s| &mut s.no_resumed),
];

impl Settings {
    /// Takes gdb's list of features, `name+;name-;…`, from `qSupported:`. Those that begin with
    /// `Q`, and `!`, are no part of that list: they change by packets of their own.
    pub fn negotiate(&mut self, features: &[u8]) {
        *self = Settings { no_ack: self.no_ack, extended: self.extended, ..Settings::default() };
        for feature in features.split(|byte| *byte == b';') {
            for (name, field) in SWITCHES.iter().filter(|(name, _)| !name.starts_with(['Q', '!'])) {
                if feature.strip_suffix(b"+") == Some(name.as_bytes()) {
                    *field(self) = true;
                }
            }
        }
    }

    /// Our features for the reply: every switch, `;` before each.
    pub fn offered() -> String {
        let names = SWITCHES.iter().map(|(name, _)| *name).filter(|name| *name != EXTENDED);
        names.map(|name| format!(";{name}+")).collect()
    }

    /// Takes the signals of `QPassSignals:11;14;…` (the protocol's numbers); false if malformed.
    pub fn set_pass_signals(&mut self, list: &[u8]) -> bool {
        signal_set(list).map(|set| self.pass_signals = set).is_some()
    }

    /// Takes those of `QProgramSignals:…`.
    pub fn set_program_signals(&mut self, list: &[u8]) -> bool {
        signal_set(list).map(|set| self.program_signals = set).is_some()
    }

    /// Whether a signal that is about to be delivered still is after a detach.
    pub fn leaves_signal(&self, linux: u32) -> bool {
        (1..=64).contains(&linux) && self.program_signals >> (linux - 1) & 1 != 0
    }

    /// Whether gdb is told before the guest gets this Linux signal.
    pub fn reports_signal(&self, linux: u32) -> bool {
        !(1..=64).contains(&linux) || self.pass_signals >> (linux - 1) & 1 == 0
    }

    /// Whether gdb is told of a child made this way.
    pub fn reports_fork(&self, kind: ForkKind) -> bool {
        match kind {
            ForkKind::Fork => self.fork_events,
            ForkKind::Vfork => self.vfork_events,
        }
    }

    /// One word: the names of the switches that are on, and the signals.
    pub fn encode(&self) -> String {
        let mut copy = self.clone();
        let mut text = format!("{:x};{:x}", self.pass_signals, self.program_signals);
        for (name, field) in &SWITCHES {
            if *field(&mut copy) {
                text = format!("{text};{name}");
            }
        }
        text
    }

    /// The inverse of [`Settings::encode`]; what it does not know it leaves off.
    pub fn decode(text: &str) -> Settings {
        let mut settings = Settings::default();
        let mut words = text.split(';');
        let mut set = |default| words.next().and_then(|mask| hex_u64(mask.as_bytes())).unwrap_or(default);
        (settings.pass_signals, settings.program_signals) = (set(0), set(!0));
        for word in words {
            if let Some((_, field)) = SWITCHES.iter().find(|(name, _)| *name == word) {
                *field(&mut settings) = true;
            }
        }
        settings
    }
}

/// A list of the protocol's signal numbers as Linux signals; `None` if malformed.
fn signal_set(list: &[u8]) -> Option<u64> {
    let numbers = list.split(|byte| *byte == b';').filter(|number| !number.is_empty());
    numbers.map(hex_u64).try_fold(0, |set, number| {
        let linux = u8::try_from(number?).ok().and_then(signals::to_linux);
        Some(set | linux.map_or(0, |signal| 1 << (signal - 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_taken_and_survive_encoding() {
        let mut settings = Settings { no_ack: true, ..Settings::default() };
        settings.negotiate(b"multiprocess+;swbreak+;fork-events+;exec-events-;xmlRegisters=i386;QStartNoAckMode-");
        assert!(settings.no_ack && settings.multiprocess && settings.swbreak && settings.fork_events);
        assert!(!settings.exec_events && !settings.vfork_events);
        assert!(settings.set_pass_signals(b"e;14;17;1a;1b;1c;21;24;25;2c;4c;97"));
        assert!(settings.set_program_signals(b"5;1e") && !settings.set_program_signals(b"?"));
        assert!(settings.leaves_signal(libc::SIGUSR1 as u32) && !settings.leaves_signal(libc::SIGSEGV as u32));
        assert!(!settings.reports_signal(libc::SIGALRM as u32));
        assert!(!settings.reports_signal(libc::SIGCHLD as u32));
        assert!(settings.reports_signal(libc::SIGSEGV as u32));
        assert_eq!(Settings::decode(&settings.encode()), settings);
    }

    #[test]
    fn malformed_signal_list_changes_nothing() {
        let mut settings = Settings::default();
        assert!(settings.set_pass_signals(b"e"));
        let before = settings.clone();
        assert!(!settings.set_pass_signals(b"xyz;e"));
        assert_eq!(settings, before);
    }
}
