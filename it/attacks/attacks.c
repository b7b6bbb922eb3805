// Makes each system call of variants.c in a process of its own, and prints what came of it, one line each, with tabs:
//   id  kind  family  architecture  call  number  six arguments  outcome  what it gives
// The outcome is "ok", an error's name, a signal's name, or "ran" where the process became another program.
//
//   attacks           prints the table
//   attacks wait      does nothing, as a process whose filter can be read from outside
//   attacks nothing   the harmless program that execveat runs
#include "attacks.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 2 };

static long call_i386(const struct variant *v) {
    long answer;
    // The kernel takes the sixth argument from ebp, which a compiler wants for itself; no variant has one.
    __asm__ volatile("int $0x80"
                     : "=a"(answer)
                     : "a"((long)v->nr), "b"(v->args[0]), "c"(v->args[1]), "d"(v->args[2]), "S"(v->args[3]),
                       "D"(v->args[4])
                     : "memory", "r8", "r9", "r10", "r11");
    int narrow = (int)answer;
    if (narrow < 0 && narrow > -4096) {
        errno = -narrow;
        return -1;
    }
    return 0;
}

static long make(const struct variant *v) {
    if (v->arch == AUDIT_ARCH_I386) {
        return call_i386(v);
    }
    return syscall((long)v->nr, v->args[0], v->args[1], v->args[2], v->args[3], v->args[4], v->args[5]);
}

static void die(const char *what) {
    perror(what);
    exit(70);
}

// In a child: makes the call and tells the error's number, or 0.
static void attempt(const struct variant *v, int answer) {
    pid_t self = getpid();
    alarm(SECONDS);
    int error = make(v) == -1 ? errno : 0;
    // What clone made runs on here as well.
    if (getpid() == self && write(answer, &error, sizeof error) != sizeof error) {
        _exit(70);
    }
    _exit(0);
}

static const char *outcome(const struct variant *v) {
    int answer[2];
    if (pipe2(answer, O_CLOEXEC) != 0) {
        die("pipe2");
    }
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) {
        die("fork");
    }
    if (child == 0) {
        attempt(v, answer[1]);
    }
    close(answer[1]);
    int error;
    ssize_t length = read(answer[0], &error, sizeof error);
    close(answer[0]);
    int status;
    if (waitpid(child, &status, 0) != child) {
        die("waitpid");
    }
    if (length == sizeof error) {
        return error == 0 ? "ok" : strerrorname_np(error);
    }
    if (WIFSIGNALED(status)) {
        // SIGALRM: the call did not come back.
        static char name[16];
        snprintf(name, sizeof name, "SIG%s", sigabbrev_np(WTERMSIG(status)));
        return name;
    }
    return WEXITSTATUS(status) == 0 ? "ran" : "broken";
}

static void keep(int descriptor, int as) {
    if (descriptor >= 0) {
        dup3(descriptor, as, O_CLOEXEC);
        close(descriptor);
    }
}

// A program that is in memory only, where the filter lets one be made.
static int program(void) {
    int memory = (int)syscall(SYS_memfd_create, "program", 0);
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (memory >= 0 && self >= 0) {
        char buffer[65536];
        ssize_t length;
        while ((length = read(self, buffer, sizeof buffer)) > 0) {
            if (write(memory, buffer, (size_t)length) != length) {
                die("write");
            }
        }
    }
    close(self);
    return memory;
}

static void prepare(void) {
    keep(program(), PROGRAM_FD);
    keep(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), TERMINAL_FD);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        die("pipe2");
    }
    keep(ends[0], PIPE_FD);
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "nothing") == 0) {
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "wait") == 0) {
        pause();
        return 0;
    }
    prepare();
    for (const struct variant *v = variants; v < variants + variant_count; v++) {
        const char *kind = v->kind == KIND_ATTACK ? "attack" : "control";
        printf("%s\t%s\t%s\t%" PRIx32 "\t%s\t%" PRIu32 "\t", v->id, kind, v->family, v->arch, v->call, v->nr);
        for (int i = 0; i < 6; i++) {
            printf("%s%" PRIx64, i == 0 ? "" : " ", v->args[i]);
        }
        printf("\t%s\t%s\n", outcome(v), v->gives);
    }
    return 0;
}
