package io.sentinel.cli;

import io.sentinel.run.Events;
import java.io.PrintStream;
import java.util.List;

/** What a person should know, on standard error: standard output is the program's. */
record ErrorEvents(PrintStream err) implements Events {

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

    private void say(String sentence) {
        err.println("sentinel-isolate: " + sentence);
    }
}
