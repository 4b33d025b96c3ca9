// Words counted in an open-addressing hash table: FNV-1a byte by byte, comparison, insertion.
#include "kernel.h"

int main(int argc, char **argv) {
    enum { SLOTS = 1 << 13, WORDS = 6000 };
    static char words[WORDS][16];
    static struct {
        const char *word;
        uint32_t hash, count;
    } table[SLOTS];
    uint64_t seed = 3, sum = 0;
    for (int i = 0; i < WORDS; i++) {
        int length = 3 + next(&seed) % 12;
        for (int j = 0; j < length; j++)
            words[i][j] = 'a' + next(&seed) % 6;
    }
    for (int round = rounds(argc, argv); round > 0; round--) {
        for (int i = 0; i < WORDS; i++) {
            uint32_t hash = 2166136261u;
            for (const char *c = words[i]; *c; c++)
                hash = (hash ^ (uint8_t)*c) * 16777619u;
            uint32_t at = hash % SLOTS;
            while (table[at].word && (table[at].hash != hash || strcmp(table[at].word, words[i])))
                at = (at + 1) % SLOTS;
            table[at].word = words[i];
            table[at].hash = hash;
            sum += ++table[at].count * (uint64_t)at;
        }
    }
    return checksum(sum);
}
