package io.tta4j.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.tta4j.engine.Features;
import io.tta4j.engine.Outputs;
import io.tta4j.model.Matrix;
import io.tta4j.model.ModelException;
import io.tta4j.model.Vector;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A TorchScript module in native memory, in inference mode, all of it frozen but the parameters that are adapted.
 *
 * <p>By one thread at a time, unless it {@linkplain #takesTheta() takes theta as an input}: parameters are written in
 * place, and gradients accumulate beside them.
 */
final class NativeModule {

    /** The name of the argument by which a module takes theta. */
    static final String THETA = "theta";

    private static final NDIndex ALL = new NDIndex(":");

    private final String name;
    private final PtNDManager manager;
    private final PtSymbolBlock block;
    private final boolean takesTheta;
    private final String features;
    private final Map<String, PtNDArray> parameters = new LinkedHashMap<>();
    private List<String> adaptedNames = List.of();
    private List<PtNDArray> adapted = List.of();

    /** What {@link #adapted} holds; null where nobody knows. */
    private @Nullable Vector theta;

    private NativeModule(String name, PtNDManager manager, PtSymbolBlock block, boolean takesTheta, String features) {
        this.name = name;
        this.manager = manager;
        this.block = block;
        this.takesTheta = takesTheta;
        this.features = features;
        JniUtils.enableInferenceMode(block);
        for (NDArray parameter : JniUtils.moduleGetParams(block, manager)) {
            parameter.setRequiresGradient(false);
            parameters.put(parameter.getName(), (PtNDArray) parameter);
        }
    }

    /**
     * Loads a file.
     *
     * @param parent owns the native memory, and says on which device
     * @param takesTheta whether the last argument is theta
     * @param features as in {@link DjlOptions#features}
     * @throws ModelException if PyTorch cannot read it
     */
    static NativeModule load(Path file, String name, PtNDManager parent, boolean takesTheta, String features) {
        PtNDManager manager = parent.newSubManager(parent.getDevice());
        try {
            // Parameters that are loaded without "trainParam" could never take a gradient.
            PtSymbolBlock block = JniUtils.loadModule(manager, file, true, new String[0], new String[0], true);
            return new NativeModule(name, manager, block, takesTheta, features);
        } catch (EngineException e) {
            manager.close();
            throw new ModelException("'%s' cannot be loaded by libtorch: %s".formatted(name, firstLine(e)), e);
        }
    }

    /** A copy for use beside this one, which may be in use. On a processor it reads this one's frozen weights. */
    NativeModule copy(PtNDManager parent) {
        try {
            Path file = Files.createTempFile("tta4j", ".pt");
            try {
                try (OutputStream stream = Files.newOutputStream(file)) {
                    JniUtils.writeModule(block, stream, false);
                }
                NativeModule copy = load(file, name, parent, takesTheta, features);
                if (!manager.getDevice().isGpu()) {
                    copy.share(this);
                }
                copy.adapt(adaptedNames);
                return copy;
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void share(NativeModule other) {
        parameters.forEach((parameter, array) -> {
            PtNDArray shared = other.parameters.get(parameter);
            if (shared != null && !other.adaptedNames.contains(parameter)) {
                // DJL binds the tensor to the memory of a buffer, here that of the other module's tensor.
                JniUtils.set(array, shared.toByteBuffer(true));
            }
        });
    }

    /** The parameters' shapes, by name, in the module's order. */
    Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        parameters.forEach(
                (parameter, array) -> shapes.put(parameter, array.getShape().getShape()));
        return shapes;
    }

    /** The values of a parameter as they are now. */
    float[] values(String parameter) {
        return Objects.requireNonNull(parameters.get(parameter)).toFloatArray();
    }

    /** Whether theta is the module's last input: any number of threads may run it then. */
    boolean takesTheta() {
        return takesTheta;
    }

    /** A manager on the module's device, to be closed. */
    NDManager newScope() {
        return manager.newSubManager();
    }

    /**
     * Has the named parameters take gradients.
     *
     * @param names in the order of theta
     * @throws ModelException if one is not of float32
     */
    void adapt(List<String> names) {
        List<PtNDArray> chosen = new ArrayList<>();
        for (String parameter : names) {
            PtNDArray array = Objects.requireNonNull(parameters.get(parameter));
            if (array.getDataType() != DataType.FLOAT32) {
                throw new ModelException(
                        "'%s': parameter %s must be float32 to be adapted, but is %s; save the module in float32"
                                .formatted(name, parameter, array.getDataType()));
            }
            chosen.add(array);
        }
        adapted.forEach(array -> array.setRequiresGradient(false));
        adaptedNames = List.copyOf(names);
        adapted = List.copyOf(chosen);
        adapted.forEach(array -> array.setRequiresGradient(!takesTheta));
        theta = null;
    }

    /** The values of the adapted parameters as they are now, theta's first. */
    Vector values() {
        return Vector.of(flat(new NDList(adapted.toArray(NDArray[]::new))));
    }

    /** Whether the parameters hold this already. */
    boolean isAt(Vector wanted) {
        return takesTheta || wanted.equals(theta);
    }

    /**
     * Runs forward.
     *
     * @param scope owns what comes out
     * @param inputs on the device
     * @param at P values
     * @param recording whether to record for a pullback
     * @throws ModelException if the module fails
     */
    Run forward(NDManager scope, NDList inputs, Vector at, boolean recording) {
        NDList all = new NDList(inputs);
        List<PtNDArray> leaves;
        if (takesTheta) {
            PtNDArray leaf = (PtNDArray) scope.create(at.toArray());
            leaf.setRequiresGradient(recording);
            all.add(leaf);
            leaves = List.of(leaf);
        } else {
            set(at);
            leaves = adapted;
        }
        try {
            return Autograd.with(recording, () -> {
                NDList outputs = IValueUtils.forward(block, all, recording);
                // They come with the manager of the first input.
                outputs.attach(scope);
                return run(outputs, leaves);
            });
        } catch (EngineException e) {
            throw new ModelException(
                    "'%s' failed on inputs %s: %s"
                            .formatted(
                                    name, inputs.stream().map(NDArray::getShape).toList(), firstLine(e)),
                    e);
        }
    }

    /** What is wanted of the outputs; the others are freed. */
    private Run run(NDList outputs, List<PtNDArray> leaves) {
        NDArray logits = named(outputs, DjlModel.LOGITS).orElse(outputs.get(0));
        Optional<NDArray> found = features(outputs, logits);
        outputs.stream()
                .filter(output -> output != logits
                        && found.filter(wanted -> wanted == output).isEmpty())
                .forEach(NDArray::close);
        return new Run(this, toFloat(logits), found.map(NativeModule::toFloat), leaves);
    }

    private static Optional<NDArray> named(NDList outputs, String name) {
        return outputs.stream().filter(output -> name.equals(output.getName())).findFirst();
    }

    private static PtNDArray toFloat(NDArray output) {
        return (PtNDArray) output.toType(DataType.FLOAT32, false);
    }

    private Optional<NDArray> features(NDList outputs, NDArray logits) {
        if (features.equals(Features.NONE)) {
            return Optional.empty();
        }
        Optional<NDArray> found = features.equals(Features.AUTO)
                ? named(outputs, DjlModel.FEATURES)
                        .or(() -> outputs.stream()
                                .filter(output -> output != logits)
                                .findFirst())
                : named(outputs, features);
        if (found.isEmpty()) {
            throw new ModelException(
                    "'%s': features '%s' must be an output beside the logits, but the outputs are %s; save a module whose forward method returns (logits, features), as with_features in tools/djl/torchscript.py makes of any network, and take features 'auto'"
                            .formatted(
                                    name,
                                    features,
                                    outputs.stream()
                                            .map(output -> Objects.requireNonNullElse(output.getName(), "unnamed") + " "
                                                    + output.getShape())
                                            .toList()));
        }
        return found;
    }

    private void set(Vector wanted) {
        if (isAt(wanted)) {
            return;
        }
        theta = null;
        try (NDManager scope = manager.newSubManager()) {
            long[] ends = new long[adapted.size() - 1];
            long end = 0;
            for (int i = 0; i < ends.length; i++) {
                end += adapted.get(i).size();
                ends[i] = end;
            }
            Autograd.off(() -> {
                NDList parts = scope.create(wanted.toArray()).split(ends);
                for (int i = 0; i < adapted.size(); i++) {
                    // In place: any other way would give the tensor other memory, or the module another tensor.
                    adapted.get(i).set(ALL, parts.get(i));
                }
                return parts;
            });
        }
        theta = wanted;
    }

    private static float[] flat(NDList arrays) {
        return Autograd.off(() -> {
            try (NDArray all = NDArrays.concat(arrays)) {
                return all.toFloatArray();
            }
        });
    }

    private static String firstLine(EngineException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /**
     * A forward run.
     *
     * @param logits [N, C], owned by the scope of the run
     * @param features [N, D] but for axes of extent 1, owned by that too; empty where they are not wanted
     * @param leaves the tensors that take the gradient
     */
    record Run(NativeModule module, PtNDArray logits, Optional<PtNDArray> features, List<PtNDArray> leaves) {

        /** @throws ModelException if the logits are not [N, C], or the features no row for each sample */
        Outputs outputs() {
            Matrix scores = values();
            return new Outputs(scores, features.map(array -> rows(array, scores.rows())));
        }

        private Matrix rows(PtNDArray array, int rows) {
            long[] shape = array.getShape().getShape();
            boolean isRow = shape.length > 1
                    && shape[0] == rows
                    && Arrays.stream(shape)
                                    .skip(1)
                                    .filter(extent -> extent != 1)
                                    .count()
                            <= 1;
            if (!isRow) {
                throw new ModelException(
                        "'%s' must put out features [N, D], a row for each sample, but for %d samples they are of shape %s; let the module pool or flatten them"
                                .formatted(module.name, rows, array.getShape()));
            }
            float[] values = array.toFloatArray();
            return Matrix.of(rows, values.length / rows, values);
        }

        /** The logits alone; throws as {@link #outputs}. */
        Matrix values() {
            long[] shape = logits.getShape().getShape();
            if (shape.length != 2) {
                throw new ModelException(
                        "'%s' must put out logits [N, C], but its first output is of shape %s; adapt classifiers only"
                                .formatted(module.name, logits.getShape()));
            }
            return Matrix.of(Math.toIntExact(shape[0]), Math.toIntExact(shape[1]), logits.toFloatArray());
        }

        /** The gradient of sum(logits * seed), P values. Once: the run's activations are freed. */
        float[] gradient(Matrix seed) {
            backward(seed);
            NDList gradients = new NDList();
            // Each is a new handle that belongs to its parameter's manager, the module's.
            leaves.forEach(leaf -> gradients.add(leaf.getGradient()));
            try (gradients) {
                return flat(gradients);
            }
        }

        /** The leaves that a pullback reaches, by their place in theta. */
        Set<Integer> reached(Matrix seed) {
            backward(seed);
            Set<Integer> reached = new TreeSet<>();
            for (int i = 0; i < leaves.size(); i++) {
                PtNDArray gradient = JniUtils.getGradient(leaves.get(i));
                if (gradient != null) {
                    reached.add(i);
                    gradient.close();
                }
            }
            return reached;
        }

        private void backward(Matrix seed) {
            leaves.forEach(JniUtils::zeroGrad);
            try (NDArray seeds = logits.getManager().create(seed.toArray(), logits.getShape())) {
                JniUtils.backward(logits, (PtNDArray) seeds, false, false);
            } catch (EngineException e) {
                throw new ModelException("'%s' cannot be pulled back: %s".formatted(module.name, firstLine(e)), e);
            }
        }
    }
}
