package io.sentinel.spec;

import io.sentinel.spec.Node.Position;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** What the YAML parser complained of, as a place and one sentence of ours. */
record SyntaxError(Position at, String message) {

    static final String DIRECTIVE = "a YAML directive (a line with %) is not accepted; remove it";

    /** The first whose parts occur in the parser's own words applies. */
    private static final List<Sentence> SENTENCES = List.of(
            atProblem("(TAB)", "a tab where YAML allows only spaces; replace it with spaces"),
            atProblem("scanning a directive", DIRECTIVE),
            atProblem("incompatible YAML document", DIRECTIVE),
            atProblem("cannot start any token", "no text can start with this character; put the text in quotes"),
            atProblem(
                    "mapping values are not allowed",
                    "a colon that makes no key here; put the text in quotes, or correct the indentation"),
            atProblem(
                    "sequence entries are not allowed",
                    "a list item cannot start here; put the hyphen on a line of its own, or the text in quotes"),
            atContext("could not find expected ':'", "expected a key and a colon, found neither; write key: value"),
            atContext(
                    "found unexpected end of stream",
                    "a quote is opened here and not closed before the end of the file; close it"),
            atContext(
                    "expected ',' or ']'",
                    "a list is opened here and not closed; add the comma or ] that is missing, or put all of a text in quotes"),
            atContext(
                    "expected ',' or '}'",
                    "a mapping is opened here and not closed; add the comma or } that is missing, or put all of a text in quotes"),
            atProblem(
                    "expected <block end>",
                    "this does not continue what stands before it; correct the indentation, or put all of the text in"
                            + " quotes"),
            atProblem(
                    "expected the node content",
                    "expected a value, found a closing bracket or a comma; write the value, or put the text in quotes"),
            atProblem("escape", "an unknown escape in double quotes; write \\\\ for a backslash, or use single quotes"),
            atContext("scanning an anchor", "an anchor is not accepted; remove it, or put the text in quotes"),
            atContext("scanning an alias", "an alias is not accepted; write the value, or put the text in quotes"),
            atContext("tag", "a tag is not accepted; remove it, or put the text in quotes"),
            atContext(
                    "scanning a block scalar",
                    "an unknown sign behind | or >; start the text on the next line, indented"),
            atProblem("<document start>", "expected one document, found a second one; remove the line with ..."));

    /** An escape beyond Java's own integers; the parser gives no place for it. */
    private static final Pattern HUGE_ESCAPE = Pattern.compile("\\\\U[89a-fA-F][0-9a-fA-F]{7}");

    static SyntaxError of(YAMLException e) {
        if (!(e instanceof MarkedYAMLException marked)) {
            return new SyntaxError(Position.START, "expected YAML, found something else; is this the right file?");
        }
        String words = marked.getContext() + " " + marked.getProblem();
        Mark problem = marked.getProblemMark();
        return SENTENCES.stream()
                .filter(s -> words.contains(s.words))
                .findFirst()
                .map(s -> new SyntaxError(at(s.atContext ? marked.getContextMark() : problem, problem), s.message))
                .orElseGet(() -> new SyntaxError(at(problem, problem), "expected valid YAML; correct this line"));
    }

    static SyntaxError ofHugeEscape(String text) {
        Matcher escape = HUGE_ESCAPE.matcher(text);
        Position at = escape.find() ? SourceText.endOf(text.substring(0, escape.start())) : Position.START;
        return new SyntaxError(at, "an escape beyond the last Unicode character; correct or remove it");
    }

    private static Position at(Mark mark, Mark otherwise) {
        Mark used = mark == null ? otherwise : mark;
        return new Position(used.getLine() + 1, used.getColumn() + 1);
    }

    private static Sentence atProblem(String words, String message) {
        return new Sentence(words, false, message);
    }

    private static Sentence atContext(String words, String message) {
        return new Sentence(words, true, message);
    }

    /**
     * @param words how the parser words it
     * @param atContext whether the place to name is where the broken thing starts, not where the parser gave up
     */
    private record Sentence(String words, boolean atContext, String message) {}
}
