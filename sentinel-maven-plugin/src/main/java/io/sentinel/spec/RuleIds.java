package io.sentinel.spec;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The ids of the verification's rules: a family's letters and a number from 1. The catalogue has just these. */
public final class RuleIds {

    /** How many rules each family has. */
    private static final Map<String, Integer> FAMILIES = new TreeMap<>(Map.ofEntries(
            Map.entry("BLD", 3),
            Map.entry("CAP", 3),
            Map.entry("DEV", 3),
            Map.entry("DF", 11),
            Map.entry("ENG", 1),
            Map.entry("ENT", 3),
            Map.entry("ENV", 4),
            Map.entry("GRD", 6),
            Map.entry("HC", 1),
            Map.entry("IMG", 3),
            Map.entry("LSM", 3),
            Map.entry("MNT", 10),
            Map.entry("NET", 13),
            Map.entry("NNP", 1),
            Map.entry("NS", 6),
            Map.entry("PRV", 2),
            Map.entry("PX", 7),
            Map.entry("RES", 12),
            Map.entry("RO", 1),
            Map.entry("SEC", 10),
            Map.entry("TMP", 3),
            Map.entry("UNS", 1),
            Map.entry("USR", 5),
            Map.entry("YML", 5)));

    private RuleIds() {}

    /** All, family by family. */
    public static List<String> all() {
        return FAMILIES.entrySet().stream()
                .flatMap(family ->
                        IntStream.rangeClosed(1, family.getValue()).mapToObj(number -> family.getKey() + "-" + number))
                .toList();
    }
}
