package io.sentinel.verify.probe;

import io.sentinel.seccomp.Architecture;
import io.sentinel.seccomp.SeccompSource;
import io.sentinel.seccomp.SystemCalls;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** {@code guard/probe/attempts.txt}, whose head says what its columns are. A fault in it is one of the plugin. */
final class AttemptsFile {

    private static final String NAME = "probe/attempts.txt";
    private static final int ARGUMENTS = 6;
    /** The bit by which x86_64 tells the x32 table's numbers. */
    private static final int X32 = 0x4000_0000;

    /** The actions of a table by name, with how many words follow. Calls are turned into numbers first. */
    private static final Map<String, Integer> PLAIN =
            Map.of("open", 2, "read", 1, "list", 1, "create", 1, "exec", 1, "unix", 1);

    private static final List<String> REFUSED = List.of("EPERM", "ENOSYS", "killed by SIGSYS");

    private record Line(
            int number, String rule, String what, List<String> action, List<String> expected, String tells) {}

    private final SystemCalls calls;
    private final List<Line> lines = new ArrayList<>();

    private AttemptsFile(SystemCalls calls) {
        this.calls = calls;
    }

    /** The one that the plugin carries. */
    static AttemptsFile read() {
        return parse(
                new String(ProbeProgram.resource(NAME), StandardCharsets.UTF_8),
                SystemCalls.read(SeccompSource.classPath()));
    }

    /** @throws IllegalStateException where a line is not as the head of the file says, with its number */
    static AttemptsFile parse(String text, SystemCalls calls) {
        AttemptsFile file = new AttemptsFile(calls);
        String rule = "";
        List<String> all = text.lines().toList();
        for (int i = 0; i < all.size(); i++) {
            String line = all.get(i).strip();
            if (line.startsWith("rule ")) {
                rule = line.substring("rule ".length());
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                file.add(i + 1, rule, line);
            }
        }
        for (Architecture architecture : Architecture.values()) {
            file.on(architecture);
        }
        return file;
    }

    private void add(int number, String rule, String line) {
        List<String> columns =
                Arrays.stream(line.split("\\|", -1)).map(String::strip).toList();
        // The words of the first column may have a bar of their own: "CLONE_NEWUSER | CLONE_FS".
        int last = columns.size() - 1;
        if (last < 3 || rule.isEmpty()) {
            throw fault(number, "expected words | action | right answers | what tells, below a rule");
        }
        String what = String.join(" | ", columns.subList(0, last - 2));
        List<String> action = List.of(columns.get(last - 2).split("\\s+"));
        List<String> expected = Arrays.stream(columns.get(last - 1).split(",\\s*"))
                .flatMap(word -> word.equals("refused") ? REFUSED.stream() : List.of(word).stream())
                .toList();
        lines.add(new Line(number, rule, what, action, expected, columns.get(last)));
    }

    /** What of it a machine can try. */
    Trials on(Architecture architecture) {
        List<Trial> trials = new ArrayList<>();
        Map<String, Integer> counts = new TreeMap<>();
        for (Line line : lines) {
            String id = line.rule() + "/" + counts.merge(line.rule(), 1, Integer::sum);
            words(line, architecture)
                    .ifPresent(words -> trials.add(new Trial(
                            line.rule(),
                            line.what(),
                            new Row(id, words),
                            line.expected(),
                            Optional.of(line.tells()).filter(tells -> !tells.isEmpty()))));
        }
        return new Trials(trials);
    }

    private Optional<List<String>> words(Line line, Architecture architecture) {
        List<String> action = line.action();
        String name = action.get(0);
        int count = action.size() - 1;
        if (Optional.ofNullable(PLAIN.get(name)).filter(words -> words == count).isPresent()) {
            return Optional.of(action);
        }
        boolean x86 = architecture == Architecture.X86_64;
        if (name.equals("i386") && count == 1 && action.get(1).matches("[0-9]{1,3}")) {
            return x86 ? Optional.of(action) : Optional.empty();
        }
        if (name.equals("arm32") && count == 0) {
            return x86 ? Optional.empty() : Optional.of(List.of("run", ProbeProgram.ARM32));
        }
        boolean x32 = name.equals("x32") && count == 1;
        if (!x32 && !(name.equals("call") && count >= 1 && count <= 1 + ARGUMENTS)) {
            throw fault(line.number(), "no such action, or not with as many words: " + String.join(" ", action));
        }
        if (!calls.serves(action.get(1))) {
            throw fault(line.number(), "no such system call: " + action.get(1));
        }
        OptionalInt number = calls.number(architecture, action.get(1));
        if (number.isEmpty() || x32 && !x86) {
            return Optional.empty();
        }
        List<String> words = new ArrayList<>();
        words.add("call");
        words.add(Integer.toString(x32 ? number.getAsInt() | X32 : number.getAsInt()));
        words.addAll(action.subList(2, action.size()));
        while (words.size() < 2 + ARGUMENTS) {
            words.add("0");
        }
        return Optional.of(words);
    }

    private static IllegalStateException fault(int line, String message) {
        return new IllegalStateException(NAME + ":" + line + ": " + message);
    }
}
