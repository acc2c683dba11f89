package io.tta4j.examples.server;

import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.Method;
import io.tta4j.method.State;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;

/** A method that goes on from a state instead of the source. */
record ResumedMethod(Method method, State state) implements Method {

    @Override
    public String name() {
        return method.name();
    }

    @Override
    public boolean adapts() {
        return method.adapts();
    }

    @Override
    public Statistics statistics() {
        return method.statistics();
    }

    @Override
    public State initial(AdaptableModel model) {
        return state;
    }

    @Override
    public State reset(AdaptableModel model, State now) {
        return method.reset(model, now);
    }

    @Override
    public Answer answer(Pass pass, State now) {
        return method.answer(pass, now);
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State now) {
        return method.adapt(model, pass, now);
    }
}
