package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * SAR's online imbalanced label shift (Niu et al., ICLR 2023): one stream a corruption, whose class distribution moves.
 *
 * <p>Of C classes (those that have an image), a seeded permutation pi gives an order. The stream has as many draws as
 * there are images and is divided into C equal stretches. In stretch t, class pi(t) is drawn with probability
 * {@code imbalance / (imbalance + C - 1)} and each other class with {@code 1 / (imbalance + C - 1)}; the image is drawn
 * uniformly among those of its class. Draws are with replacement and the same under every corruption. (The published
 * code makes 100,000 draws for 1,000 classes in the same way.)
 *
 * @param imbalance how many times as likely the stretch's class is as any other: 1 means no shift, infinity pure class
 *     order
 * @param seed what the draws depend on
 */
public record LabelShift(double imbalance, long seed) implements StreamSetting {

    /** @throws IllegalArgumentException if the imbalance is below 1 or not finite */
    public LabelShift {
        if (!(imbalance >= 1) || Double.isInfinite(imbalance)) {
            throw new IllegalArgumentException("imbalance must be a number from 1 on, but was " + imbalance);
        }
    }

    @Override
    public String name() {
        return "label-shift";
    }

    @Override
    public List<ImageStream> streams(List<String> corruptions, int[] labels) {
        int[] draws = draw(labels);
        return IntStream.range(0, corruptions.size())
                .mapToObj(set -> ImageStream.of(
                        corruptions.get(set),
                        IntStream.of(draws)
                                .mapToObj(image -> new Position(set, image))
                                .toList()))
                .toList();
    }

    private int[] draw(int[] labels) {
        TreeMap<Integer, List<Integer>> byLabel = new TreeMap<>();
        for (int image = 0; image < labels.length; image++) {
            byLabel.computeIfAbsent(labels[image], label -> new ArrayList<>()).add(image);
        }
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Integer>> classes = new ArrayList<>(byLabel.values());
        Shuffle.inPlace(classes, random);
        int[] draws = new int[labels.length];
        for (int i = 0; i < draws.length; i++) {
            int stretch = (int) ((long) i * classes.size() / draws.length);
            List<Integer> images = classes.get(drawClass(stretch, classes.size(), random));
            draws[i] = images.get(random.nextInt(images.size()));
        }
        return draws;
    }

    private int drawClass(int stretch, int classes, SplittableRandom random) {
        double share = imbalance / (imbalance + classes - 1);
        if (classes == 1 || random.nextDouble() < share) {
            return stretch;
        }
        int other = random.nextInt(classes - 1);
        return other < stretch ? other : other + 1;
    }
}
