package io.tta4j.bench;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Answer;
import io.tta4j.model.Batch;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import java.nio.file.Path;
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
 * What a request with a whole step of SAR costs, by the share of reliable samples. Run with
 *
 * <pre>java -jar bench/target/benchmarks.jar StepBenchmark -p model=M.onnx -p batch=16 -p threads=2 -p share=0,1</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class StepBenchmark {

    /** A small network that the repository brings along. */
    static final String DEMO = "stream-sim/src/main/resources/io/tta4j/stream/demo/textured-shapes-resnet-gn.onnx";

    /** The file; any classifier with one float input. */
    @Param(DEMO)
    public String model = "";

    /** Samples a batch. */
    @Param("16")
    public int batch;

    /** Threads of each session; 0: one per core. */
    @Param("0")
    public int threads;

    /** How many of the samples are reliable. */
    @Param({"0", "0.25", "0.5", "1"})
    public double share;

    private OnnxModel adaptable;
    private AdaptiveModel sar;
    private Batch request;

    /** Loads the file. */
    @Setup(Level.Trial)
    public void load() {
        adaptable = OnnxModel.load(
                Path.of(model), OnnxOptions.custom().intraOpThreads(threads).build());
        sar = AdaptiveModel.of(adaptable, new FixedShareSar(share));
        request = Images.random(adaptable, batch, 7);
    }

    /** Frees native memory. */
    @TearDown(Level.Trial)
    public void close() {
        adaptable.close();
    }

    /** A request with its step. */
    @Benchmark
    public Answer sarStep() {
        return sar.predict(request);
    }
}
