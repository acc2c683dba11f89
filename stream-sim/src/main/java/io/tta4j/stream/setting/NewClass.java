package io.tta4j.stream.setting;

import java.util.List;

/**
 * A class that a model comes to know during a stream.
 *
 * @param label its label in the data
 * @param supports which of the support images it is registered with; at least one
 */
public record NewClass(int label, List<Integer> supports) {

    public NewClass {
        supports = List.copyOf(supports);
        if (supports.isEmpty()) {
            throw new IllegalArgumentException(
                    "class %d must have at least one support, but had none".formatted(label));
        }
    }
}
