package io.tta4j.audit;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.model.ModelView;
import io.tta4j.model.Moments;
import io.tta4j.model.Observation;
import io.tta4j.model.Pass;
import io.tta4j.model.Statistics;
import io.tta4j.model.Vector;

/** A model that notes what its passes are asked. */
final class RecordedModel extends ModelView {

    private final Journal journal;

    RecordedModel(AdaptableModel model, Journal journal) {
        super(model);
        this.journal = journal;
    }

    @Override
    public Pass forward(Batch batch, Vector theta) {
        Pass pass = model().forward(batch, theta);
        int number = journal.nextPass();
        journal.add(new Call.Forward(number, batch.rows(), Sha256.ofShort(theta), Journal.hashes(batch)));
        return new RecordedPass(pass, number, journal);
    }

    @Override
    public Pass serve(Batch batch, Vector theta) {
        Pass pass = model().serve(batch, theta);
        int number = journal.nextPass();
        journal.add(new Call.Serve(number, batch.rows(), Sha256.ofShort(theta), Journal.hashes(batch)));
        return new RecordedPass(pass, number, journal);
    }

    @Override
    public AdaptableModel withStatistics(Statistics statistics) {
        return new RecordedModel(model().withStatistics(statistics), journal);
    }

    @Override
    public AdaptableModel withMoments(Moments moments) {
        return new RecordedModel(model().withMoments(moments), journal);
    }

    @Override
    public Observation observe(Batch batch, Vector theta, Moments moments, Vector rates) {
        Observation observation = model().observe(batch, theta, moments, rates);
        int number = journal.nextPass();
        journal.add(new Call.Observe(
                number,
                batch.rows(),
                Sha256.ofShort(theta),
                Journal.hashes(batch),
                observation.moments().means(),
                observation.moments().variances()));
        return new Observation(new RecordedPass(observation.pass(), number, journal), observation.moments());
    }
}
