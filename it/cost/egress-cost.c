/*
 * What a way out costs. With "serve ADDRESS CERTIFICATE" it is the other side: a TLS server on port 443 whose answer to
 * GET /N is N bytes, and a DNS server that answers every name with that address. With "ask PROXY NAME" it is an agent, whose
 * PROXY is ADDRESS:PORT, or "direct=ADDRESS" for none. It answers each line of its input, so that the caller can let several
 * of these take turns:
 *
 *   small N      N requests for 1 KB, each on a new connection: the median and the 99th percentile in microseconds
 *   parallel N   N such requests by 16 threads: requests a second
 *   large N      one request for N bytes: MB a second
 *
 * A request that fails ends the program: refused ones would pass for fast.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS = 16, CHUNK = 1 << 17, MOST_REQUESTS = 100000 };

static SSL_CTX *context;

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
	return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static struct sockaddr_in address_of(const char *text, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

	check(inet_pton(AF_INET, text, &address.sin_addr) == 1, text);
	return address;
}

static void send_at_once(int fd)
{
	int on = 1;

	check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0, "TCP_NODELAY");
}

/* ---- the other side ---- */

static void *answer_names(void *own)
{
	/* A pointer to the name, type A, class IN, a minute, four bytes. */
	static const unsigned char record[] = {0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4};
	const struct in_addr *address = own;
	struct sockaddr_in peer, here = {.sin_family = AF_INET, .sin_port = htons(53)};
	socklen_t peer_size = sizeof(peer);
	unsigned char message[1024];
	ssize_t size;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	check(fd >= 0 && bind(fd, (struct sockaddr *)&here, sizeof(here)) == 0, "port 53");
	while ((size = recvfrom(fd, message, 512, 0, (struct sockaddr *)&peer, &peer_size)) >= 0) {
		ssize_t end = 12;

		while (end < size && message[end])
			end += message[end] + 1;
		end += 5;
		if (end > size)
			continue;
		int is_address = message[end - 3] == 1;
		memcpy(message + 2, "\x85\x80\0\1\0\0\0\0\0\0", 10);
		message[7] = is_address;
		if (is_address) {
			memcpy(message + end, record, sizeof(record));
			memcpy(message + end + sizeof(record), address, 4);
			end += sizeof(record) + 4;
		}
		sendto(fd, message, end, 0, (struct sockaddr *)&peer, peer_size);
	}
	return NULL;
}

static void *answer_client(void *fd)
{
	static const char body[CHUNK];
	char text[1024] = "";
	SSL *tls = SSL_new(context);
	int have = 0;
	long left;

	send_at_once((int)(long)fd);
	SSL_set_fd(tls, (int)(long)fd);
	if (SSL_accept(tls) == 1) {
		while (have < (int)sizeof(text) - 1 && !strstr(text, "\r\n\r\n")) {
			int got = SSL_read(tls, text + have, sizeof(text) - 1 - have);
			if (got <= 0)
				break;
			have += got;
			text[have] = 0;
		}
		if (sscanf(text, "GET /%ld", &left) == 1) {
			/* The head and a small body together, as a server with a buffer does. */
			char first[2048];
			int head = snprintf(first, sizeof(first), "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\n\r\n", left);
			int part = left < 1024 ? (int)left : 1024;
			memset(first + head, 0, part);
			int sent = SSL_write(tls, first, head + part);
			for (left -= part; sent > 0 && left > 0; left -= sent)
				sent = SSL_write(tls, body, left < CHUNK ? (int)left : CHUNK);
			SSL_shutdown(tls);
		}
	}
	SSL_free(tls);
	close((int)(long)fd);
	return NULL;
}

static void serve(const char *address, const char *certificate)
{
	struct sockaddr_in here = address_of(address, 443);
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	pthread_attr_t detached;
	pthread_t thread;

	context = SSL_CTX_new(TLS_server_method());
	check(SSL_CTX_use_certificate_chain_file(context, certificate) == 1, certificate);
	check(SSL_CTX_use_PrivateKey_file(context, certificate, SSL_FILETYPE_PEM) == 1, certificate);
	check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0, "SO_REUSEADDR");
	check(bind(fd, (struct sockaddr *)&here, sizeof(here)) == 0 && listen(fd, 128) == 0, "port 443");
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	check(pthread_create(&thread, &detached, answer_names, &here.sin_addr) == 0, "thread");
	for (;;) {
		long client = accept(fd, NULL, NULL);
		check(client >= 0, "accept");
		check(pthread_create(&thread, &detached, answer_client, (void *)client) == 0, "thread");
	}
}

/* ---- the agent ---- */

static struct sockaddr_in first_hop;
static int through_proxy;
static const char *host;

/* One request on a connection of its own; gives whether the whole answer came. */
static int request(long size)
{
	char text[CHUNK];
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int have = 0, done = 0;

	check(fd >= 0, "socket");
	check(connect(fd, (struct sockaddr *)&first_hop, sizeof(first_hop)) == 0, "connect");
	send_at_once(fd);
	if (through_proxy) {
		int length = snprintf(text, sizeof(text), "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", host, host);
		check(write(fd, text, length) == length, "CONNECT");
		do {
			ssize_t got = read(fd, text + have, 4096 - have);
			if (got <= 0)
				break;
			have += got;
			text[have] = 0;
		} while (have < 4096 && !strstr(text, "\r\n\r\n"));
		done = have > 12 && memcmp(text + 8, " 200", 4) == 0;
	} else {
		done = 1;
	}
	if (done) {
		SSL *tls = SSL_new(context);
		SSL_set_fd(tls, fd);
		SSL_set_tlsext_host_name(tls, host);
		done = SSL_connect(tls) == 1;
		int length = snprintf(text, sizeof(text), "GET /%ld HTTP/1.1\r\nHost: %s\r\n\r\n", size, host);
		done = done && SSL_write(tls, text, length) == length;
		long left = -1;
		while (done && left) {
			int got = SSL_read(tls, text, sizeof(text) - 1);
			done = got > 0;
			if (done && left < 0) {
				/* The server writes the head with the first bytes of the body. */
				text[got] = 0;
				const char *body = strstr(text, "\r\n\r\n");
				done = body != NULL && strncmp(text, "HTTP/1.1 200", 12) == 0;
				if (done)
					left = size - (got - (body + 4 - text));
			} else if (done) {
				left -= got;
			}
		}
		SSL_free(tls);
	}
	close(fd);
	return done;
}

static int ascending(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static void small(long count)
{
	static double took[MOST_REQUESTS];

	for (long i = 0; i < count; i++) {
		double begin = now();
		check(request(1024), "small");
		took[i] = now() - begin;
	}
	qsort(took, count, sizeof(took[0]), ascending);
	printf("%.0f %.0f\n", took[count / 2], took[count * 99 / 100]);
}

static atomic_long waiting;

static void *client(void *unused)
{
	while (atomic_fetch_sub(&waiting, 1) > 0)
		check(request(1024), "parallel");
	return unused;
}

static void parallel(long count)
{
	pthread_t threads[CLIENTS];
	double begin = now();

	atomic_store(&waiting, count);
	for (int i = 0; i < CLIENTS; i++)
		check(pthread_create(&threads[i], NULL, client, NULL) == 0, "thread");
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(threads[i], NULL);
	printf("%.0f\n", count / (now() - begin) * 1e6);
}

static void large(long size)
{
	double begin = now();

	check(request(size), "large");
	printf("%.0f\n", size / (now() - begin));
}

static void ask(const char *way, const char *name)
{
	char kind[16], address[16];
	int port = 443;
	long count;

	through_proxy = sscanf(way, "direct=%15[0-9.]", address) != 1;
	check(!through_proxy || sscanf(way, "%15[0-9.]:%d", address, &port) == 2, way);
	first_hop = address_of(address, port);
	host = name;
	context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	/* A sidecar that has just started answers its first CONNECT with an error. */
	for (int i = 0; i < 20 && !request(1024); i++)
		usleep(200000);
	while (scanf("%15s %ld", kind, &count) == 2) {
		check(count > 0 && count <= (strcmp(kind, "large") ? MOST_REQUESTS : 1L << 40), kind);
		if (!strcmp(kind, "small"))
			small(count);
		else if (!strcmp(kind, "parallel"))
			parallel(count);
		else
			large(count);
		fflush(stdout);
	}
}

int main(int count, char **words)
{
	signal(SIGPIPE, SIG_IGN);
	if (count == 4 && !strcmp(words[1], "serve"))
		serve(words[2], words[3]);
	check(count == 4 && !strcmp(words[1], "ask"), "serve ADDRESS CERTIFICATE, or ask PROXY NAME");
	ask(words[2], words[3]);
	return 0;
}
