// The vDSO that every guest program gets: the names, versions and behaviour of arm64 Linux's
// (arch/arm64/kernel/vdso/), built from this file into vdso.so by build.sh.
//
// The time functions make the system call: the emulator handles it in the same process, so a
// shared page of clock data would save little.

        .arch armv8-a

        .macro syscall_function name, number
        .globl \name
        .type \name, %function
        .balign 16
\name:
        .cfi_startproc
        mov x8, #\number
        svc #0
        ret
        .cfi_endproc
        .size \name, . - \name
        .endm

        .text
        syscall_function __kernel_clock_gettime, 113
        syscall_function __kernel_gettimeofday, 169
        syscall_function __kernel_clock_getres, 114
        syscall_function __kernel_getcpu, 168

// The signal trampoline. As in the kernel's own, no CFI covers it: unwinders (gdb, libgcc,
// libunwind) know the two instructions and then read the signal frame, which tells them every
// register; CFI, which they would prefer, cannot say both where pc and where x30 were. They look
// one byte before the return address first, so the nop keeps them off the function before.
        .balign 16
        nop
        .globl __kernel_rt_sigreturn
        .type __kernel_rt_sigreturn, %function
__kernel_rt_sigreturn:
        mov x8, #139
        svc #0
        .size __kernel_rt_sigreturn, . - __kernel_rt_sigreturn

        .section .note.Linux, "a", %note
        .balign 4
        .long 2f - 1f, 4f - 3f, 0
1:      .asciz "Linux"
2:      .balign 4
3:      .long 0x060100                  // LINUX_VERSION_CODE 6.1.0
4:      .balign 4

        .section .note.GNU-stack, "", %progbits
