package io.tta4j.csfa;

import io.tta4j.csfa.prototype.SourceFeatures;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import java.util.List;
import java.util.Random;

/**
 * Samples in clouds: class c lies around 3 on the c-th of four axes, and spreads evenly. A model is trained on the
 * first two, cats and dogs; foxes and cows are new.
 */
final class Clouds {

    static final int CAT = 0;
    static final int DOG = 1;
    static final int FOX = 2;
    static final int COW = 3;

    private static final int WIDTH = 4;
    private static final float DISTANCE = 3;
    private static final float SPREAD = 0.3f;

    private Clouds() {}

    /** The model, whose classifier reads the first two axes. */
    static FeatureModel model() {
        return FeatureModel.of(Matrix.of(2, WIDTH, new float[] {1, 0, 0, 0, 0, 1, 0, 0}));
    }

    /** Samples of classes, a row each. */
    static Matrix features(long seed, int... classes) {
        Random random = new Random(seed);
        float[] values = new float[classes.length * WIDTH];
        for (int i = 0; i < values.length; i++) {
            float centre = i % WIDTH == classes[i / WIDTH] ? DISTANCE : 0;
            values[i] = centre + SPREAD * (float) random.nextGaussian();
        }
        return Matrix.of(classes.length, WIDTH, values);
    }

    static Batch batch(long seed, int... classes) {
        return FeatureModel.batch(features(seed, classes));
    }

    /** Cats and dogs in turn. */
    static int[] base(int samples) {
        int[] classes = new int[samples];
        for (int i = 0; i < samples; i++) {
            classes[i] = i % 2;
        }
        return classes;
    }

    /** Of 400 cats and dogs. */
    static SourcePrototypes prototypes() {
        SourceFeatures features = new SourceFeatures(List.of("cat", "dog"), WIDTH);
        features.add(features(77, base(400)), base(400));
        return features.prototypes();
    }
}
