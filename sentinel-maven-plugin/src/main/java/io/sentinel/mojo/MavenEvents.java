package io.sentinel.mojo;

import io.sentinel.run.Events;
import java.util.List;
import org.apache.maven.plugin.logging.Log;

/** What the use cases tell, as lines of Maven's log. */
record MavenEvents(Log log) implements Events {

    @Override
    public void written(List<String> paths) {
        log.info("Bundle: " + paths.size() + (paths.size() == 1 ? " file" : " files") + " written");
        paths.forEach(path -> log.debug("  " + path));
    }

    @Override
    public void building(String image, String reason) {
        log.info("Building " + image + " (" + reason + ")");
    }

    @Override
    public void upToDate(String image) {
        log.debug("Image " + image + " is up to date");
    }

    @Override
    public void starting(String profile, String image) {
        log.info("Running " + image + " in the " + profile + " sandbox");
    }

    @Override
    public void guarding(String sentence) {
        log.info(sentence);
    }

    @Override
    public void reaped(List<String> names) {
        log.info("Removed what a killed run had left: " + String.join(", ", names));
    }

    @Override
    public void logged(List<String> lines) {
        lines.forEach(log::info);
    }

    @Override
    public void warning(String sentence) {
        log.warn(sentence);
    }
}
