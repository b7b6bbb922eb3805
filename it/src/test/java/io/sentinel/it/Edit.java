package io.sentinel.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One change to a bundle's folder, as a test's data says it: a mapping with one key, which is the kind. An edit that finds
 * something else than it was written for fails, so that no mutant is a copy of the good project without anybody knowing.
 */
sealed interface Edit {

    ObjectMapper JSON = new ObjectMapper();

    /** The file that {@code set} and {@code unset} change where none is named. */
    String COMPOSE = "docker-compose.yml";

    /**
     * Makes the change.
     *
     * @param bundle the folder that files are relative to
     */
    void apply(Path bundle) throws IOException;

    /** Puts a text in the place of another, which stands there exactly as often as said. */
    record Replace(String file, String text, String with, int times) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Path path = inside(bundle, file);
            String before = Files.readString(path);
            int found = before.split(Pattern.quote(text), -1).length - 1;
            if (found != times) {
                throw new IllegalStateException(
                        file + " has \"" + text + "\" " + found + " times, and not " + times + " times");
            }
            Files.writeString(path, before.replace(text, with));
        }
    }

    /** Puts a text in the place of all that a pattern (java.util.regex) matches, exactly once. */
    record ReplaceMatch(String file, String pattern, String with) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Path path = inside(bundle, file);
            String before = Files.readString(path);
            Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(before);
            if (matcher.results().count() != 1) {
                throw new IllegalStateException(file + " does not have \"" + pattern + "\" once");
            }
            Files.writeString(path, matcher.reset().replaceFirst(Matcher.quoteReplacement(with)));
        }
    }

    /** Puts a text at the end. */
    record Append(String file, String text) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Path path = inside(bundle, file);
            Files.writeString(path, Files.readString(path) + text);
        }
    }

    /** A file that was not there. */
    record Add(String file, String text) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Path path = inside(bundle, file);
            if (Files.exists(path)) {
                throw new IllegalStateException(file + " is there already");
            }
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        }
    }

    /** A file that is gone. */
    record Remove(String file) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Files.delete(inside(bundle, file));
        }
    }

    /** A symbolic link in the place of whatever file stood there. */
    record Link(String file, String to) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Path path = inside(bundle, file);
            if (Files.isDirectory(path)) {
                Files.move(path, path.resolveSibling(path.getFileName() + ".old"));
            }
            Files.deleteIfExists(path);
            Files.createDirectories(path.getParent());
            Files.createSymbolicLink(path, Path.of(to));
        }
    }

    /** Other permissions; octal, with the set-id bits. */
    record Mode(String file, String mode) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Files.setAttribute(inside(bundle, file), "unix:mode", Integer.parseInt(mode, 8));
        }
    }

    /** Another value of a key of a YAML file in block style, all else of the file left as it is. */
    record Set(String file, List<String> at, JsonNode to) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Path path = inside(bundle, file);
            Files.writeString(path, YamlLines.set(Files.readString(path), at, JSON.writeValueAsString(to)));
        }
    }

    /** A key of a YAML file taken out, with its value. */
    record Unset(String file, List<String> at) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Path path = inside(bundle, file);
            Files.writeString(path, YamlLines.unset(Files.readString(path), at));
        }
    }

    /**
     * A change to a JSON file. In an array a step is an index, or a word: the first element whose {@code names} have it.
     *
     * @param set the new value; none where something is pushed or dropped
     * @param push what is put at the end of the array there
     */
    record Json(String file, List<String> at, JsonNode set, JsonNode push) implements Edit {
        @Override
        public void apply(Path bundle) throws IOException {
            Path path = inside(bundle, file);
            JsonNode root = JSON.readTree(path.toFile());
            if (push != null) {
                JsonNode array = root;
                for (String step : at) {
                    array = step(array, step);
                }
                ((ArrayNode) array).add(push);
            } else {
                JsonNode parent = root;
                for (String step : at.subList(0, at.size() - 1)) {
                    parent = step(parent, step);
                }
                change(parent, at.get(at.size() - 1));
            }
            Files.writeString(path, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root));
        }

        private void change(JsonNode parent, String last) {
            if (parent instanceof ObjectNode object) {
                JsonNode before = set == null ? object.remove(last) : object.replace(last, set);
                if (set == null && before == null) {
                    throw new IllegalStateException(file + " has nothing to drop at " + at);
                }
                return;
            }
            int index = index(parent, last);
            if (set == null) {
                ((ArrayNode) parent).remove(index);
            } else {
                ((ArrayNode) parent).set(index, set);
            }
        }

        private JsonNode step(JsonNode node, String step) {
            JsonNode next = node.isArray() ? node.get(index(node, step)) : node.get(step);
            if (next == null) {
                throw new IllegalStateException(file + " has no " + step + " of " + at);
            }
            return next;
        }

        private int index(JsonNode array, String step) {
            if (step.matches("[0-9]+")) {
                return Integer.parseInt(step);
            }
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i).equals(JSON.valueToTree(step))) {
                    return i;
                }
                for (JsonNode name : array.get(i).path("names")) {
                    if (name.asText().equals(step)) {
                        return i;
                    }
                }
            }
            throw new IllegalStateException(file + " has no " + step + " of " + at);
        }
    }

    /** A file of the test's own project: never one of the machine's. */
    private static Path inside(Path bundle, String file) {
        Path path = bundle.resolve(file).normalize();
        if (!path.startsWith(bundle.resolve("../../..").normalize())) {
            throw new IllegalArgumentException(file + " is outside of the project");
        }
        return path;
    }

    /** Reads one edit. */
    static Edit of(JsonNode node) {
        String kind = node.fieldNames().next();
        JsonNode of = node.get(kind);
        String file = of.path("file").asText(COMPOSE);
        List<String> at = List.of(of.path("at").asText().split("/"));
        return switch (kind) {
            case "replace" ->
                new Replace(
                        file,
                        text(of, "text"),
                        text(of, "with"),
                        of.path("times").asInt(1));
            case "match" -> new ReplaceMatch(file, text(of, "pattern"), text(of, "with"));
            case "append" -> new Append(file, text(of, "text"));
            case "add" -> new Add(file, text(of, "text"));
            case "remove" -> new Remove(file);
            case "link" -> new Link(file, text(of, "to"));
            case "mode" -> new Mode(file, text(of, "mode"));
            case "set" -> new Set(file, at, of.required("to"));
            case "unset" -> new Unset(file, at);
            case "json" -> new Json(file, at, of.get("set"), of.get("push"));
            default -> throw new IllegalArgumentException("there is no kind of edit \"" + kind + "\"");
        };
    }

    private static String text(JsonNode of, String key) {
        return of.required(key).asText();
    }
}
