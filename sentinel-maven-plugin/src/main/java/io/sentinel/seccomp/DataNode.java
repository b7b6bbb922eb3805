package io.sentinel.seccomp;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** A piece of a data file that knows where it stands, so that each fault names its line. */
final class DataNode {

    private static final LoaderOptions OPTIONS = new LoaderOptions();
    /** YAML's guesses at what a word is (a date, a boolean) cost half of the reading, and are not wanted. */
    private static final Resolver TEXT = new Resolver() {
        @Override
        protected void addImplicitResolvers() {}

        @Override
        public Tag resolve(NodeId kind, String value, boolean implicit) {
            return Tag.STR;
        }
    };

    private final String file;
    private final Node node;

    private DataNode(String file, Node node) {
        this.file = file;
        this.node = node;
    }

    static DataNode parse(String file, byte[] yaml) {
        Node root;
        try {
            StreamReader reader = new StreamReader(new String(yaml, StandardCharsets.UTF_8));
            root = new Composer(new ParserImpl(reader, OPTIONS), TEXT, OPTIONS).getSingleNode();
        } catch (YAMLException e) {
            throw new SeccompDataException("seccomp/" + file + " is not YAML: " + e.getMessage(), e);
        }
        if (root == null) {
            throw new SeccompDataException("seccomp/" + file + " is empty");
        }
        return new DataNode(file, root);
    }

    /** A mapping whose keys are the writer's own, in the file's order. */
    Map<String, DataNode> entries() {
        if (!(node instanceof MappingNode mapping)) {
            throw fault("expected a mapping");
        }
        Map<String, DataNode> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            DataNode key = new DataNode(file, tuple.getKeyNode());
            if (entries.put(key.text(), new DataNode(file, tuple.getValueNode())) != null) {
                throw key.fault("the key '" + key.text() + "' stands here twice");
            }
        }
        return entries;
    }

    /** A mapping that has all of the required keys, perhaps the optional ones, and no others. */
    Map<String, DataNode> fields(List<String> required, List<String> optional) {
        Map<String, DataNode> fields = entries();
        TreeSet<String> unknown = new TreeSet<>(fields.keySet());
        required.forEach(unknown::remove);
        optional.forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw fault("unknown key " + unknown + "; known are " + required + " and " + optional);
        }
        for (String key : required) {
            if (!fields.containsKey(key)) {
                throw fault("the key '" + key + "' is missing");
            }
        }
        return fields;
    }

    List<DataNode> list() {
        if (!(node instanceof SequenceNode sequence)) {
            throw fault("expected a list");
        }
        if (sequence.getValue().isEmpty()) {
            throw fault("expected a list with at least one element");
        }
        return sequence.getValue().stream().map(n -> new DataNode(file, n)).toList();
    }

    String text() {
        if (!(node instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
            throw fault("expected a text");
        }
        return scalar.getValue().strip();
    }

    /** A whole number from 0 to 0xFFFFFFFF, decimal or with {@code 0x}. */
    long number() {
        String text = text();
        long number;
        try {
            number = Long.decode(text);
        } catch (NumberFormatException e) {
            throw fault("expected a number, found '" + text + "'", e);
        }
        if (number < 0 || number > Comparison.INT) {
            throw fault("expected 0 to 0xFFFFFFFF, found " + text);
        }
        return number;
    }

    /** From 1. */
    int line() {
        return node.getStartMark().getLine() + 1;
    }

    SeccompDataException fault(String message) {
        return fault(message, null);
    }

    SeccompDataException fault(String message, Throwable cause) {
        int column = node.getStartMark().getColumn() + 1;
        return new SeccompDataException("seccomp/" + file + ":" + line() + ":" + column + ": " + message, cause);
    }
}
