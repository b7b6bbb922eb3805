package io.sentinel.verify.catalogue;

import io.sentinel.verify.evidence.LiveView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is seen of a process, from a case's data: the kernel's files with one line changed, and what was attempted. */
final class LiveSample {

    private LiveSample() {}

    static String line(String text, String key, String value) {
        String changed = text.replaceAll("(?m)^" + key + ".*\\n", "");
        if (changed.equals(text) && !Overlay.GONE.equals(value)) {
            throw new IllegalArgumentException("the good sample has no line " + key);
        }
        return Overlay.GONE.equals(value) ? changed : changed + key + "\t" + value + "\n";
    }

    /** The mount at a place as a case has it: gone, or the rest of its line after the place, or a line for a new one. */
    static String mount(String text, String target, Object change) {
        StringBuilder all = new StringBuilder();
        text.lines().filter(one -> !one.split(" ")[4].equals(target)).forEach(one -> all.append(one)
                .append('\n'));
        return Overlay.GONE.equals(change)
                ? all.toString()
                : all.append("990 900 ").append(change).append('\n').toString();
    }

    static LiveView.Attempts attempts(Object sample) {
        Map<String, List<LiveView.Attempt>> byRule = new TreeMap<>();
        Overlay.map(sample).forEach((rule, list) -> {
            List<LiveView.Attempt> attempts = new ArrayList<>();
            for (Object one : (List<?>) list) {
                Map<String, Object> facts = Overlay.map(one);
                List<String> right = new ArrayList<>();
                ((List<?>) facts.get("expected")).forEach(answer -> right.add(String.valueOf(answer)));
                attempts.add(new LiveView.Attempt(
                        String.valueOf(facts.get("what")),
                        right,
                        Optional.ofNullable(facts.get("answer")).map(String::valueOf),
                        String.valueOf(facts.getOrDefault("why", ""))));
            }
            byRule.put(rule, attempts);
        });
        return new LiveView.Attempts(byRule);
    }
}
