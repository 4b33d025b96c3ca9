//! GCC's sanitizers find in AArch64 programs what they find natively. They ask much of a kernel: terabytes of shadow
//! memory at addresses of their choice, handlers of faults on stacks of their own, and for leaks a process that shares
//! the memory and traces all threads (CLONE_VM, ptrace(2)).

mod common;

use common::fixture::{Build, Fixture};
use common::{CROSS_SYSROOT, emu_command, run, scratch};

/// A program of this name with a bug says this.
fn finds(name: &str, sanitizer: &str, bug: &str, report: &str) {
    let source = scratch(name).join(format!("{name}.c"));
    let text = format!(
        "// cflags: -pthread -fsanitize={sanitizer}\n#include <pthread.h>\n#include <stdlib.h>\n\
         static volatile int size = 16, counter;\n\
         void *leak(void *arg) {{ void *volatile lost = malloc(77); lost = arg; return lost; }}\n\
         void *count(void *arg) {{ for (int i = 0; i < 1000; i++) counter++; return arg; }}\n\
         int main(void) {{ pthread_t thread; (void)thread; {bug} return 0; }}\n"
    );
    std::fs::write(&source, text).expect("source");
    let program = Fixture::of_test(&source).build(Build::Dynamic);
    let ran = run(emu_command().args(["-L", CROSS_SYSROOT]).arg(&program).env("ASAN_OPTIONS", "detect_leaks=0"));
    assert!(ran.stderr.contains(report), "{name}: {ran:?}");
}

#[test]
fn a_leak() {
    let bug = "pthread_create(&thread, 0, leak, 0); pthread_join(thread, 0);";
    finds("bug-leak", "leak", bug, "SUMMARY: LeakSanitizer: 77 byte(s) leaked in 1 allocation(s)");
}

#[test]
fn a_write_beyond_a_block() {
    finds(
        "bug-beyond-block",
        "address",
        "volatile char *block = malloc(size); block[size] = 1;",
        "heap-buffer-overflow",
    );
}

#[test]
fn an_address_that_is_none() {
    finds(
        "bug-no-address",
        "address",
        "*(volatile char *)(long)size = 1;",
        "AddressSanitizer: SEGV on unknown address 0x000000000010",
    );
}

/// Its allocator tags pointers, which the kernel is to take (PR_SET_TAGGED_ADDR_CTRL).
#[test]
fn a_use_after_free_by_the_tag_of_the_pointer() {
    let bug = "volatile char *block = malloc(size); void *volatile freed = (void *)block; free(freed); block[3] = 1;";
    finds("bug-after-free", "hwaddress", bug, "HWAddressSanitizer: tag-mismatch");
}

#[test]
fn a_race() {
    let bug = "pthread_create(&thread, 0, count, 0); count(0); pthread_join(thread, 0);";
    finds("bug-race", "thread", bug, "ThreadSanitizer: data race");
}

#[test]
fn an_overflow() {
    finds("bug-overflow", "undefined", "size += 0x7fffffff;", "signed integer overflow: 16 + 2147483647");
}
