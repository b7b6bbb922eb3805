package io.sentinel.cli;

import io.sentinel.engine.Streams;
import io.sentinel.isolate.Explanation;
import io.sentinel.run.Events;
import java.io.PrintStream;

/** How the command itself speaks: on standard error, as standard output is the program's. */
sealed interface Voice extends Events permits TextVoice, JsonVoice {

    /** For a person, or as JSON for a program. */
    static Voice of(boolean json, PrintStream err) {
        return json ? new JsonVoice(err) : new TextVoice(err);
    }

    /** Something that went wrong; the last word but for how the run ended. */
    void failed(String sentence, int exitCode);

    /** What the settings are, on standard output: nothing is run. */
    void explain(Explanation explanation, PrintStream out);

    /** Where the progress of a build goes. */
    Streams progress();

    /** Nothing more happens. */
    void end();
}
