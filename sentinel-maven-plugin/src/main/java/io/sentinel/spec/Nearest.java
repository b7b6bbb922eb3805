package io.sentinel.spec;

import com.github.difflib.DiffUtils;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a person who mistyped a word probably meant. */
public final class Nearest {

    private static final int LONGEST = 40;

    private Nearest() {}

    /** The one of some words that is so near to what was written that it was probably meant. */
    public static Optional<String> to(String written, Stream<String> words) {
        if (written.length() > LONGEST) {
            return Optional.empty();
        }
        List<String> all = words.toList();
        int reach = written.length() <= 3 ? 1 : written.length() <= 7 ? 2 : 3;
        // A difference costs far more to find than its least size, which that of the lengths is.
        return all.stream()
                .filter(word -> Math.abs(word.length() - written.length()) <= reach)
                .map(word -> new Near(word, distance(written, word)))
                .filter(near -> near.distance <= reach)
                .min((a, b) -> Integer.compare(a.distance, b.distance))
                .map(Near::word)
                .or(() -> begun(written, all));
    }

    /** The only word that begins as what was written: mem for memory. */
    private static Optional<String> begun(String written, List<String> words) {
        List<String> begun = words.stream()
                .filter(word -> word.regionMatches(true, 0, written, 0, written.length()))
                .toList();
        return written.length() >= 3 && begun.size() == 1 ? Optional.of(begun.get(0)) : Optional.empty();
    }

    /** How many letters are to be changed, added or removed to make one word the other, whatever their case. */
    private static int distance(String one, String other) {
        return DiffUtils.diff(letters(one), letters(other)).getDeltas().stream()
                .mapToInt(delta ->
                        Math.max(delta.getSource().size(), delta.getTarget().size()))
                .sum();
    }

    private static List<Integer> letters(String word) {
        return word.toLowerCase(Locale.ROOT).codePoints().boxed().toList();
    }

    private record Near(String word, int distance) {}
}
