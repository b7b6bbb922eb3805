/*
 * What a guard costs: for each line of the input it makes many short batches of each kind of call, and prints for each kind
 * the time of one in nanoseconds, the best batch of this turn, since whatever disturbs a batch only makes it longer; then
 * what memory its parent has had at most, in kilobytes, and a dot. So the caller can let several of these take turns.
 *
 *   guard-cost NAME=FILE...    each file opened and closed; a connection and a datagram on loopback, the one call of each;
 *                              a child process that starts /usr/bin/true, to its end (guard-cost.py: the same in Python)
 *   guard-cost -- PROGRAM...   the program, from its start to its end
 *
 * A call that fails ends the program: refused ones would pass for fast.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 3128, MOST_KINDS = 16 }; /* the port: the proxy's, which the proxied profile leaves */

static int listener, receiver, sender, batches = 40;
static struct sockaddr_in to = {.sin_family = AF_INET};
static char **program;

static void check(int holds, const char *what)
{
	if (!holds) {
		perror(what);
		exit(1);
	}
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e9 + time.tv_nsec;
}

static double call_open(const char *file)
{
	double begin = now();
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	check(fd >= 0, file);
	close(fd);
	return now() - begin;
}

static double call_connect(const char *nothing)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), other;
	double begin = now(), end;

	(void)nothing;
	check(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0, "connect");
	end = now();
	other = accept(listener, NULL, NULL);
	check(other >= 0, "accept");
	close(fd);
	close(other);
	return end - begin;
}

static double call_sendto(const char *nothing)
{
	char byte = 'x';
	double begin = now(), end;

	(void)nothing;
	check(sendto(sender, &byte, 1, 0, (struct sockaddr *)&to, sizeof(to)) == 1, "sendto");
	end = now();
	check(recv(receiver, &byte, 1, 0) == 1, "recv");
	return end - begin;
}

static double call_start(const char *nothing)
{
	extern char **environ;
	double begin = now();
	int status;
	pid_t pid;

	(void)nothing;
	check(posix_spawnp(&pid, program[0], NULL, NULL, program, environ) == 0, program[0]);
	check(waitpid(pid, &status, 0) == pid, "waitpid");
	check(status == 0, program[0]);
	return now() - begin;
}

static struct kind {
	const char *name, *file;
	double (*call)(const char *file);
	int calls; /* a batch: so short that even on a busy machine many are undisturbed */
	double best;
} kinds[MOST_KINDS];
static int kind_count;

static void add(const char *name, double (*call)(const char *file), const char *file, int calls)
{
	check(kind_count < MOST_KINDS, "kinds");
	kinds[kind_count++] = (struct kind){name, file, call, calls, 0};
}

static void take_turn(void)
{
	for (int kind = 0; kind < kind_count; kind++)
		kinds[kind].best = 0;
	for (int batch = 0; batch < batches; batch++) {
		for (int kind = 0; kind < kind_count; kind++) {
			double each = 0;
			for (int i = 0; i < kinds[kind].calls; i++)
				each += kinds[kind].call(kinds[kind].file) / kinds[kind].calls;
			if (kinds[kind].best == 0 || each < kinds[kind].best)
				kinds[kind].best = each;
		}
	}
}

static void make_sockets(void)
{
	int on = 1;

	to.sin_port = htons(PORT);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	receiver = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	check(bind(listener, (struct sockaddr *)&to, sizeof(to)) == 0, "bind");
	check(listen(listener, 16) == 0, "listen");
	check(bind(receiver, (struct sockaddr *)&to, sizeof(to)) == 0, "bind");
}

static void tell_memory(void)
{
	char path[64], line[256];
	FILE *status;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)getppid());
	status = fopen(path, "r");
	if (status == NULL)
		return; /* it is in none of our process name space */
	while (fgets(line, sizeof(line), status))
		if (strncmp(line, "VmHWM:", 6) == 0)
			printf("memory %d\n", atoi(line + 6));
	fclose(status);
}

int main(int count, char **words)
{
	static char *true_program[] = {"/usr/bin/true", NULL};

	if (count > 2 && strcmp(words[1], "--") == 0) {
		program = words + 2;
		batches = 5;
		add("start", call_start, NULL, 1);
	} else {
		for (int i = 1; i < count; i++) {
			char *file = strchr(words[i], '=');

			check(file != NULL, words[i]);
			*file = 0;
			add(words[i], call_open, file + 1, 200);
		}
		make_sockets();
		add("connect", call_connect, NULL, 10);
		add("sendto", call_sendto, NULL, 50);
		program = true_program;
		add("subprocess", call_start, NULL, 1);
	}
	while (getchar() == '\n') {
		take_turn();
		for (int kind = 0; kind < kind_count; kind++)
			printf("%s %.0f\n", kinds[kind].name, kinds[kind].best);
		tell_memory();
		printf(".\n");
		fflush(stdout);
	}
	return 0;
}
