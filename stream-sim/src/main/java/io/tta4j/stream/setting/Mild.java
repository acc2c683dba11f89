package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The mild setting: one stream a corruption, each image once. */
public final class Mild implements StreamSetting {

    private final boolean shuffled;
    private final long seed;

    private Mild(boolean shuffled, long seed) {
        this.shuffled = shuffled;
        this.seed = seed;
    }

    /** Images in the order they are stored in. */
    public static Mild stored() {
        return new Mild(false, 0);
    }

    /** Images in an order drawn by the seed, the same under every corruption. */
    public static Mild shuffled(long seed) {
        return new Mild(true, seed);
    }

    @Override
    public String name() {
        return "mild";
    }

    /** Of the stored order, which draws nothing, 0. */
    @Override
    public long seed() {
        return seed;
    }

    @Override
    public List<ImageStream> streams(List<String> corruptions, int[] labels) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, labels.length).boxed().toList());
        if (shuffled) {
            Shuffle.inPlace(order, new SplittableRandom(seed));
        }
        return IntStream.range(0, corruptions.size())
                .mapToObj(set -> ImageStream.of(
                        corruptions.get(set),
                        order.stream().map(image -> new Position(set, image)).toList()))
                .toList();
    }
}
