// What differs between the two machines that the probe is built for, and the one way into the kernel. No header of a C
// library or of the kernel is read: the numbers are the kernel's ABI and never change (arch/x86/entry/syscalls,
// include/uapi/asm-generic/unistd.h).
#ifndef SENTINEL_PROBE_MACHINE_H
#define SENTINEL_PROBE_MACHINE_H

typedef unsigned long word;

#if defined(__x86_64__)

#define MACHINE "x86_64"
enum {
    NR_read = 0, NR_write = 1, NR_close = 3, NR_mmap = 9, NR_rt_sigprocmask = 14, NR_setitimer = 38, NR_getpid = 39,
    NR_socket = 41, NR_connect = 42, NR_sendto = 44, NR_recvfrom = 45, NR_bind = 49, NR_listen = 50,
    NR_setsockopt = 54, NR_getsockopt = 55, NR_clone = 56, NR_execve = 59, NR_wait4 = 61, NR_kill = 62,
    NR_rt_sigtimedwait = 128, NR_prctl = 157, NR_getdents64 = 217, NR_clock_gettime = 228, NR_exit_group = 231,
    NR_openat = 257, NR_unlinkat = 263, NR_readlinkat = 267, NR_ppoll = 271, NR_accept4 = 288,
};

static inline long call6(long nr, word a, word b, word c, word d, word e, word f) {
    long answer;
    register word r10 __asm__("r10") = d;
    register word r8 __asm__("r8") = e;
    register word r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return answer;
}

// A thread of this process that waits until the process ends (clone(2)). It runs nothing but the lines below, and so needs no
// stack of its own. Returns its number, or the error.
static inline long waiting_thread(word flags) {
    long answer;
    register word r10 __asm__("r10") = 0;
    register word r8 __asm__("r8") = 0;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n"
                     "0:\n\t"
                     "mov %[wait], %%eax\n\t"
                     "xor %%edi, %%edi\n\t"
                     "xor %%esi, %%esi\n\t"
                     "xor %%edx, %%edx\n\t"
                     "syscall\n\t"
                     "jmp 0b\n"
                     "1:"
                     : "=a"(answer)
                     : "a"(NR_clone), "D"(flags), "S"(0), "d"(0), "r"(r10), "r"(r8), [wait] "i"(NR_ppoll)
                     : "rcx", "r11", "memory");
    return answer;
}

// The same kernel's other table: numbers and arguments as a 32-bit program would give them.
static inline long call_i386(long nr, word a, word b, word c) {
    long answer;
    __asm__ volatile("int $0x80"
                     : "=a"(answer)
                     : "a"(nr), "b"(a), "c"(b), "d"(c)
                     : "r8", "r9", "r10", "r11", "memory");
    return (int)answer;
}

#elif defined(__aarch64__)

#define MACHINE "aarch64"
enum {
    NR_unlinkat = 35, NR_openat = 56, NR_close = 57, NR_getdents64 = 61, NR_read = 63, NR_write = 64, NR_ppoll = 73,
    NR_readlinkat = 78, NR_exit_group = 94, NR_setitimer = 103, NR_clock_gettime = 113, NR_kill = 129,
    NR_rt_sigprocmask = 135, NR_rt_sigtimedwait = 137, NR_prctl = 167, NR_getpid = 172, NR_socket = 198,
    NR_bind = 200, NR_listen = 201, NR_connect = 203, NR_sendto = 206, NR_recvfrom = 207, NR_setsockopt = 208,
    NR_getsockopt = 209, NR_clone = 220, NR_execve = 221, NR_mmap = 222, NR_accept4 = 242, NR_wait4 = 260,
};

static inline long call6(long nr, word a, word b, word c, word d, word e, word f) {
    register long x8 __asm__("x8") = nr;
    register word x0 __asm__("x0") = a;
    register word x1 __asm__("x1") = b;
    register word x2 __asm__("x2") = c;
    register word x3 __asm__("x3") = d;
    register word x4 __asm__("x4") = e;
    register word x5 __asm__("x5") = f;
    __asm__ volatile("svc #0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory", "cc");
    return (long)x0;
}

static inline long waiting_thread(word flags) {
    register long x8 __asm__("x8") = NR_clone;
    register word x0 __asm__("x0") = flags;
    register word x1 __asm__("x1") = 0;
    register word x2 __asm__("x2") = 0;
    register word x3 __asm__("x3") = 0;
    register word x4 __asm__("x4") = 0;
    __asm__ volatile("svc #0\n\t"
                     "cbnz x0, 1f\n"
                     "0:\n\t"
                     "mov x8, %[wait]\n\t"
                     "mov x0, xzr\n\t"
                     "mov x1, xzr\n\t"
                     "mov x2, xzr\n\t"
                     "mov x3, xzr\n\t"
                     "svc #0\n\t"
                     "b 0b\n"
                     "1:"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), [wait] "i"(NR_ppoll)
                     : "memory", "cc");
    return (long)x0;
}

#else
#error "the probe knows x86_64 and aarch64"
#endif

// With as many arguments as the call has; the others are 0.
#define CALL_(nr, a, b, c, d, e, f, ...) \
    call6((nr), (word)(a), (word)(b), (word)(c), (word)(d), (word)(e), (word)(f))
#define CALL(...) CALL_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

#endif
