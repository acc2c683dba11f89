package io.tta4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.engine.Features;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AdaptableModelContract;
import io.tta4j.model.Moments;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.onnx.OnnxOptions.Activations;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OnnxModelContractTest {

    private abstract static class Small extends AdaptableModelContract {

        private final OnnxOptions options;

        Small(OnnxOptions options) {
            this.options = options;
        }

        private static AdaptableModel open(OnnxOptions options) {
            return OnnxModel.load(SmallModels.classifier(logits -> logits).toByteArray(), "small.onnx", options);
        }

        @Override
        protected AdaptableModel open() {
            return open(options);
        }

        @Override
        protected Optional<AdaptableModel> openWithFeatures() {
            return Optional.of(
                    open(OnnxOptions.from(options).features(Features.AUTO).build()));
        }
    }

    @Nested
    class KeepingActivations extends Small {

        KeepingActivations() {
            super(OnnxOptions.ofDefaults());
        }
    }

    @Nested
    class Recomputing extends Small {

        Recomputing() {
            super(OnnxOptions.custom().activations(Activations.RECOMPUTED).build());
        }
    }

    @Nested
    class InSlices extends Small {

        InSlices() {
            super(OnnxOptions.custom().rowsPerPass(3).build());
        }
    }

    /** Batch norm on other moments than the source's: the model at another theta. */
    @Nested
    class OnMovedMoments extends AdaptableModelContract {

        private static final Moments MOMENTS = new Moments(
                Vector.of(0.1f, -0.7f, 0.6f, 0.4f, 0.45f, 0.7f), Vector.of(0.8f, 1.2f, 0.3f, 0.2f, 0.1f, 0.05f));

        @Override
        protected AdaptableModel open() {
            return closing(new BatchNormNetwork(true, 2, 3).load(BatchNormNetwork.EPSILON));
        }

        @Override
        protected Optional<AdaptableModel> openWithFeatures() {
            OnnxOptions options = OnnxOptions.custom().features(Features.AUTO).build();
            return Optional.of(closing(new BatchNormNetwork(true, 2, 3).load(BatchNormNetwork.EPSILON, options)));
        }

        @Override
        @Test
        protected void leavesBatchNormAsItIs() {
            try (AdaptableModel model = open()) {
                assertThat(model.withStatistics(Statistics.SOURCE)).isInstanceOf(OnnxModel.class);
            }
        }

        /** The view, whose close closes the model. */
        private static AdaptableModel closing(OnnxModel model) {
            AdaptableModel view = model.withMoments(MOMENTS);
            return (AdaptableModel) Proxy.newProxyInstance(
                    AdaptableModel.class.getClassLoader(),
                    new Class<?>[] {AdaptableModel.class},
                    (proxy, method, arguments) -> {
                        try {
                            return method.invoke(method.getName().equals("close") ? model : view, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
