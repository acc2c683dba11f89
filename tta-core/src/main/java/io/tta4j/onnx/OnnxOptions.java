package io.tta4j.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * How an ONNX model is loaded. Immutable.
 *
 * @param intraOpThreads threads of each session; 0 (the default) leaves the choice to ONNX Runtime: one per core
 * @param inputShapes extents behind the batch axis, by input name, for inputs that the file leaves open
 * @param logits the output that holds the logits, for models with several; empty (the default) for the only one
 */
public record OnnxOptions(int intraOpThreads, Map<String, List<Long>> inputShapes, Optional<String> logits) {

    public OnnxOptions {
        if (intraOpThreads < 0) {
            throw new IllegalArgumentException("intraOpThreads must be at least 0, but was " + intraOpThreads);
        }
        inputShapes = Map.copyOf(inputShapes);
    }

    /** The defaults. */
    public static OnnxOptions ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder();
    }

    /** A builder that starts from other options. */
    public static Builder from(OnnxOptions base) {
        Builder builder = new Builder();
        builder.intraOpThreads = base.intraOpThreads;
        builder.inputShapes.putAll(base.inputShapes);
        builder.logits = base.logits;
        return builder;
    }

    /** Builds {@link OnnxOptions}. */
    public static final class Builder {

        private int intraOpThreads;
        private final Map<String, List<Long>> inputShapes = new LinkedHashMap<>();
        private Optional<String> logits = Optional.empty();

        private Builder() {}

        /** Threads of each session; 0: one per core. */
        public Builder intraOpThreads(int threads) {
            this.intraOpThreads = threads;
            return this;
        }

        /** The extents of an input behind its batch axis, where the file leaves them open. */
        public Builder inputShape(String input, long... trailing) {
            inputShapes.put(input, LongStream.of(trailing).boxed().toList());
            return this;
        }

        /** The output that holds the logits, or the softmax of them. */
        public Builder logits(String output) {
            this.logits = Optional.of(output);
            return this;
        }

        public OnnxOptions build() {
            return new OnnxOptions(intraOpThreads, inputShapes, logits);
        }
    }
}
