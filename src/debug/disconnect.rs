//! What the user wants to become of the program when its debugger goes away without a word.

use std::fmt;
use std::str::FromStr;

/// When the connection ends, and the debugger has not detached.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum OnDisconnect {
    /// The program runs on without it.
    #[default]
    Run,
    /// It stands still until the next one comes.
    Stop,
    /// It dies.
    Kill,
}

/// Each with its name.
const NAMES: [(OnDisconnect, &str); 3] =
    [(OnDisconnect::Run, "run"), (OnDisconnect::Stop, "stop"), (OnDisconnect::Kill, "kill")];

impl FromStr for OnDisconnect {
    type Err = ();

    fn from_str(name: &str) -> Result<OnDisconnect, ()> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(action, _)| *action).ok_or(())
    }
}

impl fmt::Display for OnDisconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAMES.iter().find(|(action, _)| action == self).map_or("", |(_, name)| name))
    }
}
