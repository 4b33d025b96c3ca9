//! The speed benchmark: each workload natively, under emu and under qemu-aarch64, in CPU time.
//!
//! `make bench`, or `cargo bench --bench speed -- [OPTIONS] [FILTER…]`. Every workload ([`workloads`]) is
//! built for both machines from the same source with the same flags ([`programs`]), or is a program of
//! Debian's in both architectures. The ways to run it take turns; the value is the median of the
//! user and system time of the process and its children, and every run's output must be the native
//! one's. Of qemu's default CPU and cortex-a76 the quicker counts: a first round tries both. What runs as emu is a copy,
//! as an installed program is: what a linker has just written lies in the page cache in small pieces, and each start
//! takes 0.2 to 0.5 ms longer.
//!
//! `qemu-aarch64` of the PATH counts as the stable one; that of Debian's backports is used where
//! tools/bench-roots has unpacked it.

mod data;
mod once;
mod programs;
mod report;
mod run;
mod workloads;

use report::Line;
use run::{Runner, Sample};
use workloads::{WORKLOADS, Workload};

const HELP: &str = "cargo bench --bench speed -- [OPTIONS] [FILTER...]
  FILTER         part of a workload's name or of its class's; several are alternatives
  --repeats N    rounds (3)
  --only LIST    of native,emu,interp,qemu,qemu10 (all but interp)
  --real         also the large programs: node, java, ffmpeg, cc1
  --emu PATH     another emu";

/// What was asked for.
struct Options {
    filters: Vec<String>,
    repeats: usize,
    only: Vec<String>,
    real: bool,
    emu: String,
}

impl Options {
    fn parse() -> Result<Options, String> {
        let mut options = Options {
            filters: Vec::new(),
            repeats: 3,
            only: ["native", "emu", "qemu", "qemu10"].map(String::from).to_vec(),
            real: false,
            emu: env!("CARGO_BIN_EXE_emu").to_owned(),
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--bench" => {}
                "--repeats" => options.repeats = value()?.parse().map_err(|_| "--repeats needs a number")?,
                "--only" => options.only = value()?.split(',').map(str::to_owned).collect(),
                "--emu" => options.emu = value()?,
                "--real" => options.real = true,
                filter if !filter.starts_with('-') => options.filters.push(filter.to_owned()),
                _ => return Err(HELP.to_owned()),
            }
        }
        Ok(options)
    }

    fn wants(&self, w: &Workload) -> bool {
        let named = |f: &String| w.name.contains(f.as_str()) || report::class_name(w.class).contains(f.as_str());
        (self.filters.is_empty() || self.filters.iter().any(named)) && (self.real || !w.is_large())
    }
}

fn main() {
    let options = match Options::parse() {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}");
            std::process::exit(1);
        }
    };
    let wanted: Vec<&Workload> = WORKLOADS.iter().filter(|w| options.wants(w)).collect();
    data::prepare(&wanted);
    let runners = Runner::find(&options.only, &data::installed(&options.emu));
    let mut lines = Vec::new();
    report::head(&runners, options.repeats);
    for w in wanted {
        match measure(w, &runners, options.repeats) {
            Ok(line) => {
                line.print();
                lines.push(line);
            }
            Err(why) => println!("| {} | {why} |", w.name),
        }
    }
    report::classes(&lines, &runners);
}

/// One workload on all runners. Err says why it could not be measured.
fn measure(w: &'static Workload, runners: &[Runner], repeats: usize) -> Result<Line, String> {
    let built = programs::build(w)?;
    let mut expected: Option<Vec<u8>> = None;
    let mut samples: Vec<Vec<f64>> = runners.iter().map(|_| Vec::new()).collect();
    let mut cpu = vec![0; runners.len()];
    let mut failures = vec![None; runners.len()];
    for round in 0..repeats {
        for (i, runner) in runners.iter().enumerate() {
            let choices = if round == 0 { 0..runner.cpus().len() } else { cpu[i]..cpu[i] + 1 };
            let mut best: Option<Sample> = None;
            for choice in choices {
                if failures[i].is_some() {
                    continue;
                }
                let sample = runner.sample(choice, w, &built).and_then(|sample| {
                    let expected = expected.get_or_insert_with(|| sample.output.clone());
                    if *expected == sample.output { Ok(sample) } else { Err("another output".to_owned()) }
                });
                match sample {
                    Ok(sample) if best.as_ref().is_none_or(|b| sample.ms < b.ms) => {
                        cpu[i] = choice;
                        best = Some(sample);
                    }
                    Ok(_) => {}
                    Err(why) => failures[i] = Some(why),
                }
            }
            samples[i].extend(best.map(|b| b.ms));
        }
    }
    let values = samples.into_iter().zip(failures).map(|(s, failure)| failure.map_or_else(|| Ok(median(s)), Err));
    Ok(Line { workload: w, values: values.collect(), kinds: runners.iter().map(|r| r.kind).collect() })
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}
