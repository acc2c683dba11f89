package io.tta4j.stream;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Recognition;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A learner of classes whose answers are known: a sample within 0.5 of the mean of a registered class's features is of
 * that class, any other is what the logits say. How unknown it looks is its first feature.
 */
public record NearestMean() implements ClassLearner {

    private static final String NAMES = "names";
    private static final double RADIUS = 0.5;

    /** Found by the command line. */
    public static final class Provider implements MethodProvider {

        @Override
        public String name() {
            return "nearest-mean";
        }

        @Override
        public List<Setting> settings() {
            return List.of();
        }

        @Override
        public Method create(Settings settings) {
            return new NearestMean();
        }
    }

    @Override
    public String name() {
        return "nearest-mean";
    }

    @Override
    public boolean adapts() {
        return false;
    }

    @Override
    public List<String> classes(State state) {
        return state.words(NAMES);
    }

    @Override
    public State register(AdaptableModel model, State state, String name, Batch supports) {
        if (state.words(NAMES).contains(name)) {
            throw new IllegalArgumentException("class must be new, but was '%s'".formatted(name));
        }
        List<String> names = new ArrayList<>(state.words(NAMES));
        names.add(name);
        try (Pass pass = model.serve(supports, state.theta())) {
            return state.with(NAMES, names).with("mean of " + name, mean(pass.features()));
        }
    }

    private static Vector mean(Matrix features) {
        float[] mean = new float[features.columns()];
        for (int row = 0; row < features.rows(); row++) {
            for (int column = 0; column < mean.length; column++) {
                mean[column] += features.get(row, column) / features.rows();
            }
        }
        return Vector.of(mean);
    }

    @Override
    public State addSupports(AdaptableModel model, State state, String name, Batch supports) {
        throw new UnsupportedOperationException();
    }

    @Override
    public State remove(State state, String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int keptUnknowns() {
        return 0;
    }

    @Override
    public Answer answer(Pass pass, State state) {
        int base = pass.logits().columns();
        List<String> names = new ArrayList<>(
                IntStream.range(0, base).mapToObj(String::valueOf).toList());
        names.addAll(state.words(NAMES));
        float[] scores = new float[pass.rows() * names.size()];
        float[] unknown = new float[pass.rows()];
        for (int row = 0; row < pass.rows(); row++) {
            int answer = pass.logits().argmax(row);
            for (int number = base; number < names.size(); number++) {
                Vector mean = state.vector("mean of " + names.get(number), Vector.of());
                answer = distance(pass.features().row(row), mean) < RADIUS ? number : answer;
            }
            scores[row * names.size() + answer] = 1;
            unknown[row] = pass.features().get(row, 0);
        }
        Matrix all = Matrix.of(pass.rows(), names.size(), scores);
        return new Answer(
                pass.logits(),
                pass.output(),
                Optional.of(new Recognition(names, all, Vector.of(unknown), Double.MAX_VALUE)));
    }

    private static double distance(float[] features, Vector mean) {
        double squares = 0;
        for (int column = 0; column < features.length; column++) {
            double difference = features[column] - mean.get(column);
            squares += difference * difference;
        }
        return Math.sqrt(squares);
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        return new Adaptation(state, StepReport.skipped(pass.rows(), 0));
    }
}
