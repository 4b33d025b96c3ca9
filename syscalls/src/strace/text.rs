//! Strings, signals and sets as strace(1) spells them.

use std::fmt::Write;

/// Most bytes of a buffer that are shown.
pub const SHOWN: usize = 32;

/// `"text\n"...` with C escapes, cut after `most` bytes.
pub fn quoted(bytes: &[u8], most: usize) -> String {
    let mut text = String::from("\"");
    let cut = bytes.get(..most).unwrap_or(bytes);
    for (at, &byte) in cut.iter().enumerate() {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            0x0b => text.push_str("\\v"),
            0x0c => text.push_str("\\f"),
            b' '..=b'~' => text.push(byte.into()),
            _ => {
                // A following digit would be read as part of a short octal escape.
                let digit_follows = cut.get(at + 1).is_some_and(u8::is_ascii_digit);
                let _ = if digit_follows { write!(text, "\\{byte:03o}") } else { write!(text, "\\{byte:o}") };
            }
        }
    }
    text.push('"');
    if bytes.len() > most {
        text.push_str("...");
    }
    text
}

/// Names of the classic signals; the same numbers on both architectures.
const SIGNALS: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
    "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
    "PWR", "SYS",
];

/// `SIGSEGV`, `SIGRT_3`, or the number if it is no signal's.
pub fn signal_name(signal: i32) -> String {
    match short_name(signal) {
        Some(name) => format!("SIG{name}"),
        None => signal.to_string(),
    }
}

fn short_name(signal: i32) -> Option<String> {
    match signal {
        1..=31 => SIGNALS.get(signal as usize - 1).map(|name| (*name).into()),
        32 => Some("RTMIN".into()),
        33..=64 => Some(format!("RT_{}", signal - 32)),
        _ => None,
    }
}

/// `[INT CHLD]`, or what is missing from a fuller set: `~[KILL STOP]`.
pub fn signal_set(set: u64) -> String {
    let inverted = set.count_ones() > 32;
    let named = if inverted { !set } else { set };
    let names: Vec<String> = (1..=64).filter(|bit| named >> (bit - 1) & 1 != 0).filter_map(short_name).collect();
    format!("{}[{}]", if inverted { "~" } else { "" }, names.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_and_cut() {
        assert_eq!(quoted(b"a\"b\\\n\x01", SHOWN), r#""a\"b\\\n\1""#);
        assert_eq!(quoted(b"\x017", SHOWN), r#""\0017""#);
        assert_eq!(quoted(b"abcdef", 3), r#""abc"..."#);
    }

    #[test]
    fn sets_list_the_shorter_side() {
        assert_eq!(signal_set(0), "[]");
        assert_eq!(signal_set(1 << 16 | 1 << 1 | 1 << 31), "[INT CHLD RTMIN]");
        assert_eq!(signal_set(!(1 << 8)), "~[KILL]");
    }

    #[test]
    fn signals_have_names_up_to_64() {
        assert_eq!(signal_name(11), "SIGSEGV");
        assert_eq!(signal_name(64), "SIGRT_32");
        assert_eq!(signal_name(0), "0");
    }
}
