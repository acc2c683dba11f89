package io.tta4j.stream.data;

import io.tta4j.model.AdaptableModel;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Samples that are a row of each of several arrays, such as token ids and their mask.
 *
 * @param columns the arrays; a sample's bytes are those of its rows, one array after another
 */
public record RowFormat(List<Column> columns) implements SampleFormat {

    public RowFormat {
        columns = List.copyOf(columns);
    }

    @Override
    public int bytes() {
        return columns.stream().mapToInt(Column::bytes).reduce(0, Math::addExact);
    }

    @Override
    public Batcher batcher(AdaptableModel model, Preprocessing preprocessing, int capacity) {
        return RowBatcher.of(model, this, capacity);
    }

    @Override
    public String toString() {
        return columns.stream().map(Column::toString).collect(Collectors.joining(", "));
    }

    /**
     * One array.
     *
     * @param name as the model's input is named
     * @param type of its elements
     * @param shape the extents behind the first axis, which counts the samples
     */
    public record Column(String name, NpyType type, List<Integer> shape) {

        public Column {
            shape = List.copyOf(shape);
        }

        /** The elements of a row. */
        int values() {
            return shape.stream().reduce(1, Math::multiplyExact);
        }

        /** The bytes of a row. */
        int bytes() {
            return Math.multiplyExact(values(), type.bytes());
        }

        @Override
        public String toString() {
            return name + " " + type
                    + shape.stream().map(String::valueOf).collect(Collectors.joining(", ", "[N, ", "]"));
        }
    }
}
