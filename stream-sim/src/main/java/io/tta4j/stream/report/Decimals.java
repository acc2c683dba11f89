package io.tta4j.stream.report;

import java.util.Locale;

/** How numbers are written for a terminal. */
final class Decimals {

    private Decimals() {}

    /** Two decimals; a zero has no sign. */
    static String of(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.equals("-0.00") ? "0.00" : text;
    }

    /** Two decimals behind a sign; a zero has none. */
    static String signed(double value) {
        String text = of(value);
        return text.startsWith("-") || text.equals("0.00") ? text : "+" + text;
    }
}
