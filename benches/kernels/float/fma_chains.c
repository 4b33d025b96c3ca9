// Polynomials by fused multiply-add: long dependent chains, double and float, one instruction each where
// the compiler is told that the machine has it (-mfma).
#include "kernel.h"
#include <math.h>

int main(int argc, char **argv) {
    double d[4] = {0.1, 0.2, 0.3, 0.4};
    float f[4] = {0.5f, 0.6f, 0.7f, 0.8f};
    for (long i = (long)rounds(argc, argv) * 1000; i > 0; i--)
        for (int k = 0; k < 4; k++) {
            double x = d[k], p = 0.125;
            p = fma(p, x, -0.25), p = fma(p, x, 0.375), p = fma(p, x, -0.5), p = fma(p, x, 0.75);
            d[k] = p;
            float y = f[k], q = 0.125f;
            q = fmaf(q, y, -0.25f), q = fmaf(q, y, 0.375f), q = fmaf(-q, y, 0.5f), q = fmaf(q, y, 0.0625f);
            f[k] = q;
        }
    printf("%.12f %.12f %.6f %.6f\n", d[0], d[3], f[0], f[3]);
    return 0;
}
