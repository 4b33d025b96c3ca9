// A product of double matrices in the plain three loops, as gcc -O2 leaves it.
#include "kernel.h"

__attribute__((noinline)) static void multiply(int n, const double *a, const double *b, double *c) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += a[i * n + k] * b[k * n + j];
            c[i * n + j] = sum;
        }
}

int main(int argc, char **argv) {
    enum { N = 64 };
    static double a[N * N], b[N * N], c[N * N];
    for (int i = 0; i < N * N; i++) {
        a[i] = i % 7;
        b[i] = i % 5;
    }
    for (int round = rounds(argc, argv); round > 0; round--)
        multiply(N, a, b, c);
    double sum = 0;
    for (int i = 0; i < N * N; i++)
        sum += c[i] * (i % 13);
    return checksum((uint64_t)sum);
}
