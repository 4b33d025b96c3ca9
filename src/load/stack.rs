//! The first stack of a program: argument strings, environment, auxiliary vector.
//!
//! Pure: builds the bytes and says where they go. From high to low addresses, as bprm_execve() and
//! create_elf_tables() lay it out for arm64:
//!
//! ```text
//!   top      8 zero bytes
//!            path given to execve
//!            environment strings, argument strings      (the first lowest)
//!            0 to 4095 bytes of randomization, aligned to 16
//!            "aarch64", 16 random bytes
//!            auxiliary vector, 0, envp…, 0, argv…
//!   sp  ───▶ argc                                        (16-byte aligned)
//! ```

use super::auxv::{self, AuxInfo, StackStrings};
use thiserror::Error;

const PLATFORM: &[u8] = b"aarch64\0";
/// MAX_ARG_STRLEN: one string, with its NUL.
const STRING_MAX: usize = 32 * 4096;
/// What the strings may take at least (ARG_MAX), however small the stack.
const STRINGS_MIN: u64 = 32 * 4096;
/// And at most: three quarters of the default stack limit (bprm_stack_limits).
const STRINGS_MAX: u64 = 6 << 20;

/// What goes onto the stack.
#[derive(Clone, Debug)]
pub struct StackContents<'a> {
    /// argv.
    pub argv: &'a [Vec<u8>],
    /// envp, as NAME=VALUE.
    pub envp: &'a [Vec<u8>],
    /// The path that was executed, for AT_EXECFN.
    pub execfn: &'a [u8],
    /// AT_RANDOM's bytes.
    pub random: [u8; 16],
    /// Bytes by which the stack pointer is lowered, below 4096 (0 without randomization).
    pub shift: u64,
    /// The rest of the auxiliary vector.
    pub aux: AuxInfo,
}

/// A built stack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StackImage {
    /// SP at the program's first instruction; also where `bytes` begin.
    pub sp: u64,
    /// From `sp` to the stack's top.
    pub bytes: Vec<u8>,
    /// Address of argv[0]'s string and first address beyond the last argument string.
    pub args: (u64, u64),
    /// The same for the environment.
    pub env: (u64, u64),
    /// The auxiliary vector, as /proc/self/auxv has it.
    pub auxv: Vec<u8>,
}

/// E2BIG.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("the argument list and environment are too long (pass fewer, or raise ulimit -s)")]
pub struct TooLong;

impl StackContents<'_> {
    /// Lays the contents out below `top`, a page boundary, on a stack that may hold `stack_len`
    /// bytes.
    pub fn build(&self, top: u64, stack_len: u64) -> Result<StackImage, TooLong> {
        self.check_sizes(stack_len)?;
        let execfn = top - 8 - (self.execfn.len() as u64 + 1);
        let env_start = execfn - strings_len(self.envp);
        let args_start = env_start - strings_len(self.argv);
        let platform = ((args_start - self.shift) & !15) - PLATFORM.len() as u64;
        let random = platform - self.random.len() as u64;

        let entries = self.aux.entries(&StackStrings { random, execfn, platform });
        let mut words = vec![self.argv.len() as u64];
        words.extend(string_addresses(args_start, self.argv));
        words.push(0);
        words.extend(string_addresses(env_start, self.envp));
        words.push(0);
        let auxv = auxv::to_bytes(&entries);
        let sp = (random - (words.len() * 8 + auxv.len()) as u64) & !15;

        let mut bytes = StackBytes { sp, bytes: Vec::with_capacity((top - sp) as usize) };
        bytes.put(sp, words.iter().flat_map(|w| w.to_le_bytes()));
        bytes.put(sp + words.len() as u64 * 8, auxv.iter().copied());
        bytes.put(random, self.random);
        bytes.put(platform, PLATFORM.iter().copied());
        bytes.put(args_start, terminated(self.argv));
        bytes.put(env_start, terminated(self.envp));
        bytes.put(execfn, self.execfn.iter().copied());
        bytes.put(top, []);
        Ok(StackImage { sp, bytes: bytes.bytes, args: (args_start, env_start), env: (env_start, execfn), auxv })
    }

    fn check_sizes(&self, stack_len: u64) -> Result<(), TooLong> {
        let limit = (stack_len / 4).clamp(STRINGS_MIN, STRINGS_MAX);
        let pointers = (self.argv.len() + self.envp.len()) as u64 * 8;
        let total = strings_len(self.argv) + strings_len(self.envp) + self.execfn.len() as u64 + pointers;
        let is_one_long = self.argv.iter().chain(self.envp).any(|s| s.len() >= STRING_MAX);
        if is_one_long || total > limit { Err(TooLong) } else { Ok(()) }
    }
}

/// Bytes written in ascending order, gaps zeroed.
struct StackBytes {
    sp: u64,
    bytes: Vec<u8>,
}

impl StackBytes {
    fn put(&mut self, addr: u64, bytes: impl IntoIterator<Item = u8>) {
        self.bytes.resize((addr - self.sp) as usize, 0);
        self.bytes.extend(bytes);
    }
}

fn strings_len(strings: &[Vec<u8>]) -> u64 {
    strings.iter().map(|s| s.len() as u64 + 1).sum()
}

fn string_addresses(start: u64, strings: &[Vec<u8>]) -> impl Iterator<Item = u64> {
    strings.iter().scan(start, |next, s| {
        let addr = *next;
        *next += s.len() as u64 + 1;
        Some(addr)
    })
}

fn terminated(strings: &[Vec<u8>]) -> impl Iterator<Item = u8> {
    strings.iter().flat_map(|s| s.iter().copied().chain([0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: u64 = 0x400_0000_0000;

    fn strings(list: &[&str]) -> Vec<Vec<u8>> {
        list.iter().map(|s| s.as_bytes().to_vec()).collect()
    }

    /// Reads a built stack back as a C program does.
    struct Reader<'a>(&'a StackImage);

    impl Reader<'_> {
        fn word(&self, addr: u64) -> u64 {
            let at = (addr - self.0.sp) as usize;
            u64::from_le_bytes(self.0.bytes[at..at + 8].try_into().unwrap())
        }

        fn string(&self, addr: u64) -> String {
            let rest = &self.0.bytes[(addr - self.0.sp) as usize..];
            String::from_utf8(rest[..rest.iter().position(|&b| b == 0).unwrap()].to_vec()).unwrap()
        }
    }

    fn read_vector(reader: &Reader, mut at: u64) -> (Vec<String>, u64) {
        let mut found = Vec::new();
        while reader.word(at) != 0 {
            found.push(reader.string(reader.word(at)));
            at += 8;
        }
        (found, at + 8)
    }

    #[test]
    fn a_program_finds_its_arguments_environment_and_auxv() {
        for (args, env, shift) in [(1, 0, 0), (2, 1, 16), (3, 2, 4095), (2, 2, 1)] {
            let argv = strings(&["prog", "", "three"][..args]);
            let envp = strings(&["A=1", "B="][..env]);
            let aux = AuxInfo { entry: 0x1234, ..AuxInfo::default() };
            let contents = StackContents { argv: &argv, envp: &envp, execfn: b"./prog", random: [7; 16], shift, aux };
            let image = contents.build(TOP, 8 << 20).unwrap();
            assert_eq!(image.sp % 16, 0);
            assert_eq!(image.sp + image.bytes.len() as u64, TOP);
            let reader = Reader(&image);
            assert_eq!(reader.word(image.sp), args as u64);
            let (found_args, next) = read_vector(&reader, image.sp + 8);
            assert_eq!(strings(&found_args.iter().map(String::as_str).collect::<Vec<_>>()), argv);
            let (found_env, auxv) = read_vector(&reader, next);
            assert_eq!(strings(&found_env.iter().map(String::as_str).collect::<Vec<_>>()), envp);
            let find = |key| {
                (0..).map(|i| auxv + 16 * i).find(|&at| reader.word(at) == key).map(|at| reader.word(at + 8)).unwrap()
            };
            assert_eq!(reader.string(find(auxv::at::EXECFN)), "./prog");
            assert_eq!(reader.string(find(auxv::at::PLATFORM)), "aarch64");
            assert_eq!(find(auxv::at::ENTRY), 0x1234);
            assert_eq!(reader.word(find(auxv::at::RANDOM)), 0x0707_0707_0707_0707);
        }
    }

    #[test]
    fn too_many_bytes_are_e2big() {
        let contents =
            |argv| StackContents { argv, envp: &[], execfn: b"x", random: [0; 16], shift: 0, aux: AuxInfo::default() };
        let one = [vec![b'a'; STRING_MAX]];
        assert_eq!(contents(&one).build(TOP, 8 << 20), Err(TooLong));
        let many = vec![vec![b'a'; 1000]; 3000];
        assert_eq!(contents(&many).build(TOP, 8 << 20), Err(TooLong));
        assert!(contents(&many).build(TOP, 32 << 20).is_ok());
    }
}
