// The spectral norm of an endless matrix: divisions, one for each of its elements.
#include "kernel.h"
#include <math.h>

enum { N = 300 };

static double element(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(const double *v, double *out, int transposed) {
    for (int i = 0; i < N; i++) {
        double sum = 0;
        for (int j = 0; j < N; j++)
            sum += (transposed ? element(j, i) : element(i, j)) * v[j];
        out[i] = sum;
    }
}

int main(int argc, char **argv) {
    static double u[N], v[N], t[N];
    for (int i = 0; i < N; i++)
        u[i] = 1;
    for (int round = rounds(argc, argv); round > 0; round--) {
        times(u, t, 0), times(t, v, 1);
        times(v, t, 0), times(t, u, 1);
        double norm = 0;
        for (int i = 0; i < N; i++)
            norm += u[i] * u[i];
        for (int i = 0; i < N; i++)
            u[i] /= sqrt(norm);
    }
    printf("%.9f\n", u[1] / v[1]);
    return 0;
}
