package io.sentinel.render;

import io.sentinel.spec.Secret;

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
}
