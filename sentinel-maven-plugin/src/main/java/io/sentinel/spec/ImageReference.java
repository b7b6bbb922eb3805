package io.sentinel.spec;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an image: {@code registry/path:tag@sha256:digest}, by the grammar of the distribution project
 * (github.com/distribution/reference). A name that can mean another image tomorrow is refused.
 */
final class ImageReference {

    /** The longest name without tag and digest, which is the distribution project's bound. */
    private static final int MAX_NAME = 255;
    /** A name, a colon and 128 characters of tag, {@code @sha256:} and 64 digits. */
    private static final int MAX = MAX_NAME + 1 + 128 + 8 + 64;

    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    private static final String REGISTRY = "(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?";
    private static final String PART = "[a-z0-9]+(?:(?:[.]|__|_|-+)[a-z0-9]+)*";
    private static final Pattern REFERENCE = Pattern.compile("(?<name>(?:" + REGISTRY + "/)?" + PART + "(?:/" + PART
            + ")*)(?::(?<tag>\\w[\\w.-]{0,127}))?(?<digest>@sha256:[0-9a-f]{64})?");

    private ImageReference() {}

    static Optional<String> read(Value value) {
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return text;
        }
        Matcher reference = REFERENCE.matcher(text.get());
        if (text.get().length() > MAX
                || !reference.matches()
                || reference.group("name").length() > MAX_NAME) {
            return value.refuse(
                    "an image such as python:3.12-slim or registry.example/team/agent:1.4", "correct the reference");
        }
        String name = reference.group("name");
        if (name.equals("scratch")) {
            return value.refuse(
                    "an image with a shell at /bin/sh",
                    "choose a base such as debian:12-slim: the entrypoint needs a shell");
        }
        if ("latest".equals(reference.group("tag"))) {
            return value.refuse("a tag that stays the same", "name a version: latest changes without notice");
        }
        if (reference.group("tag") == null && reference.group("digest") == null) {
            return value.refuse(
                    "an image with a tag",
                    "name a version as in " + Texts.excerpt(name) + ":1.0: without a tag it means latest");
        }
        return text;
    }
}
