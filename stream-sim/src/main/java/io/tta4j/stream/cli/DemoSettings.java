package io.tta4j.stream.cli;

import java.util.List;

/**
 * What the demo replays.
 *
 * @param corruptions by name, in the order to be shown
 * @param severity 1..5
 * @param images held-out images under each corruption
 * @param batch images a request
 * @param methods what is compared
 * @param settings of the methods, as {@code method.setting=value}
 */
record DemoSettings(
        List<String> corruptions, int severity, int images, int batch, List<String> methods, List<String> settings) {

    /**
     * Chosen on the tuning images; see {@code tools/demo}. The learning rate is ten times the product's default, as a
     * stream of 32 batches is short.
     */
    static DemoSettings ofDefaults() {
        return new DemoSettings(
                List.of("gaussian_noise", "shot_noise", "impulse_noise", "speckle_noise", "saturate"),
                5,
                2000,
                64,
                List.of("source", "tent", "sar"),
                List.of("tent.learningRate=0.01", "sar.learningRate=0.01"));
    }
}
