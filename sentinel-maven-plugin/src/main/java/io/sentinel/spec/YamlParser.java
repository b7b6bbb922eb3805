package io.sentinel.spec;

import io.sentinel.spec.Node.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads a small, plain part of YAML: one document of mappings, lists and scalars. Everything that lets a short file
 * stand for a long one, or a value for an object, is refused.
 */
final class YamlParser {

    /** How many mappings and lists may stand inside each other. The deepest spec has five. */
    static final int MAX_DEPTH = 16;

    /** How many values, keys among them, a file may hold. */
    static final int MAX_VALUES = 150_000;

    private final ParserImpl events;
    private final Problems problems;
    private int values;

    private YamlParser(String text, Problems problems) {
        LoaderOptions bounds = new LoaderOptions();
        bounds.setCodePointLimit(SourceText.MAX_BYTES);
        this.events = new ParserImpl(new StreamReader(text), bounds);
        this.problems = problems;
    }

    /** The file's only document, a mapping. Problems that leave the rest readable are collected and not thrown. */
    static Node.Mapping parse(byte[] content, Problems problems) throws InvalidFileException {
        String text = SourceText.decode(content, problems);
        try {
            return new YamlParser(text, problems).document(text);
        } catch (YAMLException e) {
            SyntaxError error = SyntaxError.of(e);
            throw problems.fatal(error.at(), error.message());
        } catch (NumberFormatException e) {
            // The scanner reads \UFFFFFFFF with Integer.parseInt and lets its exception through.
            SyntaxError error = SyntaxError.ofHugeEscape(text);
            throw problems.fatal(error.at(), error.message());
        }
    }

    private Node.Mapping document(String text) throws InvalidFileException {
        events.getEvent();
        if (events.checkEvent(Event.ID.StreamEnd)) {
            throw problems.fatal(Position.START, "expected a mapping of keys and values, found an empty file");
        }
        Event start = events.getEvent();
        int startIndex = text.offsetByCodePoints(0, start.getStartMark().getIndex());
        if (text.startsWith("%", startIndex)) {
            problems.add(at(start), SyntaxError.DIRECTIVE);
        }
        Node root = node(1, "");
        events.getEvent();
        if (!events.checkEvent(Event.ID.StreamEnd)) {
            throw problems.fatal(
                    at(events.peekEvent()),
                    "expected one document, found a second one; remove the line with --- or ...");
        }
        if (root instanceof Node.Mapping mapping) {
            return mapping;
        }
        throw problems.fatal(
                root.at(),
                "expected a mapping of keys and values, found " + Value.found(root) + " at the top of the file");
    }

    private Node node(int depth, String path) throws InvalidFileException {
        Event event = events.getEvent();
        Position at = at(event);
        if (++values > MAX_VALUES) {
            throw problems.fatal(at, "expected at most " + MAX_VALUES + " values, found more; is this the right file?");
        }
        if (depth > MAX_DEPTH) {
            throw problems.fatal(
                    at,
                    "expected at most " + MAX_DEPTH + " levels inside each other, found more; is this the right file?");
        }
        refuseAnchorAndTag((NodeEvent) event, at, path.isEmpty() ? "" : path + ": ");
        if (event instanceof ScalarEvent scalar) {
            return scalar(scalar, at, path);
        }
        if (event instanceof SequenceStartEvent) {
            return sequence(at, depth, path);
        }
        return event instanceof MappingStartEvent ? mapping(at, depth, path) : new Node.Reported(at);
    }

    private void refuseAnchorAndTag(NodeEvent event, Position at, String where) {
        String name = event.getAnchor() == null ? "" : Texts.quoted(event.getAnchor());
        if (event instanceof AliasEvent) {
            problems.add(at, where + "the alias " + name + " is not accepted; write the value out");
        } else if (!name.isEmpty()) {
            problems.add(
                    at,
                    where + "the anchor " + name + " is not accepted; remove it and write the value where it is used");
        }
        if (tag(event) != null) {
            problems.add(at, where + "the tag " + Texts.quoted(tag(event)) + " is not accepted; remove it");
        }
    }

    private static String tag(NodeEvent event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag();
        }
        if (event instanceof SequenceStartEvent sequence) {
            return sequence.getTag();
        }
        return event instanceof MappingStartEvent mapping ? mapping.getTag() : null;
    }

    private Node scalar(ScalarEvent event, Position at, String path) {
        boolean unencodable = event.getValue()
                .codePoints()
                .anyMatch(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        if (unencodable) {
            problems.add(at, path + ": a text with NUL or half of a surrogate pair is not accepted; remove the escape");
            return new Node.Reported(at);
        }
        return new Node.Scalar(at, event.getValue(), event.isPlain());
    }

    private Node sequence(Position at, int depth, String path) throws InvalidFileException {
        List<Node> items = new ArrayList<>();
        while (!events.checkEvent(Event.ID.SequenceEnd)) {
            items.add(node(depth + 1, path + "[" + items.size() + "]"));
        }
        events.getEvent();
        return new Node.Sequence(at, items);
    }

    private Node mapping(Position at, int depth, String path) throws InvalidFileException {
        List<Node.Entry> entries = new ArrayList<>();
        Map<String, Position> seen = new HashMap<>();
        while (!events.checkEvent(Event.ID.MappingEnd)) {
            Node key = node(depth + 1, path);
            String below = key instanceof Node.Scalar scalar ? Texts.below(path, scalar.text()) : path;
            Node value = node(depth + 1, below);
            if (key instanceof Node.Scalar scalar && accepted(scalar, below, seen)) {
                entries.add(new Node.Entry(scalar, value));
            } else if (key instanceof Node.Sequence || key instanceof Node.Mapping) {
                problems.add(key.at(), "expected a word as a key, found " + Value.found(key) + "; write a plain key");
            }
        }
        events.getEvent();
        return new Node.Mapping(at, entries);
    }

    private boolean accepted(Node.Scalar key, String path, Map<String, Position> seen) {
        if (key.text().isEmpty()) {
            problems.add(key.at(), "expected a word as a key, found nothing; write a key before the colon");
            return false;
        }
        if (key.plain() && key.text().equals("<<")) {
            problems.add(key.at(), path + ": the merge key << is not accepted; write the keys out");
            return false;
        }
        Position first = seen.putIfAbsent(key.text(), key.at());
        if (first != null) {
            problems.add(
                    key.at(),
                    path + ": the key stands here a second time, first in line " + first.line()
                            + "; remove one of them");
        }
        return first == null;
    }

    private static Position at(Event event) {
        Mark start = event.getStartMark();
        return new Position(start.getLine() + 1, start.getColumn() + 1);
    }
}
