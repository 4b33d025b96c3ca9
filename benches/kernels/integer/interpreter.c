// An interpreter of byte code that counts primes by trial division: with a switch, or, under -DGOTO,
// with a computed goto at the end of each operation.
#include "kernel.h"

enum { PUSH, LOAD, STORE, ADD, MOD, LESS, JUMP, UNLESS, INC, HALT };
enum { N, D, SQUARE, PRIMES, LIMIT, VARIABLES };
enum { OUTER = 4, INNER = 19, DIVIDE = 28, PRIME = 52, NEXT_N = 57, END = 64 };

static const uint8_t program[] = {
    PUSH, 2, STORE, N,
    // OUTER: while n < limit; d = 2; square = 4
    LOAD, N, LOAD, LIMIT, LESS, UNLESS, END, PUSH, 2, STORE, D, PUSH, 4, STORE, SQUARE,
    // INNER: if n < square, n is a prime
    LOAD, N, LOAD, SQUARE, LESS, UNLESS, DIVIDE, JUMP, PRIME,
    // DIVIDE: if d divides n, it is none
    LOAD, N, LOAD, D, MOD, UNLESS, NEXT_N,
    // square += d; d++; square += d
    LOAD, SQUARE, LOAD, D, ADD, LOAD, D, INC, STORE, D, LOAD, D, ADD, STORE, SQUARE, JUMP, INNER,
    // PRIME: primes++
    LOAD, PRIMES, INC, STORE, PRIMES,
    // NEXT_N: n++
    LOAD, N, INC, STORE, N, JUMP, OUTER,
    // END:
    HALT
};

static uint64_t run(const uint8_t *code, int64_t limit) {
    int64_t stack[64], v[VARIABLES] = {[LIMIT] = limit}, *top = stack;
    const uint8_t *ip = code;
#ifdef GOTO
    static const void *const places[] = {&&push, &&load, &&store, &&add, &&mod, &&less, &&jump, &&unless, &&inc, &&halt};
#define NEXT goto *places[*ip++]
#define ON(label, NAME) label:
    NEXT;
#else
#define NEXT break
#define ON(label, NAME) case NAME:
    for (;;)
        switch (*ip++) {
#endif
    ON(push, PUSH) *top++ = *ip++;
    NEXT;
    ON(load, LOAD) *top++ = v[*ip++];
    NEXT;
    ON(store, STORE) v[*ip++] = *--top;
    NEXT;
    ON(add, ADD) top--, top[-1] += top[0];
    NEXT;
    ON(mod, MOD) top--, top[-1] %= top[0];
    NEXT;
    ON(less, LESS) top--, top[-1] = top[-1] < top[0];
    NEXT;
    ON(jump, JUMP) ip = code + *ip;
    NEXT;
    ON(unless, UNLESS) ip = *--top ? ip + 1 : code + *ip;
    NEXT;
    ON(inc, INC) top[-1]++;
    NEXT;
    ON(halt, HALT) return v[PRIMES];
#ifndef GOTO
        }
#endif
}

int main(int argc, char **argv) { return checksum(run(program, rounds(argc, argv))); }
