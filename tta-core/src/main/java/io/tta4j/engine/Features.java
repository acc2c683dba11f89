package io.tta4j.engine;

/**
 * The features that a model hands out.
 *
 * @param name the tensor that holds them; a TorchScript module's outputs have none, and {@code features} stands for it
 * @param width D, the number of values a sample
 */
public record Features(String name, int width) {

    /** In options: hand out none, which costs nothing. */
    public static final String NONE = "none";

    /** In options: hand out what the classifier is fed. */
    public static final String AUTO = "auto";
}
