/*
 * What a system call costs: for each line of the input it measures many short batches and prints, for each kind of call,
 * the time of one in nanoseconds, the best batch so far, since whatever disturbs a batch only makes it longer; then a
 * dot. So the caller can let several of these take turns.
 *
 * A call that fails ends the program: refused ones would pass for fast.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 300 }; /* a turn */

static int zero, pipe_end;

static void check(int holds, const char *what)
{
	if (!holds) {
		perror(what);
		exit(1);
	}
}

static void call_getppid(void)
{
	check(syscall(SYS_getppid) >= 0, "getppid");
}

static void call_read(void)
{
	char byte;

	check(read(zero, &byte, 1) == 1, "read");
}

static void call_ioctl(void)
{
	int waiting;

	check(ioctl(pipe_end, FIONREAD, &waiting) == 0, "ioctl");
}

/* The filter lets it pass; the kernel finds the type wrong before it makes anything. So nothing hides the filter's part. */
static void call_socket_alone(void)
{
	check(socket(AF_UNIX, 0xF, 0) < 0 && errno == EINVAL, "socket of no type");
}

static void call_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	check(fd >= 0, "socket");
	close(fd);
}

static void call_socket_unix(void)
{
	call_socket(AF_UNIX);
}

static void call_socket_inet(void)
{
	call_socket(AF_INET);
}

static int child(void *unused)
{
	(void)unused;
	return 0;
}

/* As posix_spawn does: nothing is copied, so that little but the call itself is measured. */
static void call_clone(void)
{
	static char stack[16384] __attribute__((aligned(16)));
	pid_t pid = clone(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL);

	check(pid > 0, "clone");
	check(waitpid(pid, NULL, 0) == pid, "waitpid");
}

static struct {
	const char *name;
	void (*call)(void);
	int calls; /* a batch: so short that even on a busy machine many are undisturbed */
	double best;
} kinds[] = {
	{"getppid", call_getppid, 300, 0},
	{"read", call_read, 300, 0},
	{"ioctl", call_ioctl, 300, 0},
	{"socket", call_socket_alone, 300, 0},
	{"socket-unix", call_socket_unix, 100, 0},
	{"socket-inet", call_socket_inet, 100, 0},
	{"clone", call_clone, 10, 0},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static void take_turn(void)
{
	for (int batch = 0; batch < BATCHES; batch++) {
		for (size_t kind = 0; kind < KINDS; kind++) {
			double begin = now();
			for (int i = 0; i < kinds[kind].calls; i++)
				kinds[kind].call();
			double each = (now() - begin) / kinds[kind].calls;
			if (kinds[kind].best == 0 || each < kinds[kind].best)
				kinds[kind].best = each;
		}
	}
}

int main(void)
{
	int ends[2];

	zero = open("/dev/zero", O_RDONLY);
	check(zero >= 0, "/dev/zero");
	check(pipe(ends) == 0, "pipe");
	pipe_end = ends[0];
	while (getchar() == '\n') {
		take_turn();
		for (size_t kind = 0; kind < KINDS; kind++)
			printf("%s %.0f\n", kinds[kind].name, kinds[kind].best);
		printf(".\n");
		fflush(stdout);
	}
	return 0;
}
