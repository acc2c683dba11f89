package io.tta4j.djl;

import ai.djl.Device;
import io.tta4j.engine.Features;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a TorchScript module is loaded. Immutable.
 *
 * <p>Threads are PyTorch's own, set for the whole process before its native code is loaded:
 * {@code -Dai.djl.pytorch.num_threads}.
 *
 * @param inputs what the module is fed, in the order of its arguments; empty (the default) takes the names from its
 *     code, and element types and extents from the example that it was traced with
 * @param device where it runs; empty (the default) leaves the choice to DJL: a GPU if it finds one
 * @param activations what becomes of the activations between a pass and its pullback
 * @param modules how many copies of the module there may be at most, which share the frozen weights on a processor.
 *     Runs at different parameters need one each or wait for each other, and all but one may hold activations; so with
 *     one, activations are recomputed. 2 by default; a second is made when it is first needed. A module that takes its
 *     parameters as an input needs no copies
 * @param features what a pass hands out beside the logits: {@link Features#NONE} (the default), {@link Features#AUTO}
 *     for the output called {@code features} or else the next one, or the name of an output where the module returns a
 *     dictionary
 */
public record DjlOptions(
        List<InputSpec> inputs, Optional<Device> device, Activations activations, int modules, String features) {

    /** What becomes of the activations between a pass and its pullback. */
    public enum Activations {
        /** The pass keeps them in native memory, and a pullback over most of its rows reads them. */
        KEPT,
        /** The pullback runs forward again: slower, but nothing is held between the two. */
        RECOMPUTED
    }

    public DjlOptions {
        inputs = List.copyOf(inputs);
        if (modules < 1) {
            throw new IllegalArgumentException("modules must be at least 1, but was " + modules);
        }
    }

    /** The defaults. */
    public static DjlOptions ofDefaults() {
        return custom().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder custom() {
        return new Builder();
    }

    /** A builder that starts from other options. */
    public static Builder from(DjlOptions base) {
        Builder builder = new Builder();
        builder.inputs.addAll(base.inputs);
        builder.device = base.device;
        builder.activations = base.activations;
        builder.modules = base.modules;
        builder.features = base.features;
        return builder;
    }

    /** Builds {@link DjlOptions}. */
    public static final class Builder {

        private final List<InputSpec> inputs = new ArrayList<>();
        private Optional<Device> device = Optional.empty();
        private Activations activations = Activations.KEPT;
        private int modules = 2;
        private String features = Features.NONE;

        private Builder() {}

        /**
         * The next argument of the module, under a name that batches are to use for it.
         *
         * @param extents those behind the batch axis
         */
        public Builder input(String name, ElementType type, long... extents) {
            List<Long> shape = new ArrayList<>();
            shape.add(InputSpec.ANY);
            for (long extent : extents) {
                if (extent < 1) {
                    throw new IllegalArgumentException(
                            "extents of input '%s' must be at least 1, but one was %d".formatted(name, extent));
                }
                shape.add(extent);
            }
            inputs.add(new InputSpec(name, type, shape));
            return this;
        }

        /** Where the module runs. */
        public Builder device(Device device) {
            this.device = Optional.of(device);
            return this;
        }

        /** What becomes of the activations between a pass and its pullback. */
        public Builder activations(Activations activations) {
            this.activations = activations;
            return this;
        }

        /** How many copies of the module there may be at most. */
        public Builder modules(int modules) {
            this.modules = modules;
            return this;
        }

        /** What a pass hands out beside the logits: {@code none}, {@code auto} or the name of an output. */
        public Builder features(String features) {
            this.features = features;
            return this;
        }

        public DjlOptions build() {
            return new DjlOptions(inputs, device, activations, modules, features);
        }
    }
}
