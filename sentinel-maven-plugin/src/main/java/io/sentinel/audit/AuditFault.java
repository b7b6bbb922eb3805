package io.sentinel.audit;

import io.sentinel.text.SafeText;

/**
 * Something that is wrong with an audit trail, at one line of it. Its texts are safe to show: nothing in them drives a
 * terminal.
 *
 * @param kind which way it is wrong
 * @param file as a person would write it
 * @param line from 1; 0 where it is about the file as a whole
 * @param expected what a trail that holds has there
 * @param found what is there
 */
public record AuditFault(Kind kind, String file, long line, String expected, String found) {

    /** A hash and some words around it; what names are cut to. */
    private static final int LONGEST = 300;

    public AuditFault {
        if (line < 0) {
            throw new IllegalArgumentException("a line is counted from 1: " + line);
        }
        file = SafeText.line(file, LONGEST);
        expected = SafeText.line(expected, LONGEST);
        found = SafeText.line(found, LONGEST);
    }

    /** The ways in which a trail can be wrong. */
    public enum Kind {
        CHANGED(
                "changed record",
                "its bytes are not those that were written; believe no record from there on, and compare with another"
                        + " copy of the trail"),
        REMOVED(
                "removed records",
                "what happened there is not in this file any more; look for another copy of the trail, and take it that"
                        + " the agent did what it could do"),
        MISPLACED(
                "added, moved or repeated record",
                "somebody wrote to the file who was not the supervisor; believe no record from there on"),
        CUT(
                "cut end",
                "the supervisor did not come to its last record, or what it wrote last was taken away; what the agent did"
                        + " after that is not told"),
        NOT_JSON("not JSON", "the line is damaged, or not of the supervisor; believe no record from there on"),
        NOT_A_RECORD(
                "not a record",
                "the line is not of the supervisor, or of another version of Sentinel; read it with that one"),
        TOO_LONG(
                "line too long",
                "the supervisor writes no such line; somebody else did, so believe no record around it"),
        CONCATENATED(
                "two trails in one file", "each run has a file of its own; split it before the line, and look at each"),
        REWRITTEN(
                "rewritten after it was read",
                "the file was changed behind the supervisor; believe the copy that the host made while the run lived"),
        UNREADABLE("cannot be read", "without its trail it is not known what a run did; take it as a run that failed"),
        NOT_COPIED(
                "cannot be copied",
                "make room, or make the folder writable, and run again: this run's trail is not kept");

        private final String word;
        private final String remedy;

        Kind(String word, String remedy) {
            this.word = word;
            this.remedy = remedy;
        }

        /** As reports name it. */
        public String word() {
            return word;
        }

        /** What it means for a reader, and what to do. */
        public String remedy() {
            return remedy;
        }
    }

    /** Where, which kind, what was expected and what is there; without its full stop. */
    public String sentence() {
        String where = line == 0 ? file : file + ", line " + line;
        return where + ": " + kind.word() + ": expected " + expected + ", found " + found;
    }
}
