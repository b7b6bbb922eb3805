package io.sentinel.verify.probe;

import java.util.Map;
import java.util.TreeMap;

/** Names of the kernel's numbers (asm-generic/errno.h, signal(7)): the same on x86_64 and aarch64. */
final class KernelWords {

    private static final Map<Integer, String> ERRNO = parse(
            """
            1 EPERM 2 ENOENT 3 ESRCH 4 EINTR 5 EIO 6 ENXIO 7 E2BIG 8 ENOEXEC 9 EBADF 10 ECHILD 11 EAGAIN 12 ENOMEM
            13 EACCES 14 EFAULT 15 ENOTBLK 16 EBUSY 17 EEXIST 18 EXDEV 19 ENODEV 20 ENOTDIR 21 EISDIR 22 EINVAL
            23 ENFILE 24 EMFILE 25 ENOTTY 26 ETXTBSY 27 EFBIG 28 ENOSPC 29 ESPIPE 30 EROFS 31 EMLINK 32 EPIPE 33 EDOM
            34 ERANGE 35 EDEADLK 36 ENAMETOOLONG 37 ENOLCK 38 ENOSYS 39 ENOTEMPTY 40 ELOOP 61 ENODATA 71 EPROTO
            75 EOVERFLOW 88 ENOTSOCK 89 EDESTADDRREQ 90 EMSGSIZE 91 EPROTOTYPE 92 ENOPROTOOPT 93 EPROTONOSUPPORT
            94 ESOCKTNOSUPPORT 95 EOPNOTSUPP 96 EPFNOSUPPORT 97 EAFNOSUPPORT 98 EADDRINUSE 99 EADDRNOTAVAIL
            100 ENETDOWN 101 ENETUNREACH 102 ENETRESET 103 ECONNABORTED 104 ECONNRESET 105 ENOBUFS 106 EISCONN
            107 ENOTCONN 110 ETIMEDOUT 111 ECONNREFUSED 112 EHOSTDOWN 113 EHOSTUNREACH 114 EALREADY 115 EINPROGRESS
            122 EDQUOT 126 ENOKEY 127 EKEYEXPIRED 128 EKEYREVOKED""");

    private static final Map<Integer, String> SIGNALS = parse(
            """
            1 SIGHUP 2 SIGINT 3 SIGQUIT 4 SIGILL 5 SIGTRAP 6 SIGABRT 7 SIGBUS 8 SIGFPE 9 SIGKILL 10 SIGUSR1 11 SIGSEGV
            12 SIGUSR2 13 SIGPIPE 14 SIGALRM 15 SIGTERM 31 SIGSYS""");

    private KernelWords() {}

    /** @param number as errno(3) has it, above 0 */
    static String errno(long number) {
        String name = number > Integer.MAX_VALUE ? null : ERRNO.get((int) number);
        return name == null ? "errno " + number : name;
    }

    static String signal(int number) {
        return SIGNALS.getOrDefault(number, "signal " + number);
    }

    private static Map<Integer, String> parse(String pairs) {
        String[] words = pairs.strip().split("\\s+");
        Map<Integer, String> names = new TreeMap<>();
        for (int i = 0; i + 1 < words.length; i += 2) {
            names.put(Integer.valueOf(words[i]), words[i + 1]);
        }
        return names;
    }
}
