// A variant of a system call, and the words that variants.c is written in.
#ifndef ATTACKS_H
#define ATTACKS_H

#include <stddef.h>
#include <stdint.h>

#ifndef __x86_64__
#error "The table has the calls of x86_64, and those of i386 and x32 that its processes can make."
#endif

enum kind { KIND_CONTROL, KIND_ATTACK };

struct variant {
    const char *id; // unique: the call and what is special about this variant
    enum kind kind; // a control must reach the kernel, or the sandbox is of no use
    const char *family;
    const char *gives;    // what an attacker would have of it; of a control: who needs it
    uint32_t arch;        // as a filter sees it: AUDIT_ARCH_...
    const char *call;     // the system call's name
    uint32_t nr;          // its number, with the x32 bit where there is one
    uint64_t args[6];
};

extern const struct variant variants[];
extern const size_t variant_count;

// What calls may point at.
extern char result[4096];
extern char *const program_arguments[];
extern char *const program_environment[];

// Descriptors that attacks.c opens: a program in memory only, a pseudo-terminal, a pipe.
enum { PROGRAM_FD = 100, TERMINAL_FD, PIPE_FD };

// The call by the machine's own table.
#define NATIVE(name, ...) AUDIT_ARCH_X86_64, #name, __NR_##name, {__VA_ARGS__}
// By the 32-bit table, which a 64-bit process reaches through interrupt 0x80.
#define I386(name, number, ...) AUDIT_ARCH_I386, #name, number, {__VA_ARGS__}
// By the x32 table: the same way into the kernel, with a bit set in the number.
#define X32(name, number, ...) AUDIT_ARCH_X86_64, #name, 0x40000000 | (number), {__VA_ARGS__}

// An address where nothing is: the kernel answers EFAULT as soon as it looks.
#define BAD 1
// A descriptor or a process that doesn't exist.
#define NONE ((uint64_t)-1)
// Above what an int argument has room for: the kernel never sees it, but a filter that compares 64 bits does.
#define JUNK 0xDEADBEEF00000000
// The address of a constant.
#define AT(thing) ((uintptr_t)(thing))

#endif
