package io.tta4j.stream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of three classes and images of five, twelve of each. */
final class PrototypesCommandTest {

    private static final int IMAGES = 60;

    @TempDir
    private Path folder;

    @Test
    void writesMeansOfTheModelsClassesForCsfaToRead() throws IOException {
        SurveyFolder surveyed = SurveyFolder.labelled(folder, IMAGES);

        Outcome outcome = surveyed.survey("prototypes", "p.safetensors", "--batch", "7", "--classes", "cat,dog,fox");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains("p.safetensors: 3 classes, 6 features, from 36 samples; 24 of other classes left out");
        ByteBuffer file = ByteBuffer.wrap(surveyed.bytes("p.safetensors")).order(ByteOrder.LITTLE_ENDIAN);
        byte[] head = new byte[(int) file.getLong()];
        file.get(head);
        JsonNode header = new ObjectMapper().readTree(head);
        assertThat(header.at("/__metadata__/classes").asText()).isEqualTo("[\"cat\",\"dog\",\"fox\"]");
        assertThat(header.at("/means/shape")).hasToString("[3,6]");
        int counts = file.position() + header.at("/counts/data_offsets/0").asInt();
        assertThat(file.getFloat(counts)).isEqualTo(12);

        surveyed.replay("--setting class-incremental --sessions 1 --shots 2 --support %s/data --method csfa"
                + " --set csfa.prototypes=%s/p.safetensors");
    }

    @Test
    void takesTheFeaturesThatAreNamed() throws IOException {
        SurveyFolder surveyed = SurveyFolder.labelled(folder, IMAGES);
        surveyed.survey("prototypes", "input.safetensors");

        Outcome named = surveyed.survey("prototypes", "hidden.safetensors", "--features", "hidden");

        assertThat(named.exitCode()).as(named.err()).isZero();
        assertThat(surveyed.bytes("hidden.safetensors")).isNotEqualTo(surveyed.bytes("input.safetensors"));
    }
}
