package io.sentinel.run;

import java.util.List;

/** What the use cases tell while they work, for whoever shows it. */
public interface Events {

    /** Files of the bundle were written or removed. */
    void written(List<String> paths);

    /** An image is about to be built, for the reason given. */
    void building(String image, String reason);

    /** An image is built from just these inputs already. */
    void upToDate(String image);

    /** The agent is about to start. */
    void starting(String profile, String image);

    /** What the guard of the agent that has started enforces here, in a sentence. It comes when the guard has said so. */
    default void guarding(String sentence) {}

    /** Containers and networks that a killed process left were removed. */
    void reaped(List<String> names);

    /** What a run did, as the filter of mode log or the sidecar has noted it: a report, line by line. */
    void logged(List<String> lines);

    /** A run is over, or came to nothing; {@code outcome.json} says the same. */
    default void ended(Outcome outcome) {}

    /** Something that does not stop the run, and that the user should know. */
    void warning(String sentence);
}
