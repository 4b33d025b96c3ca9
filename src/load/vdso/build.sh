#!/bin/sh
# Builds vdso.so from vdso.S: build.sh [OUTPUT]. Needs gcc-aarch64-linux-gnu.
# The result is committed, so that building emu needs no cross compiler; a test compares the two.
set -eu
here=$(dirname "$0")
output=${1:-$here/vdso.so}
aarch64-linux-gnu-gcc -nostdlib -shared -s \
    -Wl,-T,"$here/vdso.lds" -Wl,-soname=linux-vdso.so.1 -Wl,--hash-style=both -Wl,-Bsymbolic \
    -Wl,--build-id=none -Wl,--eh-frame-hdr -Wl,-n -Wl,-z,max-page-size=4096 -Wl,-z,norelro \
    -o "$output" "$here/vdso.S"
