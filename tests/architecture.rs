//! Holds the tree to its rules: which module may import which, and which files may contain unsafe
//! code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each module of `src/` and what it may import. Nothing may import `gdb`, and only `main` may
/// import what it likes.
const RULES: &[(&str, &[&str])] = &[
    ("host", &[]),
    ("value", &[]),
    ("cpu", &[]),
    ("debug", &[]),
    ("memory", &["host"]),
    ("trace", &["host"]),
    ("decode", &["cpu", "value"]),
    ("lift", &["decode", "cpu", "value"]),
    ("interp", &["lift", "decode", "cpu", "memory", "value"]),
    ("jit", &["interp", "lift", "decode", "cpu", "memory", "value", "host"]),
    ("run", &["interp", "jit", "decode", "cpu", "memory", "trace"]),
    ("load", &["memory", "host"]),
    ("signal", &["cpu", "memory", "host"]),
    ("process", &["run", "interp", "decode", "cpu", "load", "memory", "signal", "trace", "debug", "host"]),
    ("gdb", &["debug"]),
    ("binfmt", &["host"]),
    ("cli", &["trace"]),
    ("config", &["cli", "cpu", "debug", "load", "trace", "run"]),
    ("report", &["config", "load", "host"]),
];

/// Macros live at the root of the crate, whichever module they are written in.
const MACROS: &[(&str, &str)] = &[("for_each_encoding", "decode")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).expect("directory") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The code of a file, comments blanked out.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("source");
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The module of `src/` that a file belongs to.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("in src");
    let first = inside.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.strip_suffix(".rs").unwrap_or(&first).to_owned()
}

/// The names that follow `crate::` or lead out of a folder by `super::super::`, also in groups.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for start in ["crate::", "super::super::"] {
        for (at, _) in code.match_indices(start) {
            let rest = code[at + start.len()..].trim_start_matches("super::");
            match rest.strip_prefix('{') {
                Some(group) => found.extend(first_names(group)),
                None => found.extend(identifier(rest)),
            }
        }
    }
    found
}

/// The first identifier of each item of a `{…}` group whose brace is already open.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut is_start = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => is_start = true,
            c if is_start && depth == 0 && !c.is_whitespace() => {
                names.extend(identifier(&group[at..]));
                is_start = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

#[test]
fn modules_import_only_what_the_rule_allows() {
    let names: BTreeSet<&str> = RULES.iter().map(|(name, _)| *name).collect();
    let mut violations = Vec::new();
    for path in rust_files(&root().join("src")) {
        let module = module_of(&path);
        if module == "main" || module == "lib" {
            continue;
        }
        let Some((_, allowed)) = RULES.iter().find(|(name, _)| *name == module) else {
            violations.push(format!("{}: module {module} has no row in RULES", path.display()));
            continue;
        };
        for name in imports(&code(&path)) {
            let name = MACROS.iter().find(|(is, _)| *is == name).map_or(name.as_str(), |(_, of)| of);
            if names.contains(name) && name != module && !allowed.contains(&name) {
                violations.push(format!("{}: {module} must not import {name}", path.display()));
            }
        }
    }
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn the_rules_have_no_cycle() {
    // Each module's imports stand before it, so an order exists.
    let mut done = BTreeSet::new();
    let mut left: Vec<_> = RULES.iter().collect();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|(name, allowed)| {
            let is_ready = allowed.iter().all(|import| done.contains(import));
            if is_ready {
                done.insert(*name);
            }
            !is_ready
        });
        assert!(left.len() < before, "a cycle among {left:?}");
    }
}

#[test]
fn the_syscalls_crate_imports_nothing_of_ours() {
    for path in rust_files(&root().join("syscalls/src")) {
        assert!(!code(&path).contains("emu::"), "{}", path.display());
    }
}

/// The list in README.md: lines "- `path`: why" of the section "Unsafe code".
fn listed_unsafe_files() -> BTreeSet<String> {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    readme
        .lines()
        .skip_while(|line| *line != "## Unsafe code")
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("- `")?.split_once('`').map(|(path, _)| path.to_owned()))
        .collect()
}

#[test]
fn unsafe_code_is_where_the_readme_says() {
    let files = ["src", "syscalls/src"].iter().flat_map(|dir| rust_files(&root().join(dir)));
    let found: BTreeSet<String> = files
        .filter(|path| code(path).contains("allow(unsafe_code)"))
        .map(|path| path.strip_prefix(root()).expect("ours").to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, listed_unsafe_files(), "left: the code, right: README.md");
}

#[test]
fn files_are_one_idea() {
    const LINES_MAX: usize = 700;
    for path in ["src", "syscalls/src"].iter().flat_map(|dir| rust_files(&root().join(dir))) {
        let is_table = path.file_stem().is_some_and(|stem| stem == "table" || stem == "tests");
        let lines = std::fs::read_to_string(&path).expect("source").lines().count();
        assert!(is_table || lines <= LINES_MAX, "{}: {lines} lines", path.display());
    }
}
