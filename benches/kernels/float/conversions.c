// Between integers and floating point, float and double, and rounding to integers.
#include "kernel.h"
#include <math.h>

int main(int argc, char **argv) {
    enum { N = 2000 };
    static double d[N];
    static float f[N];
    static int32_t n[N];
    uint64_t seed = 22, sum = 0;
    for (int i = 0; i < N; i++) {
        d[i] = (double)(int64_t)next(&seed) * 0x1p-44;
        n[i] = next(&seed) >> 36;
    }
    for (int round = rounds(argc, argv); round > 0; round--) {
        for (int i = 0; i < N; i++) {
            f[i] = (float)d[i] + n[i];
            sum += (int64_t)d[i] + (uint32_t)(fabsf(f[i]) * 0.25f) + (int32_t)f[i];
            d[i] = (double)(f[i] * 0.5f) - (double)(uint32_t)n[i] + (double)((sum & 0xffff) - 30000.0);
        }
        sum += (uint64_t)(fabs(d[round % N]) + (double)(sum >> 12));
    }
    return checksum(sum);
}
