package io.tta4j.stream.cli;

import io.tta4j.stream.data.BadSampleException;
import io.tta4j.stream.data.Samples;
import io.tta4j.stream.replay.ReplayListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is done about files that cannot be read: the first is fatal, or each is named once and skipped. */
final class BadFiles {

    private final @Nullable PrintWriter err;
    private final Set<String> skipped = new TreeSet<>();

    private BadFiles(@Nullable PrintWriter err) {
        this.err = err;
    }

    static BadFiles fatal() {
        return new BadFiles(null);
    }

    static BadFiles skipped(PrintWriter err) {
        return new BadFiles(err);
    }

    /** Takes note of a file. */
    void meet(BadSampleException bad) throws BadSampleException {
        if (err == null) {
            throw bad;
        }
        if (skipped.add(bad.sample())) {
            err.println("tta: skipped: " + bad.getMessage());
        }
    }

    /** Reads a sample; false where it is skipped. */
    boolean read(Samples samples, int index, byte[] target) throws IOException {
        try {
            samples.read(index, target);
            return true;
        } catch (BadSampleException e) {
            meet(e);
            return false;
        }
    }

    /** A listener that takes note of files, and tells another one of the rest. */
    ReplayListener over(ReplayListener other) {
        return new ReplayListener() {
            @Override
            public void answered(String stream, int images) {
                other.answered(stream, images);
            }

            @Override
            public void unreadable(BadSampleException sample) throws BadSampleException {
                meet(sample);
            }
        };
    }

    /** Says how many were skipped, if any were. */
    void report() {
        if (err != null && !skipped.isEmpty()) {
            err.println("tta: files that were skipped, as they could not be read: " + skipped.size());
        }
    }

    /** How many were skipped so far. */
    int count() {
        return skipped.size();
    }
}
