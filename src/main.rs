//! The `emu` program: arguments → configuration → a guest program that runs until it ends.

use emu::report::Failure;
use emu::{cli, config, load, trace};
use std::os::unix::ffi::OsStrExt;
use std::process::exit;

fn main() {
    let cli = match cli::parse(std::env::args_os().collect()) {
        Ok(cli::Request::Run(cli)) => cli,
        Ok(cli::Request::Print(text)) => {
            print!("{text}");
            exit(0);
        }
        Err(message) => exit(Failure::Usage(message).report()),
    };
    if let Err(failure) = run(*cli) {
        exit(failure.report());
    }
}

/// Comes back only if no guest program could be started.
fn run(cli: cli::Cli) -> Result<(), Failure> {
    let config = config::Config::new(cli, &std::env::vars_os().collect())?;
    start_log(&config)?;
    let request =
        load::Request { host_path: config.host_path.clone(), name: config.program.clone(), argv: config.argv.clone() };
    let _program = load::Program::find(&request, &config.sysroot)?;
    Ok(())
}

fn start_log(config: &config::Config) -> Result<(), Failure> {
    let path = config.log_file.as_ref().map(|path| std::ffi::CString::new(path.as_os_str().as_bytes()));
    let path = path.transpose().map_err(|_| Failure::Usage("-D names a file with a NUL byte".to_owned()))?;
    trace::log::start(config.log, path.as_deref())
        .map_err(|errno| Failure::LogFile { path: config.log_file.clone().unwrap_or_default(), errno })
}
