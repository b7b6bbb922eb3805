package io.sentinel.render;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * All files rendered from a spec, by path.
 *
 * @param files every file, {@link #LOCK} included, sorted by path
 */
public record Bundle(SortedMap<String, BundleFile> files) {

    public static final String COMPOSE = "docker-compose.yml";
    /** The digests of the bundle's other files, and of what they were rendered from. */
    public static final String LOCK = "sentinel.lock";

    public static final String POLICY = "sentinel.yaml";

    /** The folder of the sidecar, which it has mounted. */
    public static final String PROXY = "proxy";

    /** The hosts that the sidecar lets through. */
    public static final String HOSTS = PROXY + "/allowed-domains.txt";

    /** The sidecar's other rules. */
    public static final String RULES = PROXY + "/squid.conf";

    public Bundle {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    public static Bundle of(Collection<BundleFile> files) {
        TreeMap<String, BundleFile> byPath = new TreeMap<>();
        for (BundleFile file : files) {
            if (byPath.put(file.path(), file) != null) {
                throw new IllegalStateException("rendered twice: " + file.path());
            }
        }
        return new Bundle(byPath);
    }

    /** The digest of the whole: of every file but the lock, which names it. */
    public String digest() {
        return digest(path -> !path.equals(LOCK));
    }

    /** The digest of the files whose paths are chosen: of their paths, modes and contents. */
    String digest(Predicate<String> chosen) {
        StringBuilder lines = new StringBuilder();
        files.values().stream().filter(file -> chosen.test(file.path())).forEach(f -> lines.append(f.fingerprint()));
        return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}
