package io.sentinel.spec;

import java.util.List;

/**
 * What the sandbox's image is made from.
 *
 * @param from the base image's reference, local or pullable
 * @param packages packages of the base's own distribution, installed at build; each {@code name} or
 *     {@code name=version}
 * @param run further build steps, run as root while the image is built, in order
 * @param copy files and folders of the project that are copied into the image, in order
 */
public record Image(String from, List<String> packages, List<Step> run, List<Copy> copy) {

    /** The base of a spec that names none. */
    public static final String DEFAULT_FROM = "python:3.12-slim";

    /** The image of a spec that describes none. */
    public static final Image DEFAULT = new Image(DEFAULT_FROM, List.of(), List.of(), List.of());

    public Image {
        packages = List.copyOf(packages);
        run = List.copyOf(run);
        copy = List.copyOf(copy);
    }

    /**
     * One file or folder copied into the image, owned by root there.
     *
     * @param from relative to the project, below it, with forward slashes
     * @param to an absolute path in the image; with a trailing slash a file keeps its name below it
     */
    public record Copy(String from, String to) {}
}
