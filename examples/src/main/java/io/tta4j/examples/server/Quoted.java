package io.tta4j.examples.server;

/** Text from outside, as messages show it: short, and on one line. */
final class Quoted {

    private static final int LONGEST = 64;

    private Quoted() {}

    static String of(String text) {
        String shown = text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "...";
        return "'" + shown.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?") + "'";
    }
}
