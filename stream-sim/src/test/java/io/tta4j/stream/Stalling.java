package io.tta4j.stream;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.MethodProvider;
import io.tta4j.method.Setting;
import io.tta4j.method.Settings;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A method that learns nothing, and where the process was told to stalls at the beginning of a stream: until somebody
 * writes to the process, or ends it.
 */
public record Stalling(AtomicInteger begun) implements Method {

    /** The system property that says at which first state to stall: the first is of a discarded batch. */
    public static final String STALL_AT = "tta4j.test.stallAt";

    /** Found by the command line. */
    public static final class Provider implements MethodProvider {

        @Override
        public String name() {
            return "stalling";
        }

        @Override
        public List<Setting> settings() {
            return List.of();
        }

        @Override
        public Method create(Settings settings) {
            return new Stalling(new AtomicInteger());
        }
    }

    @Override
    public String name() {
        return "stalling";
    }

    @Override
    public State initial(AdaptableModel model) {
        if (begun.incrementAndGet() == Integer.getInteger(STALL_AT, 0)) {
            try {
                System.in.read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return State.of(model.source());
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        return new Adaptation(state, StepReport.skipped(pass.rows(), 0));
    }
}
