package io.tta4j.stream.setting;

import java.util.List;
import java.util.SplittableRandom;

/** In which order the images of a stretch come, which makes the order of their classes. */
public interface LabelOrder {

    /**
     * Lines up images.
     *
     * @param pool what there is; at least one
     * @param images how many are wanted, at least 1; may be fewer or more than there are
     * @param labels the class of each image; a position's image is an index into them
     * @param random what is drawn, is drawn by this alone
     */
    List<Position> arrange(List<Position> pool, int images, int[] labels, SplittableRandom random);

    /** In a few words. */
    String description();

    /** Pass after pass, as the files have them. */
    static LabelOrder stored() {
        return new Stored();
    }

    /** Pass after pass, each in an order of its own, all orders equally likely. */
    static LabelOrder shuffled() {
        return new Shuffled();
    }

    /**
     * One class prevails at a time (SAR's online imbalanced label shift; Niu et al., ICLR 2023).
     *
     * @param imbalance how many times as likely the prevailing class is as any other, from 1 on
     */
    static LabelOrder shift(double imbalance) {
        return new LabelShift(imbalance);
    }

    /**
     * Classes come in clusters, pass after pass (Gong et al., NOTE, NeurIPS 2022; Yuan et al., RoTTA, CVPR 2023).
     *
     * @param delta the concentration of the Dirichlet distribution, positive; the smaller, the more a class keeps to
     *     itself. The field uses 0.1 and 0.01
     */
    static LabelOrder correlated(double delta) {
        return new Correlated(delta);
    }

    /**
     * Classes follow a Markov chain (Du et al., UniTTA, 2024). The classes are in the order of their labels, the most
     * frequent first.
     *
     * @param correlation the most frequent class's probability to come again next, 0..1; up to 1 / C: independent
     *     draws; 1: class after class
     * @param imbalance how many times as frequent the first class is as the last, from 1 on
     */
    static LabelOrder markov(double correlation, double imbalance) {
        return new MarkovLabels(correlation, imbalance);
    }
}
