package sample;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class GreetingTest {

    @Test
    void greetsByName() {
        assertEquals("Hello, sandbox", Greeting.to("sandbox"));
    }

    @Test
    void greetsOnManyThreads() throws Exception {
        var pool = Executors.newFixedThreadPool(8);
        try {
            assertEquals("Hello, pool", pool.submit(() -> Greeting.to("pool")).get());
        } finally {
            pool.shutdown();
        }
    }
}
