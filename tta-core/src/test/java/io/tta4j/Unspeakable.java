package io.tta4j;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;

/** Fails, and so do the first attempts to tell of it. */
final class Unspeakable implements Method {

    private static final class Trouble extends IllegalStateException {

        private static final long serialVersionUID = 1;

        private final int asked;

        Trouble(int asked) {
            this.asked = asked;
        }

        @Override
        public String getMessage() {
            if (asked < 2) {
                throw new Trouble(asked + 1);
            }
            return "on purpose";
        }
    }

    @Override
    public String name() {
        return "unspeakable";
    }

    @Override
    public Adaptation adapt(AdaptableModel on, Pass pass, State state) {
        throw new Trouble(0);
    }
}
