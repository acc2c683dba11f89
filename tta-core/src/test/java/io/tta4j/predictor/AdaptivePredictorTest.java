package io.tta4j.predictor;

import static io.tta4j.predictor.Networks.CLASSES;
import static io.tta4j.predictor.Networks.arrays;
import static io.tta4j.predictor.Networks.criteria;
import static io.tta4j.predictor.Networks.torchScript;
import static io.tta4j.predictor.Networks.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.inference.Predictor;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.Batchifier;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import io.tta4j.AdaptiveModel;
import io.tta4j.Execution;
import io.tta4j.RuntimeConfig;
import io.tta4j.djl.DjlModel;
import io.tta4j.engine.Features;
import io.tta4j.engine.LoadOptions;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ModelException;
import io.tta4j.model.Pass;
import io.tta4j.model.Tensor;
import io.tta4j.model.Vector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TorchScript modules in DJL's own shape; {@link OnnxPredictorTest} has ONNX files. */
class AdaptivePredictorTest {

    private static final Path FILE = torchScript("small.pt");
    private static final Method DESCENT = new Descent(0.05f);

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    @AfterEach
    void closeManager() {
        manager.close();
    }

    static Stream<Method> methods() {
        return Stream.of(Methods.source(), DESCENT);
    }

    /** Rows that are in one array already. */
    @ParameterizedTest
    @MethodSource("methods")
    void answersTheSourceAsDjlDoes(Method method) throws Exception {
        try (ZooModel<NDList, NDList> zoo = criteria(FILE).build().loadModel();
                Predictor<NDList, NDList> plain = zoo.newPredictor();
                Predictor<NDList, NDList> adaptive =
                        AdaptivePredictor.of(criteria(FILE).build(), method)) {
            NDList found = adaptive.predict(arrays(manager, 1, 4, 2, 6, 6));
            NDList expected = plain.predict(arrays(manager, 1, 4, 2, 6, 6));
            assertThat(found.singletonOrThrow().getShape()).isEqualTo(new Shape(4, CLASSES));
            assertThat(floats(found)).isEqualTo(floats(expected));
        }
    }

    /** Samples that a batchifier puts together; answers stay open with the caller's arrays. */
    @ParameterizedTest
    @MethodSource("methods")
    void answersStackedSamplesAsDjlDoes(Method method) throws Exception {
        Criteria<NDList, NDList> criteria = criteria(FILE)
                .optTranslator(new NoopTranslator(Batchifier.STACK))
                .build();
        List<NDList> samples =
                IntStream.range(0, 3).mapToObj(i -> arrays(manager, i, 2, 6, 6)).toList();
        try (ZooModel<NDList, NDList> zoo = criteria.loadModel();
                Predictor<NDList, NDList> plain = zoo.newPredictor();
                AdaptivePredictor<NDList, NDList> adaptive = AdaptivePredictor.of(criteria, method)) {
            List<float[]> expected = plain.batchPredict(samples).stream()
                    .map(AdaptivePredictorTest::floats)
                    .toList();
            List<NDList> found = adaptive.batchPredict(samples);

            assertThat(found).hasSize(3);
            for (int i = 0; i < 3; i++) {
                assertThat(floats(found.get(i))).isEqualTo(expected.get(i));
            }
            assertThat(adaptive.adaptiveModel().counters().requests()).isEqualTo(1);
            assertThat(adaptive.adaptiveModel().counters().samples()).isEqualTo(3);
        }
    }

    /** A step for each input of a batch that has no batchifier, the same as without DJL around it. */
    @ParameterizedTest
    @ValueSource(strings = {"small.pt", "theta.pt"})
    void adaptsAsTheModelItself(String file) throws Exception {
        try (AdaptivePredictor<NDList, NDList> predictor =
                        AdaptivePredictor.of(criteria(torchScript(file)).build(), DESCENT);
                DjlModel direct = DjlModel.load(torchScript(file))) {
            AdaptiveModel expected = AdaptiveModel.of(direct, DESCENT);
            List<NDList> requests = IntStream.range(0, 3)
                    .mapToObj(i -> arrays(manager, i, 4, 2, 6, 6))
                    .toList();
            List<NDList> found = predictor.batchPredict(requests);
            for (int i = 0; i < 3; i++) {
                Answer answer = expected.predict(batch(i, 4));
                assertThat(floats(found.get(i))).isEqualTo(answer.output().toArray());
                assertThat(found.get(i).head().getName()).isEqualTo("logits");
            }
            State state = predictor.adaptiveModel().state();
            assertThat(state).isEqualTo(expected.state());
            assertThat(state.theta()).isNotEqualTo(direct.source());
            assertThat(predictor.adaptiveModel().counters().steps()).isEqualTo(3);

            predictor.adaptiveModel().reset();
            assertThat(predictor.adaptiveModel().state().theta()).isEqualTo(direct.source());
        }
    }

    /** Steps in a thread of their own, on copies of what the caller frees when the call returns. */
    @Test
    void adaptsInTheBackground() throws Exception {
        RuntimeConfig config = RuntimeConfig.custom()
                .execution(Execution.BACKGROUND)
                .adaptationBatch(4)
                .sliceRows(4)
                .build();
        AdaptiveModel adaptive;
        try (AdaptivePredictor<NDList, NDList> predictor = AdaptivePredictor.builder(
                                criteria(FILE).build())
                        .method(DESCENT)
                        .runtime(model -> model.name("camera").config(config))
                        .build();
                DjlModel direct = DjlModel.load(FILE)) {
            adaptive = predictor.adaptiveModel();
            AdaptiveModel expected = AdaptiveModel.of(direct, DESCENT);
            for (int i = 0; i < 3; i++) {
                try (NDManager arrays = NDManager.newBaseManager("PyTorch")) {
                    assertThat(floats(predictor.predict(arrays(arrays, i, 4, 2, 6, 6))))
                            .isEqualTo(expected.predict(batch(i, 4)).output().toArray());
                }
                adaptive.flush();
            }
            assertThat(adaptive.name()).isEqualTo("camera");
            assertThat(adaptive.counters().steps()).isEqualTo(3);
            assertThat(adaptive.state()).isEqualTo(expected.state());
        }
        assertThat(threadsOf("camera")).isEmpty();
    }

    private static List<Thread> threadsOf(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("tta4j") && thread.getName().endsWith(name))
                .toList();
    }

    private static Batch batch(long seed, int rows) {
        return Batch.of("x", Tensor.of(values(seed, rows * Networks.SAMPLE), rows, 2, 6, 6));
    }

    /** The loaded model goes on as it was, whatever its adaptive copy has learnt. */
    @Test
    void leavesALoadedModelAlone() throws Exception {
        try (ZooModel<NDList, NDList> zoo = criteria(FILE).build().loadModel();
                Predictor<NDList, NDList> plain = zoo.newPredictor()) {
            float[] before = floats(plain.predict(arrays(manager, 1, 4, 2, 6, 6)));
            try (Predictor<NDList, NDList> adaptive = AdaptivePredictor.of(zoo, DESCENT)) {
                assertThat(floats(adaptive.predict(arrays(manager, 1, 4, 2, 6, 6))))
                        .isEqualTo(before);
                assertThat(floats(adaptive.predict(arrays(manager, 1, 4, 2, 6, 6))))
                        .isNotEqualTo(before);
                assertThat(floats(plain.predict(arrays(manager, 1, 4, 2, 6, 6))))
                        .isEqualTo(before);
            }
            assertThat(floats(plain.predict(arrays(manager, 1, 4, 2, 6, 6)))).isEqualTo(before);
        }
    }

    @Test
    void takesAViewThatIsNotContiguous() throws Exception {
        try (Predictor<NDList, NDList> predictor =
                AdaptivePredictor.of(criteria(FILE).build(), Methods.source())) {
            NDArray rows = arrays(manager, 1, 4, 2, 6, 6).head();
            NDArray view = rows.transpose(1, 0, 2, 3).duplicate().transpose(1, 0, 2, 3);
            assertThat(floats(predictor.predict(new NDList(view))))
                    .isEqualTo(floats(predictor.predict(new NDList(rows))));
        }
    }

    @Test
    void keepsDjlsMetrics() throws Exception {
        try (Predictor<NDList, NDList> predictor =
                AdaptivePredictor.of(criteria(FILE).build(), DESCENT)) {
            Metrics metrics = new Metrics();
            predictor.setMetrics(metrics);
            predictor.predict(arrays(manager, 1, 4, 2, 6, 6));
            assertThat(metrics.getMetricNames())
                    .containsExactlyInAnyOrder("Preprocess", "Inference", "Postprocess", "Prediction");
        }
    }

    @Test
    void takesOptionsForWhatTheFileLeavesOpen() throws Exception {
        Criteria<NDList, NDList> criteria = criteria(torchScript("scripted.pt")).build();
        assertThatThrownBy(() -> AdaptivePredictor.of(criteria, DESCENT))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("'scripted' takes [x: Tensor], but does not say of what shape");
        LoadOptions options = new LoadOptions(
                "cpu", 0, Map.of("image", List.of(2L, 6L, 6L)), Optional.empty(), true, 0, Features.NONE);
        try (AdaptivePredictor<NDList, NDList> scripted = AdaptivePredictor.builder(criteria)
                        .method(DESCENT)
                        .options(options)
                        .build();
                Predictor<NDList, NDList> traced =
                        AdaptivePredictor.of(criteria(FILE).build(), DESCENT)) {
            assertThat(floats(scripted.predict(arrays(manager, 1, 4, 2, 6, 6))))
                    .isEqualTo(floats(traced.predict(arrays(manager, 1, 4, 2, 6, 6))));
            assertThat(scripted.adaptiveModel().counters().steps()).isEqualTo(1);
        }
    }

    @Test
    void doesNotAdaptByDefault() throws Exception {
        try (AdaptivePredictor<NDList, NDList> predictor =
                AdaptivePredictor.builder(criteria(FILE).build()).build()) {
            State before = predictor.adaptiveModel().state();
            predictor.predict(arrays(manager, 1, 4, 2, 6, 6));
            assertThat(predictor.adaptiveModel().state()).isEqualTo(before);
        }
    }

    @Test
    void sharesModelAndStateWithFurtherPredictors() throws Exception {
        AdaptivePredictor<NDList, NDList> first =
                AdaptivePredictor.of(criteria(FILE).build(), DESCENT);
        try (AdaptivePredictor<NDList, NDList> second = first.newPredictor()) {
            assertThat(second.adaptiveModel()).isSameAs(first.adaptiveModel());
            first.predict(arrays(manager, 1, 4, 2, 6, 6));
            first.close();
            second.predict(arrays(manager, 2, 4, 2, 6, 6));
            assertThat(second.adaptiveModel().counters().steps()).isEqualTo(2);
        }
    }

    /** Each thread has a predictor of its own; every request leads to one step. */
    @Test
    void servesManyThreads() throws Exception {
        int threads = 4;
        int requests = 25;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (AdaptivePredictor<NDList, NDList> predictor =
                AdaptivePredictor.of(criteria(FILE).build(), new Descent(1e-3f))) {
            Callable<Integer> work = () -> {
                try (AdaptivePredictor<NDList, NDList> own = predictor.newPredictor();
                        NDManager arrays = NDManager.newBaseManager("PyTorch")) {
                    int finite = 0;
                    for (int i = 0; i < requests; i++) {
                        float[] logits = floats(own.predict(arrays(arrays, i, 1 + i % 5, 2, 6, 6)));
                        finite += Vector.of(logits).isFinite() ? 1 : 0;
                    }
                    return finite;
                }
            };
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(work));
            }
            for (Future<Integer> one : running) {
                assertThat(one.get()).isEqualTo(requests);
            }
            assertThat(predictor.adaptiveModel().counters().steps()).isEqualTo((long) threads * requests);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void freesItsNativeMemoryWithTheLastPredictor() throws Exception {
        NDManager system = manager.getParentManager();
        int before = system.getManagedArrays().size();
        AdaptivePredictor<NDList, NDList> first =
                AdaptivePredictor.of(criteria(FILE).build(), DESCENT);
        try (AdaptivePredictor<NDList, NDList> second = first.newPredictor();
                NDManager arrays = NDManager.newBaseManager("PyTorch")) {
            first.predict(arrays(arrays, 1, 4, 2, 6, 6));
            int used = system.getManagedArrays().size();
            for (int i = 0; i < 20; i++) {
                try (NDList answer = second.predict(arrays(arrays, i, 4, 2, 6, 6))) {
                    assertThat(answer.size()).isEqualTo(1);
                }
            }
            first.close();
            first.close();
            // Twenty requests that the caller still holds.
            assertThat(system.getManagedArrays()).hasSize(used + 20);
        }
        assertThat(system.getManagedArrays()).hasSize(before);
    }

    /** DJL's own module, beside which the copy adapts. */
    @Test
    void holdsTheWeightsOnce() throws Exception {
        try (LoadedModel<NDList, NDList> loaded = LoadedModel.of(criteria(FILE).build(), Optional.empty())) {
            PtSymbolBlock module = (PtSymbolBlock) loaded.model().getBlock();
            assertThatThrownBy(module::getHandle).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesToWorkOnceClosed() throws Exception {
        AdaptivePredictor<NDList, NDList> predictor =
                AdaptivePredictor.of(criteria(FILE).build(), DESCENT);
        predictor.close();
        assertThatThrownBy(predictor::newPredictor)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the predictor of model 'small' is closed");
        assertThatThrownBy(() -> predictor.predict(arrays(manager, 1, 4, 2, 6, 6)))
                .isInstanceOf(TranslateException.class)
                .hasRootCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> predictor.adaptiveModel().predict(batch(1, 4)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the adaptive model must be open, but was closed");
    }

    @Test
    void saysWhatItWasFedThatDoesNotFit() throws Exception {
        try (AdaptivePredictor<NDList, NDList> predictor =
                AdaptivePredictor.of(criteria(FILE).build(), DESCENT)) {
            State before = predictor.adaptiveModel().state();
            NDArray rows = arrays(manager, 1, 4, 2, 6, 6).head();
            assertRefused(
                    predictor,
                    new NDList(rows, rows),
                    "the Translator must put together an array for each of the inputs [x], but put together 2");
            assertRefused(
                    predictor,
                    new NDList(rows.toType(DataType.FLOAT64, true)),
                    "input 'x' must be float32, float16, int64, int32, uint8 or boolean, but was float64; have the Translator call toType");
            assertRefused(
                    predictor,
                    new NDList(rows.get("0")),
                    "input 'x' must be FLOAT32[N, 2, 6, 6], but was FLOAT32[2, 6, 6]");
            assertThat(predictor.adaptiveModel().state()).isEqualTo(before);
            assertThat(predictor.adaptiveModel().counters().requests()).isZero();
            assertThat(predictor.predict(new NDList())).isEmpty();
        }
    }

    private static void assertRefused(Predictor<NDList, NDList> predictor, NDList arrays, String message) {
        assertThatThrownBy(() -> predictor.predict(arrays))
                .isInstanceOf(TranslateException.class)
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-norm.pt", "frozen.pt", "training.pt"})
    void refusesAModelThatCannotBeAdaptedAndFreesIt(String file) {
        NDManager system = manager.getParentManager();
        int before = system.getManagedArrays().size();
        assertThatThrownBy(
                        () -> AdaptivePredictor.of(criteria(torchScript(file)).build(), DESCENT))
                .isInstanceOf(ModelException.class);
        assertThat(system.getManagedArrays()).hasSize(before);
    }

    @Test
    void refusesAMethodThatDoesNotFitAndFreesTheModel() {
        Method picky = new Method() {
            @Override
            public String name() {
                return "picky";
            }

            @Override
            public State initial(AdaptableModel model) {
                throw new IllegalArgumentException("layers must match");
            }

            @Override
            public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
                throw new IllegalStateException("never started");
            }
        };
        NDManager system = manager.getParentManager();
        int before = system.getManagedArrays().size();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AdaptivePredictor.of(criteria(FILE).build(), picky))
                .withMessage("layers must match");
        assertThat(system.getManagedArrays()).hasSize(before);
    }

    @Test
    void saysWhichEnginesThereAre() {
        assertThatThrownBy(() -> AdaptivePredictor.of(
                        criteria(FILE).optEngine("TensorFlow").build(), DESCENT))
                .isInstanceOf(ModelException.class)
                .hasMessage(
                        "the criteria must be on DJL's engine PyTorch or OnnxRuntime to be adapted, but asks for 'TensorFlow'; save the network as TorchScript or ONNX");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PyTorch", "OnnxRuntime"})
    void saysThatThereIsNoModel(String engine) {
        assertThatThrownBy(() -> AdaptivePredictor.of(
                        criteria(Path.of("no-such-folder")).optEngine(engine).build(), DESCENT))
                .isInstanceOf(ModelNotFoundException.class);
    }

    private static float[] floats(NDList arrays) {
        return arrays.singletonOrThrow().toFloatArray();
    }
}
