// The library's elementary functions over their usual ranges, double and float.
#include "kernel.h"
#include <math.h>

int main(int argc, char **argv) {
    double sum = 0;
    for (int i = rounds(argc, argv) * 100; i > 0; i--) {
        double x = (i % 1000) * 0.01 + 0.003;
        sum += sin(x) + cos(x * 3) + exp(-x) + log(x) + pow(x, 1.7) + atan2(x, 2.5) + tanh(x * 0.1) + cbrt(x);
        float y = (float)x;
        sum += sinf(y) + expf(-y) + logf(y) + powf(y, 0.3f) + hypotf(y, 2);
    }
    printf("%.4f\n", sum);
    return 0;
}
