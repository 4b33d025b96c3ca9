// Modular exponentiation of 1024-bit numbers by Montgomery multiplication: MUL, UMULH, ADCS.
#include "kernel.h"

enum { LIMBS = 16 };
typedef uint64_t number[LIMBS];
typedef unsigned __int128 wide;

static void multiply(number out, const number a, const number b, const number m, uint64_t inverse) {
    uint64_t t[LIMBS + 2] = {0};
    for (int i = 0; i < LIMBS; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < LIMBS; j++) {
            wide sum = (wide)a[j] * b[i] + t[j] + carry;
            t[j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        wide top = (wide)t[LIMBS] + carry;
        t[LIMBS] = (uint64_t)top;
        t[LIMBS + 1] = (uint64_t)(top >> 64);
        uint64_t factor = t[0] * inverse;
        carry = (uint64_t)(((wide)factor * m[0] + t[0]) >> 64);
        for (int j = 1; j < LIMBS; j++) {
            wide sum = (wide)factor * m[j] + t[j] + carry;
            t[j - 1] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        top = (wide)t[LIMBS] + carry;
        t[LIMBS - 1] = (uint64_t)top;
        t[LIMBS] = t[LIMBS + 1] + (uint64_t)(top >> 64);
    }
    uint64_t borrow = 0;
    number less;
    for (int j = 0; j < LIMBS; j++) {
        wide difference = (wide)t[j] - m[j] - borrow;
        less[j] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    memcpy(out, t[LIMBS] >= borrow ? less : t, sizeof(number));
}

int main(int argc, char **argv) {
    number m, x, y;
    uint64_t seed = 8, inverse = 1;
    for (int i = 0; i < LIMBS; i++) {
        m[i] = next(&seed) | 1;
        x[i] = y[i] = next(&seed) >> 1;
    }
    m[LIMBS - 1] |= 1ULL << 63;
    for (int i = 0; i < 6; i++)
        inverse *= 2 - m[0] * inverse;
    for (int round = rounds(argc, argv); round > 0; round--)
        for (int bit = 0; bit < 64; bit++) {
            multiply(y, y, y, m, -inverse);
            if (m[round % LIMBS] >> bit & 1)
                multiply(y, y, x, m, -inverse);
        }
    uint64_t sum = 0;
    for (int i = 0; i < LIMBS; i++)
        sum = sum * 31 + y[i];
    return checksum(sum);
}
