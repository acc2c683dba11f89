package io.tta4j.stream.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Seeds as the command line has them, {@code 7} or {@code 0-4}.
 *
 * @param first the smallest
 * @param last the largest, included
 */
record SeedRange(long first, long last) {

    private static final int MOST = 1000;
    private static final Pattern FORM = Pattern.compile("(-?\\d{1,18})(?:-(\\d{1,18}))?");

    Stream<Long> seeds() {
        return LongStream.rangeClosed(first, last).boxed();
    }

    /** Seeds, as a person would write them. */
    static String text(List<Long> seeds) {
        return seeds.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** Reads one. */
    static final class Converter implements ITypeConverter<SeedRange> {

        @Override
        public SeedRange convert(String value) {
            Matcher matcher = FORM.matcher(value.strip());
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "must be numbers or ranges such as 0-4, but one was '%s'".formatted(value));
            }
            long first = Long.parseLong(matcher.group(1));
            long last = matcher.group(2) == null ? first : Long.parseLong(matcher.group(2));
            if (last < first || last - first >= MOST) {
                throw new TypeConversionException(
                        "must be ranges that ascend, of at most %d seeds, but one was '%s'".formatted(MOST, value));
            }
            return new SeedRange(first, last);
        }
    }
}
