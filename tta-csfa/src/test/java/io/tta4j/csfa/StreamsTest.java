package io.tta4j.csfa;

import static io.tta4j.csfa.Clouds.CAT;
import static io.tta4j.csfa.Clouds.COW;
import static io.tta4j.csfa.Clouds.DOG;
import static io.tta4j.csfa.Clouds.FOX;
import static org.assertj.core.api.Assertions.assertThat;

import io.tta4j.AdaptiveModel;
import io.tta4j.AdaptiveStream;
import io.tta4j.RuntimeConfig;
import io.tta4j.method.Answer;
import io.tta4j.model.Batch;
import io.tta4j.snapshot.SnapshotDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams with classes of their own that leave memory and come back, after a restart too. */
class StreamsTest {

    private static AdaptiveModel.Builder builder() {
        return AdaptiveModel.builder(
                Clouds.model(),
                Csfa.of(CsfaConfig.custom().prototypes(Clouds.prototypes()).build()));
    }

    /** The second stream learns the other newcomer, and under the same name. */
    private static void take(AdaptiveStream stream, int newcomer, int request) {
        if (request == 1) {
            stream.register("newcomer", Clouds.batch(newcomer, newcomer, newcomer, newcomer));
        } else if (request == 4) {
            stream.addSupports("newcomer", Clouds.batch(10 + newcomer, newcomer));
        } else if (request == 7 && newcomer == COW) {
            stream.remove("newcomer");
        }
    }

    @Test
    void classesGoOnWithTheSameBits(@TempDir Path root) throws IOException {
        Map<String, Integer> newcomers = Map.of("left", FOX, "right", COW);
        Map<String, AdaptiveModel> alone = new HashMap<>();
        newcomers.keySet().forEach(key -> alone.put(key, builder().build()));
        RuntimeConfig noRoom = RuntimeConfig.custom()
                .streamBytes(1)
                .saveInterval(Duration.ofDays(1))
                .build();
        for (int request = 0; request < 10; request++) {
            // A start for each request.
            try (SnapshotDirectory directory = SnapshotDirectory.open(root);
                    AdaptiveModel together =
                            builder().config(noRoom).store(directory).build()) {
                for (String key : List.of("left", "right")) {
                    AdaptiveModel expected = Objects.requireNonNull(alone.get(key));
                    AdaptiveStream stream = together.stream(key);
                    int newcomer = Objects.requireNonNull(newcomers.get(key));
                    take(expected, newcomer, request);
                    take(stream, newcomer, request);
                    Batch batch = Clouds.batch(100 + request, CAT, DOG, newcomer, CAT, newcomer, DOG, DOG, CAT);
                    Answer answer = expected.predict(batch);
                    Answer again = stream.predict(batch);

                    assertThat(again.logits()).isEqualTo(answer.logits());
                    assertThat(stream.classes()).isEqualTo(expected.classes());
                    assertThat(stream.state()).isEqualTo(expected.state());
                    assertThat(stream.counters()).isEqualTo(expected.counters());
                }
            }
        }
        assertThat(Objects.requireNonNull(alone.get("left")).classes()).containsExactly("cat", "dog", "newcomer");
        assertThat(Objects.requireNonNull(alone.get("right")).classes()).containsExactly("cat", "dog");
    }
}
