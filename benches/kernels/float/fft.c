// Fast Fourier transform of 2048 points, radix 2, in place: butterflies on complex doubles.
#include "kernel.h"
#include <math.h>

enum { N = 2048 };
static double re[N], im[N], cosine[N / 2], sine[N / 2];

static void fft(void) {
    for (int i = 0, j = 0; i < N; i++) {
        if (i < j) {
            double t = re[i];
            re[i] = re[j], re[j] = t;
            t = im[i];
            im[i] = im[j], im[j] = t;
        }
        int bit = N >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j |= bit;
    }
    for (int half = 1; half < N; half *= 2)
        for (int i = 0; i < N; i += 2 * half)
            for (int k = 0; k < half; k++) {
                double wr = cosine[k * (N / 2 / half)], wi = sine[k * (N / 2 / half)];
                int a = i + k, b = a + half;
                double tr = re[b] * wr - im[b] * wi, ti = re[b] * wi + im[b] * wr;
                re[b] = re[a] - tr, im[b] = im[a] - ti;
                re[a] += tr, im[a] += ti;
            }
}

int main(int argc, char **argv) {
    for (int i = 0; i < N / 2; i++) {
        cosine[i] = cos(2 * M_PI * i / N);
        sine[i] = -sin(2 * M_PI * i / N);
    }
    double sum = 0;
    for (int round = rounds(argc, argv); round > 0; round--) {
        for (int i = 0; i < N; i++) {
            re[i] = (i * 7 + round) % 101 - 50;
            im[i] = 0;
        }
        fft();
        sum += re[round % N] + im[7];
    }
    printf("%.3f\n", sum);
    return 0;
}
