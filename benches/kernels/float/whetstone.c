// The mix of the Whetstone benchmark: array elements, calls, integer arithmetic, conditions, and the
// library's elementary functions.
#include "kernel.h"
#include <math.h>

static double t = 0.499975, t2 = 2.0, e[5];

__attribute__((noinline)) static void array(double *x) {
    for (int i = 0; i < 6; i++) {
        x[1] = (x[1] + x[2] + x[3] - x[4]) * t;
        x[2] = (x[1] + x[2] - x[3] + x[4]) * t;
        x[3] = (x[1] - x[2] + x[3] + x[4]) * t;
        x[4] = (-x[1] + x[2] + x[3] + x[4]) / t2;
    }
}

__attribute__((noinline)) static void scalar(double x, double y, double *z) {
    double x1 = t * (x + y), y1 = t * (x1 + y);
    *z = (x1 + y1) / t2;
}

int main(int argc, char **argv) {
    double x = 0.5, y = 0.5, z = 0, sum = 0;
    for (int round = rounds(argc, argv); round > 0; round--) {
        e[1] = e[2] = e[3] = 1, e[4] = -1;
        for (int i = 0; i < 14; i++)
            array(e);
        int j = 1;
        for (int i = 0; i < 345; i++) {
            j = j == 1 ? 2 : 3;
            j = j > 2 ? 0 : 1;
            j = j < 1 ? 1 : 0;
        }
        for (int i = 1; i < 210; i++) {
            int k = i % 3 + j;
            e[(k + 1) & 3] = i + k - 2, e[k & 3] = (double)i * k / 8;
        }
        for (int i = 0; i < 32; i++) {
            x = t * atan(t2 * sin(x) * cos(x) / (cos(x + y) + cos(x - y) - 1));
            y = t * atan(t2 * sin(y) * cos(y) / (cos(x + y) + cos(x - y) - 1));
        }
        for (int i = 0; i < 899; i++)
            scalar(x, y, &z);
        double w = 0.75;
        for (int i = 0; i < 93; i++)
            w = sqrt(exp(log(w) / 0.50000025));
        sum += w + z + x + e[2];
        x = y = 0.5;
    }
    printf("%.6f\n", sum);
    return 0;
}
