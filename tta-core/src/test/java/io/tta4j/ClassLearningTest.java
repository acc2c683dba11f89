package io.tta4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.Methods;
import io.tta4j.method.Recognition;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Classes that are registered at run time, and samples that look like none, through {@link AdaptiveModel}. */
class ClassLearningTest {

    /** Above this a sample's only value says that it is unknown. */
    private static final float KNOWN = 10;

    /** Logits are the input, twice. */
    private static final class EchoModel implements AdaptableModel {

        @Override
        public List<InputSpec> inputs() {
            return List.of(new InputSpec("x", ElementType.FLOAT32, List.of(InputSpec.ANY, 1L)));
        }

        @Override
        public int classes() {
            return 2;
        }

        @Override
        public AffineLayout layout() {
            return new AffineLayout(List.of(), 1);
        }

        @Override
        public Vector source() {
            return Vector.of(1);
        }

        @Override
        public boolean samplesIndependent() {
            return true;
        }

        @Override
        public Pass forward(Batch batch, Vector theta) {
            batch.requireFits(inputs());
            float[] logits = new float[2 * batch.rows()];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = x(batch).get(i / 2);
            }
            return new EchoPass(Matrix.of(batch.rows(), 2, logits));
        }

        @Override
        public Pass serve(Batch batch, Vector theta) {
            return forward(batch, theta);
        }

        @Override
        public void close() {}
    }

    private record EchoPass(Matrix logits) implements Pass {

        @Override
        public int rows() {
            return logits.rows();
        }

        @Override
        public Vector pullback(Matrix seed) {
            return Vector.zeros(1);
        }

        @Override
        public Matrix samplePullback(Matrix seed) {
            return Matrix.of(rows(), 1, new float[rows()]);
        }

        @Override
        public Pass repeat(Vector theta, int... rows) {
            return new EchoPass(logits.select(rows));
        }

        @Override
        public void freeActivations() {}

        @Override
        public void close() {}
    }

    /**
     * Keeps the first value of each class's supports, and counts requests. A class is named twice in the state, so that
     * half an update would show.
     */
    private record Roll(int keptUnknowns, boolean adapts) implements ClassLearner {

        private static final String NAMES = "names";
        private static final String AGAIN = "again";
        private static final String SUPPORTS = "supports";

        @Override
        public String name() {
            return "roll";
        }

        @Override
        public List<String> classes(State state) {
            List<String> classes = new ArrayList<>(List.of("low", "high"));
            classes.addAll(state.words(NAMES));
            return classes;
        }

        @Override
        public State register(AdaptableModel model, State state, String name, Batch supports) {
            if (classes(state).contains(name)) {
                throw new IllegalArgumentException("class '%s' must be new".formatted(name));
            }
            float value = value(model, supports);
            List<String> names = new ArrayList<>(state.words(NAMES));
            names.add(name);
            return with(state, names).with(SUPPORTS, Vector.of(value));
        }

        @Override
        public State addSupports(AdaptableModel model, State state, String name, Batch supports) {
            requireRegistered(state, name);
            return state.with(SUPPORTS, Vector.of(value(model, supports)));
        }

        @Override
        public State remove(State state, String name) {
            requireRegistered(state, name);
            List<String> names = new ArrayList<>(state.words(NAMES));
            names.remove(name);
            return with(state, names);
        }

        @Override
        public State reset(AdaptableModel model, State state) {
            return with(initial(model), state.words(NAMES));
        }

        @Override
        public Answer answer(Pass pass, State state) {
            assertThat(state.words(AGAIN)).isEqualTo(state.words(NAMES));
            List<String> classes = classes(state);
            float[] unknown = new float[pass.rows()];
            for (int row = 0; row < unknown.length; row++) {
                unknown[row] = pass.logits().get(row, 0);
            }
            Matrix scores = Matrix.of(pass.rows(), classes.size(), new float[pass.rows() * classes.size()]);
            return new Answer(
                    pass.logits(),
                    pass.output(),
                    Optional.of(new Recognition(classes, scores, Vector.of(unknown), KNOWN)));
        }

        @Override
        public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
            return new Adaptation(
                    state.with("requests", state.scalar("requests").orElse(0) + 1), StepReport.skipped(pass.rows(), 0));
        }

        private static State with(State state, List<String> names) {
            return state.with(NAMES, names).with(AGAIN, names);
        }

        private static void requireRegistered(State state, String name) {
            if (!state.words(NAMES).contains(name)) {
                throw new IllegalArgumentException("class '%s' must be a registered one".formatted(name));
            }
        }

        private static float value(AdaptableModel model, Batch supports) {
            try (Pass pass = model.serve(supports, model.source())) {
                return pass.logits().get(0, 0);
            }
        }
    }

    private static AdaptiveModel adaptive(int keptUnknowns, boolean adapts) {
        return AdaptiveModel.of(new EchoModel(), new Roll(keptUnknowns, adapts));
    }

    private static Batch batch(float... values) {
        return Batch.of("x", Tensor.of(values, values.length, 1));
    }

    private static FloatBuffer x(Batch batch) {
        return batch.inputs().values().iterator().next().floats();
    }

    private static List<Double> scores(List<UnknownSample> samples) {
        return samples.stream().map(UnknownSample::score).toList();
    }

    @Test
    void theNextRequestKnowsWhatWasRegistered() {
        AdaptiveModel adaptive = adaptive(0, true);
        assertThat(adaptive.classes()).containsExactly("low", "high");

        adaptive.register("fox", batch(1));
        adaptive.register("cow", batch(2, 3));

        assertThat(adaptive.classes()).containsExactly("low", "high", "fox", "cow");
        assertThat(adaptive.predict(batch(1)).recognition().orElseThrow().classes())
                .containsExactly("low", "high", "fox", "cow");
        adaptive.addSupports("fox", batch(7));
        assertThat(adaptive.state().vector("supports", Vector.of())).isEqualTo(Vector.of(7));
        adaptive.remove("fox");
        assertThat(adaptive.classes()).containsExactly("low", "high", "cow");
        assertThat(adaptive.counters().requests())
                .as("registering is no request")
                .isEqualTo(1);
    }

    @Test
    void aResetKeepsWhatWasTold() {
        AdaptiveModel adaptive = adaptive(0, true);
        adaptive.register("fox", batch(1));
        adaptive.predict(batch(1));

        adaptive.reset();

        assertThat(adaptive.classes()).containsExactly("low", "high", "fox");
        assertThat(adaptive.state().scalar("requests")).isEmpty();
    }

    @Test
    void whatIsRefusedChangesNothing() {
        AdaptiveModel adaptive = adaptive(4, true);
        adaptive.register("fox", batch(1));
        State before = adaptive.state();
        Counters counters = adaptive.counters();
        Batch wide = Batch.of("x", Tensor.of(new float[2], 1, 2));
        List<ThrowingCallable> refused = List.of(
                () -> adaptive.register("fox", batch(1)),
                () -> adaptive.register("low", batch(1)),
                () -> adaptive.register("cow", wide),
                () -> adaptive.register("cow", batch(Float.NaN)),
                () -> adaptive.addSupports("fox", batch(Float.POSITIVE_INFINITY)),
                () -> adaptive.addSupports("cow", batch(1)),
                () -> adaptive.addSupports("fox", wide),
                () -> adaptive.remove("cow"),
                () -> adaptive.remove("low"));

        for (ThrowingCallable call : refused) {
            assertThatIllegalArgumentException().isThrownBy(call);
            assertThat(adaptive.state()).isSameAs(before);
        }
        assertThat(adaptive.counters()).isEqualTo(counters);
    }

    @Test
    void aMethodThatLearnsNoClassesIsNamed() {
        AdaptiveModel adaptive = AdaptiveModel.of(new EchoModel(), Methods.source());
        State before = adaptive.state();

        for (ThrowingCallable call : List.<ThrowingCallable>of(
                adaptive::classes,
                () -> adaptive.register("fox", batch(1)),
                () -> adaptive.addSupports("fox", batch(1)),
                () -> adaptive.remove("fox"))) {
            assertThatIllegalStateException()
                    .isThrownBy(call)
                    .withMessage("the method must be one that learns classes, such as csfa, but was 'source'");
        }
        adaptive.predict(batch(99));
        assertThat(adaptive.drainUnknowns()).isEmpty();
        assertThat(adaptive.state()).isSameAs(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void unknownSamplesAreHandedOutOnceOldestFirst(boolean adapts) {
        AdaptiveModel adaptive = adaptive(8, adapts);
        adaptive.predict(batch(1, 11, 12));
        adaptive.predict(batch(KNOWN));
        adaptive.predict(batch(13, 2));

        List<UnknownSample> unknown = adaptive.drainUnknowns();

        assertThat(scores(unknown)).containsExactly(11d, 12d, 13d);
        assertThat(unknown.stream().map(UnknownSample::request)).containsExactly(1L, 1L, 3L);
        assertThat(unknown.stream().map(UnknownSample::row)).containsExactly(1, 2, 0);
        UnknownSample second = unknown.get(1);
        assertThat(second.sample().rows()).isEqualTo(1);
        assertThat(x(second.sample()).get(0)).isEqualTo(12);
        assertThat(adaptive.drainUnknowns()).isEmpty();
        adaptive.predict(batch(14));
        assertThat(scores(adaptive.drainUnknowns())).containsExactly(14d);
    }

    /** Requests that are only served are answered at once, and in no order. */
    @Test
    void unknownSamplesOfRequestsAtOnceHaveNumbersOfTheirOwn() {
        int requests = 20_000;
        AdaptiveModel adaptive = adaptive(requests, false);

        IntStream.range(0, requests).parallel().forEach(k -> adaptive.predict(batch(100 + k)));

        List<UnknownSample> unknown = adaptive.drainUnknowns();
        assertThat(unknown.stream().map(UnknownSample::request))
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, requests).boxed().toList());
        assertThat(Set.copyOf(scores(unknown))).hasSize(requests);
    }

    @Test
    void aKeptSampleIsACopy() {
        AdaptiveModel adaptive = adaptive(8, true);
        Batch request = batch(11);
        adaptive.predict(request);
        x(request).put(0, 99);

        UnknownSample kept = adaptive.drainUnknowns().get(0);

        assertThat(x(kept.sample()).get(0)).isEqualTo(11);
    }

    @Test
    void theOldestUnknownsMakeRoom() {
        AdaptiveModel adaptive = adaptive(3, true);
        adaptive.predict(batch(11, 12));
        adaptive.predict(batch(13, 14, 15));

        assertThat(scores(adaptive.drainUnknowns())).containsExactly(13d, 14d, 15d);
    }

    @Test
    void keepsNoUnknownsWhereThereIsNoRoom() {
        AdaptiveModel adaptive = adaptive(0, true);
        adaptive.predict(batch(11, 12));

        assertThat(adaptive.drainUnknowns()).isEmpty();
    }

    /** Each thread registers, predicts and removes; nothing is lost and nothing is half there. */
    @Test
    void requestsAndRegistrationsOfManyThreadsTakeTurns() throws Exception {
        AdaptiveModel adaptive = adaptive(0, true);
        int threads = 4;
        int rounds = 100;
        int requests = threads * rounds;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Future<Boolean>> results;
        try {
            List<Callable<Boolean>> tasks = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                String mine = "class" + t;
                tasks.add(() -> {
                    boolean torn = false;
                    for (int i = 0; i < rounds; i++) {
                        adaptive.register(mine + "-" + i, batch(1));
                        List<String> seen = adaptive.predict(batch(1))
                                .recognition()
                                .orElseThrow()
                                .classes();
                        torn |= !seen.contains(mine + "-" + i);
                        if (i % 2 == 0) {
                            adaptive.remove(mine + "-" + i);
                        }
                        State state = adaptive.state();
                        torn |= !state.words("names").equals(state.words("again"));
                    }
                    return torn;
                });
            }
            results = pool.invokeAll(tasks);
        } finally {
            pool.shutdown();
        }

        for (Future<Boolean> torn : results) {
            assertThat(torn.get()).isFalse();
        }
        assertThat(adaptive.classes()).hasSize(2 + requests / 2).doesNotHaveDuplicates();
        assertThat(adaptive.state().scalar("requests")).hasValue(requests);
        assertThat(adaptive.counters().requests()).isEqualTo(requests);
    }
}
