package io.tta4j.onnx.gradient;

import io.tta4j.onnx.graph.GraphBuilder;
import io.tta4j.onnx.graph.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Gradients of pieces that were cut out of one tensor. Those that lie side by side, as queries, keys and values do, are
 * put together in one pass, where padding each with zeros and adding them up takes one and two more for each.
 */
final class Pieces {

    private record Piece(int axis, long start, long length, String gradient) {

        boolean isBehind(Piece other) {
            return axis == other.axis && start >= other.start + other.length;
        }
    }

    private final List<Piece> pieces = new ArrayList<>();

    /** Adds the gradient of {@code length} elements from {@code start} on along an axis. */
    void add(int axis, long start, long length, String gradient) {
        pieces.add(new Piece(axis, start, length, gradient));
    }

    /** Takes the pieces out, as gradients of the whole tensor. */
    List<String> join(Tape tape, Shape whole) {
        List<Piece> left = new ArrayList<>(pieces);
        pieces.clear();
        left.sort(Comparator.comparingInt(Piece::axis).thenComparingLong(Piece::start));
        List<String> joined = new ArrayList<>();
        while (!left.isEmpty()) {
            List<Piece> row = new ArrayList<>(List.of(left.remove(0)));
            for (Piece piece : List.copyOf(left)) {
                if (piece.isBehind(row.get(row.size() - 1))) {
                    row.add(piece);
                    left.remove(piece);
                }
            }
            joined.add(row.size() == 1 ? padded(tape, row.get(0), whole) : inARow(tape, row, whole));
        }
        return joined;
    }

    private static String padded(Tape tape, Piece piece, Shape whole) {
        long[] pads = new long[2 * whole.rank()];
        pads[piece.axis] = piece.start;
        pads[piece.axis + whole.rank()] = whole.fixedExtent(piece.axis) - piece.start - piece.length;
        return piece.length == whole.fixedExtent(piece.axis)
                ? piece.gradient
                : tape.builder.emit("Pad", List.of(piece.gradient, tape.builder.longs(pads)));
    }

    private static String inARow(Tape tape, List<Piece> row, Shape whole) {
        int axis = row.get(0).axis;
        List<String> parts = new ArrayList<>();
        long reached = 0;
        for (Piece piece : row) {
            addZeros(parts, tape, whole, axis, piece.start - reached);
            parts.add(piece.gradient);
            reached = piece.start + piece.length;
        }
        addZeros(parts, tape, whole, axis, whole.fixedExtent(axis) - reached);
        return tape.builder.emit("Concat", parts, GraphBuilder.attribute("axis", axis));
    }

    private static void addZeros(List<String> parts, Tape tape, Shape whole, int axis, long length) {
        if (length > 0) {
            parts.add(tape.zeros(whole.with(axis, length)));
        }
    }
}
