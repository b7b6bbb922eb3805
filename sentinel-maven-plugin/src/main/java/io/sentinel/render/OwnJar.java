package io.sentinel.render;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The code that runs here. */
public final class OwnJar {

    private OwnJar() {}

    /** The jar that it is in, or the folder with its classes. */
    public static Path path() {
        try {
            return Path.of(OwnJar.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the plugin's own location is no URI", e);
        }
    }
}
