/* The oracle's half of the differential test: executes short programs on given register states
 * and reports what became of them. Runs under qemu-aarch64, a real AArch64 machine, or emu.
 *
 * Arguments: the addresses of memory and code, as the side under test has them. Standard input has
 * batches: a header, the contents of memory, the programs, then for each program `states` register
 * states. Standard output gets one result for each state, in order. Layouts are those of state.rs,
 * little-endian.
 *
 * Programs end with BRK, and everything goes through the signal handler: it takes the registers
 * out of the signal frame, whatever the signal, puts the next state in, and returns into the next
 * program. So no register is needed by the executor itself, and an instruction that faults or is
 * undefined is a result like any other. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <asm/sigcontext.h>

#define MEMORY_SIZE 4096
#define PROGRAM_WORDS 8
#define PROGRAMS 256
#define CHANGE_SIZE 128

struct state {
    uint64_t x[31], sp, nzcv;
    uint32_t fpsr, fpcr;
    __uint128_t v[32];
};

struct result {
    struct state after;
    uint64_t pc; /* relative to the program */
    uint64_t signal, address;
    uint64_t hash, first;
    uint8_t bytes[CHANGE_SIZE];
    uint64_t padding;
};

struct header {
    uint32_t programs, states;
};

static uint8_t *memory, before[MEMORY_SIZE];
static uint32_t *code;
static struct state *states;
static struct result *results;
static struct header batch;
static size_t next, total;
static mcontext_t caller;
static uint64_t thread_pointer;

/* First of all output: the ID registers, in the order of IdReg::ALL, and the random bytes of AT_RANDOM. */
static void introduce(void) {
    uint64_t id[9];
#define READ(n, name) __asm__("mrs %0, " name : "=r"(id[n]))
    READ(0, "S3_0_C0_C4_0");
    READ(1, "S3_0_C0_C4_1");
    READ(2, "S3_0_C0_C6_0");
    READ(3, "S3_0_C0_C6_1");
    READ(4, "S3_0_C0_C6_2");
    READ(5, "S3_0_C0_C7_0");
    READ(6, "S3_0_C0_C7_1");
    READ(7, "S3_0_C0_C7_2");
    READ(8, "S3_0_C0_C5_0");
    fwrite(id, sizeof id, 1, stdout);
    fwrite((void *)getauxval(AT_RANDOM), 16, 1, stdout);
    fflush(stdout);
}

static struct fpsimd_context *fpsimd(mcontext_t *m) { return (struct fpsimd_context *)m->__reserved; }

static uint32_t *program(size_t n) { return code + PROGRAM_WORDS * (n / batch.states); }

/* As Change::between of state.rs; puts memory back. */
static void take_memory(struct result *r) {
    r->first = MEMORY_SIZE;
    r->hash = 0;
    memset(r->bytes, 0, sizeof r->bytes);
    if (memcmp(memory, before, MEMORY_SIZE) == 0)
        return;
    size_t first = 0;
    while (memcmp(memory + first, before + first, 16) == 0)
        first += 16;
    r->first = first;
    memcpy(r->bytes, memory + first, MEMORY_SIZE - first < CHANGE_SIZE ? MEMORY_SIZE - first : CHANGE_SIZE);
    for (size_t i = 0; i < MEMORY_SIZE / 8; i++) {
        uint64_t h = (r->hash ^ ((uint64_t *)memory)[i]) * 0x9e3779b97f4a7c15;
        r->hash = h << 29 | h >> 35;
    }
    memcpy(memory, before, MEMORY_SIZE);
}

static void take(mcontext_t *m, uint32_t *start, int signal, const siginfo_t *info, struct result *r) {
    struct fpsimd_context *fp = fpsimd(m);
    memcpy(r->after.x, m->regs, sizeof r->after.x);
    r->after.sp = m->sp;
    r->after.nzcv = m->pstate & 0xf0000000;
    r->after.fpsr = fp->fpsr;
    r->after.fpcr = fp->fpcr;
    memcpy(r->after.v, fp->vregs, sizeof r->after.v);
    r->pc = m->pc - (uint64_t)start;
    r->signal = signal == SIGTRAP ? 0 : signal;
    r->address = signal == SIGSEGV || signal == SIGBUS ? (uint64_t)info->si_addr : 0;
    take_memory(r);
}

static void put(mcontext_t *m, uint32_t *start, const struct state *s) {
    struct fpsimd_context *fp = fpsimd(m);
    memcpy(m->regs, s->x, sizeof s->x);
    m->sp = s->sp;
    m->pstate = s->nzcv;
    fp->fpsr = s->fpsr;
    fp->fpcr = s->fpcr;
    memcpy(fp->vregs, s->v, sizeof s->v);
    /* End the records here: QEMU restores V registers from an SVE record, if there is one. */
    memset(fp + 1, 0, sizeof(struct _aarch64_ctx));
    m->pc = (uint64_t)start;
    /* QEMU translates by some fields of FPCR, and rt_sigreturn does not tell it of a change. */
    __asm__ volatile("msr fpcr, %0" ::"r"((uint64_t)s->fpcr));
}

static void handler(int signal, siginfo_t *info, void *context) {
    mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
    /* A program may have changed it; the frame does not hold it. */
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(thread_pointer));
    if (signal == SIGUSR1)
        caller = *m;
    else {
        take(m, program(next), signal, info, &results[next]);
        next++;
    }
    if (next == total)
        *m = caller;
    else
        put(m, program(next), &states[next]);
}

static void read_all(void *to, size_t size) {
    if (fread(to, size, 1, stdin) != 1) {
        fprintf(stderr, "executor: truncated batch\n");
        exit(1);
    }
}

static void *map_at(const char *address, size_t size, int protection) {
    void *at = (void *)strtoull(address, NULL, 0);
    void *p = mmap(at, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (p != at) {
        fprintf(stderr, "executor: %s is not free\n", address);
        exit(1);
    }
    return p;
}

int main(int argc, char **argv) {
    static const int signals[] = {SIGUSR1, SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGFPE};
    stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    if (argc != 3)
        return 1;
    sigfillset(&action.sa_mask);
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    memory = map_at(argv[1], MEMORY_SIZE, PROT_READ | PROT_WRITE);
    code = map_at(argv[2], PROGRAMS * PROGRAM_WORDS * 4, PROT_READ | PROT_WRITE | PROT_EXEC);
    __asm__("mrs %0, tpidr_el0" : "=r"(thread_pointer));
    introduce();

    while (fread(&batch, sizeof batch, 1, stdin) == 1) {
        if (batch.programs > PROGRAMS || batch.programs == 0 || batch.states == 0)
            return 1;
        read_all(before, MEMORY_SIZE);
        memcpy(memory, before, MEMORY_SIZE);
        read_all(code, batch.programs * PROGRAM_WORDS * 4);
        __builtin___clear_cache((char *)code, (char *)(code + PROGRAM_WORDS * batch.programs));
        next = 0;
        total = (size_t)batch.programs * batch.states;
        states = realloc(states, total * sizeof *states);
        results = realloc(results, total * sizeof *results);
        read_all(states, total * sizeof *states);
        raise(SIGUSR1);
        fwrite(results, sizeof *results, total, stdout);
        fflush(stdout);
    }
    return 0;
}
