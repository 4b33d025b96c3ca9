// A table with holes, which are NaNs, and with infinities, as statistics meet them: sums that a hole makes
// NaNs, differences of infinities, 0 / 0, square roots of negative numbers, maxima that skip holes.
// Which NaN it is nobody asks, as machines differ in that.
#include "kernel.h"
#include <math.h>

enum { N = 512 };
static double x[N], y[N], z[N];
static float u[N], w[N];

static long holes(const double *v) {
    long count = 0;
    for (int i = 0; i < N; i++)
        count += v[i] != v[i];
    return count;
}

int main(int argc, char **argv) {
    for (int i = 0; i < N; i++) {
        x[i] = i % 4 == 1 ? NAN : i % 4 == 2 ? INFINITY : i - 200.5;
        y[i] = i % 8 == 2 ? INFINITY : i % 8 == 3 ? 0 : i * 0.25;
        u[i] = x[i], w[i] = y[i];
    }
    long count = 0;
    double sum = 0, running = NAN;
    float greatest = -INFINITY;
    for (long r = rounds(argc, argv) * 10L; r > 0; r--) {
        for (int i = 0; i < N; i++)
            z[i] = x[i] - y[i];
        count += holes(z);
        for (int i = 0; i < N; i++)
            z[i] = x[i] * y[(i + 1) % N] + z[i];
        count += holes(z);
        for (int i = 0; i < N; i++)
            z[i] = sqrt(x[i]);
        count += holes(z);
        for (int i = 0; i < N; i++)
            z[i] = y[i] / y[N - 1 - i];
        count += holes(z);
        for (int i = 0; i < N; i++)
            running = fma(x[i], 0.5, running), sum += x[i] < INFINITY ? x[i] : 0;
        for (int i = 0; i < N; i++)
            greatest = fmaxf(greatest, u[i] - w[i] < INFINITY ? u[i] : NAN);
    }
    printf("%ld %d %.3f %.3f\n", count, running != running, sum, greatest);
    return 0;
}
