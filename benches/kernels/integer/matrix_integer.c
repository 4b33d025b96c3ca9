// A product of integer matrices whose columns are walked: MADD, and addresses with a stride.
#include "kernel.h"

int main(int argc, char **argv) {
    enum { N = 96 };
    static int64_t a[N][N], b[N][N], c[N][N];
    uint64_t seed = 11, sum = 0;
    for (int i = 0; i < N * N; i++) {
        a[i / N][i % N] = next(&seed) >> 40;
        b[i / N][i % N] = next(&seed) >> 40;
    }
    for (int round = rounds(argc, argv); round > 0; round--) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                int64_t x = 0;
                for (int k = 0; k < N; k++)
                    x += a[i][k] * b[k][j];
                c[i][j] = x;
            }
        sum += c[round % N][3 * round % N];
        a[round % N][0] ^= sum & 0xff;
    }
    return checksum(sum);
}
