// floor, ceil, trunc and rint, minimum and maximum, absolute values and comparisons. -msse4.1 on the
// native side, so that both have an instruction for it.
#include "kernel.h"
#include <math.h>

int main(int argc, char **argv) {
    enum { N = 1000 };
    static double d[N];
    uint64_t seed = 23;
    double sum = 0, high = 0;
    for (int i = 0; i < N; i++)
        d[i] = (double)(int64_t)next(&seed) * 0x1p-50;
    for (int round = rounds(argc, argv); round > 0; round--)
        for (int i = 0; i < N; i++) {
            double x = d[i] + round;
            sum += floor(x) - ceil(x * 0.5) + trunc(x * 0.25) + rint(x * 0.125);
            if (fabs(x) > high)
                high = fabs(x);
            sum += x < 0 ? -0.5 : x > 100 ? 0.25 : 0.125;
        }
    printf("%.3f %.3f\n", sum, high);
    return 0;
}
