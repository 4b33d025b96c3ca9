//! The workloads: a row each. The list was fixed before anything was tuned by it.

use Source::{C, Cpp, Debian, Once};

/// A group of workloads with a target of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    Integer,
    Float,
    Vector,
    Real,
    Start,
    Translation,
    Flush,
    System,
}

/// What a class is to reach.
pub struct Target {
    pub class: Class,
    pub name: &'static str,
    /// How many times as long as native code it may take, at most; or, where native code does nothing
    /// comparable, how long in the unit.
    pub at_most: f64,
    /// How many times as quick as qemu it is to be, at least.
    pub times_qemu: f64,
    /// What a measured value is in, and how many of it are in a millisecond; None: milliseconds, of
    /// which the ratio counts.
    pub unit: Option<(&'static str, f64)>,
}

pub const TARGETS: &[Target] = &[
    Target { class: Class::Integer, name: "integer", at_most: 1.5, times_qemu: 4.0, unit: None },
    Target { class: Class::Float, name: "floating point", at_most: 2.0, times_qemu: 9.0, unit: None },
    Target { class: Class::Vector, name: "NEON, crypto, codecs", at_most: 2.5, times_qemu: 3.5, unit: None },
    Target { class: Class::Real, name: "real programs", at_most: 3.5, times_qemu: 4.0, unit: None },
    Target { class: Class::Start, name: "start to exit", at_most: 3.0, times_qemu: 5.0, unit: Some(("ms", 1.0)) },
    Target { class: Class::Translation, name: "translation", at_most: 200.0, times_qemu: 2.0, unit: Some(("ns", 1e6)) },
    Target { class: Class::Flush, name: "flush", at_most: 2.0, times_qemu: 5.0, unit: Some(("µs", 1e3)) },
    Target { class: Class::System, name: "processes, threads, signals", at_most: 4.0, times_qemu: 1.0, unit: None },
];

/// What is run.
pub enum Source {
    /// A file of kernels/, flags for both compilers, flags for the host's.
    C(&'static str, &'static str, &'static str),
    /// The same in C++.
    Cpp(&'static str, &'static str, &'static str),
    /// The large body of code that `once` makes.
    Once,
    /// A program of Debian's, below its root; with a second one where amd64's has another path.
    Debian(&'static str, Option<&'static str>),
}

/// How a run becomes a value.
pub enum Measure {
    /// All of it.
    Whole,
    /// So many runs in a row make one sample, to be divided.
    Runs(u32),
    /// What it takes beyond a run with argument 0, divided by the argument.
    Each,
    /// The same, divided by the number of instructions in the code that is run once.
    EachInstruction,
}

pub struct Workload {
    pub name: &'static str,
    pub class: Class,
    pub source: Source,
    /// {data}, {programs} (scripts), {root} and {triple} are replaced.
    pub args: &'static [&'static str],
    pub measure: Measure,
    /// Standard input, as an argument.
    pub stdin: Option<&'static str>,
    /// Natively, the root of Debian for the host must be the root of the file system.
    pub in_root: bool,
}

const fn w(name: &'static str, class: Class, source: Source, args: &'static [&'static str]) -> Workload {
    Workload { name, class, source, args, measure: Measure::Whole, stdin: None, in_root: false }
}

impl Workload {
    const fn stdin(self, file: &'static str) -> Workload {
        Workload { stdin: Some(file), ..self }
    }

    const fn in_root(self) -> Workload {
        Workload { in_root: true, ..self }
    }

    const fn measured(self, measure: Measure) -> Workload {
        Workload { measure, ..self }
    }
}

const O2: &str = "-O2 -static";
const O3: &str = "-O3 -static";
/// Sources of the class Vector name the extensions that they use.
const HOST_SIMD: &str = "-msse4.2 -maes -msha -mpclmul";
const VECTOR: &str = O2;

pub const WORKLOADS: &[Workload] = &[
    w("sieve", Class::Integer, C("integer/sieve.c", O2, ""), &["1500"]),
    w("list walk", Class::Integer, C("integer/list_walk.c", O2, ""), &["8000"]),
    w("list edit", Class::Integer, C("integer/list_edit.c", O2, ""), &["80"]),
    w("sort with callback", Class::Integer, C("integer/sort_callback.c", O2, ""), &["40"]),
    w("hash table", Class::Integer, C("integer/hash_table.c", O2, ""), &["2500"]),
    w("hash mixing", Class::Integer, C("integer/hash_mix.c", O2, ""), &["40"]),
    w("crc by table", Class::Integer, C("integer/crc_table.c", O2, ""), &["1000"]),
    w("crc by bits", Class::Integer, C("integer/crc_bits.c", O2, ""), &["5000"]),
    w("recursion: fib", Class::Integer, C("integer/fib.c", O2, ""), &["39"]),
    w("recursion: deep", Class::Integer, C("integer/deep_recursion.c", O2, ""), &["700"]),
    w("recursion: queens", Class::Integer, C("integer/queens.c", O2, ""), &["13"]),
    w("virtual calls", Class::Integer, Cpp("integer/virtual_calls.cc", O2, ""), &["15000"]),
    w("interpreter: switch", Class::Integer, C("integer/interpreter.c", O2, ""), &["200000"]),
    w("interpreter: goto", Class::Integer, C("integer/interpreter.c", "-O2 -static -DGOTO", ""), &["200000"]),
    w("sha256", Class::Integer, C("integer/sha256.c", O2, ""), &["600"]),
    w("bignum", Class::Integer, C("integer/bignum.c", O2, ""), &["2500"]),
    w("strings: libc", Class::Integer, C("integer/strings.c", O2, ""), &["800"]),
    w("strings: loops", Class::Integer, C("integer/string_loops.c", O2, ""), &["2500"]),
    w("matrix of integers", Class::Integer, C("integer/matrix_integer.c", O2, ""), &["400"]),
    w("division", Class::Integer, C("integer/division.c", O2, ""), &["2000"]),
    w("matrix", Class::Float, C("float/matrix.c", O2, ""), &["1200"]),
    w("nbody", Class::Float, C("float/nbody.c", "-O2 -static -lm", ""), &["1000000"]),
    w("LU", Class::Float, C("float/lu.c", "-O2 -static -lm", ""), &["600"]),
    w("FFT", Class::Float, C("float/fft.c", "-O2 -static -lm", ""), &["4000"]),
    w("whetstone", Class::Float, C("float/whetstone.c", "-O2 -static -lm", ""), &["12000"]),
    w("FMA chains", Class::Float, C("float/fma_chains.c", "-O2 -static -lm", "-mfma"), &["12000"]),
    w("conversions", Class::Float, C("float/conversions.c", "-O2 -static -lm", ""), &["20000"]),
    w("rounding", Class::Float, C("float/rounding.c", "-O2 -static -lm", "-msse4.1"), &["40000"]),
    w("libm", Class::Float, C("float/libm.c", "-O2 -static -lm", ""), &["8000"]),
    w("sgemm -O3", Class::Float, C("float/gemm.c", O3, ""), &["600"]),
    w("dgemm -O3", Class::Float, C("float/gemm.c", "-O3 -static -DREAL=double", ""), &["350"]),
    w("mandelbrot", Class::Float, C("float/mandelbrot.c", "-O2 -static -ffp-contract=off", ""), &["600"]),
    w("spectral norm", Class::Float, C("float/spectral_norm.c", "-O2 -static -lm", ""), &["180"]),
    w("NaNs", Class::Float, C("float/nans.c", "-O2 -static -lm", "-mfma"), &["1500"]),
    w("stencil -O3", Class::Float, C("float/stencil.c", O3, ""), &["3000"]),
    w("saturating", Class::Vector, C("vector/saturating.c", VECTOR, HOST_SIMD), &["40000"]),
    w("tbl and zip", Class::Vector, C("vector/tables.c", VECTOR, HOST_SIMD), &["60000"]),
    w("SAD", Class::Vector, C("vector/sad.c", VECTOR, HOST_SIMD), &["4500"]),
    w("blend", Class::Vector, C("vector/blend.c", VECTOR, HOST_SIMD), &["50000"]),
    w("bytes -O3", Class::Vector, C("vector/bytes_o3.c", O3, ""), &["40000"]),
    w("AES instructions", Class::Vector, C("vector/aes_ctr.c", VECTOR, HOST_SIMD), &["5000"]),
    w("SHA instructions", Class::Vector, C("vector/sha256_instructions.c", VECTOR, HOST_SIMD), &["6000"]),
    w("CRC instructions", Class::Vector, C("vector/crc_instructions.c", VECTOR, HOST_SIMD), &["40000"]),
    w("carry-less products", Class::Vector, C("vector/carryless.c", VECTOR, HOST_SIMD), &["40000"]),
    w(
        "openssl aes",
        Class::Vector,
        Debian("usr/bin/openssl", None),
        &[
            "enc",
            "-aes-128-ctr",
            "-K",
            "00112233445566778899aabbccddeeff",
            "-iv",
            "0f0e0d0c0b0a09080706050403020100",
            "-in",
            "{data}/large",
        ],
    ),
    w("openssl sha256", Class::Vector, Debian("usr/bin/openssl", None), &["dgst", "-sha256", "-r", "{data}/large"]),
    w("openssl sha512", Class::Vector, Debian("usr/bin/openssl", None), &["dgst", "-sha512", "-r", "{data}/large"]),
    w(
        "openssl rsa",
        Class::Vector,
        Debian("usr/bin/openssl", None),
        &["rsa", "-check", "-noout", "-in", "{data}/key.pem"],
    ),
    w("zstd", Class::Vector, Debian("usr/bin/zstd", None), &["-q", "-c", "--single-thread", "-5", "{data}/text"]),
    w("zstd -d", Class::Vector, Debian("usr/bin/zstd", None), &["-q", "-d", "-c", "{data}/large.zst"]),
    w("xz", Class::Vector, Debian("usr/bin/xz", None), &["-c", "-0", "{data}/text"]),
    w("xz -d", Class::Vector, Debian("usr/bin/xz", None), &["-d", "-c", "{data}/large.xz"]),
    w(
        "ffmpeg h264",
        Class::Vector,
        Debian("usr/bin/ffmpeg", None),
        &["-v", "error", "-threads", "1", "-i", "{data}/clip.mp4", "-f", "md5", "-"],
    ),
    w("python3", Class::Real, Debian("usr/bin/python3", None), &["-I", "-S", "{programs}/work.py", "8"]),
    w(
        "perl",
        Class::Real,
        Debian("usr/bin/perl", None),
        &["-I{root}/usr/lib/{triple}/perl-base", "{programs}/work.pl", "30"],
    ),
    w("lua", Class::Real, Debian("usr/bin/lua5.4", None), &["{programs}/work.lua", "10"]),
    w("luajit", Class::Real, Debian("usr/bin/luajit", None), &["{programs}/work.lua", "20"]),
    w("node", Class::Real, Debian("usr/bin/node", None), &["{programs}/work.js", "60"]).in_root(),
    w(
        "java",
        Class::Real,
        Debian("usr/lib/jvm/java-17-openjdk-arm64/bin/java", Some("usr/lib/jvm/java-17-openjdk-amd64/bin/java")),
        &["-Xshare:off", "-cp", "{data}", "Work", "300"],
    ),
    w(
        "cc1 -O2",
        Class::Real,
        Debian("usr/lib/gcc-cross/powerpc64le-linux-gnu/12/cc1", None),
        &["-quiet", "-O2", "{data}/cc1.c", "-o", "-"],
    ),
    w(
        "cc1 -O0",
        Class::Real,
        Debian("usr/lib/gcc-cross/powerpc64le-linux-gnu/12/cc1", None),
        &["-quiet", "-O0", "{data}/cc1.c", "-o", "-"],
    ),
    w("sqlite3", Class::Real, Debian("usr/bin/sqlite3", None), &[":memory:"]).stdin("{programs}/work.sql"),
    w(
        "git",
        Class::Real,
        Debian("usr/bin/git", None),
        &["-C", "{data}/repository", "--no-pager", "log", "-p", "--stat"],
    ),
    w("jq", Class::Real, Debian("usr/bin/jq", None), &["-f", "{programs}/work.jq", "{data}/records.json"]),
    w("hello, static", Class::Start, C("hello.c", O2, ""), &[]).measured(Measure::Runs(20)),
    w("hello, dynamic", Class::Start, C("hello.c", "-O2", ""), &[]).measured(Measure::Runs(20)),
    w("code run once", Class::Translation, Once, &["1"]).measured(Measure::EachInstruction),
    w("write, flush, call", Class::Flush, C("flush.c", O2, ""), &["50000"]).measured(Measure::Each),
    w("system call", Class::System, C("system/calls.c", O2, ""), &["1000000"]).measured(Measure::Each),
    w("signal and back", Class::System, C("system/signals.c", O2, ""), &["100000"]).measured(Measure::Each),
    w("thread: create, join", Class::System, C("system/threads.c", O2, ""), &["5000"]).measured(Measure::Each),
    w("fork, exit, wait", Class::System, C("system/fork_exit.c", O2, ""), &["1000"]).measured(Measure::Each),
    w("fork, exec, wait", Class::System, C("system/fork_exec.c", O2, ""), &["300"]).measured(Measure::Each),
];

impl Workload {
    /// Whether its program is one of the large packages, which are unpacked on request.
    pub fn is_large(&self) -> bool {
        matches!(self.name, "ffmpeg h264" | "node" | "java" | "cc1 -O2" | "cc1 -O0")
    }
}
