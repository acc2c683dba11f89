package io.tta4j.stream.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tta4j.stream.data.ChannelOrder;
import io.tta4j.stream.data.DataException;
import io.tta4j.stream.data.Layout;
import io.tta4j.stream.data.Preprocessing;
import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.image.Interpolation;
import io.tta4j.stream.image.Resize;
import io.tta4j.stream.image.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelCardsTest {

    @TempDir
    private Path folder;

    @Test
    void aCardOfOurOwnSaysEverything() throws IOException {
        ModelCard card = read("""
                {"resize": 256, "crop": [224, 192], "interpolation": "bicubic", "scale": 1,
                 "mean": [104, 117, 123], "std": [1, 1, 2], "layout": "NHWC", "channels": "BGR",
                 "classes": ["cat", "dog"]}""");

        assertThat(card.preprocessing())
                .isEqualTo(new Preprocessing(
                        1, List.of(104f, 117f, 123f), List.of(1f, 1f, 2f), Layout.NHWC, ChannelOrder.BGR));
        assertThat(card.geometry())
                .isEqualTo(new Geometry(
                        Optional.of(new Resize.ShorterSide(256)),
                        Optional.of(new Size(224, 192)),
                        Interpolation.BICUBIC));
        assertThat(card.classes()).contains(List.of("cat", "dog"));
    }

    @Test
    void anEmptyCardSaysNothing() throws IOException {
        ModelCard card = read("{}");

        assertThat(card).isEqualTo(ModelCard.empty());
        assertThat(card.preprocessing()).isEqualTo(Preprocessing.ofDefaults());
        assertThat(card.geometry().isNone()).isTrue();
    }

    @Test
    void oneCardGoesBeforeAnotherFieldByField() throws IOException {
        ModelCard first = read("{\"crop\": 32, \"mean\": [0.5, 0.5, 0.5]}");
        ModelCard second = read("{\"crop\": 64, \"std\": 0.25}");

        ModelCard both = first.over(second);

        assertThat(both.crop()).contains(new Size(32, 32));
        assertThat(both.mean()).contains(List.of(0.5f, 0.5f, 0.5f));
        assertThat(both.std()).contains(List.of(0.25f, 0.25f, 0.25f));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"size\": 3} | net.card.json: keys must be among resize, crop, interpolation, scale, mean, std, layout,"
                        + " channels, classes, but one was 'size'",
                "{\"resize\": \"big\"} | net.card.json: 'resize' must be a whole number of pixels, at least 1, but was"
                        + " \"big\"",
                "{\"crop\": 0} | net.card.json: 'crop' must be a whole number of pixels, at least 1, but was 0",
                "{\"mean\": [1, \"x\"]} | net.card.json: 'mean' must be a number, but was \"x\"",
                "{\"layout\": \"CHW\"} | net.card.json: 'layout' must be one of [NCHW, NHWC], but was 'CHW'",
                "{\"interpolation\": \"area\"} | net.card.json: 'interpolation' must be one of [box, bilinear, bicubic,"
                        + " lanczos], but was 'area'",
                "[1] | net.card.json must hold a JSON object, but did not",
                "{\"crop\": 1, \"crop\": 2} | net.card.json must be JSON, but was not: Duplicate field 'crop'"
            })
    void whatIsNotUnderstoodIsNamed(String text, String message) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(DataException.class).hasMessage(message);
    }

    @Test
    void textThatIsNoJsonIsRefused() {
        assertThatThrownBy(() -> read("{crop}"))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("net.card.json must be JSON, but was not: ");
    }

    @ParameterizedTest
    @CsvSource({
        "0.875, center, 256",
        "0.9, center, 248",
        "1.0, center, 224",
        "0.95, center, 235",
        "0.9, squash, 248x248"
    })
    void timmResizesByTheCropsShare(String share, String mode, String resize) throws IOException {
        // int(224 / 0.9) = 248, int(224 / 0.95) = 235: timm's own scale_size.
        ModelCard card = read("""
                {"architecture": "vit_base_patch16_224", "num_classes": 1000, "pretrained_cfg": {
                 "input_size": [3, 224, 224], "interpolation": "bicubic", "crop_pct": %s, "crop_mode": "%s",
                 "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "classifier": "head"}}""".formatted(share, mode));

        Resize expected = resize.contains("x")
                ? new Resize.Exact(new Size(248, 248))
                : new Resize.ShorterSide(Integer.parseInt(resize));
        assertThat(card.geometry())
                .isEqualTo(new Geometry(Optional.of(expected), Optional.of(new Size(224, 224)), Interpolation.BICUBIC));
        assertThat(card.preprocessing())
                .isEqualTo(new Preprocessing(255, List.of(0.5f, 0.5f, 0.5f), List.of(0.5f, 0.5f, 0.5f)));
    }

    @Test
    void timmsOtherCropModesAreRefused() {
        assertThatThrownBy(() -> read("{\"pretrained_cfg\": {\"input_size\": [3, 64, 64], \"crop_mode\": \"border\"}}"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("'crop_mode' must be squash, or center of a square, but was border of 64x64");
    }

    @Test
    void transformersViTSqueezesImagesIntoASquare() throws IOException {
        ModelCard card = read("""
                {"do_normalize": true, "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5],
                 "image_processor_type": "ViTImageProcessor", "image_std": [0.5, 0.5, 0.5], "resample": 2,
                 "rescale_factor": 0.00392156862745098, "size": {"height": 224, "width": 224}}""");

        assertThat(card.geometry())
                .isEqualTo(new Geometry(
                        Optional.of(new Resize.Exact(new Size(224, 224))), Optional.empty(), Interpolation.BILINEAR));
        assertThat(card.preprocessing())
                .isEqualTo(new Preprocessing(255, List.of(0.5f, 0.5f, 0.5f), List.of(0.5f, 0.5f, 0.5f)));
    }

    @Test
    void transformersClipCropsWhatItResized() throws IOException {
        ModelCard card = read("""
                {"crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "do_normalize": true,
                 "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": [0.48, 0.46, 0.41],
                 "image_std": [0.27, 0.26, 0.28], "resample": 3, "size": {"shortest_edge": 224}}""");

        assertThat(card.geometry())
                .isEqualTo(new Geometry(
                        Optional.of(new Resize.ShorterSide(224)),
                        Optional.of(new Size(224, 224)),
                        Interpolation.BICUBIC));
    }

    @ParameterizedTest
    @CsvSource({"224, 256, 224x224", "384, 384x384, none"})
    void transformersConvNextCropsSmallImagesOnly(int side, String resize, String crop) throws IOException {
        ModelCard card = read("""
                {"crop_pct": 0.875, "do_normalize": true, "image_processor_type": "ConvNextImageProcessor",
                 "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225], "resample": 3,
                 "size": {"shortest_edge": %d}}""".formatted(side));

        Resize expected = resize.contains("x") ? new Resize.Exact(new Size(side, side)) : new Resize.ShorterSide(256);
        assertThat(card.resize()).contains(expected);
        assertThat(card.crop()).isEqualTo(crop.equals("none") ? Optional.empty() : Optional.of(new Size(side, side)));
    }

    @Test
    void transformersMobileViTWantsBgrIn0To1() throws IOException {
        ModelCard card = read("""
                {"crop_size": {"height": 256, "width": 256}, "do_center_crop": true, "do_flip_channel_order": true,
                 "do_rescale": true, "do_normalize": false, "resample": 2, "size": {"shortest_edge": 288}}""");

        assertThat(card.preprocessing())
                .isEqualTo(new Preprocessing(255, List.of(), List.of(), Layout.NCHW, ChannelOrder.BGR));
    }

    @Test
    void theNearestFileIsFound() throws IOException {
        Path model = folder.resolve("net.onnx");
        assertThat(ModelCards.beside(model)).isEmpty();

        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"vit\"}");
        assertThat(ModelCards.beside(model)).isEmpty();
        Files.writeString(folder.resolve("config.json"), "{\"pretrained_cfg\": {}}");
        assertThat(ModelCards.beside(model)).contains(folder.resolve("config.json"));
        for (String nearer : List.of("preprocessor_config.json", "model.json", "net.card.json")) {
            Files.writeString(folder.resolve(nearer), "{}");
            assertThat(ModelCards.beside(model)).contains(folder.resolve(nearer));
        }
    }

    private ModelCard read(String text) throws IOException {
        return ModelCards.read(Files.writeString(folder.resolve("net.card.json"), text));
    }
}
