package io.tta4j.method;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import java.util.List;

/**
 * A method that takes on classes at run time, each from a handful of labelled samples, its supports. As everything a
 * method does, registering is a pure function from state to state.
 */
public interface ClassLearner extends Method {

    /** The names of all classes in a state: the model's C, then the registered ones in their order. */
    List<String> classes(State state);

    /**
     * A state that knows one more class.
     *
     * @param name must be new
     * @param supports K labelled samples, at least one
     * @throws IllegalArgumentException if the name is taken or blank, there are too many classes, or the supports do
     *     not fit the model or lead to features that are not finite
     */
    State register(AdaptableModel model, State state, String name, Batch supports);

    /**
     * A state that knows more samples of a registered class.
     *
     * @throws IllegalArgumentException as {@link #register}, and if the class is not a registered one
     */
    State addSupports(AdaptableModel model, State state, String name, Batch supports);

    /**
     * A state without a registered class. Classes behind it move up by one.
     *
     * @throws IllegalArgumentException if the class is not a registered one
     */
    State remove(State state, String name);

    /** How many of the samples that it flags as unknown the runtime keeps for an operator to look at; may be 0. */
    int keptUnknowns();
}
