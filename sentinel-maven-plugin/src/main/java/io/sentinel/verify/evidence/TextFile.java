package io.sentinel.verify.evidence;

import java.util.List;

/**
 * A file of a project.
 *
 * @param name as a person in the project would name it
 * @param text its content
 */
public record TextFile(String name, String text) {

    /** Its lines without their ends, the first at index 0. */
    public List<String> lines() {
        return text.lines().toList();
    }

    /** @param number from 1 */
    public Place line(int number) {
        return new Place.Line(name, number);
    }
}
