package io.tta4j.predictor;

import ai.djl.BaseModel;
import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.PairList;
import ai.djl.util.Utils;
import io.tta4j.engine.InspectableModel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An ONNX model as a Translator sees it: properties, the files beside it, arrays to work with. It has no block; another
 * runs the file.
 */
final class OnnxFolder extends BaseModel {

    private static final String ENDING = ".onnx";

    private final Device device;
    private PairList<String, Shape> outputs = new PairList<>();

    /**
     * @param arrays for the Translator; closed with this
     * @param device where the network is to run
     */
    OnnxFolder(String name, NDManager arrays, Device device) {
        super(name);
        this.manager = arrays;
        this.dataType = DataType.FLOAT32;
        this.device = device;
    }

    /**
     * A model's file by the rules of DJL's engines: the place itself, or in that folder the one of that name or the
     * folder's, or called {@code model}.
     *
     * @param ending of the names of such files
     */
    static Optional<Path> file(Path place, String ending, String name) {
        Path folder = Utils.getNestedModelDir(place);
        if (Files.isRegularFile(folder)) {
            return Optional.of(folder);
        }
        return Stream.of(name, name + ending, folder.getFileName() + ending, "model" + ending)
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    @Override
    public void load(Path place, String prefix, Map<String, ?> options) throws IOException {
        Path file = file(place, ENDING, modelName)
                .orElseThrow(() -> new FileNotFoundException(
                        "model '%s' must be an %s file of that name or the folder's, but there is none in %s"
                                .formatted(modelName, ENDING, place)));
        modelDir = file.getParent();
        String name = file.toFile().getName();
        modelName = name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
        wasLoaded = true;
    }

    Device device() {
        return device;
    }

    /** What {@link #describeInput} and {@link #describeOutput} are to say; -1 is the batch. */
    void describe(InspectableModel network, String output) {
        PairList<String, Shape> inputs = new PairList<>();
        network.inputs()
                .forEach(input -> inputs.add(
                        input.name(),
                        new Shape(input.shape().stream()
                                .mapToLong(Long::longValue)
                                .toArray())));
        inputData = inputs;
        PairList<String, Shape> described = new PairList<>();
        described.add(output, new Shape(-1, network.classes()));
        outputs = described;
    }

    @Override
    public PairList<String, Shape> describeOutput() {
        return outputs;
    }

    /** The predictors see to it. DJL's would warn where there is no engine, whose arrays are never closed. */
    @Override
    @SuppressWarnings({"Finalize", "deprecation", "removal"})
    protected void finalize() {}
}
