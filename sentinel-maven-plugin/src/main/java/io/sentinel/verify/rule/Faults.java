package io.sentinel.verify.rule;

import io.sentinel.verify.evidence.Place;
import java.util.ArrayList;
import java.util.List;

/** What a check finds wrong, entry by entry: the verdict names all of it and points at the first. */
public final class Faults {

    private static final int SHOWN = 8;

    private final String expected;
    private final List<String> found = new ArrayList<>();
    private Place place = Place.NOWHERE;

    private Faults(String expected) {
        this.expected = expected;
    }

    /** @param expected what holds where nothing is wrong */
    public static Faults unless(String expected) {
        return new Faults(expected);
    }

    public Faults add(String what, Place where) {
        if (found.isEmpty()) {
            place = where;
        }
        found.add(what);
        return this;
    }

    public Faults add(String what) {
        return add(what, Place.NOWHERE);
    }

    /** Adds it if something is so. */
    public Faults addIf(boolean wrong, String what, Place where) {
        return wrong ? add(what, where) : this;
    }

    public boolean none() {
        return found.isEmpty();
    }

    /** @param held the evidence where nothing was added */
    public Verdict or(String held) {
        if (found.isEmpty()) {
            return Verdict.held(held);
        }
        String more = found.size() > SHOWN ? "; and " + (found.size() - SHOWN) + " more" : "";
        return Verdict.broken(
                expected, String.join("; ", found.subList(0, Math.min(SHOWN, found.size()))) + more, place);
    }
}
