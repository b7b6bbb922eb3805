package io.sentinel.engine;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/** Ends a process with all its descendants. */
final class ProcessTree {

    /** For a docker client to give the terminal its settings back and to close its connection. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final long POLL_MILLIS = 10;

    private ProcessTree() {}

    /**
     * SIGTERM to all of them, and SIGKILL to those that are left a second later, or at once if this thread is
     * interrupted. A descendant whose parent has already ended is out of sight by then.
     *
     * @throws InterruptedException after all were killed
     */
    static void destroy(ProcessHandle root) throws InterruptedException {
        // Collected first: with its parent gone, a process is no longer anybody's descendant.
        Set<ProcessHandle> tree = withDescendants(root);
        tree.forEach(ProcessHandle::destroy);
        try {
            awaitEnd(tree);
        } finally {
            tree.addAll(withDescendants(root));
            tree.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static void awaitEnd(Set<ProcessHandle> tree) throws InterruptedException {
        long deadline = System.nanoTime() + GRACE.toNanos();
        while (tree.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static Set<ProcessHandle> withDescendants(ProcessHandle root) {
        Set<ProcessHandle> tree = new LinkedHashSet<>();
        tree.add(root);
        try (Stream<ProcessHandle> descendants = root.descendants()) {
            descendants.forEach(tree::add);
        }
        return tree;
    }
}
