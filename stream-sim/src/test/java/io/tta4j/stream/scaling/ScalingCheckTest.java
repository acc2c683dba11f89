package io.tta4j.stream.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tta4j.engine.Engines;
import io.tta4j.engine.LoadOptions;
import io.tta4j.model.AdaptableModel;
import io.tta4j.stream.data.ChannelOrder;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.DataSets;
import io.tta4j.stream.data.Domain;
import io.tta4j.stream.data.Images;
import io.tta4j.stream.data.Layout;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.data.Split;
import io.tta4j.stream.image.Geometry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With networks that want RGB in 0 to 1, on images that are clean and under each corruption. */
final class ScalingCheckTest {

    private static final Path SHARED = Path.of(System.getProperty("tta4j.root", ".."), "..", "shared");
    private static final List<String> SETS = List.of("clean", "severity5", "tuning/severity5");

    @ParameterizedTest
    @ValueSource(strings = {"resnet20-gn", "resnet20-bn", "vit-ln"})
    void theRightScalingIsNeverSuspectedAndWrongOnesAre(String network) throws IOException {
        Path file = SHARED.resolve("models/" + network + ".onnx");
        assumeTrue(Files.exists(file), "../shared has no " + network);
        try (AdaptableModel model = Engines.of(file).load(file, LoadOptions.ofDefaults())) {
            for (String set : SETS) {
                try (DataSet images = DataSets.open(SHARED.resolve("cifar10/" + set), Split.TEST, List.of())) {
                    for (String corruption : images.corruptions()) {
                        assertThat(check(model, images, corruption, Preprocessing.ofDefaults()))
                                .as("%s on %s", network, corruption)
                                .isEmpty();
                    }
                }
            }
            try (DataSet clean = DataSets.open(SHARED.resolve("cifar10/clean"), Split.TEST, List.of())) {
                for (Map.Entry<String, Preprocessing> wrong : wrong(network).entrySet()) {
                    assertThat(check(model, clean, "images", wrong.getValue()))
                            .as("%s fed %s", network, wrong.getKey())
                            .isPresent();
                }
            }
        }
    }

    private static Optional<Suspicion> check(
            AdaptableModel model, DataSet set, String corruption, Preprocessing preprocessing) throws IOException {
        Images images = (Images) set.samples(Domain.of(corruption), Geometry.none());
        return ScalingCheck.of(model, List.of(images), preprocessing);
    }

    /** What a network notices: group norm behind every convolution makes one indifferent to most scalings. */
    private static Map<String, Preprocessing> wrong(String network) {
        List<Float> none = List.of();
        List<Float> half = List.of(0.5f, 0.5f, 0.5f);
        List<Float> mean = List.of(0.485f, 0.456f, 0.406f);
        List<Float> std = List.of(0.229f, 0.224f, 0.225f);
        Map<String, Preprocessing> wrong = new LinkedHashMap<>();
        wrong.put("BGR", new Preprocessing(255, none, none, Layout.NCHW, ChannelOrder.BGR));
        wrong.put("ImageNet in BGR", new Preprocessing(255, mean, std, Layout.NCHW, ChannelOrder.BGR));
        if (!network.equals("resnet20-gn")) {
            wrong.put("0 to 255", new Preprocessing(1, none, none));
            wrong.put("ImageNet", new Preprocessing(255, mean, std));
            wrong.put("-1 to 1 in BGR", new Preprocessing(255, half, half, Layout.NCHW, ChannelOrder.BGR));
        }
        return wrong;
    }
}
