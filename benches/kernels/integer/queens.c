// All ways to place queens: recursion with bit masks, and branches nobody can predict.
#include "kernel.h"

static int place(unsigned all, unsigned columns, unsigned left, unsigned right) {
    if (columns == all)
        return 1;
    int found = 0;
    for (unsigned free = all & ~(columns | left | right); free; free &= free - 1) {
        unsigned queen = free & -free;
        found += place(all, columns | queen, (left | queen) << 1, (right | queen) >> 1);
    }
    return found;
}

int main(int argc, char **argv) { return checksum(place((1u << rounds(argc, argv)) - 1, 0, 0, 0)); }
