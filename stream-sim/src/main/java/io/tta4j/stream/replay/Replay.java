package io.tta4j.stream.replay;

import io.tta4j.AdaptiveModel;
import io.tta4j.method.Method;
import io.tta4j.method.Methods;
import io.tta4j.model.AdaptableModel;
import io.tta4j.model.Batch;
import io.tta4j.stream.data.ImageBatcher;
import io.tta4j.stream.data.ImageShape;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.LabelledImages;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.setting.ImageStream;
import io.tta4j.stream.setting.NewClass;
import io.tta4j.stream.setting.Position;
import io.tta4j.stream.setting.Session;
import io.tta4j.stream.setting.StreamSetting;
import java.io.IOException;
import java.util.ArrayList;
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
    private final List<Images> sets;
    private final int[] labels;
    private final Optional<LabelledImages> supports;
    private final Preprocessing preprocessing;
    private final int batchSize;
    private final byte[] pixels;
    private ImageBatcher batcher;
    private int capacity = 1;

    /**
     * Prepares a replay over the classes that the model was trained on; nothing is read yet.
     *
     * @param model the model; stays open
     * @param sets the images under each corruption, all of one shape; stay open
     * @param labels the class of each image, the same under every corruption; a replay may use the first images only
     * @param preprocessing how the images become the model's input
     * @param batchSize images a request, at least 1, where a stream has no number of its own
     * @throws IllegalArgumentException if the images do not fit the model or each other, or a label is not one of the
     *     model's classes
     */
    public Replay(AdaptableModel model, List<Images> sets, int[] labels, Preprocessing preprocessing, int batchSize) {
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
            List<Images> sets,
            int[] labels,
            LabelledImages supports,
            Preprocessing preprocessing,
            int batchSize) {
        this(model, sets, labels, Optional.of(supports), preprocessing, batchSize);
    }

    private Replay(
            AdaptableModel model,
            List<Images> sets,
            int[] labels,
            Optional<LabelledImages> supports,
            Preprocessing preprocessing,
            int batchSize) {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch must be at least 1, but was " + batchSize);
        }
        ImageShape shape = sets.get(0).shape();
        Stream.concat(sets.stream(), supports.stream().map(LabelledImages::images))
                .forEach(images -> requireShape(shape, images, sets.get(0)));
        if (supports.isEmpty()) {
            requireBaseClasses(labels, model.classes());
        }
        this.model = model;
        this.sets = List.copyOf(sets);
        this.labels = labels.clone();
        this.supports = supports;
        this.preprocessing = preprocessing;
        this.batcher = ImageBatcher.of(model, shape, preprocessing, capacity);
        this.batchSize = batchSize;
        this.pixels = new byte[shape.values()];
    }

    private static void requireShape(ImageShape shape, Images images, Images first) {
        if (!images.shape().equals(shape)) {
            throw new IllegalArgumentException("all images must have the same shape, but %s had %s where %s had %s"
                    .formatted(images.name(), images.shape(), first.name(), shape));
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
                setting.streams(sets.stream().map(Images::domain).toList(), labels);
        makeRoom(streams);
        warmUp(streams.get(0), methods);
        List<ReplayResult> results = new ArrayList<>();
        for (ImageStream stream : streams) {
            results.addAll(run(setting, stream, methods, listener));
        }
        return results;
    }

    private void makeRoom(List<ImageStream> streams) {
        int largest = streams.stream()
                .mapToInt(stream -> Math.min(batchSize(stream), stream.images()))
                .max()
                .orElseThrow();
        if (largest > capacity) {
            batcher = ImageBatcher.of(model, sets.get(0).shape(), preprocessing, largest);
            capacity = largest;
        }
    }

    private int batchSize(ImageStream stream) {
        return stream.batch().orElse(batchSize);
    }

    /**
     * Engines build what they adapt with at the first adaptation: one discarded batch keeps that out of the timings.
     */
    private void warmUp(ImageStream stream, List<Method> methods) throws IOException {
        Batch batch = load(stream.sessions().get(0).batches(batchSize(stream)).get(0));
        Stream.concat(Stream.of(Methods.source()), methods.stream())
                .forEach(method -> AdaptiveModel.of(model, method).predict(batch));
    }

    private List<ReplayResult> run(
            StreamSetting setting, ImageStream stream, List<Method> methods, ReplayListener listener)
            throws IOException {
        List<String> names = sets.stream().map(Images::name).toList();
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
            for (List<Position> positions : session.batches(batchSize(stream))) {
                Batch batch = load(positions);
                List<Expected> expected = expected(session, answered, positions, known);
                all.forEach(run -> run.answer(batch, expected));
                answered += positions.size();
                listener.answered(stream.name(), positions.size());
            }
        }
        return runs.stream()
                .map(run -> run.result(setting.name(), setting.seed(), stream.name(), source.nanos()))
                .toList();
    }

    private List<Expected> expected(Session session, int answered, List<Position> positions, KnownClasses known) {
        return IntStream.range(0, positions.size())
                .mapToObj(row -> {
                    Position position = positions.get(row);
                    int number = known.number(labels[position.image()]);
                    return new Expected(number, position.set(), answered + row >= session.previewFrom());
                })
                .toList();
    }

    private Batch load(List<Position> positions) throws IOException {
        batcher.begin();
        for (Position position : positions) {
            sets.get(position.set()).read(position.image(), pixels);
            batcher.add(pixels);
        }
        return batcher.batch();
    }

    /** What a session's classes are registered with, in memory of their own: a method may keep it. */
    private List<Batch> supports(Session session) throws IOException {
        List<Batch> batches = new ArrayList<>();
        for (NewClass introduced : session.introduced()) {
            Images images = supports.orElseThrow().images();
            int shots = introduced.supports().size();
            ImageBatcher own = ImageBatcher.of(model, images.shape(), preprocessing, shots);
            own.begin();
            for (int support : introduced.supports()) {
                images.read(support, pixels);
                own.add(pixels);
            }
            batches.add(own.batch());
        }
        return batches;
    }
}
