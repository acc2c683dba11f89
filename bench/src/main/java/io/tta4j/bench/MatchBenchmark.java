package io.tta4j.bench;

import io.tta4j.csfa.Csfa;
import io.tta4j.csfa.CsfaConfig;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.method.Answer;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an answer of CSFA costs beside the network, on one core: features of a batch against the prototypes of many
 * classes. The pass is one that was made before. All classes are base classes, the dearest case: with source prototypes
 * each is matched a second time, for how unknown a sample looks. Run with
 *
 * <pre>java -jar bench/target/benchmarks.jar MatchBenchmark -p classes=100,10000 -p batch=1,64</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class MatchBenchmark {

    /** How many classes. */
    @Param("10000")
    public int classes;

    /** The width of the features. */
    @Param("768")
    public int width;

    /** Samples a batch. */
    @Param("64")
    public int batch;

    /** Whether prototypes are of source data, with whitening, or of the stream. */
    @Param({"true", "false"})
    public boolean source;

    private Csfa csfa;
    private io.tta4j.method.State state;
    private Pass pass;

    /** Makes classes and features. */
    @Setup(Level.Trial)
    public void make() {
        Matrix means = Matrix.of(classes, width, Images.normal((long) classes * width, 1));
        CsfaConfig.Builder config = CsfaConfig.custom();
        if (source) {
            config.prototypes(new SourcePrototypes(
                    IntStream.range(0, classes).mapToObj(Integer::toString).toList(),
                    Vector.zeros(classes),
                    means,
                    identity()));
        }
        csfa = Csfa.of(config.build());
        state = csfa.initial(new Classifier(means));
        pass = new Made(
                Matrix.of(batch, width, Images.normal((long) batch * width, 2)),
                Matrix.of(batch, classes, Images.normal((long) batch * classes, 3)));
    }

    private Matrix identity() {
        float[] values = new float[width * width];
        for (int i = 0; i < width; i++) {
            values[i * width + i] = 1;
        }
        return Matrix.of(width, width, values);
    }

    /** The whole answer of a batch. */
    @Benchmark
    public Answer answer() {
        return csfa.answer(pass, state);
    }

    /** What a method asks of a model before the first request. */
    private record Classifier(Matrix weights) implements AdaptableModel {

        @Override
        public List<InputSpec> inputs() {
            return List.of();
        }

        @Override
        public int classes() {
            return weights.rows();
        }

        @Override
        public OptionalInt features() {
            return OptionalInt.of(weights.columns());
        }

        @Override
        public Optional<Matrix> classifierWeights() {
            return Optional.of(weights);
        }

        @Override
        public AffineLayout layout() {
            return new AffineLayout(List.of(), 0);
        }

        @Override
        public Vector source() {
            return Vector.zeros(0);
        }

        @Override
        public boolean samplesIndependent() {
            return true;
        }

        @Override
        public Pass forward(Batch batch, Vector theta) {
            throw new UnsupportedOperationException("only answers are measured");
        }

        @Override
        public Pass serve(Batch batch, Vector theta) {
            return forward(batch, theta);
        }

        @Override
        public void close() {}
    }

    /** A pass that is there. */
    private record Made(Matrix features, Matrix logits) implements Pass {

        @Override
        public int rows() {
            return logits.rows();
        }

        @Override
        public Vector pullback(Matrix seed) {
            throw new UnsupportedOperationException("only answers are measured");
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            throw new UnsupportedOperationException("only answers are measured");
        }

        @Override
        public Pass repeat(Vector theta, int... rows) {
            throw new UnsupportedOperationException("only answers are measured");
        }

        @Override
        public void freeActivations() {}

        @Override
        public void close() {}
    }
}
