package io.tta4j.onnx;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AdaptableModelContract;
import org.junit.jupiter.api.Nested;

class OnnxModelContractTest {

    @Nested
    class KeepingActivations extends AdaptableModelContract {

        @Override
        protected AdaptableModel open() {
            return SmallModels.plain();
        }
    }

    @Nested
    class Recomputing extends AdaptableModelContract {

        @Override
        protected AdaptableModel open() {
            return OnnxModel.load(
                    SmallModels.classifier(logits -> logits).toByteArray(),
                    "small.onnx",
                    OnnxOptions.custom()
                            .activations(OnnxOptions.Activations.RECOMPUTED)
                            .build());
        }
    }
}
