// Heat flowing over a plate: five neighbours of each float, vectorised by gcc -O3.
#include "kernel.h"

enum { N = 258 };
static float plate[2][N][N];

int main(int argc, char **argv) {
    for (int i = 0; i < N; i++)
        plate[0][0][i] = plate[1][0][i] = 100;
    int n = rounds(argc, argv);
    for (int round = 0; round < n; round++) {
        float(*restrict from)[N] = plate[round & 1], (*restrict to)[N] = plate[~round & 1];
        for (int i = 1; i < N - 1; i++)
            for (int j = 1; j < N - 1; j++)
                to[i][j] = from[i][j] * 0.5f + (from[i - 1][j] + from[i + 1][j] + from[i][j - 1] + from[i][j + 1]) * 0.125f;
    }
    double sum = 0;
    for (int i = 0; i < N * N; i++)
        sum += plate[n & 1][i / N][i % N];
    printf("%.2f\n", sum);
    return 0;
}
