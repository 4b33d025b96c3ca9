// The C library's string functions on short and long strings: copy, compare, search, convert, format.
#include "kernel.h"

int main(int argc, char **argv) {
    static char text[1 << 14], copy[1 << 14], word[32];
    uint64_t seed = 9, sum = 0;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        uint64_t r = next(&seed);
        text[i] = r % 7 ? 'a' + r / 7 % 20 : r % 8 ? ' ' : '\n';
    }
    for (int round = rounds(argc, argv); round > 0; round--) {
        strcpy(copy, text);
        sum += strlen(copy);
        int n = 0;
        for (char *rest, *token = strtok_r(copy, " \n", &rest); token; token = strtok_r(NULL, " \n", &rest)) {
            n++;
            snprintf(word, sizeof word, "%s-%d", strlen(token) < 12 ? token : "long", n);
            sum += strtoul(strchr(word, '-') + 1, NULL, 10) + (strcmp(word, token) > 0);
            sum += memchr(text + n, token[0], 4000) != NULL;
        }
        sum += strstr(text, "zzz no such thing") == NULL;
        sum += strrchr(text, ' ') - text + (memcmp(text, copy, 64) > 0);
    }
    return checksum(sum & 0xffffffff);
}
