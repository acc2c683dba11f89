package io.tta4j.bench;

import ai.onnxruntime.OrtException;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
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
 * What the parts of a step cost, beside a plain ONNX Runtime session of the same file. Run with
 *
 * <pre>java -jar bench/target/benchmarks.jar PassBenchmark -p model=M.onnx -p batch=1,16,64 -p threads=2</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PassBenchmark {

    /** The file; any classifier with one float input. */
    @Param(StepBenchmark.DEMO)
    public String model = "";

    /** Samples a batch. */
    @Param({"1", "16"})
    public int batch;

    /** Threads of each session; 0: one per core. */
    @Param("0")
    public int threads;

    private OnnxModel adaptable;
    private PlainSession plain;
    private PlainSession unspun;
    private Batch request;
    private Vector moved;
    private Matrix seed;
    private Pass open;

    /** Loads the file: plain, and adaptable. */
    @Setup(Level.Trial)
    public void load() throws OrtException {
        adaptable = OnnxModel.load(
                Path.of(model), OnnxOptions.custom().intraOpThreads(threads).build());
        plain = PlainSession.open(Path.of(model), threads, true);
        unspun = PlainSession.open(Path.of(model), threads, false);
        request = Images.random(adaptable, batch, 7);
        moved = adaptable.source().times(1.01f);
        seed = Matrix.of(batch, adaptable.classes(), Images.normal((long) batch * adaptable.classes(), 8));
        open = adaptable.forward(request, moved);
    }

    /** Frees native memory. */
    @TearDown(Level.Trial)
    public void close() throws OrtException {
        open.close();
        adaptable.close();
        plain.close();
        unspun.close();
    }

    /** A plain ONNX Runtime session with default options. */
    @Benchmark
    public float[] plain() throws OrtException {
        return plain.run(request);
    }

    /** A plain ONNX Runtime session whose threads stop spinning at the end of a run, as tta4j's do. */
    @Benchmark
    public float[] plainSpinningInRunsOnly() throws OrtException {
        return unspun.run(request);
    }

    /** The source state, through tta4j. */
    @Benchmark
    public Matrix serveSource() {
        try (Pass pass = adaptable.serve(request, adaptable.source())) {
            return pass.logits();
        }
    }

    /** An adapted state, answer only. */
    @Benchmark
    public Matrix serveAdapted() {
        try (Pass pass = adaptable.serve(request, moved)) {
            return pass.logits();
        }
    }

    /** An adapted state, activations kept. */
    @Benchmark
    public Matrix trace() {
        try (Pass pass = adaptable.forward(request, moved)) {
            return pass.logits();
        }
    }

    /** The gradient of an open pass. */
    @Benchmark
    public Vector pullback() {
        return open.pullback(seed);
    }
}
