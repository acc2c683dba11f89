package io.tta4j.stream.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.replay.AnsweredImage;
import io.tta4j.stream.replay.ReplayResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A few images of each setting, at its first seed, with what the source and each method answered: as many under each
 * corruption, or one under each of as many corruptions as there is room for.
 */
final class Gallery {

    /** Images of a setting. */
    static final int MOST_OF_A_SETTING = 24;

    /** Images of all settings together, as long as each has one. */
    static final int MOST = 96;

    private final ReplayReport report;

    private Gallery(ReplayReport report) {
        this.report = report;
    }

    /**
     * As JSON: {@code setting}, {@code domain}, {@code label}, {@code source}, {@code predictions} by method, and
     * {@code png}, a data URI, which is null where the report has no such images.
     */
    static String json(ReplayReport report) throws IOException {
        Gallery gallery = new Gallery(report);
        List<String> settings =
                report.results().stream().map(ReplayResult::setting).distinct().toList();
        int most = Math.max(1, Math.min(MOST_OF_A_SETTING, MOST / Math.max(1, settings.size())));
        ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
        for (String setting : settings) {
            for (Map<String, AnsweredImage> answers : gallery.chosen(setting, most)) {
                nodes.add(gallery.tree(setting, answers));
            }
        }
        return nodes.toString();
    }

    /** The images of a setting, each as every method answered it. */
    private List<Map<String, AnsweredImage>> chosen(String setting, int most) {
        List<List<Map<String, AnsweredImage>>> domains =
                List.copyOf(byDomain(setting).values());
        int shown = Math.min(domains.size(), most);
        List<Map<String, AnsweredImage>> chosen = new ArrayList<>();
        for (int i = 0; i < shown; i++) {
            List<Map<String, AnsweredImage>> images = domains.get(i * domains.size() / shown);
            chosen.addAll(images.subList(0, Math.min(images.size(), most / shown)));
        }
        return chosen;
    }

    private Map<String, List<Map<String, AnsweredImage>>> byDomain(String setting) {
        Map<String, List<Map<String, AnsweredImage>>> domains = new LinkedHashMap<>();
        List<ReplayResult> own = report.results().stream()
                .filter(result -> result.setting().equals(setting))
                .toList();
        List<ReplayResult> first = own.stream()
                .filter(result -> result.seed() == own.get(0).seed())
                .toList();
        for (String stream :
                first.stream().map(ReplayResult::corruption).distinct().toList()) {
            List<ReplayResult> methods = first.stream()
                    .filter(result -> result.corruption().equals(stream))
                    .toList();
            for (int i = 0; i < methods.get(0).gallery().size(); i++) {
                Map<String, AnsweredImage> answers = new LinkedHashMap<>();
                for (ReplayResult method : methods) {
                    answers.put(method.method(), method.gallery().get(i));
                }
                domains.computeIfAbsent(methods.get(0).gallery().get(i).domain(), name -> new ArrayList<>())
                        .add(answers);
            }
        }
        return domains;
    }

    private ObjectNode tree(String setting, Map<String, AnsweredImage> answers) throws IOException {
        AnsweredImage any = answers.values().iterator().next();
        ObjectNode tree = JsonNodeFactory.instance
                .objectNode()
                .put("setting", setting)
                .put("domain", any.domain())
                .put("label", any.label())
                .put("source", any.source());
        ObjectNode predictions = tree.putObject("predictions");
        answers.forEach((method, answer) -> predictions.put(method, answer.prediction()));
        return tree.put("png", png(any).orElse(null));
    }

    private Optional<String> png(AnsweredImage answer) throws IOException {
        for (Images images : report.images()) {
            if (images.name().equals(answer.domain())) {
                return Thumbnail.of(images, answer.image());
            }
        }
        return Optional.empty();
    }
}
