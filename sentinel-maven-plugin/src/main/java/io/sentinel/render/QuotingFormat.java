package io.sentinel.render;

import freemarker.core.CommonMarkupOutputFormat;
import freemarker.core.CommonTemplateMarkupOutputModel;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * How a value reaches a file of one format: every value that a template prints goes through here, and comes out as one
 * literal of that format, whatever it holds. What is to stand in a file as it is goes through {@code plain(…)} in the
 * template ({@link PlainFunction}), which takes harmless characters only.
 *
 * <p>Literals are ASCII: no invisible, look-alike or direction-changing character of a spec survives in what a reviewer
 * reads, and the same input gives the same bytes whatever the Java platform knows of Unicode.
 */
final class QuotingFormat extends CommonMarkupOutputFormat<QuotingFormat.Quoted> {

    /** YAML read by Compose, which replaces {@code $NAME} after it has parsed the file: {@code $$} stands for one. */
    static final QuotingFormat COMPOSE = new QuotingFormat("compose", v -> yaml(v).replace("$", "$$"));

    static final QuotingFormat YAML = new QuotingFormat("yaml", QuotingFormat::yaml);

    /** A word of a Dockerfile's exec form, which is a JSON list. */
    static final QuotingFormat DOCKERFILE = new QuotingFormat("dockerfile", QuotingFormat::json);

    static final QuotingFormat SHELL =
            new QuotingFormat("shell", v -> "'" + refuseControls(v).replace("'", "'\\''") + "'");

    /** squid has no escaping that holds in every directive: nothing but plain values may stand in its files. */
    static final QuotingFormat SQUID = new QuotingFormat("squid", v -> {
        throw new IllegalArgumentException("a value in a squid file goes through plain(): " + v);
    });

    private final String name;
    private final UnaryOperator<String> literal;

    private QuotingFormat(String name, UnaryOperator<String> literal) {
        this.name = name;
        this.literal = literal;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getMimeType() {
        return "text/x-sentinel-" + name;
    }

    @Override
    public void output(String value, Writer out) throws IOException {
        out.write(literal.apply(value));
    }

    @Override
    public String escapePlainText(String value) {
        return literal.apply(value);
    }

    @Override
    public boolean isLegacyBuiltInBypassed(String builtIn) {
        return false;
    }

    @Override
    protected Quoted newTemplateMarkupOutputModel(String value, String markup) {
        return new Quoted(this, value, markup);
    }

    /** A double-quoted scalar (YAML 1.2, section 7.3.1). */
    private static String yaml(String value) {
        StringBuilder out = new StringBuilder("\"");
        value.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c >= ' ' && c <= '~') {
                out.append((char) c);
            } else {
                out.append(String.format(Locale.ROOT, c > 0xFFFF ? "\\U%08x" : "\\u%04x", c));
            }
        });
        return out.append('"').toString();
    }

    /**
     * A string of JSON (RFC 8259, section 7). The second of two {@code <} is escaped, so that no Dockerfile parser takes
     * a value for the start of a here-document.
     */
    private static String json(String value) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c < ' ' || c > '~' || c == '<' && i > 0 && value.charAt(i - 1) == '<') {
                out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private static String refuseControls(String value) {
        if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException("not printable ASCII, in a shell file: " + value);
        }
        return value;
    }

    /** A value as the literal that it became. */
    static final class Quoted extends CommonTemplateMarkupOutputModel<Quoted> {
        private final QuotingFormat format;

        Quoted(QuotingFormat format, String value, String markup) {
            super(value, markup);
            this.format = format;
        }

        @Override
        public QuotingFormat getOutputFormat() {
            return format;
        }
    }
}
