// Strings handled byte by byte: UTF-8 decoding, Levenshtein distance, decimal numbers both ways.
#include "kernel.h"

static int decode(const uint8_t **at) {
    const uint8_t *p = *at;
    int c = *p++;
    if (c >= 0xe0)
        c = (c & 15) << 12 | (p[0] & 63) << 6 | (p[1] & 63), p += 2;
    else if (c >= 0xc0)
        c = (c & 31) << 6 | (p[0] & 63), p++;
    *at = p;
    return c;
}

static int least(int a, int b) { return a < b ? a : b; }

static int distance(const char *a, int n, const char *b, int m) {
    int row[64];
    for (int j = 0; j <= m; j++)
        row[j] = j;
    for (int i = 1; i <= n; i++) {
        int corner = row[0]++;
        for (int j = 1; j <= m; j++) {
            int cost = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            row[j] = least(cost, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[m];
}

int main(int argc, char **argv) {
    static uint8_t text[6000];
    uint64_t seed = 10, sum = 0;
    size_t length = 0;
    while (length < sizeof text - 4) {
        uint64_t r = next(&seed);
        if (r % 4)
            text[length++] = 'a' + r / 4 % 26;
        else if (r % 8)
            text[length++] = 0xc3, text[length++] = 0x80 | (r / 8 % 64);
        else
            text[length++] = 0xe2, text[length++] = 0x82, text[length++] = 0x80 | (r / 8 % 64);
    }
    for (int round = rounds(argc, argv); round > 0; round--) {
        for (const uint8_t *p = text; p < text + length;)
            sum = sum * 31 + decode(&p);
        for (int i = 0; i < 20; i++)
            sum += distance((char *)text + 50 * i, 40, (char *)text + 50 * i + 25, 40);
        for (uint32_t n = round; n < 2000000; n += 10007) {
            char digits[12];
            int at = sizeof digits;
            for (uint32_t left = n; left; left /= 10)
                digits[--at] = '0' + left % 10;
            while (at < (int)sizeof digits)
                sum = sum * 10 + (digits[at++] - '0');
        }
    }
    return checksum(sum);
}
