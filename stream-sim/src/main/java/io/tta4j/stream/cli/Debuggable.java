package io.tta4j.stream.cli;

/** A command that can be asked for stack traces. */
interface Debuggable {

    /** Whether {@code --debug} was given. */
    boolean debug();
}
