package io.tta4j.csfa;

import io.tta4j.csfa.Known.Supported;
import io.tta4j.csfa.prototype.FeatureSpace;
import io.tta4j.csfa.prototype.SourcePrototypes;
import io.tta4j.method.Adaptation;
import io.tta4j.method.Answer;
import io.tta4j.method.ClassLearner;
import io.tta4j.method.Recognition;
import io.tta4j.method.State;
import io.tta4j.method.StepReport;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import io.tta4j.sar.SarRecipe;
import io.tta4j.sar.minimizer.Minimizer;
import io.tta4j.sar.minimizer.SharpnessAware;
import io.tta4j.sar.minimizer.SurrogateGap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * CSFA: class-incremental stream with feature alignment (Yu, Lu and Zhang, arXiv 2506.05736). A step of {@link Rsgs}
 * keeps the features of a drifting stream where the classifier expects them; calibrated prototypes name the classes
 * that the model was never trained on.
 *
 * <p>An answer, for features f of a sample, with m the running mean of the stream's features and p the prototypes:
 *
 * <ol>
 *   <li>x = (f - m) W, in the {@linkplain FeatureSpace space} that the source's spread within classes defines
 *   <li>a new class where the largest cos(x, p_n), less the margin, is above the largest cos(x, p_b) of the base
 *       classes; without {@link SourcePrototypes} by {@code 1 / sqrt(n)} more, after n samples
 *   <li>among new classes the one with the largest cosine, among base classes the one with the largest
 *       {@code headWeight * logit_b + tau cos(x, p_b)}: the classifier was trained on those, so it counts there, and
 *       prototypes decide only whether a class is new
 *   <li>unknown is how little x looks like any class, registered ones included: the energy of the linear discriminant
 *       over prototypes, or of the classifier where there are no {@link SourcePrototypes}
 * </ol>
 *
 * <p>After it, theta takes its step, the running moments take in the batch, each prototype is drawn a little towards
 * the samples that are surely of its class, within a bound around where it was registered, and the supports of one
 * class, in turn, are embedded again where theta has moved.
 *
 * <p>With {@link SourcePrototypes} the base prototypes begin as class means of the source. Without, they begin as the
 * classifier's weight rows, m is known of the stream alone, and nothing is called new in its first batch.
 *
 * <p>The model must be loaded with features. Safe for use by many threads.
 */
public final class Csfa implements ClassLearner {

    /** The name that settings and reports use. */
    public static final String NAME = "csfa";

    /** The scalar that says whose supports are next to be embedded again. */
    private static final String NEXT = "supports.next";

    private final CsfaConfig config;
    private final SarRecipe step;
    private final BaseClasses base;
    private final Fusion fusion;
    private final Following following;

    private Csfa(CsfaConfig config) {
        this.config = config;
        RsgsConfig rsgs = config.step();
        Minimizer minimizer = config.adaptation() == CsfaConfig.Adaptation.RSGS
                ? new SurrogateGap(rsgs.sar().rho(), rsgs.alpha())
                : new SharpnessAware(rsgs.sar().rho());
        this.step = new SarRecipe(rsgs.sar(), minimizer);
        this.base = config.prototypes()
                .<BaseClasses>map(prototypes -> new SourceClasses(prototypes, config))
                .orElseGet(() -> new StreamClasses(config));
        this.fusion = new Fusion(config.headWeight(), config.calibration().tau());
        this.following = new Following(config.followRate(), config.followMargin(), config.followGuard());
    }

    /** CSFA with these settings. */
    public static Csfa of(CsfaConfig config) {
        return new Csfa(config);
    }

    /** CSFA with default settings, source-free. */
    public static Csfa ofDefaults() {
        return of(CsfaConfig.ofDefaults());
    }

    @Override
    public String name() {
        return NAME;
    }

    /** The settings. */
    public CsfaConfig config() {
        return config;
    }

    @Override
    public Statistics statistics() {
        return config.step().sar().statistics();
    }

    @Override
    public int keptUnknowns() {
        return config.keptUnknowns();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the model hands out no features, or others than the prototypes are of; or if
     *     it has no classifier weights to begin with where there are no prototypes
     */
    @Override
    public State initial(AdaptableModel model) {
        int width = model.features()
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "the model must be loaded with features for csfa, but was loaded without; ask for features(\"auto\"), or --features auto on the command line"));
        base.width().filter(expected -> expected != width).ifPresent(expected -> {
            throw new IllegalArgumentException(
                    "csfa.prototypes must be of the model's features, %d wide, but are %d wide; make them again with ./tta prototypes"
                            .formatted(width, expected));
        });
        return base.begin(model, step.initial(model));
    }

    /** {@inheritDoc} Registered classes stay; their supports are embedded at the source's theta again. */
    @Override
    public State reset(AdaptableModel model, State state) {
        Known before = Known.in(state);
        State fresh = SupportInputs.copy(state, initial(model));
        for (int i = 0; i < before.registered().size(); i++) {
            Known known = Known.in(fresh);
            Supported told = before.supported(i);
            fresh = known.plus(
                            before.registered().get(i), base.support(known, told.mean(), told.origin(), told.count()))
                    .into(fresh);
            fresh = embedAgain(model, fresh, i);
        }
        return fresh;
    }

    @Override
    public List<String> classes(State state) {
        return Known.in(state).classes();
    }

    @Override
    public Answer answer(Pass pass, State state) {
        Known known = Known.in(state);
        Recognition recognition = recognise(pass, known, base.place(pass.features(), known.stream()));
        return new Answer(pass.logits(), pass.output(), Optional.of(recognition));
    }

    /** What a pass's samples are, placed in the feature space. */
    private Recognition recognise(Pass pass, Known known, Matrix placed) {
        Matrix projections = placed.times(known.prototypes());
        Matrix cosines = projections.overRows(placed.norms());
        return new Recognition(
                known.classes(),
                fusion.scores(pass.logits(), cosines, config.newClassMargin() + base.originError(known)),
                base.unknown(known, projections, cosines, pass.logits()),
                known.stream().threshold(config.unknownDeviations()));
    }

    @Override
    public Adaptation adapt(AdaptableModel model, Pass pass, State state) {
        Known known = Known.in(state);
        Matrix features = pass.features();
        Matrix placed = base.place(features, known.stream());
        Recognition recognition = recognise(pass, known, placed);
        Known followed = following
                .follow(known, placed, recognition.scores())
                .with(known.stream().after(features, recognition.unknown()));
        Adaptation stepped = config.adaptation() == CsfaConfig.Adaptation.NONE
                ? new Adaptation(state, StepReport.skipped(pass.rows(), 0))
                : step.adapt(model, pass, state);
        State learned = base.recentred(followed).into(stepped.state());
        boolean moved = !learned.theta().equals(state.theta());
        return new Adaptation(moved ? embedNext(model, learned) : learned, stepped.report());
    }

    /** Embeds the supports of one class at the state's theta, the next one in turn. */
    private State embedNext(AdaptableModel model, State state) {
        int classes = Known.in(state).registered().size();
        if (classes == 0) {
            return state;
        }
        int index = (int) state.scalar(NEXT).orElse(0) % classes;
        return embedAgain(model, state, index).with(NEXT, (index + 1) % classes);
    }

    /** Embeds the supports of a class at the state's theta, if their inputs were kept. */
    private State embedAgain(AdaptableModel model, State state, int index) {
        Known known = Known.in(state);
        Supported before = known.supported(index);
        return SupportInputs.of(state, known.registered().get(index), before.count(), model)
                .map(inputs -> known.replace(index, embed(model, known, inputs, state.theta(), before.origin()))
                        .into(state))
                .orElse(state);
    }

    @Override
    public State register(AdaptableModel model, State state, String name, Batch supports) {
        Known known = Known.in(state);
        if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "the name of a class must have letters and no control characters, but was '%s'".formatted(name));
        }
        if (known.classes().contains(name)) {
            throw new IllegalArgumentException(
                    "class '%s' must be a new name, but there is one; give it more samples with addSupports, or remove it first"
                            .formatted(name));
        }
        if (known.registered().size() >= config.maxClasses()) {
            throw new IllegalArgumentException(
                    "registered classes must be at most csfa.maxClasses = %d, but '%s' would be one more; remove some or raise the bound"
                            .formatted(config.maxClasses(), name));
        }
        Vector origin =
                config.supports() == CsfaConfig.Supports.STREAM ? known.stream().mean() : base.origin(known);
        Known more = known.plus(name, embed(model, known, supports, state.theta(), origin));
        return SupportInputs.keep(more.into(state), name, supports, supportBytes());
    }

    @Override
    public State addSupports(AdaptableModel model, State state, String name, Batch supports) {
        Known known = Known.in(state);
        int index = registered(known, name);
        Supported before = known.supported(index);
        Supported more = embed(model, known, supports, state.theta(), before.origin());
        int count = before.count() + more.count();
        Vector mean =
                before.mean().times((float) before.count() / count).plus((float) more.count() / count, more.mean());
        Known joined = known.replace(index, base.support(known, mean, before.origin(), count));
        boolean kept = SupportInputs.of(state, name, before.count(), model).isPresent();
        State next = joined.into(state);
        return kept ? SupportInputs.keep(next, name, supports, supportBytes()) : next;
    }

    @Override
    public State remove(State state, String name) {
        Known known = Known.in(state);
        return SupportInputs.forget(known.minus(registered(known, name)).into(state), name);
    }

    private long supportBytes() {
        return config.supportMegabytes() * (1L << 20);
    }

    private static int registered(Known known, String name) {
        OptionalInt index = known.find(name);
        if (index.isEmpty()) {
            throw new IllegalArgumentException(
                    "class must be one of the registered %s, but was '%s'".formatted(known.registered(), name));
        }
        return index.getAsInt();
    }

    /** Where supports lie at a theta. */
    private Supported embed(AdaptableModel model, Known known, Batch supports, Vector theta, Vector origin) {
        Matrix features;
        try (Pass pass = model.serve(supports, theta)) {
            features = pass.features();
        }
        if (features.columns() != known.width()) {
            throw new IllegalArgumentException(
                    "supports must have features of width %d, but had %d".formatted(known.width(), features.columns()));
        }
        if (!features.isFinite()) {
            throw new IllegalArgumentException(
                    "supports must lead to finite features, but some value was not; look at their pixels or values");
        }
        return base.support(known, features.meanRow(), origin, features.rows());
    }
}
