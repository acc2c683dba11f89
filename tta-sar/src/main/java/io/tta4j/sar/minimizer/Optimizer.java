package io.tta4j.sar.minimizer;

import io.tta4j.method.State;
import io.tta4j.model.Vector;

/** From a gradient to the next theta. Implementations are immutable and safe for use by many threads. */
public interface Optimizer {

    /**
     * One step.
     *
     * @param state with theta and, after the first step, what the optimizer has kept
     * @param gradient P values
     */
    State step(State state, Vector gradient);

    /** Which optimizer a method steps with. */
    enum Rule {
        /** {@link Sgd}. */
        SGD("sgd"),

        /** {@link Adam}. */
        ADAM("adam");

        private final String text;

        Rule(String text) {
            this.text = text;
        }

        /**
         * The optimizer.
         *
         * @param learningRate eta
         * @param momentum of SGD, or Adam's beta_1
         */
        public Optimizer of(double learningRate, double momentum) {
            return switch (this) {
                case SGD -> new Sgd(learningRate, momentum);
                case ADAM -> new Adam(learningRate, momentum);
            };
        }

        /**
         * The rule of a setting's text.
         *
         * @param setting the setting's full name for messages, such as {@code tent.optimizer}
         * @param text {@code sgd} or {@code adam}
         * @throws IllegalArgumentException if the text is neither
         */
        public static Rule parse(String setting, String text) {
            for (Rule rule : values()) {
                if (rule.text.equals(text.strip())) {
                    return rule;
                }
            }
            throw new IllegalArgumentException("%s must be sgd or adam, but was '%s'".formatted(setting, text));
        }

        /** As {@link #parse} reads it. */
        @Override
        public String toString() {
            return text;
        }
    }
}
