package io.tta4j.csfa;

import io.tta4j.csfa.prototype.PrototypeFile;
import io.tta4j.csfa.prototype.SourceFeatures;
import io.tta4j.method.SourceSurvey;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Makes the prototypes of {@link Csfa} from source data, under the name {@code prototypes}. */
public final class PrototypeSurvey implements SourceSurvey {

    @Override
    public String name() {
        return "prototypes";
    }

    @Override
    public Findings begin(AdaptableModel model, List<String> classes) {
        int width = model.features()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the model must be loaded with features for prototypes, but was loaded without"));
        if (classes.size() != model.classes()) {
            throw new IllegalArgumentException(
                    "there must be a name for each of the model's %d classes, but there were %d"
                            .formatted(model.classes(), classes.size()));
        }
        SourceFeatures features = new SourceFeatures(classes, width);
        return new Findings() {
            @Override
            public void add(Pass pass, int... labels) {
                features.add(pass.features(), labels);
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                PrototypeFile.write(features.prototypes(), out);
            }
        };
    }
}
