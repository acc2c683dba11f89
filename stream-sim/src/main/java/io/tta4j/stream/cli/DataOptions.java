package io.tta4j.stream.cli;

import io.tta4j.model.AdaptableModel;
import io.tta4j.model.InputSpec;
import io.tta4j.stream.card.ModelCard;
import io.tta4j.stream.data.DataSet;
import io.tta4j.stream.data.DataSets;
import io.tta4j.stream.data.LabelledSamples;
import io.tta4j.stream.data.Layout;
import io.tta4j.stream.data.Split;
import io.tta4j.stream.image.Geometry;
import io.tta4j.stream.image.Resize;
import io.tta4j.stream.image.Size;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say how data sets are read. */
final class DataOptions {

    private static final String SKIP = "skip";

    @Option(
            names = "--split",
            paramLabel = "P",
            defaultValue = "test",
            description = "which part of CIFAR's binary files, Tiny-ImageNet or a folder with train and val: test"
                    + " (default) or train")
    private String split = "";

    @Option(
            names = "--bad-files",
            paramLabel = "B",
            defaultValue = "fail",
            description = "what damaged image files do: fail (default), or skip: they are named and left out")
    private String badFiles = "";

    /**
     * Checks the options before anything is opened.
     *
     * @throws IllegalArgumentException if one of them is not what it must be
     */
    void check() {
        split();
        requireBadFiles();
    }

    /** Opens a data set. */
    DataSet open(Path data, ModelCard card) throws IOException {
        return DataSets.open(data, split(), card.classes().orElse(List.of()));
    }

    /** Opens a data set whose samples are under one corruption, or none. */
    DataSet openSingle(Path data, ModelCard card) throws IOException {
        return DataSets.openSingle(data, split(), card.classes().orElse(List.of()));
    }

    /** Opens a data set as {@link #openSingle} does; {@code .npy} images need no labels. */
    DataSet openUnlabelled(Path data, ModelCard card) throws IOException {
        return DataSets.openUnlabelled(data, split(), card.classes().orElse(List.of()));
    }

    private Split split() {
        return Split.parse("--split", split);
    }

    /**
     * What is done about damaged files.
     *
     * @param err where they are named
     */
    BadFiles badFiles(PrintWriter err) {
        requireBadFiles();
        return badFiles.equals(SKIP) ? BadFiles.skipped(err) : BadFiles.fatal();
    }

    private void requireBadFiles() {
        if (!badFiles.equals(SKIP) && !badFiles.equals("fail")) {
            throw new IllegalArgumentException("--bad-files must be fail or skip, but was '%s'".formatted(badFiles));
        }
    }

    /** What results depend on, beside the data itself. */
    Map<String, Object> determinants() {
        return Map.of("split", split, "badFiles", badFiles);
    }

    /** How a data set's images get the model's size: as the card says, and for image files the rest as is usual. */
    static Geometry geometry(DataSet set, ModelCard card, AdaptableModel model) {
        Geometry said = card.geometry();
        return set.isOfFiles()
                ? size(model, card.preprocessing().layout())
                        .map(size -> completed(said, size))
                        .orElse(said)
                : said;
    }

    private static Geometry completed(Geometry said, Size size) {
        if (said.isNone()) {
            return new Geometry(Optional.of(new Resize.ForCrop(size)), Optional.of(size), said.interpolation());
        }
        boolean leavesMore = said.crop().isEmpty()
                && said.resize().orElseThrow() instanceof Resize.ShorterSide shorter
                && shorter.length() >= Math.max(size.height(), size.width());
        return leavesMore ? new Geometry(said.resize(), Optional.of(size), said.interpolation()) : said;
    }

    /** The size of image that a model takes, if it takes one only. */
    private static Optional<Size> size(AdaptableModel model, Layout layout) {
        InputSpec input = model.inputs().get(0);
        int first = layout == Layout.NCHW ? 2 : 1;
        if (input.shape().size() != 4
                || input.shape().get(first) == InputSpec.ANY
                || input.shape().get(first + 1) == InputSpec.ANY) {
            return Optional.empty();
        }
        return Optional.of(new Size(
                Math.toIntExact(input.shape().get(first)),
                Math.toIntExact(input.shape().get(first + 1))));
    }

    /** The samples of a set that holds one kind, and their classes. */
    static LabelledSamples labelled(DataSet single, ModelCard card, AdaptableModel model) throws IOException {
        return LabelledSamples.of(single.samples(single.first(), geometry(single, card, model)), single.labels());
    }

    /** Warns of class folders that are fewer than the model's classes: numbered by name, they may be other ones. */
    static void warnOfOrder(DataSet set, AdaptableModel model, PrintWriter err) {
        long found = Arrays.stream(set.labels()).distinct().count();
        if (set.isInOrderOfNames() && found < model.classes()) {
            err.println(
                    ("tta: warning: the data has %d class folders and the model %d classes: the folders are taken for"
                                    + " classes 0 to %d, by name; a classes.txt or a card with all classes says otherwise")
                            .formatted(found, model.classes(), found - 1));
        }
    }
}
