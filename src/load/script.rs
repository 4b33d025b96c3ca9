//! `#!` scripts: the first line → interpreter and its one optional argument.
//!
//! Pure; the rules are those of fs/binfmt_script.c.

/// How much of a file the kernel looks at (BINPRM_BUF_SIZE).
pub const HEAD_LEN: usize = 256;
/// How deep scripts may name scripts as their interpreters (exec_binprm's limit).
pub const MAX_DEPTH: usize = 4;

/// A script's first line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shebang {
    /// Path of the interpreter.
    pub interpreter: Vec<u8>,
    /// All that follows it on the line, as one argument, blanks trimmed at both ends.
    pub argument: Option<Vec<u8>>,
}

impl Shebang {
    /// Parses the first [`HEAD_LEN`] bytes of a file (fewer if it is shorter). None if it is no
    /// script, names no interpreter, or the interpreter's path may have been cut off.
    pub fn parse(head: &[u8]) -> Option<Shebang> {
        let rest = head.strip_prefix(b"#!")?;
        let rest = rest.get(..rest.len().min(HEAD_LEN - 2))?;
        let newline = rest.iter().position(|&b| b == b'\n');
        let is_cut = newline.is_none() && head.len() >= HEAD_LEN;
        let line = rest.get(..newline.unwrap_or(rest.len()))?;
        // The kernel's buffer is a C string.
        let line = line.split(|&b| b == 0).next()?;
        let line = trim(line);
        let end = line.iter().position(|&b| is_blank(b)).unwrap_or(line.len());
        if line.is_empty() || (is_cut && end == line.len()) {
            return None;
        }
        let (interpreter, argument) = line.split_at_checked(end)?;
        let argument = trim(argument);
        Some(Shebang { interpreter: interpreter.to_vec(), argument: (!argument.is_empty()).then(|| argument.to_vec()) })
    }
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_blank(*first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && is_blank(*last)
    {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(head: &[u8]) -> Option<(Vec<u8>, Option<Vec<u8>>)> {
        Shebang::parse(head).map(|s| (s.interpreter, s.argument))
    }

    #[test]
    fn interpreter_and_argument_are_split_at_the_first_blank() {
        assert_eq!(parse(b"#!/bin/sh\necho"), Some((b"/bin/sh".to_vec(), None)));
        assert_eq!(parse(b"#! /bin/sh -e \n"), Some((b"/bin/sh".to_vec(), Some(b"-e".to_vec()))));
        assert_eq!(parse(b"#!/usr/bin/env a  b\n"), Some((b"/usr/bin/env".to_vec(), Some(b"a  b".to_vec()))));
        assert_eq!(parse(b"#!/bin/sh"), Some((b"/bin/sh".to_vec(), None)));
    }

    #[test]
    fn lines_without_an_interpreter_are_no_scripts() {
        for head in [b"#!".as_slice(), b"#!\n/bin/sh", b"#! \t\n", b"\x7fELF", b"", b"#", b"#!\0/bin/sh\n"] {
            assert_eq!(parse(head), None, "{head:?}");
        }
    }

    #[test]
    fn a_path_that_may_be_cut_off_is_refused_but_a_cut_argument_is_taken() {
        let mut long = b"#!/".to_vec();
        long.resize(HEAD_LEN, b'x');
        assert_eq!(parse(&long), None);
        let mut argument = b"#!/bin/sh ".to_vec();
        argument.resize(HEAD_LEN, b'y');
        assert_eq!(parse(&argument).map(|(path, _)| path), Some(b"/bin/sh".to_vec()));
    }
}
