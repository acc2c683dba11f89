package io.tta4j.predictor;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import io.tta4j.AdaptiveModel;
import io.tta4j.engine.LoadOptions;
import io.tta4j.engine.MissingEngineException;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * DJL's predictor, behind which the model adapts to what it is fed.
 *
 * <pre>
 * try (Predictor&lt;Image, Classifications&gt; predictor = AdaptivePredictor.of(criteria, Sar.ofDefaults())) {
 *     List&lt;Classifications&gt; found = predictor.batchPredict(images);
 * }
 * </pre>
 *
 * <p>All but the forward pass is DJL's: the model's own {@link Translator} with its batchifier, metrics, exceptions.
 * What the Translator puts together is one batch, and led to one step when the call returns; without a batchifier, each
 * input is one. {@link Builder#runtime} has steps taken in the background instead. Its arrays go to the model's inputs
 * by name, or by position where they have none of the inputs' names. The Translator gets one array, the output that
 * adapts, as the model had put it out before the step.
 *
 * <p>TorchScript modules run on libtorch. An ONNX model, which the criteria name DJL's {@code OnnxRuntime} engine for
 * or which lies where they point, runs on ONNX Runtime itself and does not need {@code onnxruntime-engine}.
 *
 * <p>Threads: as DJL's predictor, one for each thread. {@link #newPredictor} makes another one of the same model and
 * state, from any thread; their steps are taken one after another. When the last of them is closed, so is the
 * {@link #adaptiveModel}, and native memory is freed.
 *
 * @param <I> what is fed
 * @param <O> what comes out
 */
public final class AdaptivePredictor<I, O> extends Predictor<I, O> {

    private final ServedModel<I, O> served;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes over one lease. */
    private AdaptivePredictor(ServedModel<I, O> served) {
        super(served.model(), served.translator(), served.model().getNDManager().getDevice(), false);
        this.served = served;
    }

    /**
     * Loads a model and wraps it.
     *
     * @throws IOException as {@link Criteria#loadModel}
     * @throws ModelNotFoundException as {@link Criteria#loadModel}
     * @throws MalformedModelException as {@link Criteria#loadModel}
     * @throws ModelException if the model cannot be adapted, or is neither TorchScript nor ONNX; the message says why
     * @throws IllegalArgumentException if the method's settings do not fit the model
     * @throws MissingEngineException if a library is missing; the message names the coordinates to add
     */
    public static <I, O> AdaptivePredictor<I, O> of(Criteria<I, O> criteria, Method method)
            throws IOException, ModelNotFoundException, MalformedModelException {
        return builder(criteria).method(method).build();
    }

    /**
     * Wraps a model that DJL has loaded, which is copied and stays as it is. Its owner closes it, after the predictors:
     * their Translator may read its files. Throws as {@link #of(Criteria, Method)}.
     */
    public static <I, O> AdaptivePredictor<I, O> of(ZooModel<I, O> model, Method method) {
        return new AdaptivePredictor<>(
                ServedModel.of(LoadedModel.of(model, Optional.empty()), method, UnaryOperator.identity()));
    }

    /** A builder that starts from what a model is to be. */
    public static <I, O> Builder<I, O> builder(Criteria<I, O> criteria) {
        return new Builder<>(options -> LoadedModel.of(criteria, options));
    }

    /** A builder that starts from a model that DJL has loaded; see {@link #of(ZooModel, Method)}. */
    public static <I, O> Builder<I, O> builder(ZooModel<I, O> model) {
        return new Builder<>(options -> LoadedModel.of(model, options));
    }

    /**
     * Another predictor of the same model and state, for another thread; to be closed by the caller.
     *
     * @throws IllegalStateException if this one is closed
     */
    public AdaptivePredictor<I, O> newPredictor() {
        requireOpen();
        served.share();
        return new AdaptivePredictor<>(served);
    }

    /** The state, counters and reset of what adapts, shared by all predictors of the model. */
    public AdaptiveModel adaptiveModel() {
        return served.adaptive();
    }

    @Override
    protected NDList predictInternal(TranslatorContext context, NDList arrays) {
        requireOpen();
        if (arrays.isEmpty()) {
            return new NDList();
        }
        Answer answer = served.adaptive().predict(InputArrays.batch(arrays, served.inputs()));
        Matrix output = answer.output();
        // With the inputs' manager, as DJL's blocks do it: what is fed from outside of the context outlives it.
        NDArray array = arrays.head().getManager().create(output.toArray(), new Shape(output.rows(), output.columns()));
        array.setName(served.output());
        return new NDList(array);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the predictor of model '%s' is closed"
                    .formatted(served.model().getName()));
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            super.close();
            served.release();
        }
    }

    /**
     * Builds an {@link AdaptivePredictor}.
     *
     * @param <I> what is fed
     * @param <O> what comes out
     */
    public static final class Builder<I, O> {

        private final Source<I, O> source;
        private Method method = Methods.source();
        private Optional<LoadOptions> options = Optional.empty();
        private UnaryOperator<AdaptiveModel.Builder> runtime = UnaryOperator.identity();

        private Builder(Source<I, O> source) {
            this.source = source;
        }

        /** How the model adapts; by default it does not. */
        public Builder<I, O> method(Method method) {
            this.method = method;
            return this;
        }

        /**
         * How the engine loads the model: its inputs' shapes, activations, device. By default a TorchScript module is
         * where DJL has put it, and an ONNX model where the criteria say, or on the processor.
         */
        public Builder<I, O> options(LoadOptions options) {
            this.options = Optional.of(options);
            return this;
        }

        /**
         * What runs around the model: execution, guards, a store, a recorder. By default steps are taken within the
         * call, and only those that are not finite are refused.
         *
         * <pre>
         * .runtime(model -&gt; model.config(background).guards(Guards.ofDefaults()))
         * </pre>
         */
        public Builder<I, O> runtime(UnaryOperator<AdaptiveModel.Builder> runtime) {
            this.runtime = runtime;
            return this;
        }

        /** Loads and wraps the model; throws as {@link AdaptivePredictor#of(Criteria, Method)}. */
        public AdaptivePredictor<I, O> build() throws IOException, ModelNotFoundException, MalformedModelException {
            return new AdaptivePredictor<>(ServedModel.of(source.load(options), method, runtime));
        }
    }

    /** Where a model comes from. */
    private interface Source<I, O> {

        LoadedModel<I, O> load(Optional<LoadOptions> options)
                throws IOException, ModelNotFoundException, MalformedModelException;
    }
}
