// Linked lists taken apart and merged again: a merge sort that only changes links.
#include "kernel.h"

struct node {
    struct node *next;
    uint32_t key;
};

static struct node *merge(struct node *a, struct node *b) {
    struct node head, *last = &head;
    while (a && b) {
        struct node **least = a->key <= b->key ? &a : &b;
        last->next = *least;
        last = *least;
        *least = last->next;
    }
    last->next = a ? a : b;
    return head.next;
}

static struct node *sort(struct node *list) {
    if (!list || !list->next)
        return list;
    struct node *middle = list;
    for (struct node *end = list->next; end && end->next; end = end->next->next)
        middle = middle->next;
    struct node *rest = middle->next;
    middle->next = NULL;
    return merge(sort(list), sort(rest));
}

int main(int argc, char **argv) {
    enum { NODES = 20000 };
    static struct node nodes[NODES];
    uint64_t seed = 1, sum = 0;
    for (int round = rounds(argc, argv); round > 0; round--) {
        for (int i = 0; i < NODES; i++) {
            nodes[i].key = next(&seed) >> 40;
            nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : NULL;
        }
        uint64_t place = 0;
        for (struct node *n = sort(nodes); n; n = n->next)
            sum += n->key * ++place;
    }
    return checksum(sum);
}
