package io.sentinel.verify.rule;

import io.sentinel.verify.evidence.Place;

/** What a check answers. */
public sealed interface Verdict {

    /**
     * The rule holds.
     *
     * @param found the evidence
     */
    record Held(String found) implements Verdict {}

    /**
     * The rule is broken.
     *
     * @param expected what holds in a project that keeps it
     * @param found what was there instead
     * @param place what a person changes
     */
    record Broken(String expected, String found, Place place) implements Verdict {}

    /**
     * It could not be told, which is never as good as held.
     *
     * @param why as a clause
     */
    record Unknown(String why) implements Verdict {}

    /**
     * The rule says nothing about this subject.
     *
     * @param why as a clause
     */
    record Outside(String why) implements Verdict {}

    static Verdict held(String found) {
        return new Held(found);
    }

    static Verdict broken(String expected, String found, Place place) {
        return new Broken(expected, found, place);
    }

    static Verdict outside(String why) {
        return new Outside(why);
    }
}
