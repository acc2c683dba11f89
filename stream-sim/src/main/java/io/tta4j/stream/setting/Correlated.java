package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Temporally correlated classes, in RoTTA's form (Yuan et al., CVPR 2023), which PeTTA's streams have too.
 *
 * <p>A pass has as many slots as there are classes, 100 at most. The images of each class, shuffled, are divided among
 * the slots by shares drawn from a symmetric Dirichlet distribution. Slot follows slot; in each, class follows class in
 * a random order. (NOTE's form, Gong et al., NeurIPS 2022, in addition gives full slots nothing and draws again where a
 * slot has fewer than ten images.)
 *
 * @param delta the concentration of the distribution
 */
record Correlated(double delta) implements PassOrder {

    private static final int MOST_SLOTS = 100;

    Correlated {
        if (!(delta > 0) || Double.isInfinite(delta)) {
            throw new IllegalArgumentException("delta must be a positive number, but was " + delta);
        }
    }

    @Override
    public List<Position> pass(List<Position> pool, int[] labels, SplittableRandom random) {
        List<List<Position>> classes = Classes.of(pool, labels);
        Dirichlet shares = new Dirichlet(delta, Math.min(classes.size(), MOST_SLOTS));
        List<List<List<Position>>> slots = Stream.<List<List<Position>>>generate(ArrayList::new)
                .limit(shares.parts())
                .toList();
        for (List<Position> ofClass : classes) {
            Shuffle.inPlace(ofClass, random);
            List<List<Position>> parts = split(ofClass, shares.draw(random));
            IntStream.range(0, parts.size()).forEach(slot -> slots.get(slot).add(parts.get(slot)));
        }
        List<Position> pass = new ArrayList<>(pool.size());
        for (List<List<Position>> slot : slots) {
            Shuffle.inPlace(slot, random);
            slot.forEach(pass::addAll);
        }
        return pass;
    }

    private static <T> List<List<T>> split(List<T> elements, double[] shares) {
        List<List<T>> parts = new ArrayList<>(shares.length);
        double sum = 0;
        int from = 0;
        for (int part = 0; part < shares.length; part++) {
            sum += shares[part];
            int to = part == shares.length - 1
                    ? elements.size()
                    : Math.min((int) (sum * elements.size()), elements.size());
            parts.add(elements.subList(from, to));
            from = to;
        }
        return parts;
    }

    @Override
    public String description() {
        return "classes correlated, Dirichlet delta " + delta;
    }
}
