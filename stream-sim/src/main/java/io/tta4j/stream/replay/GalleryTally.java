package io.tta4j.stream.replay;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Chooses the images of a stream that are worth a look: under each corruption the last ones that some method answered
 * differently from the source, and where these are too few the last ones at all. At the end of a stream answers show
 * what adapting came to.
 */
final class GalleryTally {

    /** Images under each corruption. */
    static final int PER_DOMAIN = 4;

    private final Map<String, Choice> domains = new LinkedHashMap<>();

    /** The images under one corruption, the last ones first; each as every method answered it. */
    private static final class Choice {

        private final Deque<List<AnsweredImage>> changed = new ArrayDeque<>();
        private final Deque<List<AnsweredImage>> unchanged = new ArrayDeque<>();

        void add(List<AnsweredImage> answers) {
            boolean isChanged = answers.stream().anyMatch(AnsweredImage::isChanged);
            Deque<List<AnsweredImage>> chosen = isChanged ? changed : unchanged;
            int image = answers.get(0).image();
            changed.removeIf(before -> before.get(0).image() == image);
            unchanged.removeIf(before -> before.get(0).image() == image);
            chosen.addFirst(answers);
            if (chosen.size() > PER_DOMAIN) {
                chosen.removeLast();
            }
        }

        Stream<List<AnsweredImage>> images() {
            return Stream.concat(changed.stream(), unchanged.stream()).limit(PER_DOMAIN);
        }
    }

    /**
     * Adds an image.
     *
     * @param source what the source model answered
     * @param predictions what each method answered
     */
    void add(String domain, int image, int label, int source, List<Integer> predictions) {
        List<AnsweredImage> answers = new ArrayList<>(predictions.size());
        predictions.forEach(prediction -> answers.add(new AnsweredImage(domain, image, label, source, prediction)));
        domains.computeIfAbsent(domain, first -> new Choice()).add(answers);
    }

    /** The images as one method answered them: corruption by corruption, in the order these came. */
    List<AnsweredImage> of(int method) {
        return domains.values().stream()
                .flatMap(Choice::images)
                .map(answers -> answers.get(method))
                .toList();
    }
}
