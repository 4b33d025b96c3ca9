// The vDSO that every guest program gets: the names, versions and behaviour of arm64 Linux's
// (arch/arm64/kernel/vdso/), built from this file into vdso.so by build.sh.
//
// The time functions read the host's clocks as system registers of ours (cpu::sysregs, HOST_CLOCKS),
// which the emulator answers from the host's own vDSO, without entering the kernel. What has no such
// register is a system call.

        .arch armv8-a

        .macro function name
        .globl \name
        .type \name, %function
        .balign 16
\name:
        .cfi_startproc
        .endm

        .macro end_function name
        .cfi_endproc
        .size \name, . - \name
        .endm

        .macro system_call number
        mov x8, #\number
        svc #0
        ret
        .endm

        .macro syscall_function name, number
        function \name
        system_call \number
        end_function \name
        .endm

// If w0 is this clock: its nanoseconds to x2, and on to label 8.
        .macro read_if_clock number
        cmp w0, #\number
        b.ne 1f
        mrs x2, S3_3_C15_C\number\()_0
        b 8f
1:
        .endm

        .text
// int __kernel_clock_gettime(clockid_t, struct timespec *)
        function __kernel_clock_gettime
        read_if_clock 1
        read_if_clock 0
        read_if_clock 5
        read_if_clock 6
        read_if_clock 4
        read_if_clock 7
        read_if_clock 11
        system_call 113
8:      mov w3, #0xca00
        movk w3, #0x3b9a, lsl #16       // 1,000,000,000
        udiv x4, x2, x3
        msub x5, x4, x3, x2
        stp x4, x5, [x1]
        mov w0, #0
        ret
        end_function __kernel_clock_gettime

// int __kernel_gettimeofday(struct timeval *, struct timezone *)
        function __kernel_gettimeofday
        cbz x1, 1f
        system_call 169
1:      cbz x0, 2f
        mrs x2, S3_3_C15_C0_0
        mov w3, #1000
        udiv x2, x2, x3
        mov w3, #0x4240
        movk w3, #0xf, lsl #16          // 1,000,000
        udiv x4, x2, x3
        msub x5, x4, x3, x2
        stp x4, x5, [x0]
2:      mov w0, #0
        ret
        end_function __kernel_gettimeofday

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
