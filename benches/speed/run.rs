//! The ways to run a workload, and one timed run.

use crate::data;
use crate::programs::Built;
use crate::workloads::{Measure, Source, Workload};
use nix::sys::resource::{UsageWho, getrusage};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What executes a workload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Native,
    Emu,
    Interp,
    Qemu,
    Qemu10,
}

/// One of them on this machine.
pub struct Runner {
    pub kind: Kind,
    pub title: String,
    program: PathBuf,
}

/// One run, or several that count as one.
pub struct Sample {
    pub ms: f64,
    pub output: Vec<u8>,
}

impl Runner {
    /// Those of the list that this machine has.
    pub fn find(only: &[String], emu: &Path) -> Vec<Runner> {
        let backports = data::bench_dir().join("qemu-backports/usr/bin/qemu-aarch64");
        let known = [
            ("native", Kind::Native, PathBuf::new()),
            ("emu", Kind::Emu, emu.into()),
            ("interp", Kind::Interp, emu.into()),
            ("qemu", Kind::Qemu, "qemu-aarch64".into()),
            ("qemu10", Kind::Qemu10, backports),
        ];
        let wanted = known.into_iter().filter(|(name, ..)| only.iter().any(|o| o == name));
        wanted
            .filter_map(|(name, kind, program)| {
                let title = match kind {
                    Kind::Qemu | Kind::Qemu10 => format!("qemu {}", version(&program)?),
                    _ => name.to_owned(),
                };
                Some(Runner { kind, title, program })
            })
            .collect()
    }

    /// The CPU models to choose from.
    pub fn cpus(&self) -> &'static [&'static str] {
        if matches!(self.kind, Kind::Qemu | Kind::Qemu10) { &["", "cortex-a76"] } else { &[""] }
    }

    /// A timed run with the CPU model of that number.
    pub fn sample(&self, cpu: usize, w: &Workload, built: &Built) -> Result<Sample, String> {
        let cpu = self.cpus().get(cpu).copied().unwrap_or_default();
        let args: Vec<String> = w.args.iter().map(|a| self.expand(w, a)).collect();
        let once = |args: &[String]| self.run(cpu, w, built, args);
        match w.measure {
            Measure::Whole => once(&args),
            Measure::Runs(n) => {
                let mut all = Sample { ms: 0.0, output: Vec::new() };
                for _ in 0..n {
                    let one = once(&args)?;
                    all = Sample { ms: all.ms + one.ms / n as f64, output: one.output };
                }
                Ok(all)
            }
            Measure::Each | Measure::EachInstruction => {
                let base = once(&["0".to_owned()])?;
                let whole = once(&args)?;
                let count = match w.measure {
                    Measure::Each => args.last().and_then(|n| n.parse().ok()).unwrap_or(f64::NAN),
                    _ => built.instructions as f64,
                };
                Ok(Sample { ms: (whole.ms - base.ms) / count, ..whole })
            }
        }
    }

    fn is_native(&self) -> bool {
        self.kind == Kind::Native
    }

    fn expand(&self, w: &Workload, text: &str) -> String {
        let scripts = if w.in_root && self.is_native() { PathBuf::new() } else { data::programs_dir() };
        let triple = if self.is_native() { "x86_64-linux-gnu" } else { "aarch64-linux-gnu" };
        text.replace("{data}", &data::data_dir().to_string_lossy())
            .replace("{programs}", &scripts.to_string_lossy())
            .replace("{root}", &data::root(self.is_native()).to_string_lossy())
            .replace("{triple}", triple)
    }

    fn command(&self, cpu: &str, w: &Workload, built: &Built) -> Command {
        let root = data::root(self.is_native());
        let is_debian = matches!(w.source, Source::Debian(..));
        // What Debian's update-alternatives would have linked.
        let libraries = data::library_path(self.is_native());
        if self.is_native() && w.in_root {
            let mut command = Command::new("unshare");
            command.args(["--map-root-user", "chroot"]).arg(&root);
            command.arg(Path::new("/").join(built.native.strip_prefix(&root).unwrap_or(&built.native)));
            return command;
        }
        if self.is_native() {
            let mut command = Command::new(&built.native);
            if is_debian {
                command.env("LD_LIBRARY_PATH", libraries);
            }
            return command;
        }
        let mut command = Command::new(&self.program);
        match self.kind {
            Kind::Emu => drop(command.args(["--engine", "jit"])),
            Kind::Interp => drop(command.args(["--engine", "interp"])),
            _ if !cpu.is_empty() => drop(command.args(["-cpu", cpu])),
            _ => {}
        }
        command.arg("-L").arg(root);
        if is_debian {
            command.arg("-E").arg(format!("LD_LIBRARY_PATH={libraries}"));
        }
        command.arg(&built.guest);
        command
    }

    fn run(&self, cpu: &str, w: &Workload, built: &Built, args: &[String]) -> Result<Sample, String> {
        let out = data::bench_dir().join("output");
        let file = File::create(&out).map_err(|e| e.to_string())?;
        let mut command = self.command(cpu, w, built);
        command.args(args).stdout(file).stderr(Stdio::null()).stdin(Stdio::null());
        command.env("HOME", data::bench_dir()).env("LC_ALL", "C").env("GIT_CONFIG_NOSYSTEM", "1");
        if let Some(input) = w.stdin {
            command.stdin(File::open(self.expand(w, input)).map_err(|e| format!("{input}: {e}"))?);
        }
        let before = children_ms();
        let status = command.status().map_err(|e| format!("{:?}: {e}", command.get_program()))?;
        let ms = children_ms() - before;
        if !status.success() {
            return Err(status.to_string());
        }
        Ok(Sample { ms, output: std::fs::read(&out).map_err(|e| e.to_string())? })
    }
}

/// User and system time of all children that have ended.
fn children_ms() -> f64 {
    let ms = |t: nix::sys::time::TimeVal| t.tv_sec() as f64 * 1000.0 + t.tv_usec() as f64 / 1000.0;
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0.0, |u| ms(u.user_time()) + ms(u.system_time()))
}

/// What `--version` says, major and minor.
fn version(program: &PathBuf) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = text.split_whitespace().find(|w| w.starts_with(|c: char| c.is_ascii_digit()))?;
    Some(number.splitn(3, '.').take(2).collect::<Vec<_>>().join("."))
}
