package io.sentinel.seccomp;

import io.sentinel.seccomp.Group.Alternative;
import io.sentinel.seccomp.Group.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the data files; refuses what it does not know. */
final class DataReader {

    private static final Pattern NAME = Pattern.compile("_?[a-z][a-z0-9_]*");
    private static final List<String> OPERATORS = List.of("equals", "none-of");

    private final SeccompSource source;
    private final SystemCalls calls;

    DataReader(SeccompSource source, SystemCalls calls) {
        this.source = source;
        this.calls = calls;
    }

    /** A preset's file: what it is for, and its groups' names. */
    record PresetFile(String about, List<String> groups) {}

    PresetFile preset(String file) {
        Map<String, DataNode> fields =
                DataNode.parse(file, source.read(file)).fields(List.of("about", "groups"), List.of());
        List<String> groups = new ArrayList<>();
        for (DataNode group : fields.get("groups").list()) {
            if (groups.contains(group.text())) {
                throw group.fault("the group '" + group.text() + "' is named twice");
            }
            groups.add(group.text());
        }
        return new PresetFile(fields.get("about").text(), List.copyOf(groups));
    }

    Group group(String file) {
        DataNode root = DataNode.parse(file, source.read(file));
        Map<String, DataNode> fields = root.fields(List.of("about"), List.of("needed-by", "allow", "refuse"));
        List<Entry> entries = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        if (fields.containsKey("allow")) {
            for (DataNode node : fields.get("allow").list()) {
                Map<String, DataNode> entry = node.fields(List.of("names"), List.of("when", "because"));
                entries.add(entry(node, entry, new Action.Allow(), seen));
            }
        }
        if (fields.containsKey("refuse")) {
            for (DataNode node : fields.get("refuse").list()) {
                Map<String, DataNode> entry = node.fields(List.of("names", "errno", "because"), List.of("when"));
                entries.add(entry(node, entry, new Action.Refuse(errno(entry.get("errno"))), seen));
            }
        }
        if (entries.isEmpty()) {
            throw root.fault("a group allows or refuses something");
        }
        return new Group(
                file,
                fields.get("about").text(),
                Optional.ofNullable(fields.get("needed-by")).map(DataNode::text),
                entries);
    }

    private Entry entry(DataNode node, Map<String, DataNode> fields, Action action, Set<String> seen) {
        List<String> names = new ArrayList<>();
        for (DataNode name : fields.get("names").list()) {
            if (!NAME.matcher(name.text()).matches()) {
                throw name.fault("'" + name.text() + "' is not a system call's name");
            }
            if (!calls.serves(name.text())) {
                throw name.fault("Linux has no system call '" + name.text() + "' on the architectures served (see"
                        + " seccomp/syscalls.csv)"
                        + calls.nearest(name.text())
                                .map(near -> "; the nearest is " + near)
                                .orElse(""));
            }
            if (!seen.add(name.text())) {
                throw name.fault("'" + name.text() + "' stands in this file twice");
            }
            names.add(name.text());
        }
        List<Alternative> when = fields.containsKey("when") ? alternatives(fields.get("when")) : List.of();
        if (!when.isEmpty() && !fields.containsKey("because")) {
            throw node.fault("a condition needs a 'because'");
        }
        return new Entry(
                names, action, when, Optional.ofNullable(fields.get("because")).map(DataNode::text), node.line());
    }

    private static Errno errno(DataNode node) {
        for (Errno errno : Errno.values()) {
            if (errno.name().equals(node.text())) {
                return errno;
            }
        }
        throw node.fault("unknown errno '" + node.text() + "'; known are " + List.of(Errno.values()));
    }

    private static List<Alternative> alternatives(DataNode when) {
        List<Alternative> alternatives = new ArrayList<>();
        when.entries()
                .forEach((sentence, comparisons) -> alternatives.add(new Alternative(sentence, blocks(comparisons))));
        if (alternatives.isEmpty()) {
            throw when.fault("a condition has at least one case");
        }
        return alternatives;
    }

    /** All of the comparisons hold: every combination of their blocks. */
    private static List<List<Comparison>> blocks(DataNode comparisons) {
        List<List<Comparison>> blocks = List.of(List.of());
        Set<Long> arguments = new HashSet<>();
        for (DataNode node : comparisons.list()) {
            Map<String, DataNode> fields = node.fields(List.of("argument"), List.of("mask", "equals", "none-of"));
            if (!arguments.add(fields.get("argument").number())) {
                throw node.fault("two comparisons of one argument: runc would read them as alternatives");
            }
            List<Comparison> choices = comparison(node, fields);
            List<List<Comparison>> product = new ArrayList<>();
            for (List<Comparison> block : blocks) {
                for (Comparison choice : choices) {
                    List<Comparison> longer = new ArrayList<>(block);
                    longer.add(choice);
                    longer.sort(null);
                    product.add(List.copyOf(longer));
                }
            }
            blocks = product;
        }
        return blocks;
    }

    private static List<Comparison> comparison(DataNode node, Map<String, DataNode> fields) {
        if (OPERATORS.stream().filter(fields::containsKey).count() != 1) {
            throw node.fault("a comparison has one of " + OPERATORS);
        }
        int argument = Math.toIntExact(fields.get("argument").number());
        long mask = fields.containsKey("mask") ? fields.get("mask").number() : Comparison.INT;
        try {
            if (fields.containsKey("equals")) {
                return List.of(
                        new Comparison(argument, mask, fields.get("equals").number()));
            }
            List<Long> values = new ArrayList<>();
            for (DataNode value : fields.get("none-of").list()) {
                values.add(new Comparison(argument, mask, value.number()).value());
            }
            return Complement.of(argument, mask, values);
        } catch (IllegalArgumentException e) {
            throw node.fault(e.getMessage(), e);
        }
    }
}
