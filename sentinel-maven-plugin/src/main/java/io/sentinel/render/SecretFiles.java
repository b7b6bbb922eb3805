package io.sentinel.render;

import io.sentinel.spec.Image;
import io.sentinel.spec.Secret;
import io.sentinel.spec.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How a bundle's compose file names the files of the spec's secrets, which are nowhere in a bundle. */
public final class SecretFiles {

    /** The variable that names the folder with the files, which who runs the bundle has filled for that run. */
    public static final String VARIABLE = "SENTINEL_SECRETS";

    /** Where they are said to be while it is unset: nothing can be there, and the engine's error has it. */
    public static final String UNSET = "/dev/null/SENTINEL_SECRETS-is-not-set";

    private SecretFiles() {}

    /** As the compose file has it, its variable not replaced. */
    public static String written(Secret secret) {
        return "${" + VARIABLE + ":-" + UNSET + "}/" + secret.name();
    }

    /** As Compose resolves it while the variable is unset. */
    public static String unset(Secret secret) {
        return UNSET + "/" + secret.name();
    }

    /** Refuses a file that {@code image.copy} takes along, whichever way it is named: a layer would keep it for good. */
    static void refuseCopied(Layout layout, Spec spec, Refusals refusals) throws IOException {
        for (int i = 0; i < spec.secrets().size(); i++) {
            Secret secret = spec.secrets().get(i);
            Path file = secret.file().startsWith("~/")
                    ? Path.of(System.getProperty("user.home"), secret.file().substring(2))
                    : layout.project().resolve(secret.file());
            for (Image.Copy copy : spec.image().copy()) {
                Path copied = layout.project().resolve(copy.from());
                if (Files.exists(file)
                        && Files.exists(copied)
                        && file.toRealPath().startsWith(copied.toRealPath())) {
                    refusals.add(
                            "secrets[" + i + "].file",
                            "image.copy takes it into the image with " + copy.from()
                                    + ", and a layer keeps it for good; move the file, or copy less");
                }
            }
        }
    }
}
