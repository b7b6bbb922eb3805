package io.sentinel.seccomp;

import io.sentinel.spec.Nearest;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The system calls that Linux has a name for ({@code seccomp/syscalls.csv}, made of the kernel's own headers by
 * {@code scripts/syscall-table}, whose first lines name the version). Immutable.
 */
public final class SystemCalls {

    private static final String FILE = "syscalls.csv";
    private static final String HEADER = "name,x86_64,aarch64";

    private final Map<String, Map<Architecture, Integer>> numbers = new TreeMap<>();
    private final Map<Architecture, Map<Integer, String>> names = new EnumMap<>(Architecture.class);

    private SystemCalls() {
        for (Architecture architecture : Architecture.values()) {
            names.put(architecture, new HashMap<>());
        }
    }

    /** @throws SeccompDataException when the table is missing or a line is not as its header says */
    public static SystemCalls read(SeccompSource source) {
        SystemCalls calls = new SystemCalls();
        String[] lines = new String(source.read(FILE), StandardCharsets.UTF_8).split("\n");
        boolean header = false;
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].equals(HEADER)) {
                header = true;
            } else if (!lines[i].startsWith("#") && !(header && calls.add(lines[i]))) {
                throw new SeccompDataException("seccomp/" + FILE + ":" + (i + 1) + ": expected a line such as "
                        + "read,0,63 below the header " + HEADER + ", found " + lines[i]);
            }
        }
        return calls;
    }

    private boolean add(String line) {
        String[] cells = line.split(",", -1);
        if (cells.length != 1 + Architecture.values().length || numbers.containsKey(cells[0])) {
            return false;
        }
        Map<Architecture, Integer> own = new EnumMap<>(Architecture.class);
        for (Architecture architecture : Architecture.values()) {
            String cell = cells[1 + architecture.ordinal()];
            if (!cell.matches("[0-9]{0,4}")) {
                return false;
            }
            if (!cell.isEmpty()) {
                own.put(architecture, Integer.valueOf(cell));
                names.get(architecture).put(Integer.valueOf(cell), cells[0]);
            }
        }
        numbers.put(cells[0], own);
        return true;
    }

    /** Whether Linux has a call of this name, on whatever architecture. */
    public boolean knows(String name) {
        return numbers.containsKey(name);
    }

    /** Whether one of the architectures that profiles serve has it. */
    public boolean serves(String name) {
        return !numbers.getOrDefault(name, Map.of()).isEmpty();
    }

    /** A call's number; empty where the architecture lacks it. */
    public OptionalInt number(Architecture architecture, String name) {
        Integer number = numbers.getOrDefault(name, Map.of()).get(architecture);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** The name of a number; empty for one that is newer than the table, or unused. */
    public Optional<String> name(Architecture architecture, int number) {
        return Optional.ofNullable(names.get(architecture).get(number));
    }

    /** The calls that the architectures have, sorted. */
    public Stream<String> served() {
        return numbers.keySet().stream().filter(this::serves);
    }

    /** The known name that was probably meant by an unknown one. */
    public Optional<String> nearest(String unknown) {
        return Nearest.to(unknown, served());
    }
}
