package io.sentinel.verify.evidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Dockerfile's instructions, with continuation lines joined, comments left out and here-documents kept with their
 * instruction (Dockerfile reference, "Format" and "Here-Documents").
 *
 * @param file it
 * @param syntax the build frontend that a {@code # syntax=} line names; empty for the engine's own
 * @param instructions in their order
 */
public record Dockerfile(TextFile file, Optional<String> syntax, List<Instruction> instructions) {

    private static final Pattern DIRECTIVE = Pattern.compile("#\\s*([A-Za-z]+)\\s*=\\s*(\\S+)\\s*");
    private static final Pattern HERE = Pattern.compile("<<-?\\s*[\"']?([A-Za-z0-9_]+)[\"']?");
    private static final Pattern FIRST_WORD = Pattern.compile("\\s*(\\S+)\\s*(.*)", Pattern.DOTALL);

    /**
     * One instruction.
     *
     * @param keyword in capitals
     * @param arguments the rest, continuation lines joined by a space, here-documents by line breaks
     * @param line its first, from 1
     */
    public record Instruction(String keyword, String arguments, int line) {

        /** The arguments without the options before them, such as {@code --chown=0:0}. */
        public List<String> words() {
            return Arrays.stream(arguments.strip().split("\\s+"))
                    .dropWhile(word -> word.startsWith("--"))
                    .toList();
        }
    }

    public Dockerfile {
        instructions = List.copyOf(instructions);
    }

    public static Dockerfile parse(TextFile file) {
        List<String> lines = file.lines();
        Optional<String> syntax = Optional.empty();
        char escape = '\\';
        int at = 0;
        // Parser directives stand before everything else, comments and empty lines included.
        for (; at < lines.size(); at++) {
            Matcher directive = DIRECTIVE.matcher(lines.get(at));
            if (!directive.matches()) {
                break;
            }
            if (directive.group(1).equalsIgnoreCase("syntax")) {
                syntax = Optional.of(directive.group(2));
            } else if (directive.group(1).equalsIgnoreCase("escape")) {
                escape = directive.group(2).charAt(0);
            }
        }
        List<Instruction> instructions = new ArrayList<>();
        while (at < lines.size()) {
            int first = at;
            StringBuilder text = new StringBuilder();
            boolean more = true;
            while (more && at < lines.size()) {
                String line = lines.get(at++);
                if (line.isBlank() && text.length() == 0) {
                    break;
                }
                if (line.stripLeading().startsWith("#") || line.isBlank()) {
                    more = text.length() > 0;
                    continue;
                }
                String stripped = line.stripTrailing();
                more = stripped.endsWith(String.valueOf(escape));
                text.append(more ? stripped.substring(0, stripped.length() - 1) : stripped)
                        .append(' ');
            }
            if (text.toString().isBlank()) {
                continue;
            }
            Matcher here = HERE.matcher(text);
            while (takesHere(text.toString()) && here.find()) {
                while (at < lines.size()) {
                    String line = lines.get(at++);
                    if (line.strip().equals(here.group(1))) {
                        break;
                    }
                    text.append('\n').append(line);
                }
                break;
            }
            Matcher words = FIRST_WORD.matcher(text.toString().stripTrailing());
            if (words.matches()) {
                instructions.add(new Instruction(words.group(1).toUpperCase(Locale.ROOT), words.group(2), first + 1));
            }
        }
        return new Dockerfile(file, syntax, instructions);
    }

    private static boolean takesHere(String text) {
        return text.stripLeading().toUpperCase(Locale.ROOT).matches("(?s)(RUN|COPY|ADD)\\s.*");
    }

    /** The instructions with one of these keywords. */
    public List<Instruction> all(String... keywords) {
        return instructions.stream()
                .filter(instruction -> List.of(keywords).contains(instruction.keyword()))
                .toList();
    }

    /** The instructions of the last stage, which is the one that is built unless a target is named. */
    public List<Instruction> lastStage() {
        int from = 0;
        for (int i = 0; i < instructions.size(); i++) {
            from = instructions.get(i).keyword().equals("FROM") ? i : from;
        }
        return instructions.subList(from, instructions.size());
    }

    public Place place(Instruction instruction) {
        return file.line(instruction.line());
    }
}
