package io.tta4j.predictor;

import ai.djl.Model;
import ai.djl.translate.Translator;
import io.tta4j.AdaptiveModel;
import io.tta4j.engine.Leases;
import io.tta4j.method.Method;
import io.tta4j.model.InputSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** What the predictors of one model share. The last of them frees it. */
final class ServedModel<I, O> {

    private final LoadedModel<I, O> loaded;
    private final AdaptiveModel adaptive;
    private final Leases leases;

    private ServedModel(LoadedModel<I, O> loaded, AdaptiveModel adaptive) {
        this.loaded = loaded;
        this.adaptive = adaptive;
        this.leases = new Leases("model '" + loaded.model().getName() + "'", this::close);
    }

    /** With one lease taken. Closes what was loaded if the method does not fit it. */
    static <I, O> ServedModel<I, O> of(
            LoadedModel<I, O> loaded, Method method, UnaryOperator<AdaptiveModel.Builder> runtime) {
        try {
            AdaptiveModel.Builder builder = AdaptiveModel.builder(loaded.network(), method);
            return new ServedModel<>(loaded, runtime.apply(builder).build());
        } catch (RuntimeException | Error e) {
            loaded.close();
            throw e;
        }
    }

    /** Takes another lease. */
    void share() {
        leases.share();
    }

    void release() {
        leases.release();
    }

    private void close() {
        try {
            adaptive.close();
        } finally {
            loaded.close();
        }
    }

    AdaptiveModel adaptive() {
        return adaptive;
    }

    /** What the Translator sees of the model. */
    Model model() {
        return loaded.model();
    }

    Translator<I, O> translator() {
        return loaded.model().getTranslator();
    }

    List<InputSpec> inputs() {
        return loaded.network().inputs();
    }

    /** The name of the output that adapts. */
    String output() {
        return loaded.output();
    }
}
