package io.tta4j.examples.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;

/** JSON from outside, as strict and as bounded as the protocol allows. */
final class Json {

    /** Deeper than any tensor, and far from the end of the stack. */
    private static final int DEEPEST = 32;

    private static final int LONGEST_NUMBER = 64;
    private static final int LONGEST_TEXT = 4096;
    private static final int LONGEST_NAME = 256;

    /**
     * Names come from outside: none is interned for good. In UTF-8 only, so that a byte's offset can be gone back to.
     */
    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(LONGEST_NUMBER)
                    .maxStringLength(LONGEST_TEXT)
                    .maxNameLength(LONGEST_NAME)
                    .build())
            .build();

    private Json() {}

    /** Requires the parser to stand on a token. */
    static void require(JsonParser parser, JsonToken token, String what) throws IOException {
        if (!parser.hasToken(token)) {
            throw Refusal.malformed("%s must be %s, but was %s", what, described(token), described(parser));
        }
    }

    static String text(JsonParser parser, String what) throws IOException {
        require(parser, JsonToken.VALUE_STRING, what);
        return parser.getText();
    }

    static long integer(JsonParser parser, String what) throws IOException {
        require(parser, JsonToken.VALUE_NUMBER_INT, what);
        return parser.getLongValue();
    }

    static boolean flag(JsonParser parser, String what) throws IOException {
        if (!parser.currentToken().isBoolean()) {
            throw Refusal.malformed("%s must be true or false, but was %s", what, described(parser));
        }
        return parser.getBooleanValue();
    }

    private static String described(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return token == null ? "missing" : token.isScalarValue() ? Quoted.of(parser.getText()) : described(token);
    }

    private static String described(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            default -> "'" + token.asString() + "'";
        };
    }
}
