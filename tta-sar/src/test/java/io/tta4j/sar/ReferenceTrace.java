package io.tta4j.sar;

import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Matrix;
import io.tta4j.model.NormLayer;
import io.tta4j.model.Pass;
import io.tta4j.model.Vector;
import io.tta4j.sar.minimizer.Sgd;
import io.tta4j.sar.recovery.LossAverageReset;
import java.nio.file.Path;
import java.util.Map;

/** Ten steps of a method as its authors' PyTorch code takes them, in batches of 64 of the {@link ReferenceImages}. */
public final class ReferenceTrace {

    /** The number of steps. */
    public static final int STEPS = 10;

    /** In every logit. */
    public static final double LOGITS = 5e-4;

    /** In the distance to the reference, over the distance that the reference has moved. */
    public static final double THETA = 0.01;

    /** In nats. */
    private static final double LOSS_AVERAGE = 1e-4;

    private final String name;
    private final Map<String, Npz.Array> arrays;

    private ReferenceTrace(String name, Map<String, Npz.Array> arrays) {
        this.name = name;
        this.arrays = arrays;
    }

    /** The trace of that name; the test is skipped where it is missing. */
    public static ReferenceTrace read(String name) {
        Path file = ReferenceImages.shared("parity/" + name + ".npz");
        return new ReferenceTrace(name, Npz.read(file));
    }

    /**
     * Takes the steps of the trace one after the other and asserts that, at every one, logits, theta, the loss average
     * and the numbers of reliable samples are the reference's.
     *
     * @param network the file of the network that the trace was made with
     */
    public void assertFollowedBy(Method method, String network) {
        assertFollowedBy(method, network, LOGITS);
    }

    /**
     * As {@link #assertFollowedBy(Method, String)}.
     *
     * @param logitsBound the largest difference in a logit
     */
    public void assertFollowedBy(Method method, String network, double logitsBound) {
        assertClose(method, network, "steps", logitsBound, (model, k, found) -> new Start(found, "source/"));
    }

    /**
     * Takes each step of the trace from the state that the reference had then, and asserts the same: rounding of one
     * step does not grow in the next ones.
     *
     * @param learningRate of the trace: the reference's momentum is what theta moved by in the step before, over it
     */
    public void assertEachStepFollowedBy(Method method, String network, double learningRate) {
        double[] lossAverage = array("loss_average").doubles();
        assertClose(method, network, "each step", LOGITS, (model, k, found) -> {
            if (k == 0) {
                return new Start(found, "source/");
            }
            Vector theta = vector(model, after(k));
            Vector moved = vector(model, after(k - 1)).minus(theta);
            State state = State.of(theta)
                    .with(Sgd.MOMENTUM, moved.times((float) (1 / learningRate)))
                    .with(LossAverageReset.LOSS_AVERAGE, lossAverage[k - 1]);
            return new Start(state, after(k));
        });
    }

    /** Where a step starts, and which of the reference's thetas the distance that it moves is measured from. */
    private record Start(State state, String origin) {}

    @FunctionalInterface
    private interface Starts {
        /** The start of step k, from 0; {@code found} is the state that the step before ended with. */
        Start of(AdaptableModel model, int k, State found);
    }

    private void assertClose(Method method, String network, String how, double logitsBound, Starts starts) {
        ReferenceImages images = ReferenceImages.read();
        float[] logits = array("logits").floats();
        double[] lossAverage = array("loss_average").doubles();

        double worstLogit = 0;
        double worstTheta = 0;
        double worstLossAverage = 0;
        long[] reliable = new long[STEPS];
        long[] reliableAgain = new long[STEPS];
        try (AdaptableModel loaded = ReferenceImages.network(network)) {
            AdaptableModel model = loaded.withStatistics(method.statistics());
            State state = method.initial(model);
            assertThat(distance(model, state, "source/"))
                    .as("the source parameters")
                    .isLessThan(1e-6);
            for (int k = 0; k < STEPS; k++) {
                Start start = starts.of(model, k, state);
                Adaptation adaptation;
                try (Pass pass =
                        model.forward(images.batch(model, k), start.state().theta())) {
                    worstLogit = Math.max(worstLogit, difference(pass.logits(), logits, k));
                    adaptation = method.adapt(model, pass, start.state());
                }
                state = adaptation.state();
                double moved = distance(start.origin(), after(k + 1));
                worstTheta = Math.max(worstTheta, distance(model, state, after(k + 1)) / moved);
                double average = state.scalar(LossAverageReset.LOSS_AVERAGE)
                        .orElse(adaptation.report().loss().orElse(Double.NaN));
                // Math.max passes NaN on, and NaN fails the comparison below.
                worstLossAverage = Math.max(worstLossAverage, Math.abs(average - lossAverage[k]));
                reliable[k] = adaptation.report().reliable();
                reliableAgain[k] = adaptation.report().adaptedSamples();
            }
        }

        String worst = "%s, %s, %s: worst logit %.2e (at most %.0e), theta %.2e (%.0e), loss average %.2e (%.0e)"
                .formatted(
                        name, network, how, worstLogit, logitsBound, worstTheta, THETA, worstLossAverage, LOSS_AVERAGE);
        System.out.println(worst);
        assertThat(reliable)
                .as("reliable samples, %s", worst)
                .containsExactly(array("reliable").longs());
        if (countsReliableSamplesAgain()) {
            assertThat(reliableAgain)
                    .as("samples still reliable, %s", worst)
                    .containsExactly(array("reliable_again").longs());
        }
        assertThat(worstLogit).as(worst).isLessThanOrEqualTo(logitsBound);
        assertThat(worstTheta).as(worst).isLessThanOrEqualTo(THETA);
        assertThat(worstLossAverage).as(worst).isLessThanOrEqualTo(LOSS_AVERAGE);
    }

    /** The prefix of the reference's parameters after so many steps. */
    private static String after(int steps) {
        return steps == 0 ? "source/" : "theta/" + steps + "/";
    }

    private Vector vector(AdaptableModel model, String prefix) {
        float[] values = new float[model.layout().size()];
        for (NormLayer layer : model.layout().layers()) {
            copy(prefix + layer.name() + ".weight", values, layer.weightOffset());
            layer.biasOffset().ifPresent(offset -> copy(prefix + layer.name() + ".bias", values, offset));
        }
        return Vector.of(values);
    }

    private void copy(String name, float[] values, int offset) {
        float[] part = array(name).floats();
        System.arraycopy(part, 0, values, offset, part.length);
    }

    /** Whether the trace holds how many samples were reliable at the perturbed theta. */
    public boolean countsReliableSamplesAgain() {
        return arrays.containsKey("reliable_again");
    }

    private Npz.Array array(String name) {
        Npz.Array array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("there must be an array " + name + ", but there is not");
        }
        return array;
    }

    private static double difference(Matrix logits, float[] reference, int k) {
        float[] found = logits.toArray();
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
            worst = Math.max(worst, Math.abs(found[i] - reference[k * found.length + i]));
        }
        return worst;
    }

    /** The distance of theta to the reference, over all parameters. */
    private double distance(AdaptableModel model, State state, String prefix) {
        Map<String, float[]> parameters = model.layout().named(state.theta());
        assertThat(parameters.keySet())
                .as("the parameters of the reference")
                .containsExactlyInAnyOrderElementsOf(arrays.keySet().stream()
                        .filter(array -> array.startsWith(prefix))
                        .map(array -> array.substring(prefix.length()))
                        .toList());
        return Math.sqrt(parameters.entrySet().stream()
                .mapToDouble(parameter -> squaredDistance(
                        parameter.getValue(), array(prefix + parameter.getKey()).floats()))
                .sum());
    }

    private double distance(String from, String to) {
        return Math.sqrt(arrays.keySet().stream()
                .filter(array -> array.startsWith(from))
                .mapToDouble(array -> squaredDistance(
                        array(array).floats(),
                        array(to + array.substring(from.length())).floats()))
                .sum());
    }

    private static double squaredDistance(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return sum;
    }
}
