//! A large body of code that is run once: what translation costs. Also, in a smaller size, what cc1
//! compiles.
//!
//! Every function is called twice, with a pattern and its inverse, and branches on the pattern's bits
//! only, so that each instruction is executed, most of them twice.

use std::fmt::Write;

/// Pseudo-random numbers; the code is the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % n
    }
}

/// The section of the functions.
pub const SECTION: &str = "once";

/// C source with so many functions of some 60 instructions each. Nothing is called if argv[1] is 0.
pub fn source(functions: usize) -> String {
    let mut r = Random(1);
    let mut out = String::from(
        "int printf(const char *, ...);\nint atoi(const char *);\ntypedef unsigned long word;\n\
         static word memory[512]; static unsigned char bytes[512]; static double reals[64];\n",
    );
    for f in 0..functions {
        let _ = writeln!(
            out,
            "__attribute__((noinline, section(\"{SECTION}\"))) static word f{f}(word x, word y, word k) {{\n  word z = x ^ {};",
            r.below(5000)
        );
        for _ in 0..8 {
            statement(&mut out, &mut r);
        }
        if f > 0 && r.below(4) == 0 {
            let _ = writeln!(out, "  if (k >> 60 & 1) z ^= f{}(y, z, 0) + f{}(z, x, ~0ul);", f - 1, f - 1);
        }
        out.push_str("  return x + y * 3 + z;\n}\n");
    }
    out.push_str("static word (*const all[])(word, word, word) = {");
    for f in 0..functions {
        let _ = write!(out, "f{f},");
    }
    out.push_str(
        "};\nint main(int argc, char **argv) {\n  word sum = 1;\n\
         if (argc > 1 && atoi(argv[1]))\n    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {\n\
         sum = all[i](sum, i, 0x3a5c96a5f00f5aa5);\n      sum += all[i](sum, i, ~0x3a5c96a5f00f5aa5);\n    }\n\
         printf(\"%lx\\n\", sum);\n  return 0;\n}\n",
    );
    out
}

fn statement(out: &mut String, r: &mut Random) {
    let (a, b, n, bit) = (r.below(512), r.below(512), r.below(60) + 1, r.below(60));
    let _ = match r.below(9) {
        0 => writeln!(out, "  x += memory[{a}] + (y << {}); memory[{b}] = x ^ z;", n % 31),
        1 => writeln!(
            out,
            "  if (k >> {bit} & 1) {{ y ^= x * {n}; memory[{a}] += y; }} else {{ z -= y >> 3; bytes[{b}] = z; }}"
        ),
        2 => writeln!(out, "  z = (z >> {n} | z << {}) + bytes[{a}] - (x & 0xff0);", 64 - n),
        3 => writeln!(out, "  if (k >> {bit} & 1) memory[{a}] = z + y; else x = memory[{b}] | 5;"),
        4 => writeln!(out, "  y = y * x + {b}; bytes[{a}] = y >> 8; z ^= (unsigned)y / {n};"),
        5 => writeln!(out, "  z += (int)x < (int)y ? x : y; x = x - (z >> {n}) + memory[({a} + (z & 3)) & 511];"),
        6 => writeln!(out, "  reals[{}] = reals[{}] * 0.5 + (double)(x & 0xff);", a & 63, b & 63),
        7 => writeln!(out, "  memory[{a}] = x; memory[({a} + 1) & 511] = y; x ^= memory[{b}] & ~z;"),
        _ => writeln!(
            out,
            "  if (k >> {bit} & 1) {{ if (k >> {} & 1) z += 7; else z ^= x; y += {a}; }} else x += {b};",
            (bit + 1) % 60
        ),
    };
}
