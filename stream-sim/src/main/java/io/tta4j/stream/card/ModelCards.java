package io.tta4j.stream.card;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.tta4j.stream.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Finds and reads what lies beside a model: {@code <model>.card.json}, {@code model.json}, transformers'
 * {@code preprocessor_config.json}, timm's {@code config.json}; the first there is.
 */
public final class ModelCards {

    private static final CardFormat OWN = new OwnFormat();
    private static final CardFormat TIMM = new TimmFormat();
    private static final CardFormat TRANSFORMERS = new TransformersFormat();

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ModelCards() {}

    /**
     * The file beside a model that says what it wants.
     *
     * @param model the model's file
     * @throws DataException if there is one that cannot be read
     */
    public static Optional<Path> beside(Path model) throws IOException {
        String name = model.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot < 1 ? name : name.substring(0, dot);
        for (String candidate : List.of(stem + ".card.json", "model.json", "preprocessor_config.json")) {
            Path file = model.resolveSibling(candidate);
            if (Files.isRegularFile(file)) {
                return Optional.of(file);
            }
        }
        // transformers has a file of this name too, which says nothing of images.
        Path config = model.resolveSibling("config.json");
        return Files.isRegularFile(config) && TIMM.recognises(fields(config)) ? Optional.of(config) : Optional.empty();
    }

    /**
     * Reads a file of any of the three kinds.
     *
     * @throws IOException if it is missing or cannot be read
     * @throws DataException if it is no JSON object, or says something that is not understood; the message names the
     *     key
     */
    public static ModelCard read(Path file) throws IOException {
        Fields fields = fields(file);
        for (CardFormat format : List.of(TIMM, TRANSFORMERS)) {
            if (format.recognises(fields)) {
                return format.read(fields);
            }
        }
        return OWN.read(fields);
    }

    private static Fields fields(Path file) throws IOException {
        String name = file.getFileName().toString();
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            if (!root.isObject()) {
                throw new DataException(name + " must hold a JSON object, but did not");
            }
            return new Fields(name, root);
        } catch (JsonProcessingException e) {
            throw new DataException("%s must be JSON, but was not: %s".formatted(name, e.getOriginalMessage()), e);
        }
    }
}
