package io.sentinel.verify.catalogue;

import io.sentinel.verify.evidence.Ring;
import io.sentinel.verify.evidence.StaticView;
import io.sentinel.verify.rule.Rule;
import io.sentinel.verify.rule.Verdict;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The static ring of a bundle of ours without Compose's part of it, once the JVM is warm; {@code scripts/bench} runs it. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class StaticRingBenchmark {

    private Samples samples;

    @Setup
    public void read() throws Exception {
        samples = new Samples();
    }

    /** From the text of the models and files to a verdict of every rule on everybody. */
    @Benchmark
    public long everyRuleOnAWholeBundle() {
        long held = 0;
        for (StaticView view : samples.files("strict", Map.of()).values()) {
            for (Rule rule : Catalogue.rules()) {
                if (rule.rings().contains(Ring.STATIC) && rule.isAbout(view.subject())) {
                    held += rule.judge(view) instanceof Verdict.Held ? 1 : 0;
                }
            }
        }
        return held;
    }
}
