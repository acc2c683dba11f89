package io.tta4j.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.tta4j.AdaptiveModel;
import io.tta4j.method.Answer;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import io.tta4j.onnx.OnnxModel;
import io.tta4j.onnx.OnnxOptions;
import io.tta4j.sar.Sar;
import io.tta4j.sar.SarConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
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
 * <pre>java -jar bench/target/benchmarks.jar -p model=M.onnx -p batch=1,16,64</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PassBenchmark {

    /** The file; any classifier with one float input. */
    @Param("stream-sim/src/main/resources/io/tta4j/stream/demo/textured-shapes-resnet-gn.onnx")
    public String model = "";

    /** Samples a batch. */
    @Param({"1", "16"})
    public int batch;

    private OnnxModel adaptable;
    private AdaptiveModel sar;
    private OrtSession plain;
    private String input;
    private Tensor images;
    private Batch request;
    private Vector moved;
    private Matrix seed;
    private Pass open;

    /** Loads the file twice: plain, and adaptable. */
    @Setup(Level.Trial)
    public void load() throws OrtException {
        adaptable = OnnxModel.load(Path.of(model), OnnxOptions.ofDefaults());
        plain = OrtEnvironment.getEnvironment().createSession(model, new OrtSession.SessionOptions());
        InputSpec spec = adaptable.inputs().get(0);
        input = spec.name();
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = batch;
        images = Tensor.of(uniform(Arrays.stream(shape).reduce(1, (a, b) -> a * b)), shape);
        request = Batch.of(input, images);
        moved = adaptable.source().times(1.01f);
        seed = Matrix.of(batch, adaptable.classes(), uniform((long) batch * adaptable.classes()));
        open = adaptable.forward(request, moved);
        // Every sample reliable, and steps too small to lead anywhere.
        sar = AdaptiveModel.of(
                adaptable,
                Sar.of(SarConfig.custom()
                        .margin(Math.log(adaptable.classes()) * 2)
                        .learningRate(1e-12)
                        .resetThreshold(0)
                        .build()));
    }

    private static float[] uniform(long size) {
        Random random = new Random(7);
        float[] values = new float[Math.toIntExact(size)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    /** Frees native memory. */
    @TearDown(Level.Trial)
    public void close() throws OrtException {
        open.close();
        adaptable.close();
        plain.close();
    }

    /** A plain ONNX Runtime session. */
    @Benchmark
    public float plainSession() throws OrtException {
        try (OnnxTensor tensor =
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), images.floats(), images.shape());
                OrtSession.Result result = plain.run(Map.of(input, tensor))) {
            return ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
        }
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
    public Matrix forward() {
        try (Pass pass = adaptable.forward(request, moved)) {
            return pass.logits();
        }
    }

    /** The gradient of an open pass. */
    @Benchmark
    public Vector pullback() {
        return open.pullback(seed);
    }

    /** A request with a whole SAR step, every sample reliable. */
    @Benchmark
    public Answer sarStep() {
        return sar.predict(request);
    }
}
