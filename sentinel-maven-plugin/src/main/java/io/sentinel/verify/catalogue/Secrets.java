package io.sentinel.verify.catalogue;

import io.sentinel.spec.SecretNames;
import java.util.Optional;
import java.util.regex.Pattern;

/** Tells what looks like a secret, and never says it. */
final class Secrets {

    /** Forms that services give to what they hand out: AWS, GitHub, GitLab, Slack, Google, npm, PyPI, OpenAI; JWT; PEM. */
    private static final Pattern VALUE = Pattern.compile(
            "(?s)(.*[^A-Za-z0-9])?(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\\w{40,}|glpat-[\\w-]{20,}|xox[abprs]-[\\w-]{10,}|"
                    + "AIza[\\w-]{35}|npm_[A-Za-z0-9]{36}|pypi-[\\w-]{50,}|sk-[\\w-]{20,}|eyJ[\\w-]{8,}\\.eyJ[\\w-]{8,}\\.|"
                    + "-----BEGIN [A-Z ]*PRIVATE KEY).*");

    /** RFC 3986, 3.2.1: a name and a password before the host. */
    private static final Pattern USERINFO = Pattern.compile("(?si).*[a-z][a-z0-9+.-]*://[^/\\s:@]*:[^/\\s@]+@.*");

    private static final Pattern DENSE = Pattern.compile("[A-Za-z0-9+/_=-]{32,}");
    /** Bits a character: English text has about 4.1, random base64 close to 6 and, at 40 characters, above 4.6. */
    private static final double ENTROPY = 4.6;

    private Secrets() {}

    /** Why a variable looks like one; empty where it does not. The reason does not hold the value. */
    static Optional<String> in(String name, String value) {
        if (value.isBlank() || value.matches("\\$\\{?\\w+}?")) {
            return Optional.empty();
        }
        if (VALUE.matcher(value).matches()) {
            return Optional.of(name + " has the form of a credential");
        }
        if (USERINFO.matcher(value).matches()) {
            return Optional.of(name + " has a password in a URL");
        }
        // A path or a flag is no secret, whatever its variable is called.
        boolean plain = value.matches("/\\S*|true|false|yes|no")
                || value.matches("[0-9]{1,6}") && !name.matches("(?i).*(PASS|PWD|SECRET).*");
        if (SecretNames.isOne(name) && !plain) {
            return Optional.of(name + " is named like a secret");
        }
        return isDense(value) ? Optional.of(name + " looks random") : Optional.empty();
    }

    private static boolean isDense(String value) {
        if (!DENSE.matcher(value).matches()
                || value.contains("/")
                || !value.matches(".*[0-9].*")
                || !value.matches(".*[A-Z].*")
                || !value.matches(".*[a-z].*")) {
            return false;
        }
        double bits = value.chars()
                .distinct()
                .mapToDouble(c -> {
                    double share =
                            (double) value.chars().filter(other -> other == c).count() / value.length();
                    return -share * Math.log(share) / Math.log(2);
                })
                .sum();
        return bits > ENTROPY;
    }
}
