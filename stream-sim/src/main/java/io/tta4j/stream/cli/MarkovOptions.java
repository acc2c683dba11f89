package io.tta4j.stream.cli;

import io.tta4j.stream.setting.LabelOrder;
import io.tta4j.stream.setting.Streams;
import io.tta4j.stream.setting.Transition;
import picocli.CommandLine.Option;

/** The options of the markov setting. */
final class MarkovOptions {

    @Option(
            names = "--domain-correlation",
            paramLabel = "P",
            defaultValue = "0.85",
            description = "of markov: probability that the first corruption comes again next; up to 1/K, for K of them:"
                    + " each image's is drawn anew; 1: one after another (default: ${DEFAULT-VALUE})")
    private double domainCorrelation;

    @Option(
            names = "--domain-imbalance",
            paramLabel = "R",
            defaultValue = "1",
            description = "of markov: how many times as frequent the first corruption is as the last (default:"
                    + " ${DEFAULT-VALUE})")
    private double domainImbalance;

    @Option(
            names = "--class-correlation",
            paramLabel = "P",
            defaultValue = "0.95",
            description = "of markov: likewise for the first class (default: ${DEFAULT-VALUE})")
    private double classCorrelation;

    @Option(
            names = "--class-imbalance",
            paramLabel = "R",
            defaultValue = "1",
            description = "of markov: likewise for the classes (default: ${DEFAULT-VALUE})")
    private double classImbalance;

    /** The setting. */
    Streams streams() {
        return Streams.markov(domainCorrelation, classCorrelation)
                .withLabels(LabelOrder.markov(classCorrelation, classImbalance))
                .withTransition(Transition.markov(domainCorrelation, domainImbalance));
    }
}
