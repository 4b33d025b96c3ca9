// Calls and returns: naive Fibonacci.
#include "kernel.h"

__attribute__((noinline)) static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main(int argc, char **argv) { return checksum(fib(rounds(argc, argv))); }
