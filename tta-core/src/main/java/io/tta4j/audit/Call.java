package io.tta4j.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.tta4j.model.Matrix;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Map;

/**
 * Something that a method asked a pass or the model for in a step, and what it got. Passes are numbered in the order in
 * which they came up; 0 is the one that the step was given. What was handed over is kept as the first digits of its
 * hash.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "call")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Call.Logits.class, name = "logits"),
    @JsonSubTypes.Type(value = Call.Output.class, name = "output"),
    @JsonSubTypes.Type(value = Call.Features.class, name = "features"),
    @JsonSubTypes.Type(value = Call.Pullback.class, name = "pullback"),
    @JsonSubTypes.Type(value = Call.SamplePullback.class, name = "samplePullback"),
    @JsonSubTypes.Type(value = Call.Repeat.class, name = "repeat"),
    @JsonSubTypes.Type(value = Call.Forward.class, name = "forward"),
    @JsonSubTypes.Type(value = Call.Serve.class, name = "serve"),
    @JsonSubTypes.Type(value = Call.Observe.class, name = "observe")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
sealed interface Call {

    /** The pass that was asked, or came up. */
    int pass();

    /** The first time that a pass's logits were asked for. */
    record Logits(int pass, Matrix values) implements Call {}

    /** The first time that a pass's output was asked for. */
    record Output(int pass, Matrix values) implements Call {}

    /** The first time that a pass's features were asked for. */
    record Features(int pass, Matrix values) implements Call {}

    /**
     * A gradient.
     *
     * @param rows those whose seed is not zero
     */
    record Pullback(int pass, String seed, List<Integer> rows, Vector gradient) implements Call {}

    /** Gradients of single samples. */
    record SamplePullback(int pass, String seed, List<Integer> rows, Matrix gradients) implements Call {}

    /**
     * A pass over some rows of another one.
     *
     * @param of the other pass
     * @param rows which, in which order
     */
    record Repeat(int pass, int of, String theta, List<Integer> rows) implements Call {}

    /**
     * A pass over inputs that the method made.
     *
     * @param inputs their hashes by name
     */
    record Forward(int pass, int samples, String theta, Map<String, String> inputs) implements Call {}

    /** The same, not to be pulled back. */
    record Serve(int pass, int samples, String theta, Map<String, String> inputs) implements Call {}

    /** A pass that moves statistics. */
    record Observe(int pass, int samples, String theta, Map<String, String> inputs, Vector means, Vector variances)
            implements Call {}
}
