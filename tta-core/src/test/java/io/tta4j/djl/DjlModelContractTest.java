package io.tta4j.djl;

import io.tta4j.djl.DjlOptions.Activations;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AdaptableModelContract;
import org.junit.jupiter.api.Nested;

class DjlModelContractTest {

    @Nested
    class KeepingActivations extends AdaptableModelContract {

        @Override
        protected AdaptableModel open() {
            return Modules.load("small.pt");
        }
    }

    @Nested
    class Recomputing extends AdaptableModelContract {

        @Override
        protected AdaptableModel open() {
            return DjlModel.load(
                    Modules.small("small.pt"),
                    DjlOptions.custom().activations(Activations.RECOMPUTED).build());
        }
    }

    @Nested
    class OneModule extends AdaptableModelContract {

        @Override
        protected AdaptableModel open() {
            return DjlModel.load(
                    Modules.small("small.pt"), DjlOptions.custom().modules(1).build());
        }
    }

    @Nested
    class ThetaAsAnInput extends AdaptableModelContract {

        @Override
        protected AdaptableModel open() {
            return Modules.load("theta.pt");
        }
    }

    @Nested
    class TrainedResidualNetwork extends AdaptableModelContract {

        @Override
        protected AdaptableModel open() {
            return DjlModel.load(Modules.shared("models/resnet20-gn.pt"));
        }
    }
}
