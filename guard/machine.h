// What differs between the two machines that the launcher and the probe are built for, and the one way into the kernel. No
// header of a C library or of the kernel is read: the numbers are the kernel's ABI and never change (arch/x86/entry/syscalls,
// include/uapi/asm-generic/unistd.h).
#ifndef SENTINEL_MACHINE_H
#define SENTINEL_MACHINE_H

typedef unsigned long word;

#if defined(__x86_64__)

#define MACHINE "x86_64"
enum {
    NR_read = 0, NR_write = 1, NR_close = 3, NR_mmap = 9, NR_mprotect = 10, NR_rt_sigaction = 13, NR_rt_sigprocmask = 14,
    NR_ioctl = 16,
    NR_pread64 = 17, NR_pwrite64 = 18, NR_setitimer = 38, NR_getpid = 39, NR_socket = 41, NR_connect = 42,
    NR_sendto = 44, NR_recvfrom = 45, NR_sendmsg = 46, NR_recvmsg = 47, NR_bind = 49, NR_listen = 50,
    NR_getsockname = 51,
    NR_setsockopt = 54, NR_getsockopt = 55, NR_clone = 56, NR_execve = 59, NR_wait4 = 61, NR_kill = 62, NR_fcntl = 72,
    NR_ptrace = 101, NR_geteuid = 107, NR_getegid = 108, NR_getppid = 110, NR_rt_sigtimedwait = 128,
    NR_rt_sigqueueinfo = 129, NR_setpriority = 141, NR_sched_setparam = 142, NR_sched_setscheduler = 144,
    NR_prctl = 157, NR_tkill = 200, NR_sched_setaffinity = 203, NR_getdents64 = 217, NR_clock_gettime = 228,
    NR_exit_group = 231, NR_tgkill = 234, NR_ioprio_set = 251, NR_openat = 257, NR_mkdirat = 258, NR_unlinkat = 263,
    NR_readlinkat = 267, NR_faccessat = 269, NR_ppoll = 271, NR_accept4 = 288, NR_signalfd4 = 289, NR_dup3 = 292,
    NR_pipe2 = 293, NR_rt_tgsigqueueinfo = 297, NR_prlimit64 = 302, NR_sendmmsg = 307, NR_process_vm_readv = 310,
    NR_process_vm_writev = 311, NR_sched_setattr = 314, NR_seccomp = 317, NR_getrandom = 318, NR_execveat = 322,
    NR_statx = 332, NR_pidfd_send_signal = 424, NR_io_uring_setup = 425, NR_io_uring_enter = 426, NR_io_uring_register = 427, NR_pidfd_open = 434,
    NR_close_range = 436, NR_pidfd_getfd = 438, NR_landlock_create_ruleset = 444, NR_landlock_add_rule = 445,
    NR_landlock_restrict_self = 446,
};
// As a filter sees this machine (linux/audit.h), and the numbers from which on a call is one of the x32 table.
#define AUDIT_ARCH 0xC000003EU
// Where the kernel starts a program without a library: the stack pointer is at the number of arguments; then come they, and the
// variables.
#define START ".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n\thlt\n"
enum { X32_CALLS = 0x40000000, O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000 };
// How a signal's handler is left: what the kernel calls behind it, where the program has to say so (sigreturn(2)).
#define RESTORE ".globl restore\nrestore:\n\tmov $15, %eax\n\tsyscall\n"

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
    NR_dup3 = 24, NR_fcntl = 25, NR_ioctl = 29, NR_ioprio_set = 30, NR_mkdirat = 34, NR_unlinkat = 35,
    NR_faccessat = 48, NR_openat = 56, NR_close = 57, NR_pipe2 = 59, NR_getdents64 = 61, NR_read = 63, NR_write = 64,
    NR_pread64 = 67, NR_pwrite64 = 68, NR_ppoll = 73, NR_signalfd4 = 74, NR_readlinkat = 78, NR_exit_group = 94,
    NR_setitimer = 103, NR_clock_gettime = 113, NR_ptrace = 117, NR_sched_setparam = 118, NR_sched_setscheduler = 119,
    NR_sched_setaffinity = 122, NR_kill = 129, NR_tkill = 130, NR_tgkill = 131, NR_rt_sigaction = 134, NR_rt_sigprocmask = 135,
    NR_rt_sigtimedwait = 137, NR_rt_sigqueueinfo = 138, NR_setpriority = 140, NR_prctl = 167, NR_getpid = 172,
    NR_getppid = 173, NR_geteuid = 175, NR_getegid = 177, NR_socket = 198, NR_bind = 200, NR_listen = 201,
    NR_connect = 203, NR_sendto = 206, NR_getsockname = 204, NR_recvfrom = 207, NR_setsockopt = 208, NR_getsockopt = 209, NR_sendmsg = 211,
    NR_recvmsg = 212, NR_clone = 220, NR_execve = 221, NR_mmap = 222, NR_mprotect = 226, NR_rt_tgsigqueueinfo = 240,
    NR_accept4 = 242, NR_wait4 = 260, NR_prlimit64 = 261, NR_sendmmsg = 269, NR_process_vm_readv = 270,
    NR_process_vm_writev = 271, NR_sched_setattr = 274, NR_seccomp = 277, NR_getrandom = 278, NR_execveat = 281,
    NR_statx = 291, NR_pidfd_send_signal = 424, NR_io_uring_setup = 425, NR_io_uring_enter = 426, NR_io_uring_register = 427, NR_pidfd_open = 434,
    NR_close_range = 436, NR_pidfd_getfd = 438, NR_landlock_create_ruleset = 444, NR_landlock_add_rule = 445,
    NR_landlock_restrict_self = 446,
};
#define AUDIT_ARCH 0xC00000B7U
#define START ".globl _start\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x0, sp\n\tb start\n"
enum { X32_CALLS = 0, O_DIRECTORY = 040000, O_NOFOLLOW = 0100000 };
#define RESTORE ".globl restore\nrestore:\n\tmov x8, #139\n\tsvc #0\n"

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
#error "only x86_64 and aarch64 are known"
#endif

// With as many arguments as the call has; the others are 0.
#define CALL_(nr, a, b, c, d, e, f, ...) \
    call6((nr), (word)(a), (word)(b), (word)(c), (word)(d), (word)(e), (word)(f))
#define CALL(...) CALL_(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

#endif
