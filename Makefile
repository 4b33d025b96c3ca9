# `make` lists the targets. Each says what it does and may be repeated.

TARGET  := x86_64-unknown-linux-gnu
RELEASE := target/$(TARGET)/release/emu
SECONDS ?= 60
CASES   ?= 20000

.DEFAULT_GOAL := help
.PHONY: help demo test check build deps guest-root programs fuzz diff bench gdb-testsuite gdb-natively clean

help:
	@echo "make demo         install what is needed, build, and show gdb following a fork"
	@echo "make test         install what is needed, check and run every test"
	@echo "make check        formatting and lints"
	@echo "make build        the release build: $(RELEASE)"
	@echo "make deps         install the packages needed (root or sudo)"
	@echo "make guest-root   unpack Debian's arm64 programs into target/guest-root"
	@echo "make programs     unpack more of Debian's arm64 programs, and run a script for each"
	@echo "make fuzz         run each fuzz target for SECONDS=$(SECONDS)"
	@echo "make bench        measure every workload beside native code and qemu-aarch64 (FILTER, REPEATS, ONLY, BENCH=real)"
	@echo "make gdb-testsuite  GDB's own testsuite with emu in gdbserver's place (TESTS)"
	@echo "make gdb-natively   the tests' gdb dialogues with gdbserver, on programs of this machine"
	@echo "make diff         compare CASES=$(CASES) random cases of each instruction with qemu-aarch64"

demo: deps build
	tools/demo $(RELEASE)

test: deps guest-root check build
	EMU_BIN=$(CURDIR)/$(RELEASE) tools/test

check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

build:
	cargo build --release

deps:
	tools/deps

guest-root: deps
	tools/guest-root

programs: deps build
	tools/guest-root
	tools/guest-root programs
	EMU_PROGRAMS=1 EMU_BIN=$(CURDIR)/$(RELEASE) env --default-signal cargo test --test programs -- --test-threads=1

fuzz:
	tools/fuzz $(SECONDS)

# EMU_DIFF_SEED and EMU_DIFF_ROWS choose what is generated; see tests/differential/main.rs.
diff: deps
	EMU_DIFF_CASES=$(CASES) cargo test --release --test differential -- --nocapture

# FILTER: part of a name or class; REPEATS: rounds; ONLY: of native,emu,interp,qemu,qemu10; BENCH=real: with the
# large programs (node, java, ffmpeg, gcc).
bench: deps
	tools/bench-roots $(BENCH)
	cargo bench --bench speed -- $(if $(REPEATS),--repeats $(REPEATS)) $(if $(ONLY),--only $(ONLY)) $(if $(BENCH),--$(BENCH)) $(FILTER)

gdb-natively: deps
	GDB_NATIVELY=1 cargo test --test gdb_dialogues

# TESTS: as gdb.base/foll-fork.exp; without, those of tests/gdb_testsuite/tests.txt, which takes hours.
gdb-testsuite: deps build
	tools/gdb-testsuite $(RELEASE) $(TESTS)

clean:
	cargo clean
