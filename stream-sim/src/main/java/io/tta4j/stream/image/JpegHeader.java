package io.tta4j.stream.image;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the segments before a JPEG file's first scan say.
 *
 * @param components 1, 3 or 4
 * @param isProgressive whether the image comes in several scans, coarse ones first
 * @param isJfif whether there is a JFIF segment
 * @param adobeTransform what Adobe's segment says of the colours; {@link #NO_ADOBE} without one
 * @param spellsRgb whether the components' numbers spell RGB
 * @param firstScan where the first scan begins
 */
record JpegHeader(
        int components, boolean isProgressive, boolean isJfif, int adobeTransform, boolean spellsRgb, int firstScan) {

    private static final int NO_ADOBE = -1;
    private static final int PROGRESSIVE_FRAME = 0xc2;
    private static final int START_OF_IMAGE = 0xd8;
    private static final int END_OF_IMAGE = 0xd9;
    private static final int START_OF_SCAN = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP14 = 0xee;
    private static final byte[] JFIF = {'J', 'F', 'I', 'F', 0};
    private static final byte[] ADOBE = {'A', 'd', 'o', 'b', 'e'};

    static boolean startsJpeg(byte[] file) {
        return file.length > 2 && (file[0] & 0xff) == 0xff && (file[1] & 0xff) == START_OF_IMAGE;
    }

    /** @throws UnreadableImageException if the file ends before its first scan */
    static JpegHeader of(byte[] file) throws UnreadableImageException {
        JpegHeader header = new JpegHeader(0, false, false, NO_ADOBE, false, 0);
        int position = 2;
        while (position + 4 <= file.length) {
            if ((file[position] & 0xff) != 0xff || (file[position + 1] & 0xff) == 0xff) {
                position++;
                continue;
            }
            int marker = file[position + 1] & 0xff;
            if (marker == START_OF_SCAN) {
                return header.beginningAt(position);
            }
            if (standsAlone(marker)) {
                position += 2;
                continue;
            }
            int length = (file[position + 2] & 0xff) << 8 | (file[position + 3] & 0xff);
            int end = position + 2 + length;
            if (end > file.length || length < 2) {
                break;
            }
            header = header.with(
                    marker, ByteBuffer.wrap(file, position + 4, length - 2).slice());
            position = end;
        }
        throw new UnreadableImageException("it ends before its first scan");
    }

    private static boolean standsAlone(int marker) {
        return marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= START_OF_IMAGE);
    }

    private JpegHeader beginningAt(int scan) {
        return new JpegHeader(components, isProgressive, isJfif, adobeTransform, spellsRgb, scan);
    }

    private JpegHeader with(int marker, ByteBuffer segment) {
        if (marker == APP0 && begins(segment, JFIF)) {
            return new JpegHeader(components, isProgressive, true, adobeTransform, spellsRgb, 0);
        }
        if (marker == APP14 && segment.remaining() >= 12 && begins(segment, ADOBE)) {
            return new JpegHeader(components, isProgressive, isJfif, segment.get(11), spellsRgb, 0);
        }
        if (isFrame(marker) && segment.remaining() >= 6) {
            int count = segment.get(5);
            boolean rgb = count == 3
                    && segment.remaining() >= 15
                    && segment.get(6) == 'R'
                    && segment.get(9) == 'G'
                    && segment.get(12) == 'B';
            return new JpegHeader(count, marker == PROGRESSIVE_FRAME, isJfif, adobeTransform, rgb, 0);
        }
        return this;
    }

    private static boolean isFrame(int marker) {
        // 0xc4, 0xc8 and 0xcc among them are tables.
        return marker == 0xc0 || (marker > 0xc0 && marker <= 0xcf && marker % 4 != 0);
    }

    private static boolean begins(ByteBuffer segment, byte[] magic) {
        byte[] start = new byte[Math.min(magic.length, segment.remaining())];
        segment.get(0, start);
        return Arrays.equals(start, magic);
    }

    /**
     * The colours, by libjpeg's rules.
     *
     * @throws UnreadableImageException if there are none of so many components
     */
    JpegColours colours() throws UnreadableImageException {
        return switch (components) {
            case 1 -> JpegColours.GREY;
            case 3 -> {
                boolean isRgb = !isJfif && (adobeTransform == 0 || (adobeTransform == NO_ADOBE && spellsRgb));
                yield isRgb ? JpegColours.RGB : JpegColours.YCC;
            }
            case 4 -> adobeTransform == 2 ? JpegColours.YCCK : JpegColours.CMYK;
            default -> throw new UnreadableImageException("it has %d components".formatted(components));
        };
    }

    /**
     * Whether scans are missing at the end. Of a progressive file the decoder has a whole, coarse image by then, and
     * says nothing.
     */
    boolean lacksScans(byte[] file) {
        return isProgressive && !ends(file);
    }

    /** Whether the end is marked behind the first scan; within one, 0xff is followed by 0 or a restart's number. */
    private boolean ends(byte[] file) {
        for (int i = firstScan; i + 1 < file.length; i++) {
            if ((file[i] & 0xff) == 0xff && (file[i + 1] & 0xff) == END_OF_IMAGE) {
                return true;
            }
        }
        return false;
    }
}
