package io.sentinel.cli;

import io.sentinel.engine.Streams;
import io.sentinel.isolate.Explanation;
import io.sentinel.run.Outcome;
import java.io.PrintStream;
import java.util.List;

/** What a person should know, in sentences. */
record TextVoice(PrintStream err) implements Voice {

    @Override
    public void written(List<String> paths) {}

    @Override
    public void building(String image, String reason) {
        say("building " + image + " (" + reason + ")");
    }

    @Override
    public void upToDate(String image) {}

    @Override
    public void starting(String profile, String image) {}

    @Override
    public void guarding(String sentence) {
        say(sentence);
    }

    @Override
    public void reaped(List<String> names) {
        say("removed what a killed run had left: " + String.join(", ", names));
    }

    @Override
    public void logged(List<String> lines) {
        lines.forEach(this::say);
    }

    @Override
    public void warning(String sentence) {
        say("warning: " + sentence);
    }

    @Override
    public void ended(Outcome outcome) {
        if (outcome.reason() == Outcome.Reason.TIMEOUT) {
            say("stopped: its time was over");
        } else if (outcome.reason() == Outcome.Reason.OUT_OF_MEMORY) {
            say("it wanted more memory than it may have");
        }
    }

    @Override
    public void failed(String sentence, int exitCode) {
        say(sentence);
    }

    @Override
    public void explain(Explanation explanation, PrintStream out) {
        explanation.lines().forEach(out::println);
    }

    @Override
    public Streams progress() {
        return new Streams.Pumped(err, err);
    }

    @Override
    public void end() {}

    private void say(String sentence) {
        err.println("sentinel-isolate: " + sentence);
    }
}
