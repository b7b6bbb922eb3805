package io.sentinel.verify;

import io.sentinel.verify.evidence.Place;
import io.sentinel.verify.evidence.TextFile;
import io.sentinel.verify.rule.Location;
import java.io.StringReader;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Finds the line of a compose file that a finding is about: through anchors and merges, to where the value is written. */
final class SourceLines {

    private static final String MERGE = "<<";

    private final String file;
    private final Optional<Node> root;

    private SourceLines(String file, Optional<Node> root) {
        this.file = file;
        this.root = root;
    }

    /** A file that is no YAML has one line: its first. */
    static SourceLines of(TextFile file) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(file.text().length() + 1);
        // Nodes are shared, not copied: as many anchors as a project likes cost nothing.
        options.setMaxAliasesForCollections(Integer.MAX_VALUE);
        try {
            return new SourceLines(
                    file.name(), Optional.ofNullable(new Yaml(options).compose(new StringReader(file.text()))));
        } catch (YAMLException e) {
            return new SourceLines(file.name(), Optional.empty());
        }
    }

    /** Where something is; empty for what stands nowhere. */
    Optional<Location> locate(Place place) {
        if (place instanceof Place.Line line) {
            return Optional.of(new Location(line.file(), line.line()));
        }
        return place instanceof Place.Key key ? Optional.of(new Location(file, line(key.path()))) : Optional.empty();
    }

    /** The line of the last key of a path that is there. */
    private int line(List<String> path) {
        int line = 1;
        Node node = root.orElse(null);
        for (String key : path) {
            if (node instanceof SequenceNode sequence && key.matches("[0-9]{1,6}")) {
                int index = Integer.parseInt(key);
                if (index >= sequence.getValue().size()) {
                    return line;
                }
                node = sequence.getValue().get(index);
                line = node.getStartMark().getLine() + 1;
                continue;
            }
            Optional<NodeTuple> found = find(node, key, Collections.newSetFromMap(new IdentityHashMap<>()));
            if (found.isEmpty()) {
                return line;
            }
            line = found.get().getKeyNode().getStartMark().getLine() + 1;
            node = found.get().getValueNode();
        }
        return line;
    }

    /**
     * A mapping's own key wins over what it merges, and of several merged mappings the first (YAML 1.1, merge type).
     *
     * @param seen mappings that have been looked through, since merges may take in each other, or one many times
     */
    private static Optional<NodeTuple> find(Node node, String key, Set<Node> seen) {
        if (!(node instanceof MappingNode mapping) || !seen.add(node)) {
            return Optional.empty();
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key)) {
                return Optional.of(tuple);
            }
        }
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(MERGE)) {
                List<Node> merged = tuple.getValueNode() instanceof SequenceNode sequence
                        ? sequence.getValue()
                        : List.of(tuple.getValueNode());
                for (Node one : merged) {
                    Optional<NodeTuple> found = find(one, key, seen);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }
}
