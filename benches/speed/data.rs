//! Where things lie under target/bench, and the files that programs work on, made once and the same
//! every time. What it takes a program to make (an archive, a signature, a clip) the native one makes.

use crate::once;
use crate::workloads::{Source, Workload};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub fn bench_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench")
}

pub fn data_dir() -> PathBuf {
    bench_dir().join("data")
}

/// Scripts.
pub fn programs_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/kernels/programs")
}

/// Debian for the host, or for the guest, as tools/bench-roots unpacks it.
pub fn root(native: bool) -> PathBuf {
    bench_dir().join(if native { "amd64" } else { "arm64" })
}

/// Where libraries are, those included that alternatives point to on an installed system.
pub fn library_path(native: bool) -> String {
    let triple = if native { "x86_64-linux-gnu" } else { "aarch64-linux-gnu" };
    let base = if native { root(true).join("usr/lib") } else { PathBuf::from("/usr/lib") };
    let dirs = ["", "/blas", "/lapack", "/pulseaudio"];
    dirs.map(|dir| format!("{}/{triple}{dir}", base.display())).join(":")
}

/// A copy of the program, or itself if there can be none.
pub fn installed(program: &str) -> PathBuf {
    let copy = bench_dir().join("built/emu");
    let _ = std::fs::remove_file(&copy);
    std::fs::copy(program, &copy).map_or_else(|_| program.into(), |_| copy)
}

/// Makes what the workloads read, unless it is there.
pub fn prepare(wanted: &[&Workload]) {
    let data = data_dir();
    for dir in [&data, &bench_dir().join("built")] {
        if let Err(e) = std::fs::create_dir_all(dir) {
            eprintln!("{}: {e}", dir.display());
        }
    }
    if !wanted.iter().any(|w| matches!(w.source, Source::Debian(..))) {
        return;
    }
    write("text", || prose(2_000_000));
    write("large", || prose(2_000_000).repeat(24));
    write("cc1.c", || once::source(40));
    write("records.json", records);
    make("large.zst", "usr/bin/zstd", "-q -k {data}/large -o {data}/large.zst", None);
    make("large.xz", "usr/bin/xz", "-1 -k {data}/large", None);
    make("key.pem", "usr/bin/openssl", "genrsa -out {data}/key.pem 3072", None);
    write("history", history);
    make("repository", "usr/bin/git", "init -q -b main {data}/repository", None);
    make(
        "repository/.git/refs/heads/main",
        "usr/bin/git",
        "-C {data}/repository fast-import --quiet --force",
        Some("history"),
    );
    if wanted.iter().any(|w| w.is_large()) {
        // node has files of its own at absolute paths, so natively it runs with that root.
        let (from, to) = (programs_dir().join("work.js"), root(true).join("work.js"));
        if let Err(e) = std::fs::copy(&from, &to) {
            eprintln!("{}: {e}", to.display());
        }
        make(
            "clip.mp4",
            "usr/bin/ffmpeg",
            "-v error -f lavfi -i testsrc2=size=640x360:rate=25:duration=4,noise=alls=8:all_seed=1 -c:v libx264 -threads 1 -pix_fmt yuv420p {data}/clip.mp4",
            None,
        );
        make("Work.class", "usr/lib/jvm/java-17-openjdk-amd64/bin/javac", "-d {data} {programs}/Work.java", None);
    }
}

fn write(name: &str, content: impl FnOnce() -> String) {
    let path = data_dir().join(name);
    if !path.exists()
        && let Err(e) = std::fs::write(&path, content())
    {
        eprintln!("{}: {e}", path.display());
    }
}

/// Has a native program make a file.
fn make(name: &str, program: &str, args: &str, stdin: Option<&str>) {
    let data = data_dir();
    let program = root(true).join(program);
    if data.join(name).exists() || !program.exists() {
        return;
    }
    let here = data.to_string_lossy();
    let scripts = programs_dir().to_string_lossy().into_owned();
    let args = args.split_whitespace().map(|a| a.replace("{data}", &here).replace("{programs}", &scripts));
    let input = stdin.and_then(|file| std::fs::File::open(data.join(file)).ok()).map_or(Stdio::null(), Stdio::from);
    let mut command = Command::new(&program);
    command.args(args).stdin(input).env("LD_LIBRARY_PATH", library_path(true));
    if !command.status().is_ok_and(|s| s.success()) {
        eprintln!("{} could not make {name}", program.display());
    }
}

/// A linear congruential generator.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

/// Text that compresses about as well as prose: words, the short ones more often than the long.
fn prose(size: usize) -> String {
    let mut r = Random(7);
    let words: Vec<String> = (0..4000)
        .map(|i| (0..2 + r.below(3) + i / 700).map(|_| char::from(b'a' + r.below(26).min(r.below(26)) as u8)).collect())
        .collect();
    let mut text = String::with_capacity(size + 64);
    while text.len() < size {
        let most = [40, 400, 4000][r.below(3)];
        text.push_str(words.get(r.below(most)).map_or("", String::as_str));
        text.push_str(["\n", ", ", " ", " ", " ", " ", " ", ". "][r.below(8)]);
    }
    text
}

fn records() -> String {
    let mut r = Random(8);
    let mut out = String::from("[");
    for i in 0..12000 {
        let comma = if i == 0 { "" } else { "," };
        let (class, price) = (r.below(37), r.below(100000));
        let _ = writeln!(
            out,
            "{comma}{{\"id\":{i},\"name\":\"item {:x}\",\"class\":\"c{class}\",\"price\":{}.{:02},\"tags\":[\"a{}\",\"b\"]}}",
            r.below(99999),
            price / 100,
            price % 100,
            r.below(9)
        );
    }
    out.push(']');
    out
}

/// A stream for git fast-import: 200 commits, each of which changes lines in some of 40 files.
fn history() -> String {
    let mut r = Random(9);
    let mut files: Vec<Vec<String>> =
        (0..40).map(|f| (0..200).map(|l| format!("file {f} line {l}")).collect()).collect();
    let mut out = String::new();
    for commit in 0..200 {
        let message = format!("Change {commit}");
        let _ = write!(
            out,
            "commit refs/heads/main\ncommitter A U Thor <a@example.org> {} +0000\ndata {}\n{message}\n",
            1_600_000_000 + commit * 1000,
            message.len()
        );
        for _ in 0..if commit == 0 { 0 } else { 4 } {
            let (f, word) = (r.below(files.len()), r.below(100000));
            if let Some(file) = files.get_mut(f) {
                let line = r.below(file.len());
                file.insert(line, format!("line {word} of change {commit}"));
                let other = r.below(file.len());
                file.remove(other);
            }
        }
        for (f, lines) in files.iter().enumerate() {
            let text = lines.join("\n") + "\n";
            let _ = write!(out, "M 100644 inline dir{}/file{f}.txt\ndata {}\n{text}\n", f % 5, text.len());
        }
    }
    out
}
