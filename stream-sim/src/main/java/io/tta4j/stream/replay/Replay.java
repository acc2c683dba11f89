package io.tta4j.stream.replay;

import io.tta4j.AdaptiveModel;
import io.tta4j.guard.Guards;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
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
 * <p>A replay that {@linkplain #keeping keeps} its cells goes on where an earlier one with the same cells has ended:
 * the results are the same, apart from what was timed.
 *
 * <p>Where a stream brings new classes, methods that learn classes register them at the beginning of their session. The
 * others take part as they are, and never name one.
 */
public final class Replay {

    private final AdaptableModel model;
    private final List<Samples> sets;
    private final int[] labels;
    private final Optional<LabelledSamples> supports;
    private final Preprocessing preprocessing;
    private final int batchSize;
    private final byte[] sample;
    private Batcher batcher;
    private int capacity = 1;
    private Protocol protocol = Protocol.ofDefaults();
    private Cells cells = Cells.NONE;
    private Trails trails = Trails.NONE;
    private Guards guards = Guards.finiteOnly();

    /**
     * Prepares a replay over the classes that the model was trained on; nothing is read yet.
     *
     * @param model the model; stays open
     * @param sets the samples under each corruption, all of one format; stay open
     * @param labels the class of each image, the same under every corruption; a replay may use the first images only
     * @param preprocessing how the images become the model's input
     * @param batchSize images a request, at least 1, where a stream has no number of its own
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
        this.batcher = format.batcher(model, preprocessing, capacity);
        this.batchSize = batchSize;
        this.sample = new byte[format.bytes()];
    }

    /** Says how methods are measured; by default as {@link Protocol#ofDefaults} does. Returns this. */
    public Replay under(Protocol other) {
        this.protocol = other;
        return this;
    }

    /** Says where finished cells are kept, and looked for; by default nowhere. Returns this. */
    public Replay keeping(Cells other) {
        this.cells = other;
        return this;
    }

    /** Says where audit trails are written; by default nowhere. Returns this. */
    public Replay auditing(Trails other) {
        this.trails = other;
        return this;
    }

    /** Says what keeps the methods' states sound; by default the finite check alone. Returns this. */
    public Replay guardedBy(Guards other) {
        this.guards = other;
        return this;
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
                setting.streams(sets.stream().map(Samples::domain).toList(), labels);
        makeRoom(streams);
        List<ReplayResult> results = new ArrayList<>();
        boolean isWarm = false;
        for (ImageStream stream : streams) {
            Cell cell = new Cell(setting.name(), setting.seed(), stream.name(), digest(stream));
            Optional<List<ReplayResult>> kept = cells.find(cell);
            if (kept.isPresent()) {
                results.addAll(kept.get());
                listener.answered(stream.name(), stream.images());
                continue;
            }
            if (!isWarm) {
                isWarm = warmUp(stream, methods, listener);
            }
            List<ReplayResult> finished = run(cell, stream, methods, listener);
            cells.keep(cell, finished);
            results.addAll(finished);
        }
        return results;
    }

    private void makeRoom(List<ImageStream> streams) {
        int largest = streams.stream()
                .mapToInt(stream -> Math.min(batchSize(stream), stream.images()))
                .max()
                .orElseThrow();
        if (largest > capacity) {
            batcher = sets.get(0).format().batcher(model, preprocessing, largest);
            capacity = largest;
        }
    }

    private int batchSize(ImageStream stream) {
        return stream.batch().orElse(batchSize);
    }

    /**
     * Engines build what they adapt with at the first adaptation: one discarded batch keeps that out of the timings.
     * Returns whether there was one that could be read.
     */
    private boolean warmUp(ImageStream stream, List<Method> methods, ReplayListener listener) throws IOException {
        List<Position> first =
                stream.sessions().get(0).batches(batchSize(stream)).get(0);
        if (load(first, new Digest(), listener).length == 0) {
            return false;
        }
        Batch batch = batcher.batch();
        Stream.concat(Stream.of(Methods.source()), methods.stream())
                .forEach(method -> AdaptiveModel.of(model, method).predict(batch));
        return true;
    }

    private List<ReplayResult> run(Cell cell, ImageStream stream, List<Method> methods, ReplayListener listener)
            throws IOException {
        List<MethodRun> opened = new ArrayList<>();
        try {
            return run(cell, stream, methods, opened, listener);
        } finally {
            for (MethodRun run : opened) {
                run.close();
            }
        }
    }

    /** Leaves the runs that it opens for the caller to close. */
    private List<ReplayResult> run(
            Cell cell, ImageStream stream, List<Method> methods, List<MethodRun> opened, ReplayListener listener)
            throws IOException {
        for (Method method : methods) {
            opened.add(run(cell, stream, method));
        }
        List<MethodRun> runs = List.copyOf(opened);
        int listed = IntStream.range(0, methods.size())
                .filter(i -> methods.get(i).name().equals(Methods.source().name()))
                .findFirst()
                .orElse(-1);
        MethodRun source = listed >= 0 ? runs.get(listed) : run(cell, stream, Methods.source());
        List<MethodRun> all = listed >= 0
                ? runs
                : Stream.concat(Stream.of(source), runs.stream()).toList();
        KnownClasses known = new KnownClasses(model.classes());
        Digest shown = new Digest();
        BitSet missing = new BitSet();
        int asked = 0;
        GalleryTally gallery = new GalleryTally();
        for (Session session : stream.sessions()) {
            session.introduced().forEach(introduced -> known.introduce(introduced.label()));
            List<Batch> supported = supports(session);
            all.forEach(run -> run.begin(session, supported));
            int answered = 0;
            for (List<Position> positions : session.batches(batchSize(stream))) {
                int[] loaded = load(positions, shown, listener);
                missing.set(asked, asked + positions.size());
                for (int row : loaded) {
                    missing.clear(asked + row);
                }
                if (loaded.length > 0) {
                    Batch batch = batcher.batch();
                    List<Expected> expected = expected(session, answered, positions, loaded, known);
                    all.forEach(run -> run.answer(batch, expected));
                    all.forEach(run -> run.keepPaceWith(source));
                    if (!stream.isClassIncremental()) {
                        show(positions, loaded, source, runs, gallery);
                    }
                }
                asked += positions.size();
                answered += positions.size();
                listener.answered(stream.name(), positions.size());
            }
        }
        if (protocol.clean().isPresent()) {
            answerClean(protocol.clean().get(), all, known, listener);
        }
        StreamFacts facts = new StreamFacts(cell, shown.hex(), domainChanges(stream, missing));
        Scores ofSource = source.scores();
        return IntStream.range(0, runs.size())
                .mapToObj(i -> runs.get(i).result(facts, ofSource, source.nanos(), gallery.of(i)))
                .toList();
    }

    private void show(
            List<Position> positions, int[] loaded, MethodRun source, List<MethodRun> runs, GalleryTally gallery) {
        for (int i = 0; i < loaded.length; i++) {
            int row = i;
            Position position = positions.get(loaded[row]);
            gallery.add(
                    sets.get(position.set()).name(),
                    position.image(),
                    labels[position.image()],
                    source.prediction(row),
                    runs.stream().map(run -> run.prediction(row)).toList());
        }
    }

    private MethodRun run(Cell cell, ImageStream stream, Method method) throws IOException {
        List<String> names = sets.stream().map(Samples::name).toList();
        boolean moves = method.adapts() || method.statistics().window().isPresent();
        return new MethodRun(
                model,
                method,
                guards,
                stream,
                names,
                protocol.window(batchSize(stream)),
                protocol.timeConstraint(),
                moves ? trails.of(cell, method) : Optional.empty());
    }

    private void answerClean(LabelledSamples clean, List<MethodRun> runs, KnownClasses known, ReplayListener listener)
            throws IOException {
        Samples samples = clean.samples();
        int[] cleanLabels = clean.labels();
        int size = Math.min(batchSize, cleanLabels.length);
        Batcher own = samples.format().batcher(model, preprocessing, size);
        byte[] one = new byte[samples.format().bytes()];
        for (int from = 0; from < cleanLabels.length; from += size) {
            own.begin();
            IntStream.Builder expected = IntStream.builder();
            for (int row = from; row < Math.min(from + size, cleanLabels.length); row++) {
                if (read(samples, row, one, listener)) {
                    own.add(one);
                    expected.add(known.number(cleanLabels[row]));
                }
            }
            int[] numbers = expected.build().toArray();
            if (numbers.length > 0) {
                Batch batch = own.batch();
                runs.forEach(run -> run.answerClean(batch, numbers));
            }
        }
    }

    /** Of all that the stream shows, as far as it is told by names and numbers. */
    private String digest(ImageStream stream) {
        Digest digest = new Digest();
        sets.forEach(samples -> digest.add(samples.name().getBytes(StandardCharsets.UTF_8)));
        for (Session session : stream.sessions()) {
            session.introduced().forEach(introduced -> {
                digest.add(introduced.label());
                introduced.supports().forEach(digest::add);
            });
            digest.add(session.previewFrom());
            for (List<Position> positions : session.batches(batchSize(stream))) {
                digest.add(positions.size());
                for (Position position : positions) {
                    digest.add(position.set()).add(position.image()).add(labels[position.image()]);
                }
            }
        }
        return digest.hex();
    }

    /**
     * None where there are more than batches: such a stream mixes its domains.
     *
     * @param missing the samples of the stream that could not be read, and so are not counted
     */
    private List<DomainChange> domainChanges(ImageStream stream, BitSet missing) {
        int[] changes = stream.domainChanges();
        int batches = stream.sessions().stream()
                .mapToInt(session -> session.batches(batchSize(stream)).size())
                .sum();
        if (changes.length >= batches) {
            return List.of();
        }
        List<Position> positions = stream.positions();
        return IntStream.concat(IntStream.of(0), IntStream.of(changes))
                .mapToObj(at -> new DomainChange(
                        at - missing.get(0, at).cardinality(),
                        sets.get(positions.get(at).set()).name()))
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
    private int[] load(List<Position> positions, Digest shown, ReplayListener listener) throws IOException {
        batcher.begin();
        IntStream.Builder loaded = IntStream.builder();
        for (int row = 0; row < positions.size(); row++) {
            Position position = positions.get(row);
            if (read(sets.get(position.set()), position.image(), sample, listener)) {
                shown.add(labels[position.image()]).add(sample);
                batcher.add(sample);
                loaded.add(row);
            }
        }
        return loaded.build().toArray();
    }

    /** Reads a sample; false where it is damaged and the listener goes on without it. */
    private static boolean read(Samples samples, int index, byte[] target, ReplayListener listener) throws IOException {
        try {
            samples.read(index, target);
            return true;
        } catch (BadSampleException e) {
            listener.unreadable(e);
            return false;
        }
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
