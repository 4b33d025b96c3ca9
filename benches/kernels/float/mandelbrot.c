// Points of the Mandelbrot set: a short chain of scalar operations and a comparison that ends it.
#include "kernel.h"

int main(int argc, char **argv) {
    int n = rounds(argc, argv);
    uint64_t sum = 0;
    for (int py = 0; py < n; py++)
        for (int px = 0; px < n; px++) {
            double x0 = 3.0 * px / n - 2, y0 = 2.0 * py / n - 1, x = 0, y = 0;
            int i = 0;
            while (i < 200 && x * x + y * y <= 4) {
                double t = x * x - y * y + x0;
                y = 2 * x * y + y0;
                x = t;
                i++;
            }
            sum += i;
        }
    return checksum(sum);
}
