package io.tta4j.stream.setting;

import io.tta4j.stream.data.Domain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A drifting stream that brings new classes (the class-incremental sessions of few-shot learning). At the beginning of
 * a session its classes are registered with K supports each; then come images of those, and of the classes before them,
 * each image once and shuffled, while the corruption changes. In the last part of a session, images of the classes that
 * the next one introduces may be mixed in: what finds unknown classes is measured there.
 *
 * <p>Several sessions are one stream, which goes on from session to session. A single session has all classes from its
 * start: one stream a corruption then, each from the source state.
 *
 * @param curriculum which class comes when
 * @param shots how many supports a novel class gets
 * @param drift how the corruption changes, where there are several sessions
 * @param recurring the share of the classes of earlier sessions that come back in a session, 0..1, drawn by the seed
 * @param preview the share of a session, 0..1, at its end, in which images of the next one's classes are mixed in, and
 *     as large a share of these; 0 for no preview
 * @param seed what supports, recurring classes and the order depend on
 */
public record ClassIncremental(
        Curriculum curriculum, Shots shots, Drift drift, double recurring, double preview, long seed)
        implements StreamSetting {

    /** @throws IllegalArgumentException if a share is not in 0..1 */
    public ClassIncremental {
        requireShare("recurring", recurring);
        requireShare("preview", preview);
    }

    private static void requireShare(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("%s must be a share in 0..1, but was %s".formatted(name, share));
        }
    }

    @Override
    public String name() {
        return "class-incremental";
    }

    /**
     * The streams.
     *
     * @throws IllegalArgumentException if a novel class has fewer supports than shots, or a session has no image
     */
    @Override
    public List<ImageStream> streams(List<Domain> domains, int[] labels) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<NewClass>> introduced = introduced(random.split());
        SplittableRandom order = random.split();
        if (curriculum.sessions() == 1) {
            Session session = session(0, introduced.get(0), 1, labels, order);
            return IntStream.range(0, domains.size())
                    .mapToObj(set -> new ImageStream(domains.get(set).name(), List.of(session.under(set))))
                    .toList();
        }
        List<Session> sessions = new ArrayList<>();
        for (int session = 0; session < curriculum.sessions(); session++) {
            sessions.add(session(session, introduced.get(session), domains.size(), labels, order));
        }
        return List.of(new ImageStream(name(), sessions));
    }

    private List<List<NewClass>> introduced(SplittableRandom random) {
        return curriculum.introduced().stream()
                .map(labels ->
                        labels.stream().map(label -> shots.draw(label, random)).toList())
                .toList();
    }

    private Session session(
            int session, List<NewClass> introduced, int corruptions, int[] labels, SplittableRandom random) {
        List<Integer> classes = new ArrayList<>(curriculum.before(session));
        Shuffle.inPlace(classes, random);
        classes.subList((int) Math.round(recurring * classes.size()), classes.size())
                .clear();
        classes.addAll(curriculum.brought(session));
        List<Integer> images = imagesOf(classes, labels);
        if (images.isEmpty()) {
            throw new IllegalArgumentException(
                    "session %d must have images of its classes %s, but there were none".formatted(session, classes));
        }
        Shuffle.inPlace(images, random);
        List<Integer> coming = session + 1 < curriculum.sessions()
                ? imagesOf(curriculum.introduced().get(session + 1), labels)
                : new ArrayList<>();
        Shuffle.inPlace(coming, random);
        int from = preview == 0 || coming.isEmpty() ? images.size() : (int) Math.round((1 - preview) * images.size());
        images.addAll(coming.subList(0, (int) Math.ceil(preview * coming.size())));
        Shuffle.inPlace(images.subList(from, images.size()), random);
        return new Session(introduced, drift.over(session, images, corruptions), from);
    }

    private static List<Integer> imagesOf(Collection<Integer> classes, int[] labels) {
        Set<Integer> wanted = new HashSet<>(classes);
        return new ArrayList<>(IntStream.range(0, labels.length)
                .filter(image -> wanted.contains(labels[image]))
                .boxed()
                .toList());
    }

    @Override
    public String description() {
        String classes = "%d base classes, novel %s, %d-shot"
                .formatted(curriculum.baseClasses(), curriculum.novel(), shots.perClass());
        if (curriculum.sessions() == 1) {
            return classes + ", all from the start, each corruption apart";
        }
        return "%s, introduced by session %s, %d corruptions a session, recurring %s, preview %s"
                .formatted(classes, curriculum.introduced(), drift.stretches(), recurring, preview);
    }
}
