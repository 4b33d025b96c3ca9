# cargo: a workspace of a program and a library with a build script, built and tested.
# root: programs
# minutes: 10
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=gcc RUSTDOCFLAGS="-C linker=gcc" CARGO_NET_OFFLINE=true
mkdir -p app/src sums/src
printf '[workspace]\nmembers = ["app", "sums"]\n' > Cargo.toml
printf '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nsums = { path = "../sums" }\n' > app/Cargo.toml
printf '[package]\nname = "sums"\nversion = "0.1.0"\nedition = "2021"\nbuild = "build.rs"\n' > sums/Cargo.toml
cat > sums/build.rs <<'RS'
fn main() {
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").unwrap());
    std::fs::write(out.join("limit.rs"), "pub const LIMIT: u64 = 20;").unwrap();
    println!("cargo:rerun-if-changed=build.rs");
}
RS
cat > sums/src/lib.rs <<'RS'
include!(concat!(env!("OUT_DIR"), "/limit.rs"));

/// The product of the numbers up to `n`.
///
/// ```
/// assert_eq!(sums::product(5), 120);
/// ```
pub fn product(n: u64) -> u64 {
    (1..=n).product()
}

#[test]
fn of_none() {
    assert_eq!(product(0), 1);
}
RS
echo 'fn main() { println!("{} {}", std::env::consts::ARCH, sums::product(sums::LIMIT)); }' > app/src/main.rs
cargo build -q -j 2 && target/debug/app && cargo run -q --release
cargo test -q 2>&1 | sed -n 's/; finished.*//; s/^test result/result/p'
touch app/src/main.rs && cargo build 2>&1 | sed -n 's/ v0.*//p'
