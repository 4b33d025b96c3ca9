// A walk along a linked list that fits the first caches: bound by the latency of loads.
#include "kernel.h"

struct node {
    struct node *next;
    uint64_t value;
};

int main(int argc, char **argv) {
    enum { NODES = 4096 };
    static struct node nodes[NODES];
    for (int i = 0; i < NODES; i++) {
        // 1237 is coprime to the number of nodes: one cycle through all of them, not in order.
        nodes[i].next = &nodes[(i + 1237) % NODES];
        nodes[i].value = i;
    }
    uint64_t sum = 0;
    const struct node *n = nodes;
    for (long i = (long)rounds(argc, argv) * NODES; i > 0; i--) {
        sum += n->value;
        n = n->next;
    }
    return checksum(sum);
}
