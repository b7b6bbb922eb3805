package io.sentinel.render;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What the jar carries besides classes. */
final class Resources {

    private Resources() {}

    /** @param name from the class path's root, with forward slashes */
    static byte[] read(String name) {
        try (InputStream in = Resources.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the plugin's jar lacks " + name + "; it was not built right");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the plugin's jar cannot be read: " + name, e);
        }
    }
}
