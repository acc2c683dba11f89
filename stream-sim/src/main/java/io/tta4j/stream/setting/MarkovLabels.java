package io.tta4j.stream.setting;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Classes by a Markov chain; of a class, no image comes again before all have come.
 *
 * @param correlation see {@link MarkovChain}
 * @param imbalance likewise
 */
record MarkovLabels(double correlation, double imbalance) implements LabelOrder {

    MarkovLabels {
        MarkovChain.requireRanges(correlation, imbalance);
    }

    @Override
    public List<Position> arrange(List<Position> pool, int images, int[] labels, SplittableRandom random) {
        List<List<Position>> classes = Classes.of(pool, labels);
        classes.replaceAll(ofClass -> imageByImage(ofClass, labels.length, random));
        int[] met = new int[classes.size()];
        List<Position> arranged = new ArrayList<>(images);
        for (int state : new MarkovChain(classes.size(), correlation, imbalance).walk(images, random)) {
            List<Position> ofClass = classes.get(state);
            arranged.add(ofClass.get(met[state]++ % ofClass.size()));
        }
        return arranged;
    }

    /** Shuffled, but an image comes under its second domain after all have come under their first, and so on. */
    private static List<Position> imageByImage(List<Position> ofClass, int images, SplittableRandom random) {
        Shuffle.inPlace(ofClass, random);
        int[] times = new int[images];
        TreeMap<Integer, List<Position>> rounds = new TreeMap<>();
        for (Position position : ofClass) {
            rounds.computeIfAbsent(times[position.image()]++, round -> new ArrayList<>())
                    .add(position);
        }
        return rounds.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public String description() {
        return "classes by a Markov chain, correlation %s, imbalance %s".formatted(correlation, imbalance);
    }
}
