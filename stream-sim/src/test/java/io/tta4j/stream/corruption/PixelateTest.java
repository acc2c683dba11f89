package io.tta4j.stream.corruption;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PixelateTest {

    private static final Corruption PIXELATE = Corruptions.named("pixelate");

    /** The hashes are of what Pillow 12.3.0 makes of the same 32 x 32 pattern. */
    @ParameterizedTest
    @CsvSource({
        "1, 2824a7db5f053551e1a71aad6eca1075c2687891e4af0c233a2f971efdd4cdf2",
        "2, fbaa19fce2245ee99e8c78a2b2efd4a47cfe4b8efd6b3c5d9f8314f6866c4238",
        "3, 5ec5c90e941f95e336ab6db5ef8576f860effddd11424a767696f981acfc9962",
        "4, a6d908693d2fb8bb8658327bd0d1bf80fb43649469a94b30bd7711b7a97dc957",
        "5, beb7543182738c3152a66da6ddf1d7bd6ee17e6761a02f4f35c87045f23dbc5e"
    })
    void matchesPillow(int severity, String hash) throws Exception {
        byte[] out = PIXELATE.apply(TestImages.pattern(32, 32), 32, 32, severity, 0);
        assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(out)))
                .isEqualTo(hash);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void constantImagesStay(int severity) {
        byte[] grey = TestImages.constant(32, 24, 77);
        assertThat(PIXELATE.apply(grey, 32, 24, severity, 0)).isEqualTo(grey);
    }
}
