package io.sentinel.verify;

import io.sentinel.engine.EngineException;
import io.sentinel.verify.evidence.CannotTell;
import java.io.IOException;
import java.util.function.Supplier;

/** Questions to an engine, asked once, whose failure is an answer too: who asks for it learns that it could not be told. */
final class Answers {

    private Answers() {}

    /** A question. */
    interface Question<T> {
        T ask() throws EngineException, IOException, InterruptedException;
    }

    /** Asks at once, and gives the answer as often as it is wanted. */
    static <T> Supplier<T> now(Question<T> question) throws InterruptedException {
        try {
            T answer = question.ask();
            return () -> answer;
        } catch (EngineException | IOException e) {
            return none(e.getMessage());
        } catch (CannotTell e) {
            return none(e.getMessage());
        }
    }

    /** Works something out when it is first wanted, and gives that, or that it cannot be told, as often as it is wanted. */
    static <T> Supplier<T> later(Supplier<T> work) {
        return new Supplier<>() {
            private Supplier<T> known;

            @Override
            public synchronized T get() {
                if (known == null) {
                    known = tried(work);
                }
                return known.get();
            }
        };
    }

    private static <T> Supplier<T> tried(Supplier<T> work) {
        try {
            T value = work.get();
            return () -> value;
        } catch (CannotTell e) {
            return none(e.getMessage());
        }
    }

    /** No answer. */
    static <T> Supplier<T> none(String why) {
        return () -> {
            throw new CannotTell(why);
        };
    }
}
