package io.sentinel.run;

import io.sentinel.audit.AuditFolder;
import io.sentinel.audit.AuditFollower;
import io.sentinel.audit.AuditSummary;
import io.sentinel.audit.AuditTrail;
import io.sentinel.render.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder that guards write their trails to. What is in it is on its way: a file goes as soon as the host has its copy,
 * and what a killed run left is taken over by the next call.
 */
public final class Spool {

    private static final String END = ".jsonl";
    private static final int UNIQUE = 8;

    private Spool() {}

    /** A name for the trail of a new run, from which it can be told whose it was: lower-case letters, digits and hyphens. */
    static String name(Owner owner) {
        return owner.label().replace('.', '-') + "-"
                + Owner.hash(owner.label() + System.nanoTime()).substring(0, UNIQUE);
    }

    static Path file(Layout layout, String name) {
        return layout.trail().resolve(name + END);
    }

    /**
     * Copies, tells and removes what nobody writes any more: the trails of runs of this project whose process is gone, and
     * whole ones of containers that were started by hand.
     */
    public static void takeOver(Layout layout, Events events) throws IOException {
        if (!Files.isDirectory(layout.trail(), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(layout.trail())) {
            files = all.filter(file -> file.getFileName().toString().endsWith(END))
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            if (isLeft(file)) {
                takeOver(file, layout, events);
            }
        }
    }

    private static boolean isLeft(Path file) throws IOException {
        Optional<Owner> owner = owner(file);
        return owner.isPresent()
                ? owner.get().isDead()
                : AuditTrail.read(file, file.toString(), (record, line, holds) -> {})
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
