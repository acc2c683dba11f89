package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * SAR's online imbalanced label shift (Niu et al., ICLR 2023).
 *
 * <p>Of C classes (those that have an image), a seeded permutation pi gives an order. The draws are divided into C
 * equal stretches. In stretch t, class pi(t) is drawn with probability {@code imbalance / (imbalance + C - 1)} and each
 * other class with {@code 1 / (imbalance + C - 1)}; the image is drawn uniformly among those of its class, with
 * replacement. (The published code makes 100,000 draws for 1,000 classes in the same way.)
 *
 * @param imbalance how many times as likely the stretch's class is as any other: 1 means no shift, infinity pure class
 *     order
 */
record LabelShift(double imbalance) implements LabelOrder {

    LabelShift {
        if (!(imbalance >= 1) || Double.isInfinite(imbalance)) {
            throw new IllegalArgumentException("imbalance must be a number from 1 on, but was " + imbalance);
        }
    }

    @Override
    public List<Position> arrange(List<Position> pool, int images, int[] labels, SplittableRandom random) {
        List<List<Position>> classes = Classes.of(pool, labels);
        Shuffle.inPlace(classes, random);
        List<Position> draws = new ArrayList<>(images);
        for (int i = 0; i < images; i++) {
            int stretch = (int) ((long) i * classes.size() / images);
            List<Position> ofClass = classes.get(drawClass(stretch, classes.size(), random));
            draws.add(ofClass.get(random.nextInt(ofClass.size())));
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

    @Override
    public String description() {
        return "one class prevails at a time, imbalance " + imbalance;
    }
}
