package io.tta4j.stream.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command ended with. */
record Outcome(int exitCode, String out, String err) {

    /** Runs a command in this process. */
    static Outcome of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Tta.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Outcome(exitCode, out.toString(), err.toString());
    }
}
