// Recursion thousands of calls deep, and back: Ackermann's function, and a tree as tall as it is large.
#include "kernel.h"

__attribute__((noinline)) static uint32_t ackermann(uint32_t m, uint32_t n) {
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

struct tree {
    struct tree *left, *right;
    uint64_t key;
};

__attribute__((noinline)) static uint64_t sum(const struct tree *t, uint64_t depth) {
    return t ? sum(t->left, depth + 1) + t->key * depth + sum(t->right, depth + 1) : 0;
}

int main(int argc, char **argv) {
    enum { NODES = 3000 };
    static struct tree nodes[NODES];
    for (int i = 0; i + 1 < NODES; i++) {
        nodes[i].key = i;
        *(i % 3 ? &nodes[i].left : &nodes[i].right) = &nodes[i + 1];
    }
    uint64_t total = 0;
    for (int round = rounds(argc, argv); round > 0; round--)
        total += ackermann(2, 300 + round % 7) + ackermann(3, 5) + sum(nodes, 1);
    return checksum(total);
}
