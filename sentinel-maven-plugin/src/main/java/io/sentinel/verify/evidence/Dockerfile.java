package io.sentinel.verify.evidence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

    private static final Pattern DIRECTIVE = Pattern.compile("\\s*(?:#|//)\\s*([A-Za-z]+)\\s*=\\s*(\\S+).*");
    /** The whole file as JSON, for another frontend to read (BuildKit, parser.DetectSyntax). */
    private static final Pattern JSON_SYNTAX =
            Pattern.compile("\\s*\\{.*?\"syntax\"\\s*:\\s*\"([^\"]+)\".*", Pattern.DOTALL);

    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)(?::?-([^}]*))?}|(\\w+))");
    private static final Pattern DEFAULT = Pattern.compile("(\\w+)(?:=|\\s+)(\"[^\"]*\"|'[^']*'|\\S+)");
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

        /** The same without the signs of a JSON list and without quotes, in which any word may stand. */
        public List<String> plainWords() {
            return words().stream()
                    .flatMap(word -> Arrays.stream(word.split("\",\"")))
                    .map(word -> word.replaceAll("[\\[\\]\"',]", ""))
                    .filter(word -> !word.isEmpty())
                    .toList();
        }

        /** What a shell would be given: of a JSON list, its words with spaces between them. */
        public String command() {
            String text = String.join(" ", words());
            return text.startsWith("[")
                    ? text.replaceAll("\"\\s*,\\s*\"", " ").replaceAll("^\\[\\s*\"|\"\\s*]$", "")
                    : arguments;
        }
    }

    public Dockerfile {
        instructions = List.copyOf(instructions);
    }

    public static Dockerfile parse(TextFile file) {
        // The engine takes no notice of a byte order mark, nor its frontend of a first line for another interpreter.
        List<String> lines = new ArrayList<>(file.lines());
        if (!lines.isEmpty()) {
            lines.set(0, lines.get(0).replaceFirst("^\uFEFF", "").replaceFirst("^#!.*", "# "));
        }
        Matcher json = JSON_SYNTAX.matcher(file.text());
        Optional<String> syntax = json.matches() ? Optional.of(json.group(1)) : Optional.empty();
        char escape = '\\';
        int at = 0;
        // Parser directives stand before everything else, comments and empty lines included.
        for (; at < lines.size(); at++) {
            Matcher directive = DIRECTIVE.matcher(lines.get(at));
            if (!directive.matches() && !(at == 0 && lines.get(0).equals("# "))) {
                break;
            }
            if (!directive.matches()) {
                continue;
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

    /**
     * A text with its variables replaced by what {@code ARG} and {@code ENV} of this file give them, and without quotes
     * around it. One that has no value here is left as it is written.
     */
    public String expand(String text) {
        Map<String, String> values = new HashMap<>();
        for (Instruction line : all("ARG", "ENV")) {
            Matcher pair = DEFAULT.matcher(line.arguments());
            while (pair.find()) {
                values.put(pair.group(1), pair.group(2).replaceAll("^[\"']|[\"']$", ""));
            }
        }
        String expanded = text.replaceAll("^[\"']|[\"']$", "");
        // A value may have another variable in it; more than a few such steps are none.
        for (int i = 0; i < 4; i++) {
            expanded = VARIABLE.matcher(expanded).replaceAll(found -> {
                String name = found.group(1) == null ? found.group(3) : found.group(1);
                String otherwise = found.group(2) == null ? found.group() : found.group(2);
                return Matcher.quoteReplacement(values.getOrDefault(name, otherwise));
            });
        }
        return expanded;
    }

    /** The instructions that make the image: those of the last stage, after those of the stages that it starts from. */
    public List<Instruction> image() {
        Map<String, List<Instruction>> stages = new HashMap<>();
        List<Instruction> stage = new ArrayList<>();
        for (Instruction line : instructions) {
            if (line.keyword().equals("FROM")) {
                List<String> words = line.words();
                String base = words.isEmpty() ? "" : words.get(0).toLowerCase(Locale.ROOT);
                stage = new ArrayList<>(stages.getOrDefault(base, List.of()));
                if (words.size() > 2) {
                    stages.put(words.get(2).toLowerCase(Locale.ROOT), stage);
                }
            }
            stage.add(line);
        }
        return stage;
    }

    /**
     * The same up to the end of a stage: what comes after it is no part of its image.
     *
     * @param target its name, or its number from 0
     * @throws CannotTell where there is none
     */
    public Dockerfile upTo(String target) {
        int stage = -1;
        boolean found = false;
        for (int i = 0; i < instructions.size(); i++) {
            Instruction line = instructions.get(i);
            if (line.keyword().equals("FROM")) {
                if (found) {
                    return new Dockerfile(file, syntax, instructions.subList(0, i));
                }
                stage++;
                List<String> words = line.words();
                found = words.size() > 2 && words.get(2).equalsIgnoreCase(target)
                        || target.equals(Integer.toString(stage));
            }
        }
        if (!found) {
            throw new CannotTell(file.name() + " has no stage " + target + ", which is the target of the build");
        }
        return this;
    }

    public Place place(Instruction instruction) {
        return file.line(instruction.line());
    }
}
