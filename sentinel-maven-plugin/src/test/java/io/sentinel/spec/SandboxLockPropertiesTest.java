package io.sentinel.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.sentinel.spec.SandboxLock.LockedImage;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SandboxLockPropertiesTest {

    @Property(tries = 1000)
    void whatIsWrittenIsReadBack(@ForAll("locks") SandboxLock lock) throws Exception {
        assertThat(SandboxLockReader.read("sandbox.lock", SandboxLockWriter.write(lock)))
                .isEqualTo(lock);
    }

    @Provide
    Arbitrary<SandboxLock> locks() {
        Arbitrary<String> digest =
                Arbitraries.strings().withChars("0123456789abcdef").ofLength(64).map(hex -> "sha256:" + hex);
        Arbitrary<String> text = Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(30).filter(SandboxLockPropertiesTest::encodable),
                Arbitraries.of(
                        "no", "010", "~", "", "a: b", "# x", "- x", "&a", "\u2028", "\r\n", "\uFEFF", "\"", "\\"));
        Arbitrary<List<String>> words = text.list().ofMaxSize(4);
        Arbitrary<Origin> origin = Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.of("repo.example.com", "192.0.2.7", "nexus", "[2001:db8::1]"),
                        Arbitraries.integers().between(1, 65535))
                .as(Origin::new);
        Arbitrary<SortedMap<NamedList, List<Origin>>> origins = Arbitraries.maps(
                        Arbitraries.of(NamedList.class),
                        origin.list().ofMinSize(1).ofMaxSize(3))
                .map(TreeMap::new);
        Arbitrary<Optional<LockedImage>> image = Combinators.combine(text, digest.optional(), digest, words, words)
                .as(LockedImage::new)
                .optional();
        return Combinators.combine(image, image, digest.optional(), origins).as(SandboxLock::new);
    }

    private static boolean encodable(String text) {
        return text.codePoints().noneMatch(c -> c == 0 || c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
