package io.sentinel.spec;

import java.util.regex.Pattern;

/** Tells what is named like a secret, whatever it holds. */
public final class SecretNames {

    private static final Pattern NAME = Pattern.compile("(?i)(.*(PASSWD|PASSWORD|PASSPHRASE|SECRET|API_?KEY)|.+_PWD"
            + "|(.*_)?(PASS|TOKEN|ACCESS_?KEY(_ID)?|(PRIVATE|SECRET|ENCRYPTION|SIGNING|MASTER)_?KEY(_BASE)?|"
            + "CREDENTIALS?|AUTH|PAT))(_FILE)?");

    private SecretNames() {}

    /** Whether a variable's name says that it is one. */
    public static boolean isOne(String variable) {
        return NAME.matcher(variable).matches();
    }
}
