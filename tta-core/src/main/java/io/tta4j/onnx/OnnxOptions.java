package io.tta4j.onnx;

import io.tta4j.engine.Features;
import io.tta4j.onnx.session.SessionSettings;
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
 * @param activations what becomes of the activations between a pass and its pullback
 * @param rowsPerPass how many samples an adapting run may have at most, to bound memory: a larger batch is run in
 *     slices, whose gradients add; then activations are recomputed. 0 (the default) is all at once
 * @param logits the output that holds the logits, for models with several; empty (the default) for the only one
 * @param provider where the model runs; the processor by default. Elsewhere activations are always recomputed, so that
 *     only inputs, logits, seeds and theta cross the bus
 * @param features what a pass hands out beside the logits: {@link Features#NONE} (the default), {@link Features#AUTO}
 *     for what the classifier, the last Gemm, MatMul or Conv before the logits, is fed, or a tensor of the graph that
 *     is [N, D] but for axes of extent 1
 * @param insertion when to insert layers to adapt behind convolutions; by default where there is no norm layer
 */
public record OnnxOptions(
        int intraOpThreads,
        Map<String, List<Long>> inputShapes,
        Activations activations,
        int rowsPerPass,
        Optional<String> logits,
        ExecutionProvider provider,
        String features,
        Insertion insertion) {

    /** What becomes of the activations between a pass and its pullback. */
    public enum Activations {
        /** The pass keeps them in native memory, and the pullback reads them: the fastest on a CPU. */
        KEPT,
        /** The pullback runs forward again: slower, but nothing is held between the two or leaves the device. */
        RECOMPUTED
    }

    /** When to insert a scale and a shift for each channel behind convolutions. */
    public enum Insertion {
        /**
         * Where a network has no norm layer at all; and beside norm layers, behind each convolution of which the
         * exporter notes that a batch norm was folded into it.
         */
        AUTO,
        /** Behind every convolution on a spatial map that no norm layer follows. */
        ALWAYS,
        /** Not at all: a network without norm layers is refused. */
        NEVER
    }

    public OnnxOptions {
        if (intraOpThreads < 0) {
            throw new IllegalArgumentException("intraOpThreads must be at least 0, but was " + intraOpThreads);
        }
        if (rowsPerPass < 0) {
            throw new IllegalArgumentException("rowsPerPass must be at least 0, but was " + rowsPerPass);
        }
        inputShapes = Map.copyOf(inputShapes);
    }

    /** Whether a pullback runs forward again. */
    boolean recomputes() {
        return rowsPerPass > 0
                || activations == Activations.RECOMPUTED
                || provider.kind() != ExecutionProvider.Kind.CPU;
    }

    /**
     * How sessions are to run.
     *
     * @throws IllegalStateException if the ONNX Runtime on the class path has no such provider
     */
    SessionSettings sessions() {
        return new SessionSettings(intraOpThreads, provider.sessions());
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
        builder.activations = base.activations;
        builder.rowsPerPass = base.rowsPerPass;
        builder.logits = base.logits;
        builder.provider = base.provider;
        builder.features = base.features;
        builder.insertion = base.insertion;
        return builder;
    }

    /** Builds {@link OnnxOptions}. */
    public static final class Builder {

        private int intraOpThreads;
        private final Map<String, List<Long>> inputShapes = new LinkedHashMap<>();
        private Activations activations = Activations.KEPT;
        private int rowsPerPass;
        private Optional<String> logits = Optional.empty();
        private ExecutionProvider provider = ExecutionProvider.CPU;
        private String features = Features.NONE;
        private Insertion insertion = Insertion.AUTO;

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

        /** What becomes of the activations between a pass and its pullback. */
        public Builder activations(Activations choice) {
            this.activations = choice;
            return this;
        }

        /** How many samples an adapting run may have at most; 0: all at once. */
        public Builder rowsPerPass(int rows) {
            this.rowsPerPass = rows;
            return this;
        }

        /** The output that holds the logits, or the softmax of them. */
        public Builder logits(String output) {
            this.logits = Optional.of(output);
            return this;
        }

        /** Where the model runs. */
        public Builder provider(ExecutionProvider choice) {
            this.provider = choice;
            return this;
        }

        /** What a pass hands out beside the logits: {@code none}, {@code auto} or the name of a tensor. */
        public Builder features(String choice) {
            this.features = choice;
            return this;
        }

        /** When to insert a scale and a shift for each channel behind convolutions. */
        public Builder insertion(Insertion insertion) {
            this.insertion = insertion;
            return this;
        }

        public OnnxOptions build() {
            return new OnnxOptions(
                    intraOpThreads, inputShapes, activations, rowsPerPass, logits, provider, features, insertion);
        }
    }
}
