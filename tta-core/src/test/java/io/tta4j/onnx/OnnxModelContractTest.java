package io.tta4j.onnx;

import io.tta4j.engine.Features;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AdaptableModelContract;
import io.tta4j.onnx.OnnxOptions.Activations;
import java.util.Optional;
import org.junit.jupiter.api.Nested;

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
}
