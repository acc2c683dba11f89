package io.tta4j.stream.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a command ended with. */
record Outcome(int exitCode, String out, String err) {

    /** Runs a command in this process. */
    static Outcome of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Tta.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    /**
     * Runs a command on files of a folder.
     *
     * @param line its words; {@code %s} in them is the folder
     * @param more words behind those, in which it is the folder too
     */
    static Outcome in(Path folder, String line, String... more) {
        return of(Stream.concat(Stream.of(line.split(" ", -1)), Stream.of(more))
                .map(word -> word.replace("%s", folder.toString()))
                .toArray(String[]::new));
    }
}
