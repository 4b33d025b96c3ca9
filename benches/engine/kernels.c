// The engine benchmark's kernels, compiled from this one source for AArch64 (what emu and qemu run)
// and for the host (what they are compared with). Each checks its own result.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int sieve(int rounds) {
    static uint8_t composite[1 << 16];
    int primes = 0;
    while (rounds-- > 0) {
        memset(composite, 0, sizeof composite);
        primes = 0;
        for (int i = 2; i < (int)sizeof composite; i++) {
            if (composite[i])
                continue;
            primes++;
            for (int j = 2 * i; j < (int)sizeof composite; j += i)
                composite[j] = 1;
        }
    }
    return primes == 6542;
}

struct node {
    struct node *next;
    uint64_t value;
};

static int list_walk(int rounds) {
    enum { NODES = 4096 };
    static struct node nodes[NODES];
    for (int i = 0; i < NODES; i++) {
        // 1237 is coprime to the number of nodes: one cycle through all of them, not in order.
        nodes[i].next = &nodes[(i + 1237) % NODES];
        nodes[i].value = i;
    }
    uint64_t sum = 0;
    const struct node *n = nodes;
    for (long i = 0; i < (long)rounds * NODES; i++) {
        sum += n->value;
        n = n->next;
    }
    return sum == (uint64_t)rounds * (NODES - 1) * NODES / 2;
}

__attribute__((noinline)) static int fib(int n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

__attribute__((noinline)) static void multiply(int n, const double *a, const double *b, double *c) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += a[i * n + k] * b[k * n + j];
            c[i * n + j] = sum;
        }
}

static int matrix(int rounds) {
    enum { N = 64 };
    static double a[N * N], b[N * N], c[N * N];
    for (int i = 0; i < N * N; i++) {
        a[i] = i % 7;
        b[i] = i % 5;
    }
    while (rounds-- > 0)
        multiply(N, a, b, c);
    // The sum of a product's elements is the dot product of a's column sums and b's row sums.
    double sum = 0, expected = 0;
    for (int k = 0; k < N; k++) {
        double column = 0, row = 0;
        for (int i = 0; i < N; i++) {
            column += a[i * N + k];
            row += b[k * N + i];
            sum += c[k * N + i];
        }
        expected += column * row;
    }
    return sum == expected;
}

// A simple loop, for the interpreter's instructions per second: four per round.
__attribute__((noinline)) static uint64_t count(uint64_t rounds) {
    uint64_t x = 1, i = 0;
    do {
        x ^= i;
        __asm__ volatile("" : "+r"(x));
        i++;
    } while (i != rounds);
    return x;
}

int main(int argc, char **argv) {
    const char *name = argc > 2 ? argv[1] : "";
    int rounds = argc > 2 ? atoi(argv[2]) : 0;
    int right;
    if (!strcmp(name, "sieve"))
        right = sieve(rounds);
    else if (!strcmp(name, "list"))
        right = list_walk(rounds);
    else if (!strcmp(name, "fib"))
        right = fib(rounds) > 0;
    else if (!strcmp(name, "matrix"))
        right = matrix(rounds);
    else if (!strcmp(name, "count"))
        right = count((uint64_t)rounds * 1000000) != 0;
    else {
        fprintf(stderr, "usage: kernels sieve|list|fib|matrix|count ROUNDS\n");
        return 2;
    }
    puts(right ? "ok" : "wrong");
    return !right;
}
