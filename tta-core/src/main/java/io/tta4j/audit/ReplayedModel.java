package io.tta4j.audit;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.AffineLayout;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Matrix;
import io.tta4j.model.Moments;
import io.tta4j.model.Observation;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A model whose passes hand out what recorded ones did, in one step. Inputs that a method made of others are not those
 * of then, so these are not compared.
 */
final class ReplayedModel implements AdaptableModel {

    private final ModelFacts facts;
    private final Script script;
    private int passes = 1;

    ReplayedModel(ModelFacts facts, Script script) {
        this.facts = facts;
        this.script = script;
    }

    int nextPass() {
        return passes++;
    }

    @Override
    public List<InputSpec> inputs() {
        return facts.inputs();
    }

    @Override
    public int classes() {
        return facts.classes();
    }

    @Override
    public OptionalInt features() {
        return facts.features() == null ? OptionalInt.empty() : OptionalInt.of(facts.features());
    }

    @Override
    public Optional<Matrix> classifierWeights() {
        return Optional.ofNullable(facts.classifierWeights());
    }

    @Override
    public AffineLayout layout() {
        return facts.layout();
    }

    @Override
    public Vector source() {
        return facts.source();
    }

    @Override
    public boolean samplesIndependent() {
        return facts.samplesIndependent();
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        int number = nextPass();
        Call.Forward call = script.next(Call.Forward.class, number);
        return pass(batch, theta, number, call.samples(), call.theta());
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        int number = nextPass();
        Call.Serve call = script.next(Call.Serve.class, number);
        return pass(batch, theta, number, call.samples(), call.theta());
    }

    @Override
    public Observation observe(Batch batch, Vector theta, Moments moments, Vector rates) {
        int number = nextPass();
        Call.Observe call = script.next(Call.Observe.class, number);
        return new Observation(
                pass(batch, theta, number, call.samples(), call.theta()), new Moments(call.means(), call.variances()));
    }

    private Pass pass(Batch batch, Vector theta, int number, int samples, String recorded) {
        Script.requireSame("the number of samples", samples, batch.rows());
        Script.requireTheta(recorded, theta);
        return new ReplayedPass(samples, number, () -> batch, script, this);
    }

    @Override
    public AdaptableModel withStatistics(Statistics statistics) {
        return this;
    }

    @Override
    public AdaptableModel withMoments(Moments moments) {
        return this;
    }

    @Override
    public void close() {
        // Nothing is held but what is recorded.
    }
}
