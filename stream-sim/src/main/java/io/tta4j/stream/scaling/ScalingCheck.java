package io.tta4j.stream.scaling;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Pass;
import io.tta4j.stream.data.BadSampleException;
import io.tta4j.stream.data.Batcher;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.Preprocessing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells whether a model's input is probably scaled wrongly, by its answers to a few images and without their labels. A
 * scaling fits better where the answers tell more of the images ({@link Information}): fed wrongly, a model is unsure,
 * or sure of one class whatever it sees.
 *
 * <p>All common scalings are tried on {@value #FIRST} images, spread evenly; the best on {@value #MORE} more. It is
 * suspected that it should be in place of what there is where it tells more by a margin. Corruptions that take contrast
 * away make stronger scalings look better, so the margin is large, and images of little contrast do not count; turning
 * the channels round takes a smaller one. {@code docs/data.md} has the figures behind these numbers.
 */
public final class ScalingCheck {

    private static final int FIRST = 64;
    private static final int MORE = 128;

    /** Fewer images tell nothing. */
    private static final int FEWEST = 32;

    /** The least standard deviation of an image's pixels that counts. */
    private static final double CONTRAST = 25;

    /** By what share of the most there is to tell another scaling must tell more. */
    private static final double SCALE_MARGIN = 0.16;

    /** As much for another order of the channels. */
    private static final double ORDER_MARGIN = 0.045;

    private final AdaptableModel model;
    private final List<Images> sets;
    private final Preprocessing preprocessing;
    private final double mostNats;
    private final Set<Long> lookedAt = new HashSet<>();

    private ScalingCheck(AdaptableModel model, List<Images> sets, Preprocessing preprocessing) {
        this.model = model;
        this.sets = sets;
        this.preprocessing = preprocessing;
        this.mostNats = Math.log(Math.min(model.classes(), FIRST + MORE));
    }

    /**
     * Checks the scaling of some images.
     *
     * @param model answers from its source state
     * @param sets the images, of one shape; unless they are of three channels there is nothing to check
     * @param preprocessing what they go through
     * @return what would fit better; empty where nothing clearly does, or too few images can tell
     */
    public static Optional<Suspicion> of(AdaptableModel model, List<Images> sets, Preprocessing preprocessing)
            throws IOException {
        return sets.get(0).shape().channels() != 3
                ? Optional.empty()
                : new ScalingCheck(model, sets, preprocessing).suspicion();
    }

    private Optional<Suspicion> suspicion() throws IOException {
        List<byte[]> first = images(0, FIRST);
        if (first.size() < FEWEST) {
            return Optional.empty();
        }
        Scaling current = Scaling.of(preprocessing);
        Trial asItIs = new Trial(current, first);
        Optional<Trial> best = current.alternatives().stream()
                .map(scaling -> new Trial(scaling, first))
                .filter(trial -> trial.isBetterThan(asItIs))
                .max(Comparator.comparingDouble(Trial::nats));
        if (best.isEmpty()) {
            return Optional.empty();
        }
        List<byte[]> more = images(FIRST, MORE);
        asItIs.add(more);
        best.get().add(more);
        return best.filter(trial -> trial.isBetterThan(asItIs))
                .map(trial -> new Suspicion(trial.scaling, asItIs.nats(), trial.nats(), mostNats));
    }

    /** Images with contrast among {@code count}, spread evenly, from the {@code from}-th of all that are looked at. */
    private List<byte[]> images(int from, int count) throws IOException {
        List<byte[]> images = new ArrayList<>();
        int all = FIRST + MORE;
        for (int i = from; i < from + count; i++) {
            // Neighbours go to different rounds: the first one is spread over all rows, too.
            int place = Math.floorMod(i * 67, all);
            int which = i % sets.size();
            Images set = sets.get(which);
            int row = (int) ((long) place * set.count() / all);
            if (!lookedAt.add((long) which * Integer.MAX_VALUE + row)) {
                // A small set has no more to tell.
                continue;
            }
            byte[] pixels = new byte[set.shape().values()];
            try {
                set.read(row, pixels);
            } catch (BadSampleException e) {
                // Whoever needs this sample says so.
                continue;
            }
            if (deviation(pixels) >= CONTRAST) {
                images.add(pixels);
            }
        }
        return images;
    }

    private static double deviation(byte[] pixels) {
        double sum = 0;
        double squares = 0;
        for (byte pixel : pixels) {
            int value = Byte.toUnsignedInt(pixel);
            sum += value;
            squares += value * value;
        }
        double mean = sum / pixels.length;
        return Math.sqrt(Math.max(0, squares / pixels.length - mean * mean));
    }

    /** What the model's answers tell with one scaling. */
    private final class Trial {

        private final Scaling scaling;
        private final Information information = new Information(model.classes());

        Trial(Scaling scaling, List<byte[]> images) {
            this.scaling = scaling;
            add(images);
        }

        void add(List<byte[]> images) {
            Batcher batcher = sets.get(0).shape().batcher(model, scaling.in(preprocessing), FIRST);
            for (int start = 0; start < images.size(); start += FIRST) {
                batcher.begin();
                images.subList(start, Math.min(start + FIRST, images.size())).forEach(batcher::add);
                try (Pass pass = model.serve(batcher.batch(), model.source())) {
                    information.add(pass.logits());
                }
            }
        }

        double nats() {
            return information.nats();
        }

        boolean isBetterThan(Trial current) {
            double margin = scaling.scalesAs(current.scaling) ? ORDER_MARGIN : SCALE_MARGIN;
            return nats() - current.nats() > margin * mostNats;
        }
    }
}
