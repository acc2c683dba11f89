package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.List;
import java.util.SplittableRandom;

/** How a stream passes from domain to domain. Row i is the same image in every domain, so that only these change. */
public interface Transition {

    /**
     * Changes the domains of a stream's images.
     *
     * @param route which domains prevail when
     * @param positions the images of its stretches
     * @param domains a position's set is an index into them
     * @param random what is drawn, is drawn by this alone
     */
    List<Position> over(Route route, List<Position> positions, List<Domain> domains, SplittableRandom random);

    /** In a few words; empty if there is nothing to say. */
    String description();

    /** From one image to the next. */
    static Transition abrupt() {
        return new Abrupt();
    }

    /**
     * Images of both domains alternate, those of the new one with growing probability: image t is of the new one with
     * probability {@code 1 / (1 + exp(-4 (t - p) / width))}, p where the stretch begins (MOA's ConceptDriftStream;
     * Bifet et al., JMLR 2010).
     *
     * @param width in images, positive; at p -+ width / 2 the probability is 0.12 and 0.88
     */
    static Transition gradual(double width) {
        return new Gradual(width);
    }

    /**
     * The domain itself moves in steps: the old corruption's severity falls to its smallest, then, where there are any,
     * clean images come, and the new corruption's severity grows. The steps are equal, and fill so many images, half
     * before the stretch begins and half after. Needs smaller severities.
     *
     * @param width in images, at least 1, and no wider than a stretch
     */
    static Transition incremental(int width) {
        return new Incremental(width);
    }

    /**
     * Wherever it is in the route, a stream goes from domain to domain by a Markov chain of its own (UniTTA), the first
     * the most frequent.
     *
     * @param correlation the most frequent domain's probability to come again next, 0..1; up to 1 / K for K domains:
     *     independent draws; 1: domain after domain
     * @param imbalance how many times as frequent the first domain is as the last, from 1 on
     */
    static Transition markov(double correlation, double imbalance) {
        return new MarkovDomains(correlation, imbalance);
    }
}
