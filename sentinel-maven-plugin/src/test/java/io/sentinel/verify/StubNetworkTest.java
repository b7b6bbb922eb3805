package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class StubNetworkTest {

    @Test
    void freeWhateverTheSeedIsAPieceOfABlockForDocumentation() throws Exception {
        Set<String> pieces = new TreeSet<>();
        for (int seed : new int[] {0, 1, 17, 31, 32, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            String piece = StubNetwork.free(seed);
            assertThat(piece).matches("(203\\.0\\.113|198\\.51\\.100)\\.[0-9]{1,3}/28");
            assertThat(Integer.parseInt(piece.replaceAll(".*\\.|/.*", "")) % 16).isZero();
            pieces.add(piece);
        }
        assertThat(pieces).hasSizeGreaterThan(1);
    }
}
