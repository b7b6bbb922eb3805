/* Threads, processes and timers by the C library's own means; each step ends the program when it fails. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                                  \
    do {                                                                                  \
        if (!(condition)) {                                                               \
            fprintf(stderr, "%s:%d: %s (errno %d)\n", __FILE__, __LINE__, #condition, errno); \
            exit(1);                                                                      \
        }                                                                                 \
    } while (0)

extern char **environ;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_counted = PTHREAD_COND_INITIALIZER;
static int counted;
static __thread int own;

static void *count(void *unused) {
    own++;
    CHECK(pthread_mutex_lock(&lock) == 0);
    counted += own;
    CHECK(pthread_cond_signal(&all_counted) == 0);
    CHECK(pthread_mutex_unlock(&lock) == 0);
    return unused;
}

static void threads(void) {
    pthread_t made[16];
    for (int i = 0; i < 16; i++) CHECK(pthread_create(&made[i], NULL, count, NULL) == 0);
    CHECK(pthread_mutex_lock(&lock) == 0);
    while (counted < 16) CHECK(pthread_cond_wait(&all_counted, &lock) == 0);
    CHECK(pthread_mutex_unlock(&lock) == 0);
    for (int i = 0; i < 16; i++) CHECK(pthread_join(made[i], NULL) == 0);
}

static int status_of(pid_t child) {
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void processes(void) {
    pid_t child;
    char *words[] = {"sh", "-c", "exit 7", NULL};
    posix_spawn_file_actions_t actions;
    CHECK(posix_spawn_file_actions_init(&actions) == 0);
    CHECK(posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) == 0);
    CHECK(posix_spawnp(&child, "sh", &actions, NULL, words, environ) == 0);
    CHECK(status_of(child) == 7);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(5);
    CHECK(status_of(child) == 5);
    CHECK(system("exit 3") == 3 << 8);
    FILE *stream = popen("echo said", "r");
    char line[16];
    CHECK(stream && fgets(line, sizeof line, stream) && pclose(stream) == 0);
}

static void semaphores(void) {
    sem_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED && sem_init(shared, 1, 0) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(sem_post(shared));
    CHECK(sem_wait(shared) == 0 && status_of(child) == 0);
}

static volatile sig_atomic_t fired;

static void fire(int signal) { fired = signal; }

static void timers(void) {
    CHECK(signal(SIGALRM, fire) != SIG_ERR);
    sigset_t blocked, before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &blocked, &before) == 0);
    timer_t timer;
    struct itimerspec soon = {.it_value.tv_nsec = 1000000};
    CHECK(timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0 && timer_settime(timer, 0, &soon, NULL) == 0);
    while (!fired) sigsuspend(&before);
    CHECK(timer_delete(timer) == 0);
    struct timespec moment = {.tv_nsec = 1000000};
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL) == 0);
}

int main(void) {
    threads();
    processes();
    semaphores();
    timers();
    CHECK(mkfifo("fifo", 0600) == 0 && unlink("fifo") == 0);
    return 0;
}
