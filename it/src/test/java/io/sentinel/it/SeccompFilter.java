package io.sentinel.it;

import java.util.ArrayList;
import java.util.List;

/**
 * One filter as the kernel holds it: a program of classic BPF, which reads the system call's number, architecture and
 * arguments and returns what happens to it. Evaluated here as seccomp(2) and the kernel's
 * {@code Documentation/networking/filter.rst} describe it.
 */
record SeccompFilter(List<Instruction> program) {

    record Instruction(int code, int jumpIfTrue, int jumpIfFalse, int k) {}

    /** What the kernel does with a call: an action in the upper half, its data in the lower. */
    record Verdict(int value) {

        private static final int ALLOW = 0x7FFF_0000;
        private static final int LOG = 0x7FFC_0000;
        private static final int ERRNO = 0x0005_0000;
        private static final int TRAP = 0x0003_0000;
        private static final int KILL_THREAD = 0;
        private static final int KILL_PROCESS = 0x8000_0000;

        private int action() {
            return value & 0xFFFF_0000;
        }

        boolean letsThrough() {
            return action() == ALLOW || action() == LOG;
        }

        /** What the caller sees of a call that is not let through. */
        String outcome() {
            return switch (action()) {
                case TRAP, KILL_THREAD, KILL_PROCESS -> "SIGSYS";
                case ERRNO ->
                    switch (value & 0xFFFF) {
                        case 1 -> "EPERM";
                        case 38 -> "ENOSYS";
                        default -> "errno " + (value & 0xFFFF);
                    };
                default ->
                    throw new IllegalStateException("no sandbox of ours has action " + Integer.toHexString(value));
            };
        }
    }

    /** All filters of a process; the call must pass them all. */
    static Verdict verdict(List<SeccompFilter> filters, AttackProgram.Attempt attempt) {
        // The smallest action as a signed number is the most restrictive: see seccomp(2).
        return filters.stream()
                .map(filter -> new Verdict(filter.run(attempt)))
                .min((one, other) -> Integer.compare(one.action(), other.action()))
                .orElse(new Verdict(Verdict.ALLOW));
    }

    /** Reads what {@code filter-dump} prints. */
    static List<SeccompFilter> parse(String dump) {
        List<SeccompFilter> filters = new ArrayList<>();
        List<String> lines = dump.lines().toList();
        for (int at = 0; at < lines.size(); ) {
            int length = Integer.parseInt(lines.get(at).substring("filter ".length()));
            filters.add(new SeccompFilter(lines.subList(at + 1, at + 1 + length).stream()
                    .map(SeccompFilter::instruction)
                    .toList()));
            at += 1 + length;
        }
        return filters;
    }

    private static Instruction instruction(String line) {
        String[] number = line.split(" ");
        return new Instruction(
                Integer.parseInt(number[0]),
                Integer.parseInt(number[1]),
                Integer.parseInt(number[2]),
                Integer.parseUnsignedInt(number[3]));
    }

    private int run(AttackProgram.Attempt call) {
        Machine machine = new Machine();
        // A jump goes forward only, so this ends.
        for (int at = 0; at < program.size(); at++) {
            Instruction i = program.get(at);
            switch (i.code & 0x07) {
                case 0x00 -> machine.a = machine.load(i, call);
                case 0x01 -> machine.x = machine.load(i, call);
                case 0x02 -> machine.memory[i.k] = machine.a;
                case 0x03 -> machine.memory[i.k] = machine.x;
                case 0x04 -> machine.a = machine.calculate(i);
                case 0x05 -> at += machine.jump(i);
                case 0x06 -> {
                    return (i.code & 0x10) == 0 ? i.k : machine.a;
                }
                default -> machine.copy(i);
            }
        }
        throw new IllegalStateException("the kernel takes no program that ends without a return");
    }

    /** The registers, and what one instruction does with them. */
    private static final class Machine {

        private static final int CALL_SIZE = 64;

        private final int[] memory = new int[16];
        private int a;
        private int x;

        int load(Instruction i, AttackProgram.Attempt call) {
            return switch (i.code & 0xE0) {
                case 0x00 -> i.k;
                case 0x20 -> word(i.k, call);
                case 0x60 -> memory[i.k];
                case 0x80 -> CALL_SIZE;
                default -> throw unknown(i);
            };
        }

        /** 32 bits of {@code struct seccomp_data} on a little-endian machine. */
        private static int word(int offset, AttackProgram.Attempt call) {
            if (offset == 0) {
                return call.number();
            }
            if (offset == 4) {
                return call.architecture();
            }
            if (offset < 16) {
                throw new IllegalStateException("no filter of a sandbox depends on the instruction pointer");
            }
            long argument = call.arguments().get((offset - 16) / 8);
            return (int) (offset % 8 == 0 ? argument : argument >>> 32);
        }

        private int operand(Instruction i) {
            return (i.code & 0x08) == 0 ? i.k : x;
        }

        int calculate(Instruction i) {
            int operand = operand(i);
            return switch (i.code & 0xF0) {
                case 0x00 -> a + operand;
                case 0x10 -> a - operand;
                case 0x20 -> a * operand;
                case 0x30 -> Integer.divideUnsigned(a, operand);
                case 0x40 -> a | operand;
                case 0x50 -> a & operand;
                case 0x60 -> a << operand;
                case 0x70 -> a >>> operand;
                case 0x80 -> -a;
                case 0xA0 -> a ^ operand;
                default -> throw unknown(i);
            };
        }

        int jump(Instruction i) {
            int operand = operand(i);
            boolean holds =
                    switch (i.code & 0xF0) {
                        case 0x00 -> true;
                        case 0x10 -> a == operand;
                        case 0x20 -> Integer.compareUnsigned(a, operand) > 0;
                        case 0x30 -> Integer.compareUnsigned(a, operand) >= 0;
                        case 0x40 -> (a & operand) != 0;
                        default -> throw unknown(i);
                    };
            if ((i.code & 0xF0) == 0) {
                return i.k;
            }
            return holds ? i.jumpIfTrue : i.jumpIfFalse;
        }

        void copy(Instruction i) {
            if ((i.code & 0x80) == 0) {
                x = a;
            } else {
                a = x;
            }
        }

        private static IllegalStateException unknown(Instruction i) {
            return new IllegalStateException("seccomp allows no instruction 0x" + Integer.toHexString(i.code));
        }
    }
}
