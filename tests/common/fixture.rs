//! Fixtures: our own guest programs in `fixtures/`, compiled on demand. Each checks itself, prints
//! `ok NAME` and exits 0. Comment lines at its top say how it is run:
//!
//! ```text
//! // cflags: -pthread
//! // args: one "" three=3            arguments, in a shell's syntax
//! // env: NAME=VALUE                 added to the environment
//! // run: static dynamic static-pie    the links to test; the first two if not given
//! // native: no (reason)             does not pass on the host itself
//! // qemu: no (reason)               qemu-aarch64 cannot judge it
//! // cpus: cortex-a53 max,lse=off    also runs on these
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

/// How a fixture is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Build {
    /// For the host.
    Native,
    /// AArch64, with its libraries inside.
    Static,
    /// AArch64, through the dynamic linker.
    Dynamic,
    /// AArch64, with its libraries inside, at any address.
    StaticPie,
}

impl Build {
    pub fn name(self) -> &'static str {
        match self {
            Build::Native => "native",
            Build::Static => "static",
            Build::Dynamic => "dynamic",
            Build::StaticPie => "static-pie",
        }
    }
}

/// A fixture's source and what its comments say.
#[derive(Clone, Debug)]
pub struct Fixture {
    pub source: PathBuf,
    pub name: String,
    cflags: Vec<String>,
    pub args: Vec<String>,
    pub env: Vec<(String, String)>,
    pub builds: Vec<Build>,
    pub cpus: Vec<String>,
    pub runs_natively: bool,
    pub runs_under_qemu: bool,
}

impl Fixture {
    /// All of `fixtures/`, in order of name.
    pub fn all() -> Vec<Fixture> {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let files = std::fs::read_dir(dir).expect("fixtures/").map(|entry| entry.expect("entry").path());
        let is_source = |path: &PathBuf| path.extension().is_some_and(|ext| ext == "c" || ext == "cc");
        let mut all: Vec<Fixture> = files.filter(is_source).map(|path| Fixture::read(&path)).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    /// One by its name.
    pub fn named(name: &str) -> Fixture {
        Fixture::all().into_iter().find(|f| f.name == name).unwrap_or_else(|| panic!("no fixture {name}"))
    }

    /// A program for gdb to look at, in `fixtures/gdb/`: no test of its own.
    pub fn for_gdb(name: &str) -> Fixture {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/gdb").join(format!("{name}.c"));
        Fixture { name: format!("gdb-{name}"), ..Fixture::read(&source) }
    }

    /// A program that a test has written itself.
    pub fn of_test(source: &Path) -> Fixture {
        Fixture::read(source)
    }

    fn read(source: &Path) -> Fixture {
        let text = std::fs::read_to_string(source).expect("fixture");
        let field = |name: &str| {
            let prefix = format!("// {name}: ");
            let mut lines = text.lines().take_while(|line| line.starts_with("//"));
            lines.find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default()
        };
        let builds = match field("run") {
            "" => vec![Build::Static, Build::Dynamic],
            list => [Build::Static, Build::Dynamic, Build::StaticPie]
                .into_iter()
                .filter(|build| list.split(' ').any(|word| word == build.name()))
                .collect(),
        };
        Fixture {
            name: source.file_stem().and_then(|stem| stem.to_str()).expect("name").to_owned(),
            cflags: field("cflags").split_whitespace().map(str::to_owned).collect(),
            args: split_words(field("args")),
            env: field("env")
                .split_whitespace()
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            builds,
            cpus: field("cpus").split_whitespace().map(str::to_owned).collect(),
            runs_natively: !field("native").starts_with("no"),
            runs_under_qemu: !field("qemu").starts_with("no"),
            source: source.to_owned(),
        }
    }

    /// The compiled program. Compiled anew if the source or a header beside it is younger.
    pub fn build(&self, build: Build) -> PathBuf {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fixtures").join(build.name());
        std::fs::create_dir_all(&dir).expect("output directory");
        let output = dir.join(&self.name);
        // Tests of one process run at the same time: whoever is first compiles, and what another test
        // has begun to run is not replaced.
        static BUILDS: Mutex<BTreeMap<PathBuf, Arc<Mutex<()>>>> = Mutex::new(BTreeMap::new());
        let turn = BUILDS.lock().expect("builds").entry(output.clone()).or_default().clone();
        let _turn = turn.lock().expect("build");
        if self.is_current(&output) {
            return output;
        }
        let is_cxx = self.source.extension().is_some_and(|ext| ext == "cc");
        let compiler = match (build, is_cxx) {
            (Build::Native, false) => "gcc",
            (Build::Native, true) => "g++",
            (_, false) => "aarch64-linux-gnu-gcc",
            (_, true) => "aarch64-linux-gnu-g++",
        };
        let aside = dir.join(format!("{}.{}", self.name, std::process::id()));
        let mut command = Command::new(compiler);
        command.args(["-O1", "-g", "-Wall", "-Werror", "-o"]).arg(&aside).arg(&self.source).args(&self.cflags);
        match build {
            Build::Static => drop(command.arg("-static")),
            Build::StaticPie => drop(command.arg("-static-pie")),
            Build::Native | Build::Dynamic => {}
        }
        let out = command.output().unwrap_or_else(|e| panic!("{compiler}: {e} (run make deps)"));
        assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
        std::fs::rename(&aside, &output).expect("rename");
        output
    }

    fn is_current(&self, output: &Path) -> bool {
        let modified = |path: &Path| std::fs::metadata(path).and_then(|m| m.modified()).ok();
        let headers = ["check.h", "errors.h"].map(|name| self.source.with_file_name(name));
        let Some(built) = modified(output) else { return false };
        // Programs for gdb have none beside them.
        [&self.source].into_iter().chain(&headers).filter_map(|path| modified(path)).all(|time| time < built)
    }
}

/// Splits at blanks, except inside double quotes.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
