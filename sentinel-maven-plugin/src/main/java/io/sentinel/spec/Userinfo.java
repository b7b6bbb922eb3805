package io.sentinel.spec;

/** The {@code user:password@} that an address may carry (RFC 3986, 3.2.1). */
final class Userinfo {

    private static final String BEFORE_AUTHORITY = "://";

    private Userinfo() {}

    /** Whether an address anywhere in a text carries a user or a password. */
    static boolean in(String text) {
        return !masked(text).equals(text);
    }

    /** The text with every user and password replaced by {@code ***}. */
    static String masked(String text) {
        StringBuilder masked = new StringBuilder();
        int copied = 0;
        int found = text.indexOf(BEFORE_AUTHORITY);
        while (found >= 0) {
            int start = found + BEFORE_AUTHORITY.length();
            int end = authorityEnd(text, start);
            int at = text.lastIndexOf('@', end - 1);
            if (at >= start) {
                masked.append(text, copied, start).append("***");
                copied = at;
            }
            found = text.indexOf(BEFORE_AUTHORITY, end);
        }
        return masked.append(text, copied, text.length()).toString();
    }

    private static int authorityEnd(String text, int start) {
        int end = start;
        while (end < text.length() && "/?#\"'<> \t\n".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }
}
