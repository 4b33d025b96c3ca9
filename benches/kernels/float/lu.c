// LU decomposition with partial pivoting: rows scaled and subtracted, a search for the largest.
#include "kernel.h"
#include <math.h>

int main(int argc, char **argv) {
    enum { N = 100 };
    static double original[N][N], a[N][N];
    uint64_t seed = 21;
    double sum = 0;
    for (int i = 0; i < N * N; i++)
        original[i / N][i % N] = (double)(next(&seed) >> 11) * 0x1p-53 - 0.5;
    for (int round = rounds(argc, argv); round > 0; round--) {
        memcpy(a, original, sizeof a);
        a[round % N][0] += 1;
        double determinant = 1;
        for (int k = 0; k < N; k++) {
            int pivot = k;
            for (int i = k + 1; i < N; i++)
                if (fabs(a[i][k]) > fabs(a[pivot][k]))
                    pivot = i;
            for (int j = 0; j < N && pivot != k; j++) {
                double swap = a[k][j];
                a[k][j] = a[pivot][j];
                a[pivot][j] = swap;
            }
            determinant *= a[k][k];
            for (int i = k + 1; i < N; i++) {
                double factor = a[i][k] / a[k][k];
                for (int j = k; j < N; j++)
                    a[i][j] -= factor * a[k][j];
            }
        }
        sum += log(fabs(determinant));
    }
    printf("%.6f\n", sum);
    return 0;
}
