package io.tta4j.stream.replay;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.stream.data.BadSampleException;
import io.tta4j.stream.data.Batcher;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.data.SampleFormat;
import io.tta4j.stream.data.Samples;
import io.tta4j.stream.setting.ImageStream;
import io.tta4j.stream.setting.NewClass;
import io.tta4j.stream.setting.Position;
import io.tta4j.stream.setting.Session;
import io.tta4j.stream.setting.StreamSetting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A prequential replay: every method answers each batch of a stream, is scored on the answer, and then adapts to it.
 *
 * <p>Methods go through a stream side by side, batch by batch, each from the source state and each with a state of its
 * own, so that whatever else the machine does meets all of them. The source model always takes part: costs are told
 * relative to it.
 *
 * <p>Where a stream brings new classes, methods that learn classes register them at the beginning of their session. The
 * others take part as they are, and never name one.
 */
public final class Replay {

    /** Batches in one window of accuracy. */
    public static final int BATCHES_PER_WINDOW = 10;

    private final AdaptableModel model;
    private final List<Samples> sets;
    private final int[] labels;
    private final Optional<LabelledSamples> supports;
    private final Preprocessing preprocessing;
    private final Batcher batcher;
    private final int batchSize;
    private final byte[] sample;

    /**
     * Prepares a replay over the classes that the model was trained on; nothing is read yet.
     *
     * @param model the model; stays open
     * @param sets the images under each corruption, all of one shape; stay open
     * @param labels the class of each image, the same under every corruption; a replay may use the first images only
     * @param preprocessing how the images become the model's input
     * @param batchSize images a request, at least 1
     * @throws IllegalArgumentException if the images do not fit the model or each other, or a label is not one of the
     *     model's classes
     */
    public Replay(
            AdaptableModel model,
            List<? extends Samples> sets,
            int[] labels,
            Preprocessing preprocessing,
            int batchSize) {
        this(model, sets, labels, Optional.empty(), preprocessing, batchSize);
    }

    /**
     * Prepares a replay that can bring new classes: labels may go beyond the model's.
     *
     * @param supports what new classes are registered with, of the same shape; stay open
     * @throws IllegalArgumentException if the images do not fit the model or each other
     */
    public Replay(
            AdaptableModel model,
            List<? extends Samples> sets,
            int[] labels,
            LabelledSamples supports,
            Preprocessing preprocessing,
            int batchSize) {
        this(model, sets, labels, Optional.of(supports), preprocessing, batchSize);
    }

    private Replay(
            AdaptableModel model,
            List<? extends Samples> sets,
            int[] labels,
            Optional<LabelledSamples> supports,
            Preprocessing preprocessing,
            int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch must be at least 1, but was " + batchSize);
        }
        SampleFormat format = sets.get(0).format();
        Stream.concat(sets.stream(), supports.stream().map(LabelledSamples::samples))
                .forEach(samples -> requireFormat(format, samples, sets.get(0)));
        if (supports.isEmpty()) {
            requireBaseClasses(labels, model.classes());
        }
        this.model = model;
        this.sets = List.copyOf(sets);
        this.labels = labels.clone();
        this.supports = supports;
        this.preprocessing = preprocessing;
        this.batcher = format.batcher(model, preprocessing, Math.min(batchSize, largestStream()));
        this.batchSize = batchSize;
        this.sample = new byte[format.bytes()];
    }

    private static void requireFormat(SampleFormat format, Samples samples, Samples first) {
        if (!samples.format().equals(format)) {
            throw new IllegalArgumentException("all samples must have the same shape, but %s had %s where %s had %s"
                    .formatted(samples.name(), samples.format(), first.name(), format));
        }
    }

    private static void requireBaseClasses(int[] labels, int classes) {
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] >= classes) {
                throw new IllegalArgumentException("labels must be in 0..%d, the model's classes, but row %d had %d"
                        .formatted(classes - 1, row, labels[row]));
            }
        }
    }

    private int largestStream() {
        return Math.multiplyExact(sets.size(), labels.length);
    }

    /**
     * Replays the streams of a setting.
     *
     * @param methods what to compare, with unique names
     * @return a result for each stream and method: streams in order, and in each the methods in order
     * @throws IOException if images cannot be read
     */
    public List<ReplayResult> run(StreamSetting setting, List<Method> methods, ReplayListener listener)
            throws IOException {
        List<ImageStream> streams =
                setting.streams(sets.stream().map(Samples::name).toList(), labels);
        warmUp(streams.get(0), methods, listener);
        List<ReplayResult> results = new ArrayList<>();
        for (ImageStream stream : streams) {
            results.addAll(run(setting, stream, methods, listener));
        }
        return results;
    }

    /**
     * Engines build what they adapt with at the first adaptation: one discarded batch keeps that out of the timings.
     */
    private void warmUp(ImageStream stream, List<Method> methods, ReplayListener listener) throws IOException {
        if (load(stream.sessions().get(0).batches(batchSize).get(0), listener).length == 0) {
            return;
        }
        Batch batch = batcher.batch();
        Stream.concat(Stream.of(Methods.source()), methods.stream())
                .forEach(method -> AdaptiveModel.of(model, method).predict(batch));
    }

    private List<ReplayResult> run(
            StreamSetting setting, ImageStream stream, List<Method> methods, ReplayListener listener)
            throws IOException {
        List<String> names = sets.stream().map(Samples::name).toList();
        List<MethodRun> runs = new ArrayList<>();
        for (Method method : methods) {
            runs.add(new MethodRun(model, method, stream, names));
        }
        int listed = IntStream.range(0, methods.size())
                .filter(i -> methods.get(i).name().equals(Methods.source().name()))
                .findFirst()
                .orElse(-1);
        MethodRun source = listed >= 0 ? runs.get(listed) : new MethodRun(model, Methods.source(), stream, names);
        List<MethodRun> all = listed >= 0
                ? runs
                : Stream.concat(Stream.of(source), runs.stream()).toList();
        KnownClasses known = new KnownClasses(model.classes());
        for (Session session : stream.sessions()) {
            session.introduced().forEach(introduced -> known.introduce(introduced.label()));
            List<Batch> supported = supports(session);
            all.forEach(run -> run.begin(session, supported));
            int answered = 0;
            for (List<Position> positions : session.batches(batchSize)) {
                int[] loaded = load(positions, listener);
                if (loaded.length > 0) {
                    Batch batch = batcher.batch();
                    List<Expected> expected = expected(session, answered, positions, loaded, known);
                    all.forEach(run -> run.answer(batch, expected));
                }
                answered += positions.size();
                listener.answered(stream.name(), positions.size());
            }
        }
        return runs.stream()
                .map(run -> run.result(setting.name(), setting.seed(), stream.name(), source.nanos()))
                .toList();
    }

    private List<Expected> expected(
            Session session, int answered, List<Position> positions, int[] loaded, KnownClasses known) {
        return Arrays.stream(loaded)
                .mapToObj(row -> {
                    Position position = positions.get(row);
                    int number = known.number(labels[position.image()]);
                    return new Expected(number, position.set(), answered + row >= session.previewFrom());
                })
                .toList();
    }

    /** Loads a batch, but for what cannot be read; returns which of the positions it has. */
    private int[] load(List<Position> positions, ReplayListener listener) throws IOException {
        batcher.begin();
        IntStream.Builder loaded = IntStream.builder();
        for (int row = 0; row < positions.size(); row++) {
            Position position = positions.get(row);
            try {
                sets.get(position.set()).read(position.image(), sample);
            } catch (BadSampleException e) {
                listener.unreadable(e);
                continue;
            }
            batcher.add(sample);
            loaded.add(row);
        }
        return loaded.build().toArray();
    }

    /** What a session's classes are registered with, in memory of their own: a method may keep it. */
    private List<Batch> supports(Session session) throws IOException {
        List<Batch> batches = new ArrayList<>();
        for (NewClass introduced : session.introduced()) {
            Samples samples = supports.orElseThrow().samples();
            int shots = introduced.supports().size();
            Batcher own = samples.format().batcher(model, preprocessing, shots);
            own.begin();
            for (int support : introduced.supports()) {
                samples.read(support, sample);
                own.add(sample);
            }
            batches.add(own.batch());
        }
        return batches;
    }
}
