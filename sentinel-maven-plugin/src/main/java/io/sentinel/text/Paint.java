package io.sentinel.text;

/** Emphasis on a terminal (ECMA-48, Select Graphic Rendition). It never says anything that the words do not say too. */
public enum Paint {
    STRONG("1"),
    BAD("1;31"),
    GOOD("32"),
    UNSURE("33"),
    QUIET("2");

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    /** @param on false leaves the text as it is */
    public String on(String text, boolean on) {
        return on && !text.isBlank() ? "\u001B[" + code + "m" + text + "\u001B[0m" : text;
    }
}
