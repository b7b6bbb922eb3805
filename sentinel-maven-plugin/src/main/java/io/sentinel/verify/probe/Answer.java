package io.sentinel.verify.probe;

/** What the probe said of one row. */
public sealed interface Answer {

    /** How a message names it. */
    String word();

    /**
     * What the kernel returned.
     *
     * @param value below 0 the negative number of an error (errno(3))
     */
    record Value(long value) implements Answer {

        public boolean isError() {
            return value < 0;
        }

        @Override
        public String word() {
            return isError() ? KernelWords.errno(-value) : "ok";
        }
    }

    /**
     * What was read, or what somebody answered.
     *
     * @param text as UTF-8; bytes that are none are replaced
     */
    record Text(String text) implements Answer {

        @Override
        public String word() {
            return "text";
        }
    }

    /**
     * The attempt's process was killed.
     *
     * @param number of the signal (signal(7))
     */
    record Killed(int number) implements Answer {

        /** The probe itself ends an attempt that takes too long, by SIGALRM. */
        private static final int ALARM = 14;

        /** Whether it was the probe that killed it, since it did not come to an end. */
        public boolean isTimeout() {
            return number == ALARM;
        }

        @Override
        public String word() {
            return "killed by " + KernelWords.signal(number);
        }
    }

    /**
     * It was not tried.
     *
     * @param why a clause
     */
    record Untried(String why) implements Answer {

        /** @param errno for which no process could be started to try it in, above 0 */
        static Untried noProcess(long errno) {
            return new Untried("no process could be started for it: " + KernelWords.errno(errno));
        }

        /** @param signal by which that process was killed before it came to it */
        static Untried killedBefore(int signal) {
            return new Untried("its process was killed by " + KernelWords.signal(signal) + " before it");
        }

        @Override
        public String word() {
            return why;
        }
    }
}
