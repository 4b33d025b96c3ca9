// Motion search: the sum of absolute differences of a 16×16 block at each place of a window.
#include "simd.h"

int main(int argc, char **argv) {
    enum { WIDTH = 64, SIZE = WIDTH * WIDTH };
    static uint8_t frame[SIZE], block[256];
    uint64_t total = 0;
    fill(frame, SIZE, 36);
    for (int round = rounds(argc, argv); round > 0; round--) {
        for (int y = 0; y < 16; y++)
            memcpy(block + 16 * y, frame + (y + round % 40) * WIDTH + round % 37, 16);
        uint64_t best = ~0ULL;
        for (int at = 0; at < 48 * WIDTH; at += at % WIDTH == 47 ? 17 : 1) {
            v128 s = all8(0);
            for (int y = 0; y < 16; y++)
                s = sad(s, load(frame + at + y * WIDTH), load(block + 16 * y));
            uint64_t lanes[2];
            store(lanes, s);
            uint64_t cost = (lanes[0] + lanes[1]) << 16 | at;
            best = cost < best ? cost : best;
        }
        total = total * 31 + best;
        frame[best & 0xfff] ^= 5;
    }
    return checksum(total);
}
