package io.tta4j.bench;

import io.tta4j.AdaptiveModel;
import io.tta4j.Execution;
import io.tta4j.RuntimeConfig;
import io.tta4j.method.Answer;
import io.tta4j.model.Batch;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.sar.Sar;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the runtime costs around a model that costs nothing: the difference of the two. Run with
 *
 * <pre>java -jar bench/target/benchmarks.jar WrapperBenchmark</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WrapperBenchmark {

    /** How steps would be taken. */
    @Param({"INLINE", "BACKGROUND"})
    public Execution execution = Execution.INLINE;

    /** What is done instead of taking them. */
    @Param({"FROZEN", "DISABLED"})
    public io.tta4j.Mode mode = io.tta4j.Mode.FROZEN;

    private final FreeModel free = new FreeModel();
    private final Batch request = Batch.of("x", Tensor.of(new float[FreeModel.CLASSES], 1, FreeModel.CLASSES));
    private AdaptiveModel adaptive;

    /** Puts SAR around it. */
    @Setup(Level.Trial)
    public void wrap() {
        adaptive = AdaptiveModel.of(
                free,
                Sar.ofDefaults(),
                RuntimeConfig.custom().execution(execution).mode(mode).build());
    }

    /** Ends the thread. */
    @TearDown(Level.Trial)
    public void close() {
        adaptive.close();
    }

    /** The model alone. */
    @Benchmark
    public Pass alone() {
        return free.serve(request, free.source());
    }

    /** The model in the runtime. */
    @Benchmark
    public Answer wrapped() {
        return adaptive.predict(request);
    }
}
