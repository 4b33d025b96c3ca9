//! The programs of a workload: compiled for both machines, or found in Debian's roots.

use crate::data;
use crate::once;
use crate::workloads::{Source, Workload};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A workload that can be run.
pub struct Built {
    pub native: PathBuf,
    pub guest: PathBuf,
    /// Instructions of the guest's code that is run once.
    pub instructions: u64,
}

/// Functions in the code that is run once.
const FUNCTIONS: usize = 3000;

/// Compiles what is not there yet.
pub fn build(w: &Workload) -> Result<Built, String> {
    let kernels = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/kernels");
    let (native, guest) = match w.source {
        Source::C(file, flags, host) => {
            compile_both(["gcc", "aarch64-linux-gnu-gcc"], &kernels.join(file), flags, host)?
        }
        Source::Cpp(file, flags, host) => {
            compile_both(["g++", "aarch64-linux-gnu-g++"], &kernels.join(file), flags, host)?
        }
        Source::Once => {
            let file = data::data_dir().join("once.c");
            std::fs::write(&file, once::source(FUNCTIONS)).map_err(|e| e.to_string())?;
            compile_both(["gcc", "aarch64-linux-gnu-gcc"], &file, "-O2 -static", "")?
        }
        Source::Debian(path, host) => {
            let (native, guest) = (data::root(true).join(host.unwrap_or(path)), data::root(false).join(path));
            for path in [&native, &guest] {
                if !path.exists() {
                    return Err(format!("{} is missing: tools/bench-roots", path.display()));
                }
            }
            (native, guest)
        }
    };
    let instructions = section_size(&guest, once::SECTION).unwrap_or(0) / 4;
    Ok(Built { native, guest, instructions })
}

fn compile_both(compilers: [&str; 2], source: &Path, flags: &str, host: &str) -> Result<(PathBuf, PathBuf), String> {
    let [native, guest] = compilers;
    // The architecture's extensions that emu and qemu both have.
    let guest_flags =
        if source.parent().is_some_and(|d| d.ends_with("vector")) { "-march=armv8-a+crypto+crc" } else { "" };
    Ok((compile(native, source, flags, host)?, compile(guest, source, flags, guest_flags)?))
}

/// A program's name has a hash of all that it is made from, so that it is made once.
fn compile(compiler: &str, source: &Path, flags: &str, more: &str) -> Result<PathBuf, String> {
    let kernels = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/kernels");
    let mut hash = DefaultHasher::new();
    for file in [source, &kernels.join("kernel.h"), &kernels.join("vector/simd.h")] {
        std::fs::read(file).map_err(|e| format!("{}: {e}", file.display()))?.hash(&mut hash);
    }
    (compiler, flags, more).hash(&mut hash);
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    let output = data::bench_dir().join("built").join(format!("{stem}-{:016x}", hash.finish()));
    if output.exists() {
        return Ok(output);
    }
    let (libraries, flags): (Vec<&str>, Vec<&str>) = flags.split_whitespace().partition(|f| f.starts_with("-l"));
    let mut command = Command::new(compiler);
    command
        .args(flags)
        .args(more.split_whitespace())
        .arg("-I")
        .arg(kernels)
        .arg("-o")
        .arg(&output)
        .arg(source)
        .args(libraries);
    match command.status() {
        Ok(status) if status.success() => Ok(output),
        _ => Err(format!("{compiler} cannot build {}", source.display())),
    }
}

fn section_size(program: &Path, name: &str) -> Option<u64> {
    let bytes = std::fs::read(program).ok()?;
    let elf = goblin::elf::Elf::parse(&bytes).ok()?;
    elf.section_headers.iter().find(|s| elf.shdr_strtab.get_at(s.sh_name) == Some(name)).map(|s| s.sh_size)
}
