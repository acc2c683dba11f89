package io.tta4j.audit;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a trail is written. Immutable.
 *
 * @param settings what was set of the method, as text and by name, as {@code --set} takes it; whoever rebuilds the
 *     state makes the method from these
 * @param withInputs whether inputs are kept too, so that steps can be computed again with the model; default: their
 *     hashes only
 * @param partBytes a part that is larger is followed by another one; default 256 MiB
 * @param keptParts how many parts stay, the oldest are deleted; 0 keeps all, the default
 * @param forced whether every record is forced to the disk before the next request, to survive a power cut; a killed
 *     process loses none either way. Default: no
 * @param retry how long to wait before trying again after a failed write; default a minute
 * @param clock for the times in the trail
 */
public record AuditConfig(
        Map<String, String> settings,
        boolean withInputs,
        long partBytes,
        int keptParts,
        boolean forced,
        Duration retry,
        Clock clock) {

    private static final long DEFAULT_PART = 256L << 20;

    public AuditConfig {
        settings = Map.copyOf(settings);
        if (partBytes < 1) {
            throw new IllegalArgumentException("partBytes must be at least 1, but was " + partBytes);
        }
        if (keptParts < 0) {
            throw new IllegalArgumentException("keptParts must be 0 or more, but was " + keptParts);
        }
        if (retry.isNegative()) {
            throw new IllegalArgumentException("retry must not be negative, but was " + retry);
        }
    }

    /** The defaults, for a method without settings of its own. */
    public static AuditConfig ofDefaults() {
        return custom().build();
    }

    /** To set what is to be other than by default. */
    public static Builder custom() {
        return new Builder();
    }

    /** To set what is to be other than here. */
    public static Builder from(AuditConfig config) {
        Builder builder = new Builder();
        builder.settings.putAll(config.settings);
        builder.withInputs = config.withInputs;
        builder.partBytes = config.partBytes;
        builder.keptParts = config.keptParts;
        builder.forced = config.forced;
        builder.retry = config.retry;
        builder.clock = config.clock;
        return builder;
    }

    /** Sets one after another. By one thread. */
    public static final class Builder {

        private final Map<String, String> settings = new TreeMap<>();
        private boolean withInputs;
        private long partBytes = DEFAULT_PART;
        private int keptParts;
        private boolean forced;
        private Duration retry = Duration.ofMinutes(1);
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /** What was set of the method, by name and without the method's. */
        public Builder settings(Map<String, String> set) {
            settings.clear();
            settings.putAll(set);
            return this;
        }

        /** Whether inputs are kept too. */
        public Builder withInputs(boolean kept) {
            withInputs = kept;
            return this;
        }

        /** A part that is larger is followed by another one. */
        public Builder partBytes(long bytes) {
            partBytes = bytes;
            return this;
        }

        /** How many parts stay; 0 keeps all. */
        public Builder keptParts(int parts) {
            keptParts = parts;
            return this;
        }

        /** Whether every record is forced to the disk. */
        public Builder forced(boolean every) {
            forced = every;
            return this;
        }

        /** How long to wait after a failed write. */
        public Builder retry(Duration wait) {
            retry = wait;
            return this;
        }

        /** The clock for the times in the trail. */
        public Builder clock(Clock other) {
            clock = other;
            return this;
        }

        /**
         * The configuration.
         *
         * @throws IllegalArgumentException if something is out of range
         */
        public AuditConfig build() {
            return new AuditConfig(settings, withInputs, partBytes, keptParts, forced, retry, clock);
        }
    }
}
