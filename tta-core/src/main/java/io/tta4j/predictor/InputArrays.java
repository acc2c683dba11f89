package io.tta4j.predictor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.tta4j.model.Batch;
import io.tta4j.model.ElementType;
import io.tta4j.model.InputSpec;
import io.tta4j.model.Tensor;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a Translator puts together, as a batch. */
final class InputArrays {

    private InputArrays() {}

    /**
     * The arrays by the names of the model's inputs. Those in a processor's memory are read where they lie: they must
     * stay open until the step is done.
     *
     * @throws IllegalArgumentException if they are of another number than the inputs, or of a type that no input has
     */
    static Batch batch(NDList arrays, List<InputSpec> inputs) {
        List<String> names = inputs.stream().map(InputSpec::name).toList();
        if (arrays.size() != names.size()) {
            throw new IllegalArgumentException(
                    "the Translator must put together an array for each of the inputs %s, but put together %d"
                            .formatted(names, arrays.size()));
        }
        boolean named = areNamed(arrays, names);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            NDArray array = arrays.get(i);
            String name = named ? array.getName() : names.get(i);
            tensors.put(name, tensor(name, array));
        }
        return Batch.of(tensors);
    }

    private static boolean areNamed(NDList arrays, List<String> names) {
        List<String> given =
                arrays.stream().map(array -> String.valueOf(array.getName())).toList();
        Set<String> known = given.stream().filter(names::contains).collect(Collectors.toSet());
        if (!known.isEmpty() && known.size() < names.size()) {
            throw new IllegalArgumentException(
                    "the Translator must name all of the inputs %s or none of them, but named its arrays %s"
                            .formatted(names, given));
        }
        return !known.isEmpty();
    }

    private static Tensor tensor(String name, NDArray array) {
        ElementType type = type(name, array.getDataType());
        return Tensor.of(
                type,
                array.toByteBuffer(true).duplicate().order(ByteOrder.nativeOrder()),
                array.getShape().getShape());
    }

    private static ElementType type(String name, DataType type) {
        return switch (type) {
            case FLOAT32 -> ElementType.FLOAT32;
            case FLOAT16 -> ElementType.FLOAT16;
            case INT64 -> ElementType.INT64;
            case INT32 -> ElementType.INT32;
            case UINT8 -> ElementType.UINT8;
            case BOOLEAN -> ElementType.BOOL;
            default ->
                throw new IllegalArgumentException(
                        "input '%s' must be float32, float16, int64, int32, uint8 or boolean, but was %s; have the Translator call toType"
                                .formatted(name, type));
        };
    }
}
