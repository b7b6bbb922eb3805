// The table. Arguments are such that nothing happens: addresses that don't exist, descriptors and processes that don't
// exist, flags that no call knows. Wherever the kernel looks at its arguments first, an unfiltered kernel then answers
// something other than EPERM and ENOSYS, which are the filters' answers.
//
// The order in which a call checks is the kernel's matter: it is fs/, kernel/ and net/socket.c that the notes are from.
#include "attacks.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/futex.h>
#include <linux/netlink.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

// Calls that are newer than some C libraries' headers. Since 424 the numbers are the same on all machines.
#ifndef __NR_cachestat
#define __NR_cachestat 451
#endif
#define __NR_futex_wake 454
#define __NR_futex_wait 455
#define __NR_futex_requeue 456
#define __NR_statmount 457
#define __NR_listmount 458
#define __NR_lsm_get_self_attr 459
#define __NR_lsm_set_self_attr 460
#define __NR_lsm_list_modules 461
#define __NR_open_tree_attr 467

#define ATTACK(id, gives, ...) {id, KIND_ATTACK, FAMILY, gives, __VA_ARGS__}
#define CONTROL(id, needed_by, ...) {id, KIND_CONTROL, "controls", needed_by, __VA_ARGS__}

// A thread without shared signal handlers is refused (EINVAL) before capabilities are looked at, so a namespace that
// needs one can be told from a filter's EPERM, and is never made.
#define NAMESPACE(flag, gives)                                                              \
    ATTACK("clone CLONE_" #flag, gives, NATIVE(clone, CLONE_##flag | CLONE_THREAD)),         \
        ATTACK("clone CLONE_" #flag ", high bits set", gives,                               \
               NATIVE(clone, JUNK | CLONE_##flag | CLONE_THREAD)),                           \
        ATTACK("unshare CLONE_" #flag, gives, NATIVE(unshare, CLONE_##flag | UNKNOWN_FLAG))
// unshare refuses (EINVAL) what it does not know before it looks at capabilities.
#define UNKNOWN_FLAG 0x1

// socket and socketpair refuse (EINVAL) a type with an unknown flag before they do anything else. So no module of an
// unusual family or protocol is ever loaded into the host's kernel by these. A filter sees family, type and protocol.
#define UNKNOWN_TYPE_FLAG 0x10
#define SOCKET(family, gives)                                                                        \
    ATTACK("socket " #family, gives, NATIVE(socket, family, SOCK_DGRAM | UNKNOWN_TYPE_FLAG, 0)),     \
        ATTACK("socket " #family ", high bits set", gives,                                           \
               NATIVE(socket, JUNK | family, JUNK | SOCK_DGRAM | UNKNOWN_TYPE_FLAG, JUNK))
#define NETLINK(protocol, gives)                                                                         \
    ATTACK("socket AF_NETLINK " #protocol, gives,                                                        \
           NATIVE(socket, AF_NETLINK, SOCK_RAW | UNKNOWN_TYPE_FLAG, protocol)),                          \
        ATTACK("socket AF_NETLINK " #protocol ", high bits set", gives,                                  \
               NATIVE(socket, JUNK | AF_NETLINK, SOCK_RAW | UNKNOWN_TYPE_FLAG, JUNK | protocol))
#define INTERNET(name, type, protocol, gives)                                                            \
    ATTACK("socket AF_INET " name, gives, NATIVE(socket, AF_INET, (type) | UNKNOWN_TYPE_FLAG, protocol)), \
        ATTACK("socket AF_INET6 " name, gives,                                                           \
               NATIVE(socket, AF_INET6, (type) | UNKNOWN_TYPE_FLAG, protocol))
#define SOCKETPAIR(family, gives)           \
    ATTACK("socketpair " #family, gives,    \
           NATIVE(socketpair, family, SOCK_STREAM | UNKNOWN_TYPE_FLAG, 0, AT(result)))

#define TERMINAL(request, gives)                                                            \
    ATTACK("ioctl " #request, gives, NATIVE(ioctl, NONE, request, AT(result))),             \
        ATTACK("ioctl " #request ", high bits set", gives, NATIVE(ioctl, NONE, JUNK | request, AT(result)))

#define NODE(type, device, what, gives)                                                                      \
    ATTACK("mknodat " what, gives, NATIVE(mknodat, AT_FDCWD, AT("/nonexistent/node"), (type) | 0600, device)), \
        ATTACK("mknod " what, gives, NATIVE(mknod, AT("/nonexistent/node"), (type) | 0600, device))

char result[4096];
char *const program_arguments[] = {"attacks", "nothing", NULL};
char *const program_environment[] = {NULL};

const struct variant variants[] = {
#define FAMILY "namespaces"
    NAMESPACE(NEWNS, "mounts of its own"),
    NAMESPACE(NEWCGROUP, "another view of the control groups"),
    NAMESPACE(NEWUTS, "a host name of its own"),
    NAMESPACE(NEWIPC, "System V objects of its own"),
    NAMESPACE(NEWUSER, "all capabilities inside it"),
    NAMESPACE(NEWPID, "process numbers of its own"),
    NAMESPACE(NEWNET, "a network of its own, and with it most of the kernel's network code"),
    ATTACK("unshare CLONE_NEWTIME", "clocks of its own", NATIVE(unshare, 0x80 | UNKNOWN_FLAG)),
    ATTACK("clone CLONE_NEWUSER, made", "all capabilities inside it", NATIVE(clone, CLONE_NEWUSER | SIGCHLD)),
    ATTACK("clone all namespaces, made", "all capabilities inside them",
           NATIVE(clone, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
                             CLONE_NEWCGROUP | SIGCHLD)),
    ATTACK("clone CLONE_NEWUSER among odd bits", "all capabilities inside it",
           NATIVE(clone, JUNK | CLONE_NEWUSER | CLONE_IO | CLONE_UNTRACED | SIGCHLD)),
    ATTACK("unshare CLONE_NEWUSER, made", "all capabilities inside it", NATIVE(unshare, CLONE_NEWUSER)),
    ATTACK("unshare CLONE_FILES", "leaves what its threads share", NATIVE(unshare, CLONE_FILES)),
    ATTACK("clone3", "any of these: its flags are out of a filter's sight", NATIVE(clone3, BAD, 88)),
    ATTACK("setns", "another container's namespace", NATIVE(setns, NONE, 0)),
    ATTACK("setns CLONE_NEWUSER", "another user namespace's capabilities", NATIVE(setns, NONE, CLONE_NEWUSER)),
#undef FAMILY

#define FAMILY "mounts and handles"
    ATTACK("mount", "hides or changes any part of the file system", NATIVE(mount, BAD, BAD, BAD, 0, 0)),
    ATTACK("mount MS_BIND|MS_REMOUNT", "makes read-only mounts writable", NATIVE(mount, BAD, BAD, BAD, 4096 | 32, 0)),
    ATTACK("umount2", "uncovers what mounts hide", NATIVE(umount2, AT("/nonexistent"), 0x1000)),
    ATTACK("pivot_root", "another root directory", NATIVE(pivot_root, BAD, BAD)),
    ATTACK("chroot", "another root directory", NATIVE(chroot, AT("/nonexistent"))),
    ATTACK("open_tree", "a handle of a mount", NATIVE(open_tree, NONE, BAD, 0x40000000)),
    ATTACK("open_tree OPEN_TREE_CLONE", "a copy of a mount", NATIVE(open_tree, NONE, BAD, 1)),
    ATTACK("open_tree_attr", "a copy of a mount with other attributes",
           NATIVE(open_tree_attr, NONE, BAD, 0x40000000, BAD, 32)),
    ATTACK("move_mount", "puts a mount elsewhere", NATIVE(move_mount, NONE, BAD, NONE, BAD, 0x40000000)),
    ATTACK("fsopen", "a new file system", NATIVE(fsopen, BAD, 0)),
    ATTACK("fsconfig", "parses options in the kernel", NATIVE(fsconfig, NONE, 0, BAD, BAD, 0)),
    ATTACK("fsmount", "a mount of a new file system", NATIVE(fsmount, NONE, 0, 0)),
    ATTACK("fspick", "another configuration of a file system", NATIVE(fspick, NONE, BAD, 0)),
    ATTACK("mount_setattr", "makes read-only mounts writable", NATIVE(mount_setattr, NONE, BAD, 0x1, BAD, 32)),
    ATTACK("statmount", "tells about the host's mounts", NATIVE(statmount, BAD, BAD, 0, 0)),
    ATTACK("listmount", "tells about the host's mounts", NATIVE(listmount, BAD, BAD, 0, 0)),
    ATTACK("open_by_handle_at", "any file of a file system, outside the container too",
           NATIVE(open_by_handle_at, NONE, BAD, 0)),
    ATTACK("name_to_handle_at", "handles to guess others from", NATIVE(name_to_handle_at, NONE, BAD, BAD, BAD, 0)),
    ATTACK("fanotify_init", "descriptors of files that others open", NATIVE(fanotify_init, 0x200, O_RDONLY)),
    ATTACK("fanotify_mark", "descriptors of files that others open", NATIVE(fanotify_mark, NONE, 1, 0x20, NONE, BAD)),
    ATTACK("swapon", "another swap area", NATIVE(swapon, BAD, 0)),
    ATTACK("swapoff", "fills the host's memory", NATIVE(swapoff, BAD)),
    ATTACK("quotactl", "the host's quotas", NATIVE(quotactl, 0xFF, BAD, 0, BAD)),
    ATTACK("quotactl_fd", "the host's quotas", NATIVE(quotactl_fd, NONE, 0xFF, 0, BAD)),
    ATTACK("acct", "writes the host's accounting to a file", NATIVE(acct, BAD)),
    ATTACK("sysfs", "an obsolete list of file systems", NATIVE(sysfs, 3)),
    ATTACK("sync", "makes every file system of the host write back", NATIVE(sync)),
    ATTACK("syncfs", "makes a whole host file system write back", NATIVE(syncfs, NONE)),
    NODE(S_IFCHR, 0x101, "character device", "the kernel's memory, by /dev/mem"),
    NODE(S_IFBLK, 0x800, "block device", "the host's disk"),
    NODE(S_IFCHR, 0, "character device 0:0", "a whiteout, which hides a file of an overlay"),
    ATTACK("mknodat character device, bits above the mode", "the kernel's memory, by /dev/mem",
           NATIVE(mknodat, AT_FDCWD, AT("/nonexistent/node"), JUNK | 0xFFFF0000 | S_IFCHR | 0600, 0x101)),
#undef FAMILY

#define FAMILY "code in the kernel"
    ATTACK("init_module", "code in the kernel", NATIVE(init_module, BAD, 0, BAD)),
    ATTACK("finit_module", "code in the kernel", NATIVE(finit_module, NONE, BAD, 0)),
    ATTACK("delete_module", "removes code from the kernel", NATIVE(delete_module, BAD, 0)),
    ATTACK("create_module", "code in old kernels", NATIVE(create_module, BAD, 0)),
    ATTACK("query_module", "addresses in old kernels", NATIVE(query_module, BAD, 0, BAD, 0, BAD)),
    ATTACK("get_kernel_syms", "addresses in old kernels", NATIVE(get_kernel_syms, BAD)),
    ATTACK("kexec_load", "another kernel", NATIVE(kexec_load, 0, 0, BAD, 0x1000)),
    ATTACK("kexec_file_load", "another kernel", NATIVE(kexec_file_load, NONE, NONE, 0, BAD, 0x1000)),
    // Magic numbers that no reboot has: refused (EINVAL) even to root.
    ATTACK("reboot", "no kernel at all", NATIVE(reboot, 0, 0, 0, 0)),
    ATTACK("bpf BPF_PROG_LOAD", "a program in the kernel", NATIVE(bpf, BPF_PROG_LOAD, BAD, 0x10000)),
    ATTACK("bpf BPF_MAP_CREATE", "memory in the kernel", NATIVE(bpf, BPF_MAP_CREATE, BAD, 0x10000)),
    ATTACK("perf_event_open", "watches the kernel and others", NATIVE(perf_event_open, BAD, 0, NONE, NONE, 0xFF00)),
    ATTACK("lookup_dcookie", "paths of others' files", NATIVE(lookup_dcookie, 0, BAD, 0)),
    ATTACK("userfaultfd", "halts the kernel in the middle of a copy", NATIVE(userfaultfd, 0)),
    ATTACK("userfaultfd UFFD_USER_MODE_ONLY", "halts a program in the middle of a copy", NATIVE(userfaultfd, 1)),
    ATTACK("io_uring_setup", "work in the kernel that no filter sees", NATIVE(io_uring_setup, 1, BAD)),
    ATTACK("io_uring_enter", "work in the kernel that no filter sees", NATIVE(io_uring_enter, NONE, 0, 0, 0, 0, 0)),
    ATTACK("io_uring_register", "work in the kernel that no filter sees", NATIVE(io_uring_register, NONE, 0, BAD, 0)),
    ATTACK("iopl", "the machine's ports", NATIVE(iopl, 4)),
    ATTACK("ioperm", "the machine's ports", NATIVE(ioperm, NONE, 1, 1)),
    ATTACK("modify_ldt, read", "tells about descriptor tables", NATIVE(modify_ldt, 0, BAD, 0)),
    ATTACK("modify_ldt, write", "16-bit segments, with a history of faults", NATIVE(modify_ldt, 1, BAD, 0)),
    ATTACK("uselib", "an obsolete way to map a program", NATIVE(uselib, BAD)),
    ATTACK("_sysctl", "the kernel's settings", NATIVE(_sysctl, BAD)),
    ATTACK("nfsservctl", "a file server in old kernels", NATIVE(nfsservctl, 0, BAD, BAD)),
    ATTACK("lsm_get_self_attr", "seldom tested code", NATIVE(lsm_get_self_attr, 0, BAD, BAD, 0)),
    ATTACK("lsm_set_self_attr", "another security label", NATIVE(lsm_set_self_attr, 0, BAD, 0, 1)),
    ATTACK("lsm_list_modules", "tells how the host is protected", NATIVE(lsm_list_modules, BAD, BAD, 1)),
#undef FAMILY

#define FAMILY "keys"
    ATTACK("add_key", "keyrings are not separated by container", NATIVE(add_key, BAD, BAD, 0, 0, 0)),
    ATTACK("request_key", "starts a program of the host's", NATIVE(request_key, BAD, BAD, 0, 0)),
    ATTACK("keyctl KEYCTL_JOIN_SESSION_KEYRING", "another keyring", NATIVE(keyctl, 1, BAD)),
    ATTACK("keyctl KEYCTL_READ", "others' keys", NATIVE(keyctl, 11, 0, 0, 0)),
    ATTACK("keyctl, high bits set", "another keyring", NATIVE(keyctl, JUNK | 1, BAD)),
#undef FAMILY

#define FAMILY "other processes"
    ATTACK("ptrace PTRACE_TRACEME", "a tracer may rewrite calls after a filter has seen them",
           NATIVE(ptrace, PTRACE_TRACEME)),
    ATTACK("ptrace PTRACE_ATTACH", "steers another process", NATIVE(ptrace, PTRACE_ATTACH, NONE)),
    ATTACK("ptrace PTRACE_SEIZE", "steers another process", NATIVE(ptrace, PTRACE_SEIZE, NONE)),
    ATTACK("ptrace PTRACE_PEEKDATA", "reads another process", NATIVE(ptrace, PTRACE_PEEKDATA, NONE)),
    ATTACK("ptrace PTRACE_POKEDATA", "writes another process", NATIVE(ptrace, PTRACE_POKEDATA, NONE)),
    ATTACK("ptrace PTRACE_SETREGS", "steers another process", NATIVE(ptrace, PTRACE_SETREGS, NONE)),
    ATTACK("ptrace PTRACE_SECCOMP_GET_FILTER", "reads the filter", NATIVE(ptrace, PTRACE_SECCOMP_GET_FILTER, NONE)),
    ATTACK("process_vm_readv", "reads another process", NATIVE(process_vm_readv, NONE, BAD, 1, BAD, 1, 1)),
    ATTACK("process_vm_writev", "writes another process", NATIVE(process_vm_writev, NONE, BAD, 1, BAD, 1, 1)),
    ATTACK("kcmp", "tells about addresses in the kernel", NATIVE(kcmp, NONE, NONE, 0, 0, 0)),
    ATTACK("pidfd_getfd", "another process's descriptors", NATIVE(pidfd_getfd, NONE, NONE, 1)),
    ATTACK("process_madvise", "slows another process", NATIVE(process_madvise, NONE, BAD, 1, 4, 1)),
    ATTACK("process_mrelease", "takes another process's memory", NATIVE(process_mrelease, NONE, 1)),
    ATTACK("move_pages", "moves another process's memory", NATIVE(move_pages, 0, 0, 0, 0, 0, 0x8000)),
    ATTACK("migrate_pages", "moves another process's memory", NATIVE(migrate_pages, 0, 0xFFFFFFF, BAD, BAD)),
    ATTACK("sched_setattr", "a processor to itself, by SCHED_DEADLINE", NATIVE(sched_setattr, 0, BAD, 0)),
    ATTACK("sched_setscheduler", "a processor to itself, by SCHED_FIFO", NATIVE(sched_setscheduler, 0, SCHED_FIFO, 0)),
#undef FAMILY

#define FAMILY "the host's clock, name and log"
    ATTACK("settimeofday", "the host's clock", NATIVE(settimeofday, BAD, 0)),
    ATTACK("clock_settime", "the host's clock", NATIVE(clock_settime, 99, BAD)),
    ATTACK("clock_adjtime", "the host's clock", NATIVE(clock_adjtime, 99, BAD)),
    ATTACK("adjtimex", "the host's clock", NATIVE(adjtimex, BAD)),
    ATTACK("sethostname", "the host's name", NATIVE(sethostname, BAD, 999)),
    ATTACK("setdomainname", "the host's name", NATIVE(setdomainname, BAD, 999)),
    ATTACK("vhangup", "hangs up a terminal", NATIVE(vhangup, 0)),
    ATTACK("syslog SYSLOG_ACTION_READ_ALL", "addresses in the kernel's log", NATIVE(syslog, 3, 0, 0)),
    ATTACK("syslog SYSLOG_ACTION_READ", "takes messages away", NATIVE(syslog, 2, 0, 0)),
    ATTACK("syslog SYSLOG_ACTION_SIZE_BUFFER", "tells about the kernel's log", NATIVE(syslog, 10, 0, 0)),
    ATTACK("syslog SYSLOG_ACTION_CONSOLE_LEVEL", "silences the console", NATIVE(syslog, 8, 0, 99)),
#undef FAMILY

#define FAMILY "sockets"
    SOCKET(AF_ALG, "the kernel's ciphers, with a history of faults"),
    SOCKET(AF_VSOCK, "the hypervisor and its other machines"),
    SOCKET(AF_PACKET, "frames as they are on the wire"),
    SOCKET(AF_XDP, "frames as they are on the wire"),
    SOCKET(AF_TIPC, "seldom tested code"),
    SOCKET(AF_RDS, "seldom tested code"),
    SOCKET(AF_CAN, "seldom tested code, and cars"),
    SOCKET(AF_BLUETOOTH, "seldom tested code, and radio"),
    SOCKET(AF_NFC, "seldom tested code"),
    SOCKET(AF_KEY, "the host's IPsec keys"),
    SOCKET(AF_X25, "seldom tested code"),
    SOCKET(AF_AX25, "seldom tested code"),
    SOCKET(AF_NETROM, "seldom tested code"),
    SOCKET(AF_ROSE, "seldom tested code"),
    SOCKET(AF_APPLETALK, "seldom tested code"),
    SOCKET(AF_IPX, "seldom tested code"),
    SOCKET(AF_DECnet, "seldom tested code"),
    SOCKET(AF_LLC, "seldom tested code"),
    SOCKET(AF_PPPOX, "seldom tested code"),
    SOCKET(AF_KCM, "seldom tested code"),
    SOCKET(AF_QIPCRTR, "seldom tested code"),
    SOCKET(AF_SMC, "seldom tested code"),
    SOCKET(AF_IUCV, "seldom tested code"),
    SOCKET(AF_RXRPC, "seldom tested code"),
    SOCKET(AF_PHONET, "seldom tested code"),
    SOCKET(AF_CAIF, "seldom tested code"),
    SOCKET(AF_IEEE802154, "seldom tested code"),
    NETLINK(NETLINK_AUDIT, "the host's audit log"),
    NETLINK(NETLINK_SOCK_DIAG, "lists sockets; has loaded modules"),
    NETLINK(NETLINK_XFRM, "IPsec, with a history of faults"),
    NETLINK(NETLINK_NETFILTER, "packet filters, with a history of faults"),
    NETLINK(NETLINK_KOBJECT_UEVENT, "the host's devices"),
    NETLINK(NETLINK_GENERIC, "dozens of subsystems"),
    NETLINK(NETLINK_CRYPTO, "the kernel's ciphers"),
    INTERNET("raw", SOCK_RAW, IPPROTO_ICMP, "forged packets"),
    INTERNET("ICMP", SOCK_DGRAM, IPPROTO_ICMP, "pings"),
    INTERNET("SCTP", SOCK_SEQPACKET, IPPROTO_SCTP, "a protocol that is loaded on demand"),
    INTERNET("SCTP stream", SOCK_STREAM, IPPROTO_SCTP, "a protocol that is loaded on demand"),
    INTERNET("DCCP", SOCK_DCCP, IPPROTO_DCCP, "a protocol that is loaded on demand"),
    INTERNET("MPTCP", SOCK_STREAM, IPPROTO_MPTCP, "a protocol with a history of faults"),
    INTERNET("UDP-Lite", SOCK_DGRAM, IPPROTO_UDPLITE, "a protocol that few use"),
    INTERNET("L2TP", SOCK_DGRAM, 115, "a protocol that is loaded on demand"),
    ATTACK("socket AF_INET SOCK_PACKET", "frames as they are on the wire",
           NATIVE(socket, AF_INET, SOCK_PACKET | UNKNOWN_TYPE_FLAG, 0x300)),
    SOCKETPAIR(AF_TIPC, "seldom tested code"),
    SOCKETPAIR(AF_INET, "no pairs; loads what its family needs"),
    SOCKETPAIR(AF_NETLINK, "no pairs; loads what its family needs"),
    ATTACK("socketpair AF_TIPC, high bits set", "seldom tested code",
           NATIVE(socketpair, JUNK | AF_TIPC, SOCK_STREAM | UNKNOWN_TYPE_FLAG, 0, AT(result))),
#undef FAMILY

#define FAMILY "terminals"
    TERMINAL(TIOCSTI, "types into a terminal that a person uses"),
    TERMINAL(TIOCLINUX, "pastes into a console"),
    TERMINAL(TIOCSETD, "loads another line discipline"),
    TERMINAL(TIOCCONS, "the host's console messages"),
    // The line discipline that a terminal has anyway.
    ATTACK("ioctl TIOCSETD, own terminal", "loads another line discipline",
           NATIVE(ioctl, TERMINAL_FD, TIOCSETD, AT(result))),
#undef FAMILY

#define FAMILY "programs without a file, weaker memory"
    ATTACK("memfd_create", "a program that is on no file system", NATIVE(memfd_create, AT("m"), 0)),
    ATTACK("memfd_create MFD_EXEC", "a program that is on no file system", NATIVE(memfd_create, AT("m"), 0x10)),
    ATTACK("memfd_create MFD_ALLOW_SEALING", "a program that is on no file system",
           NATIVE(memfd_create, AT("m"), MFD_ALLOW_SEALING)),
    ATTACK("memfd_create MFD_HUGETLB", "the host's huge pages", NATIVE(memfd_create, AT("m"), MFD_HUGETLB)),
    ATTACK("memfd_create MFD_EXEC, high bits set", "a program that is on no file system",
           NATIVE(memfd_create, AT("m"), 0x800000000 | 0x10)),
    ATTACK("prctl PR_SET_MM", "another description of its own memory", NATIVE(prctl, 35, 15, BAD)),
    ATTACK("memfd_secret", "memory that cannot be inspected", NATIVE(memfd_secret, 0x1)),
    ATTACK("execveat AT_EMPTY_PATH", "runs a program that is on no file system",
           NATIVE(execveat, PROGRAM_FD, AT(""), AT(program_arguments), AT(program_environment), AT_EMPTY_PATH)),
    ATTACK("execveat, a path", "a second way to run programs", NATIVE(execveat, NONE, AT("/nonexistent"), 0, 0, 0)),
    ATTACK("personality ADDR_NO_RANDOMIZE", "known addresses", NATIVE(personality, ADDR_NO_RANDOMIZE)),
    ATTACK("personality READ_IMPLIES_EXEC", "executable data", NATIVE(personality, READ_IMPLIES_EXEC)),
    ATTACK("personality MMAP_PAGE_ZERO", "a page where null pointers lead", NATIVE(personality, MMAP_PAGE_ZERO)),
    ATTACK("personality ADDR_COMPAT_LAYOUT", "known addresses", NATIVE(personality, ADDR_COMPAT_LAYOUT)),
    ATTACK("personality ADDR_NO_RANDOMIZE, high bits set", "known addresses",
           NATIVE(personality, JUNK | ADDR_NO_RANDOMIZE)),
    ATTACK("remap_file_pages", "obsolete memory code", NATIVE(remap_file_pages, 0, 0, 1, 0, 0)),
    ATTACK("mbind", "seldom tested memory code", NATIVE(mbind, 0, 0, 0x7FFF, 0, 0, 0)),
    ATTACK("set_mempolicy", "seldom tested memory code", NATIVE(set_mempolicy, 0x7FFF, 0, 0)),
    ATTACK("set_mempolicy_home_node", "seldom tested memory code", NATIVE(set_mempolicy_home_node, 1, 0, 0, 1)),
    ATTACK("mlockall", "memory that the host cannot take back", NATIVE(mlockall, 0)),
#undef FAMILY

#define FAMILY "queues, pipes, locks"
    ATTACK("msgget", "the kernel's heap, shaped at will", NATIVE(msgget, 0x7EAD, 0)),
    ATTACK("msgsnd", "the kernel's heap, shaped at will", NATIVE(msgsnd, NONE, BAD, 8, 0)),
    ATTACK("semget", "the kernel's heap, shaped at will", NATIVE(semget, 0x7EAD, 1, 0)),
    ATTACK("semtimedop", "code with a history of faults", NATIVE(semtimedop, NONE, BAD, 1, 0)),
    ATTACK("shmget", "memory outside the process", NATIVE(shmget, 0x7EAD, 4096, 0)),
    ATTACK("shmat", "memory outside the process", NATIVE(shmat, NONE, 0, 0)),
    ATTACK("mq_open", "the kernel's heap, shaped at will", NATIVE(mq_open, BAD, O_RDONLY, 0, 0)),
    ATTACK("vmsplice", "pages shared with the kernel", NATIVE(vmsplice, NONE, BAD, 1, 0)),
    ATTACK("tee", "pages shared between pipes", NATIVE(tee, NONE, NONE, 1, 0)),
    ATTACK("splice", "pages shared between pipes", NATIVE(splice, NONE, 0, NONE, 0, 1, 0)),
    ATTACK("io_setup", "old asynchronous code", NATIVE(io_setup, 0, AT(result))),
    ATTACK("io_submit", "old asynchronous code", NATIVE(io_submit, BAD, 1, BAD)),
    ATTACK("futex_waitv", "new lock code", NATIVE(futex_waitv, BAD, 0, 1, 0, 0)),
    ATTACK("futex_wake", "new lock code", NATIVE(futex_wake, BAD, 0, 0, 0xFF00)),
    ATTACK("futex_wait", "new lock code", NATIVE(futex_wait, BAD, 0, 0, 0xFF00, 0, 0)),
    ATTACK("futex_requeue", "new lock code", NATIVE(futex_requeue, BAD, 1, 0, 0)),
    ATTACK("cachestat", "tells what others read", NATIVE(cachestat, NONE, BAD, BAD, 0)),
#undef FAMILY

#define FAMILY "other system call tables"
    ATTACK("i386 socketcall", "any socket: its arguments are out of a filter's sight", I386(socketcall, 102, 1, BAD)),
    ATTACK("i386 ipc", "any System V object", I386(ipc, 117, 13, 0x7EAD, 0, 0, 0)),
    ATTACK("i386 socket AF_ALG", "the kernel's ciphers", I386(socket, 359, AF_ALG, SOCK_DGRAM | UNKNOWN_TYPE_FLAG, 0)),
    ATTACK("i386 ptrace", "steers another process", I386(ptrace, 26, PTRACE_ATTACH, 0xFFFFFFFF)),
    ATTACK("i386 keyctl", "another keyring", I386(keyctl, 288, 1, BAD)),
    ATTACK("i386 clone CLONE_NEWUSER", "all capabilities inside it", I386(clone, 120, CLONE_NEWUSER | CLONE_THREAD)),
    ATTACK("i386 unshare CLONE_NEWUSER", "all capabilities inside it",
           I386(unshare, 310, CLONE_NEWUSER | UNKNOWN_FLAG)),
    ATTACK("i386 mount", "changes any part of the file system", I386(mount, 21, BAD, BAD, BAD, 0, 0)),
    ATTACK("i386 umount", "uncovers what mounts hide", I386(umount, 22, BAD)),
    ATTACK("i386 bpf", "a program in the kernel", I386(bpf, 357, 0, BAD, 0x10000)),
    ATTACK("i386 io_uring_setup", "work in the kernel that no filter sees", I386(io_uring_setup, 425, 1, BAD)),
    ATTACK("i386 execveat", "runs a program that is on no file system", I386(execveat, 358, 0xFFFFFFFF, BAD, 0, 0, 0)),
    ATTACK("i386 personality", "known addresses", I386(personality, 136, ADDR_NO_RANDOMIZE)),
    ATTACK("i386 vm86old", "16-bit code", I386(vm86old, 113, BAD)),
    ATTACK("i386 vm86", "16-bit code", I386(vm86, 166, 0, BAD)),
    ATTACK("i386 stime", "the host's clock", I386(stime, 25, BAD)),
    ATTACK("i386 getpid", "a second table with other numbers", I386(getpid, 20, 0)),
    ATTACK("x32 read", "the first number of a second table", X32(read, 0, NONE, AT(result), 1)),
    ATTACK("x32 getpid", "a second table with other numbers", X32(getpid, 39, 0)),
    ATTACK("x32 socket AF_ALG", "the kernel's ciphers", X32(socket, 41, AF_ALG, SOCK_DGRAM | UNKNOWN_TYPE_FLAG, 0)),
    ATTACK("x32 unshare CLONE_NEWUSER", "all capabilities inside it", X32(unshare, 272, CLONE_NEWUSER | UNKNOWN_FLAG)),
    ATTACK("x32 ptrace", "steers another process", X32(ptrace, 521, PTRACE_ATTACH, NONE)),
    ATTACK("x32 process_vm_readv", "reads another process", X32(process_vm_readv, 539, NONE, BAD, 1, BAD, 1, 1)),
    ATTACK("x32 execveat", "runs a program that is on no file system",
           X32(execveat, 545, NONE, AT("/nonexistent"), 0, 0, 0)),
    ATTACK("x32 keyctl", "another keyring", X32(keyctl, 250, 1, BAD)),
#undef FAMILY

    CONTROL("openat", "everyone", NATIVE(openat, AT_FDCWD, AT("/dev/null"), O_RDONLY)),
    CONTROL("read", "everyone", NATIVE(read, NONE, AT(result), 1)),
    CONTROL("clone, a process", "shells", NATIVE(clone, SIGCHLD)),
    CONTROL("clone, a process, high bits set", "nobody; the kernel takes it for the same",
            NATIVE(clone, JUNK | SIGCHLD)),
    CONTROL("clone, a thread's flags", "every threaded program", NATIVE(clone, CLONE_THREAD)),
    CONTROL("execve", "shells", NATIVE(execve, AT("/nonexistent"), AT(program_arguments), AT(program_environment))),
    CONTROL("socket AF_UNIX", "local services", NATIVE(socket, AF_UNIX, SOCK_STREAM, 0)),
    CONTROL("socket AF_INET TCP", "clients", NATIVE(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)),
    CONTROL("socket AF_INET UDP", "resolvers", NATIVE(socket, AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)),
    CONTROL("socket AF_INET6 TCP", "clients", NATIVE(socket, AF_INET6, SOCK_STREAM, 0)),
    CONTROL("socket AF_INET6 UDP", "resolvers", NATIVE(socket, AF_INET6, SOCK_DGRAM, IPPROTO_UDP)),
    CONTROL("socket AF_NETLINK NETLINK_ROUTE", "Node's networkInterfaces()",
            NATIVE(socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)),
    CONTROL("socket AF_INET TCP, high bits set", "nobody; the kernel takes it for the same",
            NATIVE(socket, JUNK | AF_INET, JUNK | SOCK_STREAM, JUNK)),
    CONTROL("socketpair AF_UNIX", "Node's child processes", NATIVE(socketpair, AF_UNIX, SOCK_STREAM, 0, AT(result))),
    CONTROL("ioctl TCGETS", "isatty", NATIVE(ioctl, TERMINAL_FD, TCGETS, AT(result))),
    CONTROL("ioctl TIOCGWINSZ", "progress bars", NATIVE(ioctl, TERMINAL_FD, TIOCGWINSZ, AT(result))),
    CONTROL("ioctl FIONREAD", "pipes and sockets", NATIVE(ioctl, PIPE_FD, FIONREAD, AT(result))),
    CONTROL("memfd_create MFD_NOEXEC_SEAL", "shared memory", NATIVE(memfd_create, AT("m"), 0x8 | MFD_CLOEXEC)),
    CONTROL("mknodat, a named pipe", "mkfifo", NATIVE(mknodat, AT_FDCWD, AT("/nonexistent/pipe"), S_IFIFO | 0600, 0)),
    CONTROL("mknod, a named pipe", "musl's mkfifo", NATIVE(mknod, AT("/nonexistent/pipe"), S_IFIFO | 0600, 0)),
    CONTROL("personality, a question", "setarch", NATIVE(personality, 0xFFFFFFFF)),
    // clone takes the bit for part of the exit signal; only clone3 and unshare know it as a flag.
    CONTROL("clone CLONE_NEWTIME", "nobody, and it makes no namespace", NATIVE(clone, 0x80 | CLONE_THREAD)),
    CONTROL("prctl PR_GET_DUMPABLE", "many", NATIVE(prctl, 3)),
    CONTROL("seccomp SECCOMP_GET_ACTION_AVAIL", "programs that filter themselves",
            NATIVE(seccomp, SECCOMP_GET_ACTION_AVAIL, 0, AT(result))),
    CONTROL("landlock_create_ruleset, its version", "programs that restrict themselves",
            NATIVE(landlock_create_ruleset, 0, 0, 1)),
    CONTROL("futex", "every threaded program", NATIVE(futex, AT(result), FUTEX_WAKE_PRIVATE, 1)),
    CONTROL("epoll_create1", "event loops", NATIVE(epoll_create1, 0)),
    CONTROL("pidfd_open", "Go, asyncio", NATIVE(pidfd_open, NONE, 0)),
    CONTROL("getrandom", "everyone", NATIVE(getrandom, AT(result), 8, 0)),
    CONTROL("statx", "everyone", NATIVE(statx, AT_FDCWD, AT("/dev/null"), 0, 0x7FF, AT(result))),
    CONTROL("kill", "shells", NATIVE(kill, 0x7FFFFFFF, 0)),
    CONTROL("setuid", "programs that drop privileges", NATIVE(setuid, NONE)),
};
const size_t variant_count = sizeof(variants) / sizeof(variants[0]);
