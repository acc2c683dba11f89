package io.tta4j.stream.data;

import java.util.Base64;

/** Files that NumPy 2.4 wrote, byte for byte. */
final class NumPy {

    /** {@code [[1.5, -2], [3, 4], [0, 1e-3]]}, float32, format 1.0. */
    static final byte[] FLOAT32 =
            bytes("k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDIpLCB9ICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEAAAIBAAAAAAG8S"
                    + "gzo=");

    /** {@code [1, -2, 2**40]}, int64, format 2.0. */
    static final byte[] INT64 =
            bytes("k05VTVBZAgB0AAAAeydkZXNjcic6ICc8aTgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywpLCB9ICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAAP7/////////AAAAAAAB"
                    + "AAA=");

    /** {@code [0, 127, 128, 255]}, uint8, format 3.0. */
    static final byte[] UINT8 =
            bytes("k05VTVBZAwB0AAAAeydkZXNjcic6ICd8dTEnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoNCwpLCB9ICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAf4D/");

    /** {@code [-1, 7]}, int32. */
    static final byte[] INT32 =
            bytes("k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr/////BwAAAA==");

    /** The scalar {@code 0.1}, float64. */
    static final byte[] FLOAT64 =
            bytes("k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqamZmZmZm5Pw==");

    /** A [2, 3] array in Fortran order. */
    static final byte[] FORTRAN =
            bytes("k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAABAQAAAgD8AAIBAAAAAQAAA"
                    + "oEA=");

    /** A big-endian float32. */
    static final byte[] BIG_ENDIAN =
            bytes("k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfSAgICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/gAAA");

    /** A complex64. */
    static final byte[] COMPLEX =
            bytes("k05VTVBZAQB2AHsnZGVzY3InOiAnPGM4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwgfSAgICAgICAg"
                    + "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPw==");

    /** A record of an int32 and a float32. */
    static final byte[] RECORD =
            bytes("k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxpNCcpLCAoJ2InLCAnPGY0JyldLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAn"
                    + "c2hhcGUnOiAoMSwpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAQA==");

    /** {@code savez_compressed(layer.weight=float32 [1, 2], n=int64 [3])}. */
    static final byte[] NPZ =
            bytes("UEsDBC0AAAAIAAAAIQCayqvn//////////8QABQAbGF5ZXIud2VpZ2h0Lm5weQEAEACIAAAAAAAAAEwAAAAAAAAAm+wX6hsQychQ"
                    + "xlCtnpJanFykbqWgbpNmoq6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaRjqaOgq1ChQALgaGBnsGBgYHAFBLAwQtAAAA"
                    + "CAAAACEAQ50xHP//////////BQAUAG4ubnB5AQAQAIgAAAAAAAAASAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOg"
                    + "npZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqGOpo6CrUKFAAuZgYIAABQSwECLQMtAAAACAAAACEAmsqr50wAAACIAAAAEAAA"
                    + "AAAAAAAAAAAAgAEAAAAAbGF5ZXIud2VpZ2h0Lm5weVBLAQItAy0AAAAIAAAAIQBDnTEcSAAAAIgAAAAFAAAAAAAAAAAAAACAAY4A"
                    + "AABuLm5weVBLBQYAAAAAAgACAHEAAAANAQAAAAA=");

    private NumPy() {}

    private static byte[] bytes(String base64) {
        return Base64.getDecoder().decode(base64);
    }
}
