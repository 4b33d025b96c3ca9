/* The oracle's half of the differential test: executes single instructions on given register
 * states and reports what became of them. Runs under qemu-aarch64, a real AArch64 machine, or emu.
 *
 * Standard input has batches: a header, `words` instruction words, then for each word `states`
 * register states. Standard output gets one result for each state, in order. Layouts are those of
 * state.rs, little-endian.
 *
 * Every instruction is followed by BRK, and everything goes through the signal handler: it takes
 * the registers out of the signal frame, whatever the signal, puts the next state in, and returns
 * into the next instruction. So no register is needed by the executor itself, and an instruction
 * that faults or is undefined is a result like any other. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <asm/sigcontext.h>

struct state {
    uint64_t x[31], sp, nzcv;
    uint32_t fpsr, fpcr;
    __uint128_t v[32];
};

struct result {
    struct state after;
    uint64_t pc; /* relative to the instruction */
    uint32_t signal, code;
};

struct header {
    uint32_t words, states;
};

#define MAX_WORDS 4096
#define BRK 0xd4200020

static uint32_t *code;
static struct state *states;
static struct result *results;
static struct header batch;
static size_t next, total;
static mcontext_t caller;

static struct fpsimd_context *fpsimd(mcontext_t *m) { return (struct fpsimd_context *)m->__reserved; }

static void take(mcontext_t *m, uint32_t *insn, int signal, int signal_code, struct result *r) {
    struct fpsimd_context *fp = fpsimd(m);
    memcpy(r->after.x, m->regs, sizeof r->after.x);
    r->after.sp = m->sp;
    r->after.nzcv = m->pstate & 0xf0000000;
    r->after.fpsr = fp->fpsr;
    r->after.fpcr = fp->fpcr;
    memcpy(r->after.v, fp->vregs, sizeof r->after.v);
    r->pc = m->pc - (uint64_t)insn;
    r->signal = signal == SIGTRAP && r->pc == 4 ? 0 : signal;
    r->code = r->signal ? signal_code : 0;
}

static void put(mcontext_t *m, uint32_t *insn, const struct state *s) {
    struct fpsimd_context *fp = fpsimd(m);
    memcpy(m->regs, s->x, sizeof s->x);
    m->sp = s->sp;
    m->pstate = s->nzcv;
    fp->fpsr = s->fpsr;
    fp->fpcr = s->fpcr;
    memcpy(fp->vregs, s->v, sizeof s->v);
    /* End the records here: QEMU restores V registers from an SVE record, if there is one. */
    memset(fp + 1, 0, sizeof(struct _aarch64_ctx));
    m->pc = (uint64_t)insn;
}

static void handler(int signal, siginfo_t *info, void *context) {
    mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
    if (signal == SIGUSR1) {
        caller = *m;
    } else {
        take(m, code + 2 * (next / batch.states), signal, info->si_code, &results[next]);
        next++;
    }
    if (next == total)
        *m = caller;
    else
        put(m, code + 2 * (next / batch.states), &states[next]);
}

static void read_all(void *to, size_t size) {
    if (fread(to, size, 1, stdin) != 1) {
        fprintf(stderr, "executor: truncated batch\n");
        exit(1);
    }
}

int main(void) {
    static const int signals[] = {SIGUSR1, SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGFPE};
    stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    sigaltstack(&stack, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    code = mmap(NULL, MAX_WORDS * 8, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    while (fread(&batch, sizeof batch, 1, stdin) == 1) {
        if (batch.words > MAX_WORDS || batch.words == 0 || batch.states == 0)
            return 1;
        for (uint32_t i = 0; i < batch.words; i++) {
            read_all(&code[2 * i], 4);
            code[2 * i + 1] = BRK;
        }
        __builtin___clear_cache((char *)code, (char *)(code + 2 * batch.words));
        next = 0;
        total = (size_t)batch.words * batch.states;
        states = realloc(states, total * sizeof *states);
        results = realloc(results, total * sizeof *results);
        read_all(states, total * sizeof *states);
        raise(SIGUSR1);
        fwrite(results, sizeof *results, total, stdout);
        fflush(stdout);
    }
    return 0;
}
