package io.sentinel.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes one key of a YAML file in block style, indented by two, as a person in an editor would: comments, anchors, merges
 * and the order of all else stay.
 */
final class YamlLines {

    private static final int STEP = 2;

    private final List<String> lines;

    private YamlLines(String text) {
        this.lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
    }

    /** The lines of a key: its own at {@code from}, and those of its value up to {@code to}, which is not one of them. */
    private record Region(int from, int to) {}

    /**
     * @param path each key from the top; all but the last are there
     * @param value in one line
     */
    static String set(String text, List<String> path, String value) {
        YamlLines yaml = new YamlLines(text);
        String line = " ".repeat(STEP * (path.size() - 1)) + path.get(path.size() - 1) + ": " + value;
        Region parent = yaml.region(path.subList(0, path.size() - 1));
        Region old = yaml.find(parent, path.size() - 1, path.get(path.size() - 1));
        if (old == null) {
            yaml.lines.add(parent.from() + 1, line);
        } else {
            yaml.lines.subList(old.from(), old.to()).clear();
            yaml.lines.add(old.from(), line);
        }
        return String.join("\n", yaml.lines);
    }

    static String unset(String text, List<String> path) {
        YamlLines yaml = new YamlLines(text);
        Region old = yaml.region(path);
        yaml.lines.subList(old.from(), old.to()).clear();
        return String.join("\n", yaml.lines);
    }

    private Region region(List<String> path) {
        Region region = new Region(-1, lines.size());
        for (int depth = 0; depth < path.size(); depth++) {
            region = find(region, depth, path.get(depth));
            if (region == null) {
                throw new IllegalStateException("there is no key " + String.join("/", path) + " in block style");
            }
        }
        return region;
    }

    /** Null where the key is not there. */
    private Region find(Region parent, int depth, String key) {
        String start = " ".repeat(STEP * depth) + key + ":";
        for (int i = parent.from() + 1; i < parent.to(); i++) {
            if (lines.get(i).startsWith(start)) {
                int end = i + 1;
                for (int next = end; next < parent.to() && !endsAt(next, depth); next++) {
                    end = says(next) ? next + 1 : end;
                }
                return new Region(i, end);
            }
        }
        return null;
    }

    private boolean endsAt(int line, int depth) {
        String text = lines.get(line);
        return says(line) && text.length() - text.stripLeading().length() <= STEP * depth;
    }

    private boolean says(int line) {
        return !lines.get(line).isBlank() && !lines.get(line).stripLeading().startsWith("#");
    }
}
