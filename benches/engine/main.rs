//! The engines on four kernels, beside the same source built natively and beside qemu-aarch64.
//!
//! `cargo bench --bench engine` builds the kernels with gcc -O2 for both machines, runs each of the
//! four ways in turn, several times over, and prints medians of user CPU time and their ratios. The
//! programs check their own results. Last come the interpreter's instructions per second on a simple
//! loop, and what translation costs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A kernel: its name, rounds to run, rounds for the interpreter, which is slower.
struct Kernel {
    name: &'static str,
    rounds: u32,
    interpreted: u32,
}

const KERNELS: [Kernel; 4] = [
    Kernel { name: "sieve", rounds: 1500, interpreted: 150 },
    Kernel { name: "list", rounds: 15000, interpreted: 5000 },
    Kernel { name: "fib", rounds: 39, interpreted: 34 },
    Kernel { name: "matrix", rounds: 1000, interpreted: 20 },
];

const REPEATS: usize = 7;

/// Millions of rounds of the counting loop, and its instructions per round.
const COUNT_ROUNDS: u32 = 200;
const COUNT_INSTRUCTIONS: f64 = 4.0;

fn main() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let native = compile("gcc", dir.join("kernels-native"));
    let guest = compile("aarch64-linux-gnu-gcc", dir.join("kernels-aarch64"));
    let emu = Path::new(env!("CARGO_BIN_EXE_emu"));
    let qemu = Path::new("qemu-aarch64");
    let has_qemu = Command::new(qemu).arg("--version").stdout(Stdio::null()).status().is_ok();

    println!("user CPU time, median of {REPEATS} interleaved runs");
    println!(
        "{:8} {:>9} {:>9} {:>9} {:>11}   jit ÷ native  qemu ÷ jit",
        "kernel", "native", "emu jit", "qemu", "emu interp"
    );
    let (mut logs, mut qemu_logs) = (0.0, 0.0);
    for kernel in &KERNELS {
        let mut times: [Vec<f64>; 4] = Default::default();
        let rounds = kernel.rounds.to_string();
        for _ in 0..REPEATS {
            times[0].push(user_ms(&native, &[kernel.name, &rounds]));
            let program = guest.to_string_lossy();
            times[1].push(user_ms(emu, &["--engine", "jit", &program, kernel.name, &rounds]));
            if has_qemu {
                times[2].push(user_ms(qemu, &[&program, kernel.name, &rounds]));
            }
        }
        let few = kernel.interpreted.to_string();
        let program = guest.to_string_lossy();
        let interpreted = user_ms(emu, &["--engine", "interp", &program, kernel.name, &few]);
        let scaled = interpreted * work(kernel.name, kernel.rounds) / work(kernel.name, kernel.interpreted);
        let [native_ms, jit, qemu_ms, _] = times.map(median);
        let (slow, gain) = (jit / native_ms, qemu_ms / jit);
        logs += slow.ln();
        qemu_logs += gain.ln();
        println!(
            "{:8} {native_ms:6.0} ms {jit:6.0} ms {qemu_ms:6.0} ms {scaled:8.0} ms   {slow:12.2}  {gain:10.1}",
            kernel.name
        );
    }
    let n = KERNELS.len() as f64;
    println!("{:49}   {:12.2}  {:10.1}", "geometric mean", (logs / n).exp(), (qemu_logs / n).exp());

    let rounds = COUNT_ROUNDS.to_string();
    let program = guest.to_string_lossy();
    let count = median((0..3).map(|_| user_ms(emu, &["--engine", "interp", &program, "count", &rounds])).collect());
    let millions = COUNT_ROUNDS as f64 * COUNT_INSTRUCTIONS;
    println!("interpreter: {:.0} million instructions per second on a loop of four", millions / (count / 1000.0));
    let stats = Command::new(emu).args(["--engine", "jit", "-d", "stats", &program, "sieve", "1"]).output();
    let text = stats.map(|o| String::from_utf8_lossy(&o.stderr).into_owned()).unwrap_or_default();
    print!("translation: {text}");
}

/// How much work so many rounds are: fib's grows exponentially.
fn work(name: &str, rounds: u32) -> f64 {
    if name == "fib" { 1.618_033_988_75_f64.powi(rounds as i32) } else { rounds as f64 }
}

fn compile(compiler: &str, output: PathBuf) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/engine/kernels.c");
    let done = Command::new(compiler).args(["-O2", "-static", "-o"]).arg(&output).arg(&source).status();
    assert!(done.is_ok_and(|s| s.success()), "{compiler} cannot build {}", source.display());
    output
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// User CPU time in milliseconds of one run, which must succeed.
fn user_ms(program: &Path, args: &[&str]) -> f64 {
    let before = children_ms();
    let status = Command::new(program).args(args).stdout(Stdio::null()).status();
    assert!(status.is_ok_and(|s| s.success()), "{} {args:?} failed", program.display());
    children_ms() - before
}

fn children_ms() -> f64 {
    let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_CHILDREN);
    usage.map_or(0.0, |u| u.user_time().tv_sec() as f64 * 1000.0 + u.user_time().tv_usec() as f64 / 1000.0)
}
