package io.sentinel.verify.evidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The directives of a {@code squid.conf}, with continuation lines joined and comments left out (squid's cf.data.pre and
 * ConfigParser).
 *
 * @param file it
 * @param directives in their order
 */
public record SquidConf(TextFile file, List<Directive> directives) {

    /**
     * One directive.
     *
     * @param name in lower case
     * @param words its arguments
     * @param line its first, from 1
     */
    public record Directive(String name, List<String> words, int line) {

        public boolean allows() {
            return !words.isEmpty() && words.get(0).equals("allow");
        }

        /** The ACLs that it names, {@code !} included, after its first word. */
        public List<String> acls() {
            return words.subList(Math.min(1, words.size()), words.size());
        }

        @Override
        public String toString() {
            return name + " " + String.join(" ", words);
        }
    }

    public SquidConf {
        directives = List.copyOf(directives);
    }

    public static SquidConf parse(TextFile file) {
        List<Directive> directives = new ArrayList<>();
        List<String> lines = file.lines();
        for (int i = 0; i < lines.size(); i++) {
            int first = i + 1;
            StringBuilder text = new StringBuilder(lines.get(i));
            while (text.length() > 0 && text.charAt(text.length() - 1) == '\\' && i + 1 < lines.size()) {
                text.setLength(text.length() - 1);
                text.append(lines.get(++i).stripLeading());
            }
            List<String> words = words(text.toString());
            if (!words.isEmpty()) {
                directives.add(
                        new Directive(words.get(0).toLowerCase(Locale.ROOT), words.subList(1, words.size()), first));
            }
        }
        return new SquidConf(file, directives);
    }

    private static List<String> words(String line) {
        return Arrays.stream(line.strip().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .takeWhile(word -> !word.startsWith("#"))
                .toList();
    }

    /** The directives of one of these names. */
    public List<Directive> all(String... names) {
        return directives.stream()
                .filter(directive -> List.of(names).contains(directive.name()))
                .toList();
    }

    /** The words of an ACL of one of these types, from all lines that add to it; none where it has another type. */
    public List<String> acl(String name, String... types) {
        List<String> words = new ArrayList<>();
        for (Directive acl : all("acl")) {
            if (acl.words().size() > 1
                    && acl.words().get(0).equals(name)
                    && List.of(types).contains(acl.words().get(1))) {
                acl.words().stream()
                        .skip(2)
                        .filter(word -> !word.startsWith("-"))
                        .forEach(words::add);
            }
        }
        return words;
    }

    /** The type of an ACL; empty where no line makes it. */
    public String type(String name) {
        return all("acl").stream()
                .filter(acl -> acl.words().size() > 1 && acl.words().get(0).equals(name))
                .map(acl -> acl.words().get(1))
                .findFirst()
                .orElse("");
    }

    public Place place(Directive directive) {
        return file.line(directive.line());
    }
}
