package io.tta4j.stream.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines of a label and a cell a column: labels to the left, cells to the right, all as wide as the widest. */
final class TextTable {

    private static final int LEAST_WIDTH = 9;
    private static final int GAP = 2;

    /** A line; without a label it is a rule. */
    private record Line(String label, List<String> cells) {

        boolean isRule() {
            return label.isEmpty();
        }
    }

    private final int columns;
    private final List<Line> lines = new ArrayList<>();

    TextTable(int columns) {
        this.columns = columns;
    }

    /** Adds a line; one without cells is a heading, which may be of any length. */
    void row(String label, List<String> cells) {
        lines.add(new Line(label, cells));
    }

    void rule() {
        lines.add(new Line("", List.of()));
    }

    /** The table, each line ended. */
    String text() {
        int labelWidth = lines.stream()
                .filter(line -> !line.cells().isEmpty())
                .mapToInt(line -> line.label().length())
                .max()
                .orElse(0);
        int width = Math.max(
                LEAST_WIDTH,
                GAP
                        + lines.stream()
                                .flatMap(line -> line.cells().stream())
                                .mapToInt(String::length)
                                .max()
                                .orElse(0));
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            if (line.isRule()) {
                text.append("-".repeat(labelWidth + columns * width));
            } else if (line.cells().isEmpty()) {
                text.append(line.label());
            } else {
                text.append(pad(line.label(), -labelWidth));
                line.cells().forEach(cell -> text.append(pad(cell, width)));
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** Right-aligned to a positive width, left-aligned to a negative one. */
    private static String pad(String cell, int width) {
        return String.format(Locale.ROOT, "%" + width + "s", cell);
    }
}
