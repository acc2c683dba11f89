package io.tta4j.stream.image;

import java.awt.image.Raster;

/**
 * Turns what is stored in a JPEG file into RGB as libjpeg and PIL do: an embedded colour profile is not applied, and
 * four components are inverted CMYK as Adobe's programs write it.
 */
enum JpegColours {
    GREY {
        @Override
        void convert(byte[] stored, byte[] rgb) {
            for (int i = 0; i < stored.length; i++) {
                rgb[3 * i] = stored[i];
                rgb[3 * i + 1] = stored[i];
                rgb[3 * i + 2] = stored[i];
            }
        }
    },
    RGB {
        @Override
        void convert(byte[] stored, byte[] rgb) {
            System.arraycopy(stored, 0, rgb, 0, stored.length);
        }
    },
    YCC {
        @Override
        void convert(byte[] stored, byte[] rgb) {
            for (int i = 0; i < stored.length; i += 3) {
                int y = stored[i] & 0xff;
                int blue = (stored[i + 1] & 0xff) - CENTRE;
                int red = (stored[i + 2] & 0xff) - CENTRE;
                rgb[i] = clamp(y + redOf(red));
                rgb[i + 1] = clamp(y + greenOf(blue, red));
                rgb[i + 2] = clamp(y + blueOf(blue));
            }
        }
    },
    CMYK {
        @Override
        void convert(byte[] stored, byte[] rgb) {
            for (int i = 0, target = 0; i < stored.length; i += 4, target += 3) {
                int black = stored[i + 3] & 0xff;
                for (int channel = 0; channel < 3; channel++) {
                    rgb[target + channel] = withoutInk(stored[i + channel] & 0xff, black);
                }
            }
        }
    },
    YCCK {
        @Override
        void convert(byte[] stored, byte[] rgb) {
            for (int i = 0, target = 0; i < stored.length; i += 4, target += 3) {
                int y = stored[i] & 0xff;
                int blue = (stored[i + 1] & 0xff) - CENTRE;
                int red = (stored[i + 2] & 0xff) - CENTRE;
                int black = stored[i + 3] & 0xff;
                rgb[target] = withoutInk(255 - (clamp(y + redOf(red)) & 0xff), black);
                rgb[target + 1] = withoutInk(255 - (clamp(y + greenOf(blue, red)) & 0xff), black);
                rgb[target + 2] = withoutInk(255 - (clamp(y + blueOf(blue)) & 0xff), black);
            }
        }
    };

    private static final int CENTRE = 128;

    /** Fractional bits of libjpeg's conversion. */
    private static final int BITS = 16;

    private static final int HALF = 1 << (BITS - 1);

    private static final int FIXED_RED = fixed(1.40200);
    private static final int FIXED_GREEN_BLUE = fixed(0.34414);
    private static final int FIXED_GREEN_RED = fixed(0.71414);
    private static final int FIXED_BLUE = fixed(1.77200);

    /** Fills {@code rgb} with three bytes for each pixel of {@code stored}. */
    abstract void convert(byte[] stored, byte[] rgb);

    /** The image that a raster of a JPEG file holds. */
    RgbImage image(Raster raster) {
        int pixels = raster.getWidth() * raster.getHeight();
        byte[] stored = (byte[]) raster.getDataElements(0, 0, raster.getWidth(), raster.getHeight(), null);
        byte[] rgb = new byte[pixels * RgbImage.CHANNELS];
        convert(stored, rgb);
        return new RgbImage(raster.getHeight(), raster.getWidth(), rgb);
    }

    private static int fixed(double factor) {
        return (int) (factor * (1 << BITS) + 0.5);
    }

    private static int redOf(int red) {
        return (FIXED_RED * red + HALF) >> BITS;
    }

    private static int greenOf(int blue, int red) {
        return (-FIXED_GREEN_BLUE * blue - FIXED_GREEN_RED * red + HALF) >> BITS;
    }

    private static int blueOf(int blue) {
        return (FIXED_BLUE * blue + HALF) >> BITS;
    }

    private static byte clamp(int value) {
        return (byte) Math.min(Math.max(value, 0), 255);
    }

    /** PIL's CMYK to RGB, of inks that are stored inverted: what is left of the white under ink and black. */
    private static byte withoutInk(int inverted, int invertedBlack) {
        int product = (255 - inverted) * invertedBlack + CENTRE;
        return clamp(invertedBlack - (((product >> 8) + product) >> 8));
    }
}
