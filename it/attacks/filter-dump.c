// Prints the seccomp filters of a process, the newest first: "filter LENGTH", then one instruction a line, as
// "code jt jf k" in decimal. Needs CAP_SYS_ADMIN and no filter of its own: see ptrace(2), PTRACE_SECCOMP_GET_FILTER.
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static void die(const char *what) {
    perror(what);
    exit(70);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: filter-dump PID\n");
        return 64;
    }
    pid_t pid = atoi(argv[1]);
    if (ptrace(PTRACE_SEIZE, pid, 0, 0) != 0 || ptrace(PTRACE_INTERRUPT, pid, 0, 0) != 0) {
        die("ptrace");
    }
    int status;
    if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status)) {
        die("waitpid");
    }
    for (unsigned long index = 0;; index++) {
        static struct sock_filter program[BPF_MAXINSNS];
        long length = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, index, program);
        if (length < 0) {
            // ENOENT: there are no more. EINVAL: the process has none at all.
            if (errno == ENOENT || (errno == EINVAL && index == 0)) {
                break;
            }
            die("PTRACE_SECCOMP_GET_FILTER");
        }
        printf("filter %ld\n", length);
        for (long i = 0; i < length; i++) {
            printf("%u %u %u %u\n", program[i].code, program[i].jt, program[i].jf, program[i].k);
        }
    }
    if (ptrace(PTRACE_DETACH, pid, 0, 0) != 0) {
        die("PTRACE_DETACH");
    }
    return 0;
}
