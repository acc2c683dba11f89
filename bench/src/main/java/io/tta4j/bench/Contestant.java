package io.tta4j.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Something that is timed beside others. */
record Contestant(String name, Timing timing) {

    private static final int WARM_UP = 2;

    /** One run. */
    @FunctionalInterface
    interface Timing {

        /** The seconds that one run on a batch took. */
        double seconds(int batch) throws IOException, OrtException;
    }

    /**
     * Lets each contestant run once a round, one at a time, in an order drawn anew for each round.
     *
     * @param batches how many batches the rounds take turns on
     * @param pause between two runs, in milliseconds, for spinning threads to end
     */
    static Times race(List<Contestant> contestants, int rounds, int batches, int pause)
            throws IOException, OrtException, InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            for (Contestant contestant : contestants) {
                contestant.timing.seconds(i % batches);
            }
        }
        double[][] seconds = new double[contestants.size()][rounds];
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < contestants.size(); i++) {
            order.add(i);
        }
        Random random = new Random(1);
        long start = System.nanoTime();
        for (int round = 0; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (int i : order) {
                Thread.sleep(pause);
                seconds[i][round] = contestants.get(i).timing.seconds(round % batches);
            }
            double elapsed = (System.nanoTime() - start) * 1e-9;
            System.err.printf(
                    "round %d of %d, about %.0f s to go%n",
                    round + 1, rounds, elapsed / (round + 1) * (rounds - round - 1));
        }
        Map<String, Sample> samples = new LinkedHashMap<>();
        for (int i = 0; i < contestants.size(); i++) {
            samples.put(contestants.get(i).name, Sample.of(seconds[i]));
        }
        return new Times(samples);
    }
}
