package io.sentinel.verify.report;

import static java.util.Map.entry;

import io.sentinel.verify.rule.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The families of rules, in words. */
final class Families {

    private static final Map<String, String> NAMES = Map.ofEntries(
            entry("BLD", "Builds"),
            entry("CAP", "Capabilities"),
            entry("DEV", "Devices and kernel settings"),
            entry("DF", "Dockerfile"),
            entry("ENG", "Engine"),
            entry("ENT", "Entrypoint"),
            entry("ENV", "Variables"),
            entry("GRD", "Guard"),
            entry("HC", "Health checks"),
            entry("IMG", "Images"),
            entry("LSM", "Security modules"),
            entry("MNT", "Mounts"),
            entry("NET", "Networks"),
            entry("NNP", "No new privileges"),
            entry("NS", "Name spaces"),
            entry("PRV", "Privileged containers"),
            entry("PX", "Proxy"),
            entry("RES", "Resources"),
            entry("RO", "Root file system"),
            entry("SEC", "System call filter"),
            entry("TMP", "File systems in memory"),
            entry("UNS", "User mapping"),
            entry("USR", "Users and groups"),
            entry("YML", "Compose project"));

    private Families() {}

    /** The letters themselves where they have no name. */
    static String name(String letters) {
        return NAMES.getOrDefault(letters, letters);
    }

    /** By the letters of each family, its findings, in the order in which families are first met. */
    static Map<String, List<Finding>> of(List<Finding> findings) {
        Map<String, List<Finding>> families = new LinkedHashMap<>();
        findings.forEach(finding -> families.computeIfAbsent(finding.rule().family(), letters -> new ArrayList<>())
                .add(finding));
        return families;
    }
}
