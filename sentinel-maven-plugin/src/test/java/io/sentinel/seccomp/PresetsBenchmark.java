package io.sentinel.seccomp;

import io.sentinel.spec.SeccompChoice;
import io.sentinel.spec.SeccompChoice.Mode;
import io.sentinel.spec.SeccompChoice.Preset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** What every build that changes something pays, once the JVM is warm; {@code scripts/bench} runs it. */
@Fork(1)
@Warmup(iterations = 5, time = 3)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(org.openjdk.jmh.annotations.Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class PresetsBenchmark {

    /** From the data on the class path to both profiles; each serves both architectures. */
    @Benchmark
    public List<byte[]> readAndCompileBothPresets() {
        Presets presets = Presets.read(SeccompSource.classPath());
        return List.of(
                presets.compile(SeccompChoice.of(Preset.STRICT, Mode.ENFORCE)).toJson(),
                presets.compile(SeccompChoice.of(Preset.DATASCI, Mode.ENFORCE)).toJson());
    }
}
