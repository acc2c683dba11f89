package io.tta4j.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.tta4j.method.StepReport;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** A line of a trail. Times are ISO-8601 instants; hashes are hexadecimal. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Line.Opening.class, name = "trail"),
    @JsonSubTypes.Type(value = Line.Stream.class, name = "stream"),
    @JsonSubTypes.Type(value = Line.Removed.class, name = "removed"),
    @JsonSubTypes.Type(value = Line.Step.class, name = "step"),
    @JsonSubTypes.Type(value = Line.Change.class, name = "change"),
    @JsonSubTypes.Type(value = Line.End.class, name = "end")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
sealed interface Line {

    /**
     * The first line of a part.
     *
     * @param format the number of this format
     * @param run tells the runs of a folder apart
     * @param part of the run, from 1 on
     * @param settings what was set, as text; by name
     * @param files the hashes of the files that settings name, by setting
     * @param model its fingerprint, which names it
     * @param initial what a stream begins with
     */
    record Opening(
            int format,
            String run,
            int part,
            String at,
            String method,
            Map<String, String> settings,
            Map<String, String> files,
            boolean withInputs,
            String model,
            ModelFacts facts,
            Map<String, String> versions,
            StateSource initial)
            implements Line {}

    /**
     * The state of a stream when a part first hears of it, and when it came into memory.
     *
     * @param hash of the state
     * @param came whether it came into memory, so that it need not be what it was before
     */
    record Stream(String stream, StateSource state, String hash, boolean came) implements Line {}

    /** The stream is there no more. */
    record Removed(String stream, String at) implements Line {}

    /**
     * A step.
     *
     * @param number of the step or change in its run, from 1 on
     * @param calls what the method got
     * @param report empty where the method failed
     * @param entropy of the predictions before the step, mean over the rows, in nats; where the method looked at logits
     * @param outcome {@code step}, or what became of it instead
     * @param scalars of the published state
     * @param hash of the published state
     */
    record Step(
            long number,
            String stream,
            String at,
            int rows,
            Map<String, Input> inputs,
            List<Call> calls,
            @Nullable Report report,
            @Nullable Double entropy,
            String outcome,
            Map<String, Double> scalars,
            StateSource state,
            String hash)
            implements Line {}

    /** A state that was changed by something else than a step. */
    record Change(long number, String stream, String at, String cause, StateSource state, String hash)
            implements Line {}

    /**
     * The last line of a run that was closed.
     *
     * @param numbers how many steps and changes there were
     * @param lost how many more could not be written
     */
    record End(String at, long numbers, long lost) implements Line {}

    /**
     * One input of a batch.
     *
     * @param values where inputs are kept
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Input(
            String type,
            List<Long> shape,
            String sha256,
            @Nullable Bytes values) {}

    /** A {@link StepReport}. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Report(
            int samples,
            int reliable,
            int adaptedSamples,
            @Nullable Double loss,
            boolean reset) {

        static Report of(StepReport report) {
            OptionalDouble loss = report.loss();
            return new Report(
                    report.samples(),
                    report.reliable(),
                    report.adaptedSamples(),
                    loss.isPresent() ? loss.getAsDouble() : null,
                    report.reset());
        }

        StepReport report() {
            return new StepReport(
                    samples,
                    reliable,
                    adaptedSamples,
                    loss == null ? OptionalDouble.empty() : OptionalDouble.of(loss),
                    reset);
        }
    }
}
