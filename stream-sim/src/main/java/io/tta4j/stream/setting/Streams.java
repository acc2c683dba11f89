package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Streams over the classes that a model was trained on, composed of which domains prevail when, in which order the
 * images and so the classes come, and how domains pass into each other. The settings of the field are such
 * compositions, and parts can be exchanged:
 *
 * <pre>{@code
 * StreamSetting plain = Streams.continual();
 * StreamSetting wild = Streams.continual()
 *         .withLabels(LabelOrder.correlated(0.1))
 *         .withTransition(Transition.gradual(500))
 *         .withBatch(1)
 *         .withSeed(3);
 * }</pre>
 *
 * @param name the setting's name
 * @param domainOrder which domains prevail when
 * @param labelOrder in which order the images of a stretch come
 * @param transition how a stream passes from stretch to stretch
 * @param cleanStretch so many clean images come between two stretches of different corruptions; 0 for none
 * @param batch images a request, where the setting wants a number of its own
 * @param seed what is drawn depends on this alone; each stream starts from it anew
 */
public record Streams(
        String name,
        DomainOrder domainOrder,
        LabelOrder labelOrder,
        Transition transition,
        int cleanStretch,
        OptionalInt batch,
        long seed)
        implements StreamSetting {

    private static final double DELTA = 0.1;

    /** @throws IllegalArgumentException if the clean images are fewer than 0, or a batch is smaller than 1 */
    public Streams {
        if (cleanStretch < 0) {
            throw new IllegalArgumentException("a clean stretch must have at least 0 images, but had " + cleanStretch);
        }
        if (batch.isPresent() && batch.getAsInt() < 1) {
            throw new IllegalArgumentException("batch must be at least 1, but was " + batch.getAsInt());
        }
    }

    private static Streams of(String name, DomainOrder domains, LabelOrder labels, Transition transition) {
        return new Streams(name, domains, labels, transition, 0, OptionalInt.empty(), 0);
    }

    /** {@code mild}: each corruption apart, each image once, as stored. */
    public static Streams mild() {
        return of("mild", DomainOrder.apart(), LabelOrder.stored(), Transition.abrupt());
    }

    /** {@code batch-1}: as {@link #mild}, one image at a time (SAR). */
    public static Streams batchOne() {
        return mild().withName("batch-1").withBatch(1);
    }

    /** {@code label-shift}: each corruption apart, one class at a time prevails; see {@link LabelOrder#shift}. */
    public static Streams labelShift(double imbalance) {
        return mild().withName("label-shift").withLabels(LabelOrder.shift(imbalance));
    }

    /** {@code correlated}: each corruption apart, classes in clusters; see {@link LabelOrder#correlated}. */
    public static Streams correlated(double delta) {
        return mild().withName("correlated").withLabels(LabelOrder.correlated(delta));
    }

    /** {@code mixed}: all images under all corruptions, shuffled together (SAR). */
    public static Streams mixed() {
        return of("mixed", DomainOrder.mixed(), LabelOrder.shuffled(), Transition.abrupt());
    }

    /** {@code continual}: one corruption after another, never reset, as stored (CoTTA). */
    public static Streams continual() {
        return of("continual", DomainOrder.inTurn(), LabelOrder.stored(), Transition.abrupt());
    }

    /** {@code gradual}: severities up and down again, one corruption after another; see {@link DomainOrder#ramps}. */
    public static Streams gradual() {
        return of("gradual", DomainOrder.ramps(), LabelOrder.stored(), Transition.abrupt());
    }

    /**
     * {@code recurring}: the corruptions in turn, again and again, classes in clusters of delta 0.1 (PeTTA, with 20).
     */
    public static Streams recurring(int cycles) {
        return of("recurring", DomainOrder.recurring(cycles), LabelOrder.correlated(DELTA), Transition.abrupt());
    }

    /**
     * {@code drift}: one corruption after another, shuffled; see {@link DomainOrder#drifting} for other positions,
     * cycles, and clean images first.
     *
     * @param transition abrupt, gradual or incremental
     */
    public static Streams drift(Transition transition) {
        return of("drift", DomainOrder.inTurn(), LabelOrder.shuffled(), transition);
    }

    /**
     * {@code markov}: corruptions and classes each by a Markov chain, without imbalance; see {@link Transition#markov}.
     */
    public static Streams markov(double domainCorrelation, double classCorrelation) {
        return of(
                "markov",
                DomainOrder.mixed(),
                LabelOrder.markov(classCorrelation, 1),
                Transition.markov(domainCorrelation, 1));
    }

    /** The same under another name. */
    public Streams withName(String changed) {
        return new Streams(changed, domainOrder, labelOrder, transition, cleanStretch, batch, seed);
    }

    /** The same with domains in another order. */
    public Streams withDomains(DomainOrder changed) {
        return new Streams(name, changed, labelOrder, transition, cleanStretch, batch, seed);
    }

    /** The same with images in another order. */
    public Streams withLabels(LabelOrder changed) {
        return new Streams(name, domainOrder, changed, transition, cleanStretch, batch, seed);
    }

    /** The same with another transition. */
    public Streams withTransition(Transition changed) {
        return new Streams(name, domainOrder, labelOrder, changed, cleanStretch, batch, seed);
    }

    /** The same with so many clean images wherever one corruption follows another. */
    public Streams withCleanStretch(int images) {
        return new Streams(name, domainOrder, labelOrder, transition, images, batch, seed);
    }

    /** The same with so many images a request. */
    public Streams withBatch(int images) {
        return new Streams(name, domainOrder, labelOrder, transition, cleanStretch, OptionalInt.of(images), seed);
    }

    /** The same with another seed. */
    public Streams withSeed(long changed) {
        return new Streams(name, domainOrder, labelOrder, transition, cleanStretch, batch, changed);
    }

    @Override
    public String description() {
        return Stream.of(
                        domainOrder.description(),
                        labelOrder.description(),
                        transition.description(),
                        cleanStretch == 0 ? "" : "%d clean images in between".formatted(cleanStretch),
                        batch.isEmpty() ? "" : "batches of %d".formatted(batch.getAsInt()))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("; "));
    }

    /**
     * The streams.
     *
     * @throws IllegalArgumentException if the setting wants domains that there are not
     */
    @Override
    public List<ImageStream> streams(List<Domain> domains, int[] labels) {
        return domainOrder.routes(name, domains, labels.length).stream()
                .map(route -> stream(interrupted(route, new DomainList(domains)), domains, labels))
                .toList();
    }

    private Route interrupted(Route route, DomainList domains) {
        if (cleanStretch == 0) {
            return route;
        }
        int clean = domains.requireClean();
        List<Stretch> stretches = new ArrayList<>();
        for (int i = 0; i < route.stretches().size(); i++) {
            Stretch stretch = route.stretches().get(i);
            if (i > 0 && domains.isShift(route.stretches().get(i - 1), stretch)) {
                stretches.add(Stretch.of(clean, cleanStretch));
            }
            stretches.add(stretch);
        }
        return new Route(route.name(), stretches);
    }

    private ImageStream stream(Route route, List<Domain> domains, int[] labels) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Position> positions = new ArrayList<>();
        for (Stretch stretch : route.stretches()) {
            positions.addAll(labelOrder.arrange(stretch.pool(labels.length), stretch.images(), labels, random));
        }
        List<Position> changed = transition.over(route, positions, domains, random);
        return new ImageStream(route.name(), List.of(Session.of(changed)), batch);
    }
}
