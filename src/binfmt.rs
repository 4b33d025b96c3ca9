//! `--binfmt`: lets the host's kernel run AArch64 programs through emu (binfmt_misc, Documentation/
//! admin-guide/binfmt-misc.rst), so that host programs, too, can execute them.
//!
//! The registration has the flags
//!
//! * F: the kernel opens emu now and keeps it open, so that it also works in chroots and containers
//!   that do not have it;
//! * P: the program's argv[0] is passed beside its path. The kernel says so in AT_FLAGS, and
//!   [`arguments`] takes it from there.
//!
//! Two others are understood if somebody registers emu with them: O (the program comes as an open
//! descriptor, AT_EXECFD, so it need not be readable) and C (credentials are the program's; implies O).
//! C would let whoever starts a set-user-ID program choose emu's options, so it is not used.

use crate::host::raw;
use std::ffi::OsString;
use std::fmt::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

const DIRECTORY: &str = "/proc/sys/fs/binfmt_misc";
const NAME: &str = "emu-aarch64";
/// An ELF header from its start to `e_machine`: 64 bits, little-endian, version 1, any ABI byte;
/// ET_EXEC or ET_DYN; EM_AARCH64.
const MAGIC: [u8; 20] = [0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0xb7, 0];
const MASK: [u8; 20] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff,
];

/// Does what `--binfmt ACTION` asks for; the text goes to standard output, an error is one line.
pub fn run(action: &str) -> Result<String, String> {
    match action {
        "print" => Ok(format!("{}\n", registration(&own_path()?))),
        "install" => install(),
        "remove" => write("emu-aarch64", "-1").map(|()| format!("{NAME} is removed\n")),
        _ => Err(format!("--binfmt {action}: there are print, install and remove")),
    }
}

fn install() -> Result<String, String> {
    let path = own_path()?;
    if Path::new(DIRECTORY).join(NAME).exists() {
        write(NAME, "-1")?;
    }
    write("register", &registration(&path))?;
    Ok(format!("{NAME} is registered: AArch64 programs run through {path}\n"))
}

fn own_path() -> Result<String, String> {
    let path = std::env::current_exe().map_err(|error| format!("--binfmt: where emu lies is unknown: {error}"))?;
    match path.to_str() {
        Some(path) if !path.contains([':', '\n']) => Ok(path.to_owned()),
        _ => Err(format!("--binfmt: {}: a path with a colon cannot be registered (move emu)", path.display())),
    }
}

/// `:name:type:offset:magic:mask:interpreter:flags`.
fn registration(path: &str) -> String {
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "\\x{byte:02x}");
            text
        })
    };
    format!(":{NAME}:M::{}:{}:{path}:PF", hex(&MAGIC), hex(&MASK))
}

fn write(file: &str, text: &str) -> Result<(), String> {
    let path = Path::new(DIRECTORY).join(file);
    std::fs::write(&path, text).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::NotFound if file == "register" => {
                " (try mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc)"
            }
            std::io::ErrorKind::PermissionDenied => " (try as root)",
            _ => "",
        };
        format!("--binfmt: {}: {error}{hint}", path.display())
    })
}

/// The command line as a user would have typed it, if the kernel started us with the flag P:
/// emu, the program's path, its argv[0], its arguments.
pub fn arguments(given: Vec<OsString>) -> Vec<OsString> {
    if !raw::keeps_argv0() || given.len() < 3 {
        return given;
    }
    let mut given = given.into_iter();
    let (own, program, argv0) = (given.next(), given.next(), given.next().unwrap_or_default());
    let mut name = OsString::from("--argv0=");
    name.push(argv0);
    own.into_iter().chain([name, "--".into()]).chain(program).chain(given).collect()
}

/// Where the program is to be opened: at `path`, or at the descriptor that came for it (flag O) if
/// it cannot be read there.
pub fn program_path(path: &[u8]) -> Vec<u8> {
    match raw::exec_fd() {
        Some(fd) if std::fs::File::open(std::ffi::OsStr::from_bytes(path)).is_err() => {
            format!("/proc/self/fd/{fd}").into_bytes()
        }
        _ => path.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registration_matches_aarch64_programs_of_any_abi_byte() {
        let text = registration("/usr/bin/emu");
        assert!(text.starts_with(":emu-aarch64:M::\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01\\x00\\x00"), "{text}");
        assert!(text.ends_with(":/usr/bin/emu:PF"), "{text}");
        let matches =
            |header: &[u8]| MAGIC.iter().zip(MASK).zip(header).all(|((magic, mask), byte)| byte & mask == *magic);
        let mut header = MAGIC;
        (header[7], header[16]) = (3, 3);
        assert!(matches(&header), "ET_DYN with the GNU ABI");
        header[18] = 62;
        assert!(!matches(&header), "x86-64");
    }

    #[test]
    fn an_unknown_action_is_an_error() {
        assert!(run("enable").is_err_and(|text| text.contains("print, install and remove")));
    }
}
