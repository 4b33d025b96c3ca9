// A product of matrices in the order that gcc -O3 vectorises: float, or double under -DREAL=double.
#include "kernel.h"

#ifndef REAL
#define REAL float
#endif

__attribute__((noinline)) static void gemm(int n, const REAL *restrict a, const REAL *restrict b, REAL *restrict c) {
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            for (int j = 0; j < n; j++)
                c[i * n + j] += a[i * n + k] * b[k * n + j];
}

int main(int argc, char **argv) {
    enum { N = 128 };
    static REAL a[N * N], b[N * N], c[N * N];
    double sum = 0;
    for (int i = 0; i < N * N; i++) {
        a[i] = i % 7;
        b[i] = i % 5;
    }
    for (int round = rounds(argc, argv); round > 0; round--) {
        memset(c, 0, sizeof c);
        gemm(N, a, b, c);
        a[round % N] += 1;
        sum += c[round % (N * N)];
    }
    printf("%.1f\n", sum);
    return 0;
}
