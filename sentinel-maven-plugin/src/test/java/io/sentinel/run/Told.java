package io.sentinel.run;

import java.util.ArrayList;
import java.util.List;

/** Events of which the warnings are kept. */
final class Told implements Events {

    private final List<String> warnings = new ArrayList<>();

    /** Those so far, and those to come. */
    List<String> warnings() {
        return warnings;
    }

    @Override
    public void written(List<String> paths) {}

    @Override
    public void building(String image, String reason) {}

    @Override
    public void upToDate(String image) {}

    @Override
    public void starting(String profile, String image) {}

    @Override
    public void reaped(List<String> names) {}

    @Override
    public void logged(List<String> lines) {}

    @Override
    public void warning(String sentence) {
        warnings.add(sentence);
    }
}
