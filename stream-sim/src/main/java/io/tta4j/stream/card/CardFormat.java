package io.tta4j.stream.card;

/** A kind of file that says what a model wants of its images. */
interface CardFormat {

    /** Whether a file is of this kind. */
    boolean recognises(Fields fields);

    /** What it says. */
    ModelCard read(Fields fields);
}
