package io.sentinel.run;

import io.sentinel.audit.AuditFolder;
import io.sentinel.audit.AuditFollower;
import io.sentinel.audit.AuditSummary;
import io.sentinel.audit.AuditTrail;
import io.sentinel.render.Layout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder that guards write their trails to. What is in it is on its way: a file goes as soon as the host has its copy,
 * and what a killed run left is taken over by the next call.
 */
public final class Spool {

    private static final String END = ".jsonl";
    private static final int UNIQUE = 8;

    private Spool() {}

    /**
     * What the trail of a container is called that this process starts: lower-case letters, digits and hyphens, from which can be
     * told whose it was.
     *
     * @param project the project's folder
     * @param container its name, which no other has
     */
    public static String name(Path project, String container) {
        return name(Owner.current(project), container);
    }

    static String name(Owner owner, String container) {
        return owner.label().replace('.', '-') + "-" + Owner.hash(container).substring(0, UNIQUE);
    }

    static Path file(Layout layout, String name) {
        return layout.trail().resolve(name + END);
    }

    /**
     * Copies, tells and removes what nobody writes any more: the trails of runs of this project whose process is gone, and
     * whole ones of containers that were started by hand. One that cannot be read, such as another user's, stays and is told.
     *
     * @param cleared trails of killed runs whose containers are gone; any other without an end stays, since its guard may still be
     *     writing it
     */
    public static void takeOver(Layout layout, Set<Path> cleared, Events events) {
        List<Path> files;
        try {
            files = files(layout);
        } catch (IOException e) {
            events.warning("the audit trails that earlier runs may have left in " + layout.shown(layout.trail())
                    + " cannot be looked for: " + e + "; make the folder readable");
            return;
        }
        for (Path file : files) {
            try {
                judge(file, layout, cleared.contains(file), events);
            } catch (IOException e) {
                events.warning("the audit trail " + layout.shown(file) + " of an earlier run cannot be taken over: " + e
                        + "; move it away, or make it readable");
            }
        }
    }

    /**
     * The trails of runs whose process is gone by now. Only what is cleared away after this can be relied on to have had their
     * containers. Where the folder cannot be read there are none: {@link #takeOver} tells that.
     */
    static Set<Path> ofDead(Layout layout) {
        try {
            return files(layout).stream().filter(Spool::isOfDead).collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            return Set.of();
        }
    }

    private static List<Path> files(Layout layout) throws IOException {
        if (!Files.isDirectory(layout.trail(), LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(layout.trail())) {
            return all.filter(file -> file.getFileName().toString().endsWith(END))
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isOfDead(Path file) {
        return owner(file).filter(Owner::isDead).isPresent();
    }

    private static void judge(Path file, Layout layout, boolean cleared, Events events) throws IOException {
        boolean dead = isOfDead(file);
        if (dead && cleared || (dead || owner(file).isEmpty()) && isWhole(file)) {
            takeOver(file, layout, events);
        } else if (dead) {
            events.warning("the audit trail " + layout.shown(file)
                    + " of an earlier run has no end: its container may still"
                    + " be running; the next run clears both away");
        }
    }

    private static boolean isWhole(Path file) throws IOException {
        return AuditTrail.read(file, file.toString(), (record, line, holds) -> {})
                .holds();
    }

    private static Optional<Owner> owner(Path file) {
        String name = file.getFileName().toString();
        int unique = name.length() - END.length() - UNIQUE - 1;
        return unique < 0
                ? Optional.empty()
                : Owner.parse(name.substring(0, unique).replace('-', '.'));
    }

    private static void takeOver(Path file, Layout layout, Events events) throws IOException {
        String whose = owner(file).map(one -> Long.toString(one.pid())).orElse("by-hand");
        AuditSummary summary = AuditFollower.start(
                        file,
                        layout.work().resolve(AuditFolder.NAME),
                        whose,
                        Files.getLastModifiedTime(file).toInstant(),
                        record -> {})
                .finish();
        String shown = summary.copy().map(layout::shown).orElse("no file");
        if (summary.copied()) {
            Files.delete(file);
            events.warning("the audit trail of an earlier run was left in " + layout.shown(file) + "; it is in " + shown
                    + " now" + (summary.complete() ? "" : ", and is not whole: the run was killed"));
        } else {
            events.warning("the audit trail " + layout.shown(file) + " of an earlier run cannot be taken over: "
                    + summary.fault().map(fault -> fault.sentence()).orElse("it changed meanwhile"));
        }
    }
}
