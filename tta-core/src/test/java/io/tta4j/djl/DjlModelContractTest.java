package io.tta4j.djl;

import io.tta4j.djl.DjlOptions.Activations;
import io.tta4j.engine.Features;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AdaptableModelContract;
import java.util.Optional;
import org.junit.jupiter.api.Nested;

class DjlModelContractTest {

    private abstract static class Small extends AdaptableModelContract {

        private final String file;
        private final String withFeatures;
        private final DjlOptions options;

        Small(String file, String withFeatures, DjlOptions options) {
            this.file = file;
            this.withFeatures = withFeatures;
            this.options = options;
        }

        @Override
        protected AdaptableModel open() {
            return DjlModel.load(Modules.small(file), options);
        }

        @Override
        protected Optional<AdaptableModel> openWithFeatures() {
            return Optional.of(DjlModel.load(
                    Modules.small(withFeatures),
                    DjlOptions.from(options).features(Features.AUTO).build()));
        }
    }

    @Nested
    class KeepingActivations extends Small {

        KeepingActivations() {
            super("small.pt", "features.pt", DjlOptions.ofDefaults());
        }
    }

    @Nested
    class Recomputing extends Small {

        Recomputing() {
            super(
                    "small.pt",
                    "features.pt",
                    DjlOptions.custom().activations(Activations.RECOMPUTED).build());
        }
    }

    @Nested
    class OneModule extends Small {

        OneModule() {
            super("small.pt", "features.pt", DjlOptions.custom().modules(1).build());
        }
    }

    @Nested
    class ThetaAsAnInput extends Small {

        ThetaAsAnInput() {
            super("theta.pt", "features-theta.pt", DjlOptions.ofDefaults());
        }
    }

    @Nested
    class TrainedResidualNetwork extends AdaptableModelContract {

        @Override
        protected AdaptableModel open() {
            return DjlModel.load(Modules.shared("models/resnet20-gn.pt"));
        }

        @Override
        protected Optional<AdaptableModel> openWithFeatures() {
            return Optional.empty();
        }
    }
}
