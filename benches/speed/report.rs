//! The table: a line for each workload, then each class against its target. Markdown.

use crate::run::{Kind, Runner};
use crate::workloads::{Class, TARGETS, Target, Workload};

/// A workload's values, one for each runner: milliseconds, or why there is none.
pub struct Line {
    pub workload: &'static Workload,
    pub values: Vec<Result<f64, String>>,
    pub kinds: Vec<Kind>,
}

fn target(class: Class) -> Option<&'static Target> {
    TARGETS.iter().find(|t| t.class == class)
}

pub fn class_name(class: Class) -> &'static str {
    target(class).map_or("", |t| t.name)
}

impl Line {
    fn value(&self, kind: Kind) -> Option<f64> {
        self.kinds.iter().zip(&self.values).find(|(k, _)| **k == kind).and_then(|(_, v)| v.as_ref().ok().copied())
    }

    /// How many times as long as natively it takes.
    fn slower(&self) -> Option<f64> {
        Some(self.value(Kind::Emu)? / self.value(Kind::Native)?)
    }

    fn gain(&self, over: Kind) -> Option<f64> {
        Some(self.value(over)? / self.value(Kind::Emu)?)
    }

    pub fn print(&self) {
        let (unit, scale) = target(self.workload.class).and_then(|t| t.unit).unwrap_or(("ms", 1.0));
        print!("| {} |", self.workload.name);
        for value in &self.values {
            match value {
                Ok(ms) if unit == "ms" && *ms >= 20.0 => print!(" {ms:.0} ms |"),
                Ok(ms) if unit == "ms" && *ms < 0.1 => print!(" {:.2} µs |", ms * 1e3),
                Ok(ms) => print!(" {:.2} {unit} |", ms * scale),
                Err(why) => print!(" {why} |"),
            }
        }
        let ratio = |r: Option<f64>| r.map_or(String::new(), |r| format!("{r:.2}"));
        print!(" {} |", ratio(self.slower()));
        for kind in [Kind::Qemu, Kind::Qemu10] {
            if self.kinds.contains(&kind) {
                print!(" {} |", ratio(self.gain(kind)));
            }
        }
        println!();
    }
}

pub fn head(runners: &[Runner], repeats: usize) {
    println!("CPU time, user and system; medians of {repeats} rounds\n");
    print!("| workload |");
    runners.iter().for_each(|r| print!(" {} |", r.title));
    print!(" emu ÷ native |");
    let qemus = runners.iter().filter(|r| matches!(r.kind, Kind::Qemu | Kind::Qemu10));
    qemus.clone().for_each(|r| print!(" {} ÷ emu |", r.title));
    println!("\n|---|{}", "---|".repeat(runners.len() + 1 + qemus.count()));
}

fn geometric_mean(ratios: &[f64]) -> f64 {
    (ratios.iter().map(|r| r.ln()).sum::<f64>() / ratios.len() as f64).exp()
}

/// The geometric mean of each class beside what it is to reach.
pub fn classes(lines: &[Line], runners: &[Runner]) {
    let qemus: Vec<&Runner> = runners.iter().filter(|r| matches!(r.kind, Kind::Qemu | Kind::Qemu10)).collect();
    print!("\n| class | emu ÷ native | at most |");
    qemus.iter().for_each(|r| print!(" {} ÷ emu |", r.title));
    println!(" at least | least | failed |\n|---|{}", "---|".repeat(5 + qemus.len()));
    for t in TARGETS {
        let of_class: Vec<&Line> = lines.iter().filter(|l| l.workload.class == t.class).collect();
        if of_class.is_empty() {
            continue;
        }
        let cell =
            |ratios: Vec<f64>| if ratios.is_empty() { "".into() } else { format!("{:.2}", geometric_mean(&ratios)) };
        match t.unit {
            None => {
                let slower: Vec<f64> = of_class.iter().filter_map(|l| l.slower()).collect();
                print!("| {} ({}) | {} | {} |", t.name, slower.len(), cell(slower), t.at_most);
            }
            Some((unit, scale)) => {
                let values: Vec<String> = of_class
                    .iter()
                    .filter_map(|l| l.value(Kind::Emu))
                    .map(|v| format!("{:.2} {unit}", v * scale))
                    .collect();
                print!("| {} | {} | {} {unit} |", t.name, values.join(", "), t.at_most);
            }
        }
        for qemu in &qemus {
            print!(" {} |", cell(of_class.iter().filter_map(|l| l.gain(qemu.kind)).collect()));
        }
        let gains = of_class.iter().flat_map(|l| qemus.iter().filter_map(|q| Some((l.gain(q.kind)?, l.workload.name))));
        let least =
            gains.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(String::new(), |(g, name)| format!("{g:.2} {name}"));
        let failed = of_class.iter().filter(|l| l.values.iter().any(Result::is_err)).count();
        println!(" {} | {least} | {failed} |", t.times_qemu);
    }
}
