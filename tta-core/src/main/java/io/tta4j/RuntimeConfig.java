package io.tta4j;

import io.tta4j.cache.CacheConfig;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How an {@link AdaptiveModel} runs. Times are at most 292 years. Immutable; made by a builder:
 *
 * <pre>{@code
 * RuntimeConfig config = RuntimeConfig.custom().execution(Execution.BACKGROUND).budget(Budget.share(0.25)).build();
 * }</pre>
 *
 * @param execution when steps are taken; by default INLINE
 * @param mode what is done with requests at first; by default ADAPTING
 * @param adaptationBatch how many rows of small requests are gathered for a step, at least 1. Requests are not cut: a
 *     step has at least so many rows, and one request's where that has more. By default {@value #DEFAULT_BATCH} in
 *     BACKGROUND; empty, the default in INLINE, takes a step for each request
 * @param greatestAge in BACKGROUND, how long a request waits at most for others to be gathered with; by default 1
 *     second. INLINE does not look at clocks: there {@link AdaptiveModel#flush} takes the step for what has not become
 *     a batch
 * @param pendingBytes how much memory inputs may take that wait for their step, over all streams, and in SHADOW the
 *     source's answers to them; by default 64 MiB
 * @param overload what is given up where that is not enough; by default the oldest
 * @param budget in BACKGROUND, how much adaptation may take; by default a quarter of the wall time
 * @param sliceRows in BACKGROUND, how many rows a run of a step has at most, at least 1; by default as many as take a
 *     quarter of a typical request. Runs cannot be interrupted, so this is how long a request may meet one. Where
 *     samples interact, a step is never cut
 * @param patience in BACKGROUND, how long a slice that the budget allows lets requests go first, at most; by default
 *     100 ms. Without gaps between requests, this is what adaptation gets on with
 * @param finishOnClose whether {@link AdaptiveModel#close} learns from what is pending; by default it is dropped
 * @param streamBytes how much memory {@linkplain AdaptiveModel#stream streams} may take that are not in use, at least
 *     1; by default 64 MiB
 * @param streamIdle how long a stream may have no request before it leaves memory, at least 1 ms; by default 30 minutes
 * @param saveInterval how often streams that have changed are saved, if there is a
 *     {@linkplain AdaptiveModel.Builder#store store}, at least 1 ms; by default 10 seconds
 */
public record RuntimeConfig(
        Execution execution,
        Mode mode,
        OptionalInt adaptationBatch,
        Duration greatestAge,
        long pendingBytes,
        OverloadPolicy overload,
        Budget budget,
        OptionalInt sliceRows,
        Duration patience,
        boolean finishOnClose,
        long streamBytes,
        Duration streamIdle,
        Duration saveInterval) {

    /** What settings have in front of their names: {@code runtime.budget}. */
    public static final String PREFIX = "runtime";

    /** Rows of an adaptation batch in BACKGROUND: what SAR, Tent and their peers were published with. */
    static final int DEFAULT_BATCH = 64;

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private static final String AUTO = "auto";

    public RuntimeConfig {
        adaptationBatch.ifPresent(rows -> requireAtLeast("adaptationBatch", 1, rows));
        sliceRows.ifPresent(rows -> requireAtLeast("sliceRows", 1, rows));
        requireAtLeast("pendingBytes", 0, pendingBytes);
        requireAtLeast("greatestAge", 0, greatestAge);
        requireAtLeast("patience", 0, patience);
        requireAtLeast("streamBytes", 1, streamBytes);
        requireAtLeast("streamIdle", 1, streamIdle);
        requireAtLeast("saveInterval", 1, saveInterval);
    }

    private static void requireAtLeast(String name, long leastMillis, Duration value) {
        // Clocks count nanoseconds.
        if (value.compareTo(LONGEST) > 0 || value.compareTo(LONGEST.negated()) < 0) {
            throw new IllegalArgumentException("%s.%s must be at least %d and at most %d milliseconds, but was %s"
                    .formatted(PREFIX, name, leastMillis, LONGEST.toMillis(), value));
        }
        requireAtLeast(name, leastMillis, value.toMillis());
    }

    private static void requireAtLeast(String name, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s.%s must be at least %d, but was %d".formatted(PREFIX, name, least, value));
        }
    }

    /** The defaults: INLINE, a step for each request. */
    public static RuntimeConfig ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder();
    }

    /** A builder that starts from another configuration. */
    public static Builder from(RuntimeConfig base) {
        Builder builder = new Builder();
        builder.execution = base.execution;
        builder.mode = base.mode;
        builder.adaptationBatch = base.adaptationBatch;
        builder.greatestAge = base.greatestAge;
        builder.pendingBytes = base.pendingBytes;
        builder.overload = base.overload;
        builder.budget = base.budget;
        builder.sliceRows = base.sliceRows;
        builder.patience = base.patience;
        builder.finishOnClose = base.finishOnClose;
        builder.streamBytes = base.streamBytes;
        builder.streamIdle = base.streamIdle;
        builder.saveInterval = base.saveInterval;
        return builder;
    }

    /** The settings that {@link #parse} reads. */
    public static List<Setting> settings() {
        RuntimeConfig defaults = ofDefaults();
        return List.of(
                new Setting("execution", text(defaults.execution), "when steps are taken: inline or background"),
                new Setting("mode", text(defaults.mode), "adapting, shadow, frozen or disabled"),
                new Setting(
                        "adaptationBatch",
                        "each request inline, %d in background".formatted(DEFAULT_BATCH),
                        "rows of small requests that are gathered for a step, at least 1"),
                new Setting(
                        "greatestAge",
                        Long.toString(defaults.greatestAge.toMillis()),
                        "milliseconds that a request waits at most for others, at least 0; in background"),
                new Setting(
                        "pendingBytes",
                        Long.toString(defaults.pendingBytes),
                        "bytes of inputs that may wait for their step, over all streams, at least 0"),
                new Setting(
                        "overload",
                        text(defaults.overload),
                        "what is given up where more wait: drop-oldest, drop-newest or sample"),
                new Setting(
                        "budget",
                        defaults.budget.toString(),
                        "share of wall time for adaptation, in (0, 1], or samples per second such as 200/s; in"
                                + " background"),
                new Setting("sliceRows", AUTO, "rows of a run of a step at most, at least 1, or auto; in background"),
                new Setting(
                        "patience",
                        Long.toString(defaults.patience.toMillis()),
                        "milliseconds that a slice lets requests go first at most, at least 0; in background"),
                new Setting(
                        "finishOnClose",
                        Boolean.toString(defaults.finishOnClose),
                        "whether closing learns from what is pending, true or false"),
                new Setting(
                        "streamBytes",
                        Long.toString(defaults.streamBytes),
                        "bytes of memory for streams that are not in use, at least 1"),
                new Setting(
                        "streamIdle",
                        Long.toString(defaults.streamIdle.toMillis()),
                        "milliseconds that a stream without requests stays in memory, at least 1"),
                new Setting(
                        "saveInterval",
                        Long.toString(defaults.saveInterval.toMillis()),
                        "milliseconds between saves of the streams that have changed, at least 1; with a store"));
    }

    /**
     * The defaults but for what is given as text, such as {@code budget} with {@code 0.25}.
     *
     * @param values by name, without the prefix
     * @throws IllegalArgumentException if a name is none of {@link #settings}, or a value is not readable or out of
     *     range; the message names it in full
     */
    public static RuntimeConfig parse(Map<String, String> values) {
        Settings given = Settings.of(PREFIX, settings(), values);
        Builder builder = custom();
        given.text("execution").ifPresent(text -> builder.execution(choice("execution", text, Execution.values())));
        given.text("mode").ifPresent(text -> builder.mode(choice("mode", text, Mode.values())));
        given.number("adaptationBatch").ifPresent(rows -> builder.adaptationBatch(rows("adaptationBatch", rows)));
        given.number("greatestAge")
                .ifPresent(millis -> builder.greatestAge(Duration.ofMillis(whole("greatestAge", millis))));
        given.number("pendingBytes").ifPresent(bytes -> builder.pendingBytes(whole("pendingBytes", bytes)));
        given.text("overload").ifPresent(text -> builder.overload(choice("overload", text, OverloadPolicy.values())));
        given.text("budget").ifPresent(text -> builder.budget(Budget.parse(PREFIX + ".budget", text)));
        if (given.text("sliceRows").filter(text -> !text.equals(AUTO)).isPresent()) {
            given.number("sliceRows").ifPresent(rows -> builder.sliceRows(rows("sliceRows", rows)));
        }
        given.number("patience").ifPresent(millis -> builder.patience(Duration.ofMillis(whole("patience", millis))));
        given.flag("finishOnClose").ifPresent(builder::finishOnClose);
        given.number("streamBytes").ifPresent(bytes -> builder.streamBytes(whole("streamBytes", bytes)));
        given.number("streamIdle")
                .ifPresent(millis -> builder.streamIdle(Duration.ofMillis(whole("streamIdle", millis))));
        given.number("saveInterval")
                .ifPresent(millis -> builder.saveInterval(Duration.ofMillis(whole("saveInterval", millis))));
        return builder.build();
    }

    private static long whole(String name, double value) {
        if (value != (long) value) {
            throw new IllegalArgumentException(
                    "%s.%s must be a whole number, but was %s".formatted(PREFIX, name, value));
        }
        return (long) value;
    }

    private static int rows(String name, double value) {
        long rows = whole(name, value);
        if (rows > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%s.%s must be at most %d, but was %d".formatted(PREFIX, name, Integer.MAX_VALUE, rows));
        }
        return (int) rows;
    }

    /** A constant as it is written in settings. */
    static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E choice(String name, String text, E[] choices) {
        return Arrays.stream(choices)
                .filter(choice -> text(choice).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s.%s must be one of %s, but was '%s'"
                        .formatted(
                                PREFIX,
                                name,
                                Arrays.stream(choices).map(RuntimeConfig::text).toList(),
                                text)));
    }

    /** Builds a {@link RuntimeConfig}. Not thread-safe. */
    public static final class Builder {

        private Execution execution = Execution.INLINE;
        private Mode mode = Mode.ADAPTING;
        private OptionalInt adaptationBatch = OptionalInt.empty();
        private Duration greatestAge = Duration.ofSeconds(1);
        private long pendingBytes = 64L << 20;
        private OverloadPolicy overload = OverloadPolicy.DROP_OLDEST;
        private Budget budget = Budget.share(0.25);
        private OptionalInt sliceRows = OptionalInt.empty();
        private Duration patience = Duration.ofMillis(100);
        private boolean finishOnClose;
        private long streamBytes = CacheConfig.DEFAULTS.maximumBytes();
        private Duration streamIdle = CacheConfig.DEFAULTS.idle();
        private Duration saveInterval = Duration.ofSeconds(10);

        private Builder() {}

        /** See {@link RuntimeConfig#execution()}. */
        public Builder execution(Execution execution) {
            this.execution = execution;
            return this;
        }

        /** See {@link RuntimeConfig#mode()}. */
        public Builder mode(Mode mode) {
            this.mode = mode;
            return this;
        }

        /** See {@link RuntimeConfig#adaptationBatch()}. */
        public Builder adaptationBatch(int rows) {
            this.adaptationBatch = OptionalInt.of(rows);
            return this;
        }

        /** See {@link RuntimeConfig#greatestAge()}. */
        public Builder greatestAge(Duration age) {
            this.greatestAge = age;
            return this;
        }

        /** See {@link RuntimeConfig#pendingBytes()}. */
        public Builder pendingBytes(long bytes) {
            this.pendingBytes = bytes;
            return this;
        }

        /** See {@link RuntimeConfig#overload()}. */
        public Builder overload(OverloadPolicy policy) {
            this.overload = policy;
            return this;
        }

        /** See {@link RuntimeConfig#budget()}. */
        public Builder budget(Budget budget) {
            this.budget = budget;
            return this;
        }

        /** See {@link RuntimeConfig#sliceRows()}. */
        public Builder sliceRows(int rows) {
            this.sliceRows = OptionalInt.of(rows);
            return this;
        }

        /** See {@link RuntimeConfig#patience()}. */
        public Builder patience(Duration patience) {
            this.patience = patience;
            return this;
        }

        /** See {@link RuntimeConfig#finishOnClose()}. */
        public Builder finishOnClose(boolean finish) {
            this.finishOnClose = finish;
            return this;
        }

        /** See {@link RuntimeConfig#streamBytes()}. */
        public Builder streamBytes(long bytes) {
            this.streamBytes = bytes;
            return this;
        }

        /** See {@link RuntimeConfig#streamIdle()}. */
        public Builder streamIdle(Duration idle) {
            this.streamIdle = idle;
            return this;
        }

        /** See {@link RuntimeConfig#saveInterval()}. */
        public Builder saveInterval(Duration interval) {
            this.saveInterval = interval;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public RuntimeConfig build() {
            return new RuntimeConfig(
                    execution,
                    mode,
                    adaptationBatch,
                    greatestAge,
                    pendingBytes,
                    overload,
                    budget,
                    sliceRows,
                    patience,
                    finishOnClose,
                    streamBytes,
                    streamIdle,
                    saveInterval);
        }
    }
}
