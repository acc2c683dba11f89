package io.tta4j.model;

/** The kinds of normalisation layers whose scales and shifts can be adapted. */
public enum NormKind {
    BATCH("batch norm"),
    GROUP("group norm"),
    INSTANCE("instance norm"),
    LAYER("layer norm"),
    RMS("RMS norm"),
    /** A scale and a shift for each channel behind a convolution, where the network has no norm layer. */
    INSERTED("inserted");

    private final String label;

    NormKind(String label) {
        this.label = label;
    }

    /** The kind in words, as reports print it. */
    public String label() {
        return label;
    }
}
