// What every kernel needs: its number of rounds, pseudo-random numbers, and a checksum to print. The
// output is compared with that of the native build, so it must not depend on the machine.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline int rounds(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s ROUNDS\n", argv[0]);
        exit(2);
    }
    return atoi(argv[1]);
}

static inline uint64_t next(uint64_t *state) {
    // xorshift64*
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1DULL;
}

static inline int checksum(uint64_t value) {
    printf("%016llx\n", (unsigned long long)value);
    return 0;
}
