// The agent's own system call filter, on top of the container's (seccomp(2), linux/filter.h). It takes away what the container's
// filter leaves to the supervisor alone, what would get around the supervisor, and brings to it the calls that it observes or
// judges.
#include "launcher.h"

enum { LOAD = 0x20, EQUAL = 0x15, AT_LEAST = 0x35, ANY_BIT = 0x45, RETURN = 0x06 }; // of 32 bits, by a constant
#define ALLOW 0x7FFF0000U
#define NOTIFY 0x7FC00000U
#define FAIL(errno) (0x00050000U | (errno))
enum { SET_MODE_FILTER = 1, NEW_LISTENER = 8, WAIT_KILLABLE = 32, MOST = 300 };
enum { NUMBER = 0, ARCH = 4, F_SETSIG = 10 };
enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16, SOL_IP = 0, IP_OPTIONS = 4, SOL_TCP = 6, TCP_FASTOPEN_CONNECT = 30 };
enum { SOL_IPV6 = 41, IPV6_2292RTHDR = 5, IPV6_2292PKTOPTIONS = 6, IPV6_FLOWLABEL_MGR = 32, IPV6_RTHDR = 57 };

struct instruction {
    u16 code;
    byte yes, no;
    u32 value;
};
static struct instruction program[MOST];
static u16 count;

static void emit(u16 code, u32 value, byte yes, byte no) {
    if (count < MOST) {
        program[count] = (struct instruction){code, yes, no, value};
    }
    count++;
}

// The lower and upper half of an argument; both machines are little-endian.
static u32 low(u32 argument) {
    return 16 + 8 * argument;
}

static u32 high(u32 argument) {
    return low(argument) + 4;
}

static void answer(u32 number, u32 action) {
    emit(EQUAL, number, 0, 1);
    emit(RETURN, action, 0, 0);
}

// Where the accumulator has one of the values, the next instructions are gone on with; where none, the answer is given.
static void one_of(const u32 *values, byte n, u32 otherwise) {
    for (byte i = 0; i < n; i++) {
        emit(EQUAL, values[i], (byte)(n - i), 0);
    }
    emit(RETURN, otherwise, 0, 0);
}

// Begins a part for one call; end_part() says where the others go on.
static u16 part(u32 number) {
    emit(EQUAL, number, 0, 0);
    return (u16)(count - 1);
}

static void end_part(u16 begin) {
    emit(RETURN, ALLOW, 0, 0);
    program[begin].no = (byte)(count - begin - 1);
}

static void sockets(void) {
    static const u32 families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    // The protocol's default, ICMP, TCP, UDP, ICMPv6, MPTCP: others know ways to another address that are no connect (SCTP).
    static const u32 protocols[] = {0, 1, 6, 17, 58, 262};
    // Source routes lead by an address that nobody judged, and the last one connects with the first write.
    static const struct {
        u32 level, name;
    } options[] = {
        {SOL_IP, IP_OPTIONS}, {SOL_IPV6, IPV6_RTHDR}, {SOL_IPV6, IPV6_2292RTHDR}, {SOL_IPV6, IPV6_2292PKTOPTIONS},
        {SOL_IPV6, IPV6_FLOWLABEL_MGR}, // whose labels carry such routes
        {SOL_TCP, TCP_FASTOPEN_CONNECT},
    };
    answer(NR_connect, NOTIFY);
    answer(NR_sendmsg, NOTIFY);
    answer(NR_sendmmsg, NOTIFY);
    u16 begin = part(NR_sendto);
    // Without an address it goes where the socket is connected to, which was judged.
    emit(LOAD, low(4), 0, 0);
    emit(EQUAL, 0, 0, 2);
    emit(LOAD, high(4), 0, 0);
    emit(EQUAL, 0, 1, 0);
    emit(RETURN, NOTIFY, 0, 0);
    end_part(begin);

    begin = part(NR_socket);
    emit(LOAD, low(0), 0, 0);
    one_of(families, COUNT(families), FAIL(EAFNOSUPPORT));
    emit(EQUAL, AF_INET, 2, 0);
    emit(EQUAL, AF_INET6, 1, 0);
    emit(RETURN, ALLOW, 0, 0);
    emit(LOAD, low(2), 0, 0);
    one_of(protocols, COUNT(protocols), FAIL(EPROTONOSUPPORT));
    end_part(begin);

    begin = part(NR_setsockopt);
    for (word i = 0; i < COUNT(options); i++) {
        emit(LOAD, low(1), 0, 0);
        emit(EQUAL, options[i].level, 0, 3);
        emit(LOAD, low(2), 0, 0);
        emit(EQUAL, options[i].name, 0, 1);
        emit(RETURN, FAIL(EPERM), 0, 0);
    }
    end_part(begin);
}

// Refuses a call whose argument is the signal that stops a process. What ends the supervisor ends the container; stopped, it would
// look at nothing, and nobody would see that.
static void stops(u32 argument) {
    emit(LOAD, low(argument), 0, 0);
    emit(EQUAL, SIGSTOP, 0, 1);
    emit(RETURN, FAIL(EPERM), 0, 0);
}

// What may not be done to the supervisor, which is of the agent's user: its process is named by an argument, which no other
// thread can change. Before Landlock's version 6 this is what keeps signals from it.
static void spare(u32 supervisor, int scoped) {
    static const u32 by_first[] = {
        NR_kill, NR_tkill, NR_tgkill, NR_rt_sigqueueinfo, NR_rt_tgsigqueueinfo, NR_pidfd_open, NR_prlimit64, NR_sched_setscheduler,
        NR_sched_setparam, NR_sched_setattr, NR_sched_setaffinity,
    };
    for (word i = 0; i < COUNT(by_first); i++) {
        u16 begin = part(by_first[i]);
        emit(LOAD, low(0), 0, 0);
        emit(EQUAL, supervisor, 0, 1);
        emit(RETURN, FAIL(EPERM), 0, 0);
        if (by_first[i] == NR_kill && !scoped) { // of a group or of all, which the supervisor may be of
            emit(EQUAL, 0, 1, 0);
            emit(ANY_BIT, 0x80000000U, 0, 3);
            stops(1);
        }
        end_part(begin);
    }
    if (!scoped) {
        u16 begin = part(NR_pidfd_send_signal);
        stops(1);
        end_part(begin);
        begin = part(NR_fcntl); // of whoever is named for the signals of a descriptor
        emit(LOAD, low(1), 0, 0);
        emit(EQUAL, F_SETSIG, 0, 3);
        stops(2);
        end_part(begin);
    }
    // Of a group or a user, these are of the supervisor as well.
    static const struct {
        u32 number, one_process;
    } by_second[] = {{NR_setpriority, 0}, {NR_ioprio_set, 1}};
    for (word i = 0; i < COUNT(by_second); i++) {
        u16 begin = part(by_second[i].number);
        emit(LOAD, low(0), 0, 0);
        emit(EQUAL, by_second[i].one_process, 0, 2);
        emit(LOAD, low(1), 0, 0);
        emit(EQUAL, supervisor, 0, 1);
        emit(RETURN, FAIL(EPERM), 0, 0);
        end_part(begin);
    }
}

long enter_filter(int judge_sockets, int scoped, u32 supervisor) {
    count = 0;
    emit(LOAD, ARCH, 0, 0);
    emit(EQUAL, AUDIT_ARCH, 1, 0);
    emit(RETURN, FAIL(ENOSYS), 0, 0);
    emit(LOAD, NUMBER, 0, 0);
    if (X32_CALLS) {
        emit(AT_LEAST, X32_CALLS, 0, 1);
        emit(RETURN, FAIL(ENOSYS), 0, 0);
    }
    answer(NR_execve, NOTIFY);
    answer(NR_execveat, NOTIFY);
    // The supervisor's own, and what writes into it.
    answer(NR_pidfd_getfd, FAIL(EPERM));
    answer(NR_process_vm_readv, FAIL(EPERM));
    answer(NR_process_vm_writev, FAIL(EPERM));
    answer(NR_ptrace, FAIL(EPERM));
    // Does in the kernel what no filter sees.
    answer(NR_io_uring_setup, FAIL(ENOSYS));
    answer(NR_io_uring_enter, FAIL(ENOSYS));
    answer(NR_io_uring_register, FAIL(ENOSYS));
    spare(supervisor, scoped);
    if (judge_sockets) {
        sockets();
    }
    emit(RETURN, ALLOW, 0, 0);
    if (count > MOST) {
        return -EINVAL;
    }
    struct {
        u16 count;
        struct instruction *program;
    } whole = {count, program};
    long fd = CALL(NR_seccomp, SET_MODE_FILTER, NEW_LISTENER | WAIT_KILLABLE, &whole);
    // Before Linux 5.19 a signal may interrupt a call that is being judged.
    return fd == -EINVAL ? CALL(NR_seccomp, SET_MODE_FILTER, NEW_LISTENER, &whole) : fd;
}
