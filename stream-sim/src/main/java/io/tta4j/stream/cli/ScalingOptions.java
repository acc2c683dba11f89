package io.tta4j.stream.cli;

import io.tta4j.model.AdaptableModel;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.data.Samples;
import io.tta4j.stream.scaling.ScalingCheck;
import io.tta4j.stream.scaling.Suspicion;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a scaling that does not fit is warned of. */
final class ScalingOptions {

    @Option(
            names = "--no-scaling-check",
            description = "do not try on a few images whether another common scaling would fit the model better")
    private boolean off;

    /**
     * Warns in one line where another scaling would clearly fit better.
     *
     * @param sets what the model is fed; checked if they are images
     */
    Optional<Suspicion> check(
            AdaptableModel model, List<? extends Samples> sets, Preprocessing preprocessing, PrintWriter err)
            throws IOException {
        List<Images> images = new ArrayList<>();
        for (Samples samples : sets) {
            if (samples instanceof Images some) {
                images.add(some);
            }
        }
        if (off || images.size() < sets.size()) {
            return Optional.empty();
        }
        Optional<Suspicion> suspicion = ScalingCheck.of(model, images, preprocessing);
        suspicion.ifPresent(found -> err.println("tta: warning: " + found.line() + " (--no-scaling-check)"));
        return suspicion;
    }
}
