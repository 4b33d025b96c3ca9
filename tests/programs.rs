//! Real programs from Debian's arm64 packages, each by a script of its own: `tests/programs/NAME.sh`
//! runs in the guest's bash, in an empty directory, and must print `NAME.out`, which is what the
//! programs are documented to do.
//!
//! A script with the line `# root: programs` needs the larger root, `target/guest-programs`,
//! and is run by `make programs` (EMU_PROGRAMS=1); the others run with all tests. `# minutes: N` gives it
//! more time than others have. `$SOURCES` and `$FOREIGN` are what tools/guest-root has fetched besides:
//! sources to be built, and the first stage of a debootstrap.

mod common;

use common::{Ran, TIME_LIMIT, emu_command, guest_root, run_within};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn main() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let files = std::fs::read_dir(dir).expect("tests/programs").map(|entry| entry.expect("entry").path());
    let scripts = files.filter(|path| path.extension().is_some_and(|ext| ext == "sh"));
    let mut trials: Vec<Trial> = scripts.map(trial).collect();
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trial(script: PathBuf) -> Trial {
    let name = script.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
    let text = std::fs::read_to_string(&script).expect("a script");
    let wants_more = text.lines().any(|line| line == "# root: programs");
    let is_left_out = wants_more && std::env::var_os("EMU_PROGRAMS").is_none();
    let minutes = text.lines().find_map(|line| line.strip_prefix("# minutes: ")?.parse().ok());
    let limit = minutes.map_or(TIME_LIMIT, |minutes: u64| Duration::from_secs(60 * minutes));
    Trial::test(name.clone(), move || check(&name, &script, wants_more, limit)).with_ignored_flag(is_left_out)
}

fn check(name: &str, script: &Path, wants_more: bool, limit: Duration) -> Result<(), Failed> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    let root = if wants_more { larger_root()? } else { guest_root() };
    let dir = common::scratch(&format!("program-{name}"));
    let mut command = emu_command();
    command.arg("-L").arg(&root).arg(root.join("bin/bash")).arg(script).current_dir(&dir);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
        .env("HOME", &dir)
        .env("LC_ALL", "C")
        .env("TERM", "xterm")
        .env("SOURCES", target.join("guest-sources"))
        .env("FOREIGN", target.join("guest-foreign"));
    let Ran { status, stdout, stderr } = run_within(limit, &mut command, "");
    // Some are large; a failed one stays to be looked at.
    if status.success() {
        let _ = std::fs::remove_dir_all(&dir);
    }
    let expected = std::fs::read_to_string(script.with_extension("out")).expect("the expected output");
    if status.success() && stdout == expected {
        return Ok(());
    }
    Err(format!("{status}\n--- expected\n{expected}--- printed\n{stdout}--- standard error\n{stderr}").into())
}

fn larger_root() -> Result<PathBuf, Failed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/guest-programs");
    if root.join(".packages").exists() {
        Ok(root)
    } else {
        Err("target/guest-programs is missing: run make programs".into())
    }
}
