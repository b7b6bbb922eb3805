package io.sentinel.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CollectedTest {

    private final Collected out = new Collected("end");

    @Test
    void awaitWhenTheLastLineCameGoesOn() throws Exception {
        write("probe 1\nen");
        write("d\n");
        out.await();
        assertThat(new String(out.bytes(), StandardCharsets.UTF_8)).isEqualTo("probe 1\nend\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"end", "the end\n", "ending\n", "end \n", ""})
    void awaitWhenItDidNotComeWaits(String text) throws Exception {
        write(text);
        CountDownLatch gone = new CountDownLatch(1);
        Thread waiting = new Thread(() -> {
            try {
                out.await();
                gone.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        waiting.start();
        assertThat(gone.await(50, TimeUnit.MILLISECONDS)).isFalse();
        out.over();
        assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
