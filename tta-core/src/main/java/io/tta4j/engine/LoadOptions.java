package io.tta4j.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can be said to any engine of how a file is to be loaded; the rest is an engine's own, in its own options.
 * Immutable.
 *
 * @param device where the model runs: {@code cpu}, or what the engine knows beside it, such as {@code cuda:1}
 * @param threads of an operator; 0 for the engine's default
 * @param inputShapes the extents of inputs behind the batch axis, where the file leaves them open, in the order of the
 *     model's inputs
 * @param logits the output that holds the logits, for models with several; empty for the engine's default
 * @param recompute whether a pullback runs forward again, instead of reading activations that were kept
 * @param rowsPerPass how many samples an adapting run may have at most; 0 for the whole batch
 * @param features what a pass hands out beside the logits: {@link Features#NONE}, {@link Features#AUTO} for the input
 *     of the classifier, or the name of a tensor
 */
public record LoadOptions(
        String device,
        int threads,
        Map<String, List<Long>> inputShapes,
        Optional<String> logits,
        boolean recompute,
        int rowsPerPass,
        String features) {

    public LoadOptions {
        inputShapes = Collections.unmodifiableMap(new LinkedHashMap<>(inputShapes));
    }

    /** The processor, with all else as the engine has it. */
    public static LoadOptions ofDefaults() {
        return new LoadOptions("cpu", 0, Map.of(), Optional.empty(), false, 0, Features.NONE);
    }
}
