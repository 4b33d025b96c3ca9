//! SUPPORT.md is generated from the tables; `EMU_BLESS=1 cargo test --test support_page` writes it anew.

use std::path::Path;

fn page() -> String {
    format!(
        "# What is supported\n\n\
         Generated from `src/decode/table.rs` and `syscalls/src/table.rs` by `tests/support_page.rs`.\n\n\
         ## Instructions\n\n\
         An encoding that is not implemented raises SIGILL and is named in the log (`-d unimp`).\n\n{}\n\
         ## System calls\n\n{}",
        emu::decode::support::markdown(),
        syscalls::support::markdown(),
    )
}

#[test]
fn support_page_is_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("SUPPORT.md");
    if std::env::var_os("EMU_BLESS").is_some() {
        std::fs::write(&path, page()).expect("SUPPORT.md can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page(), "SUPPORT.md is out of date: EMU_BLESS=1 cargo test --test support_page");
}
