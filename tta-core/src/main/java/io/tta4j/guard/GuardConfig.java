package io.tta4j.guard;

import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * The settings of {@link Guards}. Immutable; made by a builder:
 *
 * <pre>{@code
 * GuardConfig config = GuardConfig.custom().driftGate(true).canary(Canary.labelled(batch, labels)).build();
 * }</pre>
 *
 * <p>By default on is what changes no bit of a healthy stream: values that are not finite are always refused, and so
 * are runaway steps; the distance to the source is bounded; collapsed predictions reset.
 *
 * @param stepNorm if set, above 1: a step is refused if it is so many times longer than the stream's so far; by default
 *     {@value #DEFAULT_STEP_NORM}
 * @param distance if set, above 0: how far theta may go from the source, in norms of the source's theta; by default
 *     {@value #DEFAULT_DISTANCE}
 * @param collapse if set, in (0, 1]: theta goes back to the source where the classes that are predicted have less than
 *     this share of the entropy of those that the source predicts; by default {@value #DEFAULT_COLLAPSE}
 * @param lossAverage if set, above 0: theta goes back to the source where the average of the method's loss is below, in
 *     nats for an entropy; by default not set. SAR and those like it have such a recovery of their own
 * @param driftGate whether to adapt only while entropies are above the source's; by default false
 * @param gateRunLength at least 1: how many samples like the source's the gate stays shut for on average, at least; by
 *     default {@value #DEFAULT_GATE_RUN_LENGTH}
 * @param gateTolerance in [0, 0.4]: by how much the mean rank of entropies may rise with the gate shut; 0.1 is that the
 *     model is less sure of a sample of the stream than of one of the source with probability 0.6; by default
 *     {@value #DEFAULT_GATE_TOLERANCE}
 * @param gateWindow at least 2: how many of a stream's first samples are taken for the source's where no calibration
 *     says what these are like; by default {@value #DEFAULT_GATE_WINDOW}
 * @param calibration the source's entropies, for the drift gate
 * @param canary a set that must be answered well
 * @param canaryEvery after how many batches with steps among them the set is asked, at least 1; by default
 *     {@value #DEFAULT_CANARY_EVERY}
 * @param canaryFall in [0, 1]: how far its score may be below the source's and the last good state's; by default
 *     {@value #DEFAULT_CANARY_FALL}
 */
public record GuardConfig(
        OptionalDouble stepNorm,
        OptionalDouble distance,
        OptionalDouble collapse,
        OptionalDouble lossAverage,
        boolean driftGate,
        double gateRunLength,
        double gateTolerance,
        int gateWindow,
        Optional<SourceEntropies> calibration,
        Optional<Canary> canary,
        int canaryEvery,
        double canaryFall) {

    /** What settings' names begin with: {@code guard.distance}. */
    public static final String NAME = "guard";

    /** Healthy streams' steps were at most 3 times as long as those before. */
    public static final double DEFAULT_STEP_NORM = 10;

    /** Healthy streams' distances were below 0.1. */
    public static final double DEFAULT_DISTANCE = 0.25;

    /** Healthy streams' predictions had 0.9 of the source's entropy and more. */
    public static final double DEFAULT_COLLAPSE = 0.7;

    /** About 1,600 batches of 64. */
    public static final double DEFAULT_GATE_RUN_LENGTH = 100_000;

    /** What does not change accuracy by much. */
    public static final double DEFAULT_GATE_TOLERANCE = 0.01;

    /** What is unknown of the mean rank is 0.016 then. */
    public static final int DEFAULT_GATE_WINDOW = 2000;

    /** A forward pass over the set is little beside so many steps. */
    public static final int DEFAULT_CANARY_EVERY = 16;

    /** One in twenty. */
    public static final double DEFAULT_CANARY_FALL = 0.05;

    private static final String OFF = "off";

    public GuardConfig {
        stepNorm.ifPresent(value -> require("stepNorm", value > 1, value, "greater than 1 and finite"));
        distance.ifPresent(value -> require("distance", value > 0, value, "greater than 0 and finite"));
        collapse.ifPresent(
                value -> require("collapse", value > 0 && value <= 1, value, "greater than 0 and at most 1"));
        lossAverage.ifPresent(value -> require("lossAverage", value > 0, value, "greater than 0 and finite"));
        require("gateRunLength", gateRunLength >= 1, gateRunLength, "at least 1 and finite");
        require(
                "gateTolerance",
                gateTolerance >= 0 && gateTolerance <= 0.4,
                gateTolerance,
                "at least 0 and at most 0.4");
        require("gateWindow", gateWindow >= 2, gateWindow, "at least 2");
        require("canaryEvery", canaryEvery >= 1, canaryEvery, "at least 1");
        require("canaryFall", canaryFall >= 0 && canaryFall <= 1, canaryFall, "at least 0 and at most 1");
    }

    private static void require(String setting, boolean holds, double value, String range) {
        if (!holds || !Double.isFinite(value)) {
            throw new IllegalArgumentException("%s.%s must be %s, but was %s".formatted(NAME, setting, range, value));
        }
    }

    /** The defaults. */
    public static GuardConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder();
    }

    /** A builder that starts from another configuration. */
    public static Builder from(GuardConfig base) {
        return new Builder(base);
    }

    /** The settings that {@link #read} reads. */
    public static List<Setting> settings() {
        return List.of(
                setting(
                        "stepNorm",
                        DEFAULT_STEP_NORM,
                        "a step is refused if so many times longer than the stream's so far, above 1, or off"),
                setting(
                        "distance",
                        DEFAULT_DISTANCE,
                        "farthest that theta may go from the source, in norms of the source's theta, above 0, or off"),
                setting(
                        "collapse",
                        DEFAULT_COLLAPSE,
                        "theta is reset if predictions are less diverse than this share of the source's, up to 1, or off"),
                setting("lossAverage", OFF, "theta is reset if the average loss is below, above 0, or off"),
                setting("driftGate", false, "adapts only while entropies are above the source's, true or false"),
                setting(
                        "gateRunLength",
                        DEFAULT_GATE_RUN_LENGTH,
                        "samples like the source's until the gate opens by mistake, on average, at least 1"),
                setting(
                        "gateTolerance",
                        DEFAULT_GATE_TOLERANCE,
                        "how much the mean rank of entropies may rise with the gate shut, 0 to 0.4"),
                setting(
                        "gateWindow",
                        DEFAULT_GATE_WINDOW,
                        "first samples of a stream that are taken for the source's where there is no calibration, at least 2"),
                setting("calibration", "none", "file of the source's entropies, for the gate; see tta calibrate"),
                setting("canary", "none", "file of samples that the model must go on answering; see tta canary"),
                setting(
                        "canaryEvery",
                        DEFAULT_CANARY_EVERY,
                        "batches after which the canary set is asked about steps, where there is one, at least 1"),
                setting(
                        "canaryFall",
                        DEFAULT_CANARY_FALL,
                        "how far the canary set's score may be below the source's and the last good state's, 0 to 1"));
    }

    private static Setting setting(String name, Object defaultValue, String description) {
        return new Setting(name, String.valueOf(defaultValue), description);
    }

    /**
     * The configuration with those settings that are given as text, by name without the prefix.
     *
     * @throws IllegalArgumentException if a name is unknown, or a value is not readable or out of its range; the
     *     message names it in full
     * @throws UncheckedIOException if the calibration or the canary file cannot be read
     */
    public static Builder read(Map<String, String> values, Builder config) {
        Settings settings = Settings.of(NAME, settings(), values);
        limit(settings, "stepNorm", value -> config.stepNorm = value);
        limit(settings, "distance", value -> config.distance = value);
        limit(settings, "collapse", value -> config.collapse = value);
        limit(settings, "lossAverage", value -> config.lossAverage = value);
        settings.flag("driftGate").ifPresent(config::driftGate);
        settings.number("gateRunLength").ifPresent(config::gateRunLength);
        settings.number("gateTolerance").ifPresent(config::gateTolerance);
        settings.number("gateWindow").ifPresent(value -> config.gateWindow(whole("gateWindow", value)));
        settings.text("calibration")
                .ifPresent(file -> config.calibration(file("calibration", file, SourceEntropies::read)));
        settings.text("canary").ifPresent(file -> config.canary(file("canary", file, Canary::read)));
        settings.number("canaryEvery").ifPresent(value -> config.canaryEvery(whole("canaryEvery", value)));
        settings.number("canaryFall").ifPresent(config::canaryFall);
        return config;
    }

    private static void limit(Settings settings, String name, Consumer<OptionalDouble> set) {
        if (settings.text(name).filter(OFF::equals).isPresent()) {
            set.accept(OptionalDouble.empty());
        } else if (settings.text(name).isPresent()) {
            set.accept(settings.number(name));
        }
    }

    private static int whole(String name, double value) {
        require(name, value == (int) value, value, "a whole number");
        return (int) value;
    }

    /** Something to read from a file. */
    @FunctionalInterface
    private interface Reader<T> {

        T read(Path file) throws IOException;
    }

    private static <T> T file(String setting, String file, Reader<T> reader) {
        try {
            return reader.read(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "%s.%s must be a file that can be read, but was '%s'".formatted(NAME, setting, file), e);
        }
    }

    /** Builds a {@link GuardConfig}. Not thread-safe. */
    public static final class Builder {

        private OptionalDouble stepNorm = OptionalDouble.of(DEFAULT_STEP_NORM);
        private OptionalDouble distance = OptionalDouble.of(DEFAULT_DISTANCE);
        private OptionalDouble collapse = OptionalDouble.of(DEFAULT_COLLAPSE);
        private OptionalDouble lossAverage = OptionalDouble.empty();
        private boolean driftGate;
        private double gateRunLength = DEFAULT_GATE_RUN_LENGTH;
        private double gateTolerance = DEFAULT_GATE_TOLERANCE;
        private int gateWindow = DEFAULT_GATE_WINDOW;
        private Optional<SourceEntropies> calibration = Optional.empty();
        private Optional<Canary> canary = Optional.empty();
        private int canaryEvery = DEFAULT_CANARY_EVERY;
        private double canaryFall = DEFAULT_CANARY_FALL;

        private Builder() {}

        private Builder(GuardConfig base) {
            stepNorm = base.stepNorm;
            distance = base.distance;
            collapse = base.collapse;
            lossAverage = base.lossAverage;
            driftGate = base.driftGate;
            gateRunLength = base.gateRunLength;
            gateTolerance = base.gateTolerance;
            gateWindow = base.gateWindow;
            calibration = base.calibration;
            canary = base.canary;
            canaryEvery = base.canaryEvery;
            canaryFall = base.canaryFall;
        }

        /** See {@link GuardConfig#stepNorm()}. */
        public Builder stepNorm(double factor) {
            stepNorm = OptionalDouble.of(factor);
            return this;
        }

        /** See {@link GuardConfig#distance()}. */
        public Builder distance(double share) {
            distance = OptionalDouble.of(share);
            return this;
        }

        /** See {@link GuardConfig#collapse()}. */
        public Builder collapse(double share) {
            collapse = OptionalDouble.of(share);
            return this;
        }

        /** See {@link GuardConfig#lossAverage()}. */
        public Builder lossAverage(double threshold) {
            lossAverage = OptionalDouble.of(threshold);
            return this;
        }

        /** Switches all off that is on by default, but for the finite check. */
        public Builder none() {
            stepNorm = OptionalDouble.empty();
            distance = OptionalDouble.empty();
            collapse = OptionalDouble.empty();
            return this;
        }

        /** See {@link GuardConfig#driftGate()}. */
        public Builder driftGate(boolean on) {
            driftGate = on;
            return this;
        }

        /** See {@link GuardConfig#gateRunLength()}. */
        public Builder gateRunLength(double samples) {
            gateRunLength = samples;
            return this;
        }

        /** See {@link GuardConfig#gateTolerance()}. */
        public Builder gateTolerance(double tolerance) {
            gateTolerance = tolerance;
            return this;
        }

        /** See {@link GuardConfig#gateWindow()}. */
        public Builder gateWindow(int samples) {
            gateWindow = samples;
            return this;
        }

        /** See {@link GuardConfig#calibration()}. */
        public Builder calibration(SourceEntropies entropies) {
            calibration = Optional.of(entropies);
            return this;
        }

        /** See {@link GuardConfig#canary()}. */
        public Builder canary(Canary set) {
            canary = Optional.of(set);
            return this;
        }

        /** See {@link GuardConfig#canaryEvery()}. */
        public Builder canaryEvery(int steps) {
            canaryEvery = steps;
            return this;
        }

        /** See {@link GuardConfig#canaryFall()}. */
        public Builder canaryFall(double fall) {
            canaryFall = fall;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a setting is out of its range; the message names it
         */
        public GuardConfig build() {
            return new GuardConfig(
                    stepNorm,
                    distance,
                    collapse,
                    lossAverage,
                    driftGate,
                    gateRunLength,
                    gateTolerance,
                    gateWindow,
                    calibration,
                    canary,
                    canaryEvery,
                    canaryFall);
        }
    }
}
