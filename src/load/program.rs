//! From a path to checked files: through `#!` lines to an ELF image, and to its interpreter.
//!
//! Nothing is mapped yet, so execve(2) calls this first and can still return an error.

use super::elf::{HEADER_LEN, Image, ReadAt};
use super::error::{LoadError, show};
use super::file::ProgramFile;
use super::script::{HEAD_LEN, MAX_DEPTH, Shebang};
use super::sysroot::Sysroot;

/// What is to be started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The program's path on the host.
    pub host_path: Vec<u8>,
    /// Its path as the guest or the user wrote it: AT_EXECFN, and a script's name for its
    /// interpreter.
    pub name: Vec<u8>,
    /// argv.
    pub argv: Vec<Vec<u8>>,
}

/// A file and what its ELF headers say.
#[derive(Debug)]
pub struct CheckedFile {
    /// The open file.
    pub file: ProgramFile,
    /// Its image.
    pub image: Image,
}

/// A program that can be mapped.
#[derive(Debug)]
pub struct Program {
    /// The program; for a script, its interpreter.
    pub main: CheckedFile,
    /// The ELF interpreter (dynamic linker) it asks for.
    pub interp: Option<CheckedFile>,
    /// argv, with what `#!` lines put in front.
    pub argv: Vec<Vec<u8>>,
    /// AT_EXECFN: the path that was executed, also if it is a script.
    pub execfn: Vec<u8>,
}

impl Program {
    /// Opens and checks everything that `request` needs.
    pub fn find(request: &Request, sysroot: &Sysroot) -> Result<Program, LoadError> {
        let mut argv = request.argv.clone();
        let mut name = request.name.clone();
        let mut file = ProgramFile::open(&request.host_path)?;
        let mut script = None;
        let mut depth = 0;
        while let Some(shebang) = read_shebang(&file) {
            depth += 1;
            if depth > MAX_DEPTH {
                return Err(LoadError::TooManyScripts { path: show(&request.name) });
            }
            // The script's path takes argv[0]'s place, even where argv was empty.
            let rest = argv.split_off(argv.len().min(1));
            argv = vec![shebang.interpreter.clone()];
            argv.extend(shebang.argument);
            argv.push(name.clone());
            argv.extend(rest);
            file = ProgramFile::open(&sysroot.host_path(&shebang.interpreter)).map_err(|e| in_script(&name, e))?;
            script = Some(std::mem::replace(&mut name, shebang.interpreter));
        }
        let image = Image::parse(&file).map_err(|error| {
            let error = LoadError::Elf { path: show(file.path()), error };
            match &script {
                Some(script) => in_script(script, error),
                None => error,
            }
        })?;
        let interp = image.interp.as_ref().map(|path| find_interp(&file, path, sysroot)).transpose()?;
        // Linux 5.18 gives a program without arguments one empty string (bprm_execve).
        if argv.is_empty() {
            argv.push(Vec::new());
        }
        Ok(Program { main: CheckedFile { file, image }, interp, argv, execfn: request.name.clone() })
    }

    /// The thread name that the program starts with: the last component of the executed path, cut
    /// to TASK_COMM_LEN - 1 bytes.
    pub fn comm(&self) -> &[u8] {
        let base = self.execfn.rsplit(|&b| b == b'/').next().unwrap_or_default();
        base.get(..15).unwrap_or(base)
    }
}

fn read_shebang(file: &ProgramFile) -> Option<Shebang> {
    let mut head = [0u8; HEAD_LEN];
    let count = file.read_at(0, &mut head);
    Shebang::parse(head.get(..count)?)
}

fn in_script(script: &[u8], error: LoadError) -> LoadError {
    LoadError::ScriptInterpreter { script: show(script), error: Box::new(error) }
}

fn find_interp(program: &ProgramFile, path: &[u8], sysroot: &Sysroot) -> Result<CheckedFile, LoadError> {
    let host_path = sysroot.host_path(path);
    let file = ProgramFile::open(&host_path).map_err(|error| match error {
        LoadError::NotFound { .. } => LoadError::InterpreterMissing {
            path: show(program.path()),
            interp: show(path),
            searched: sysroot.dir().map_or("on this system".to_owned(), |dir| format!("under {}", show(dir))),
        },
        other => other,
    })?;
    let is_short = file.read_at(0, &mut [0; HEADER_LEN]) < HEADER_LEN;
    let (path, interp) = (program.path(), &host_path);
    let wrong = |error| LoadError::InterpreterElf { path: show(path), interp: show(interp), error, is_short };
    let image = Image::parse(&file).map_err(wrong)?;
    // The kernel maps an interpreter without looking for its own.
    Ok(CheckedFile { file, image })
}
