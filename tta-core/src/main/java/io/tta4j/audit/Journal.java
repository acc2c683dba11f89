package io.tta4j.audit;

import io.tta4j.model.Batch;
import io.tta4j.model.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** What a method asks for in one step, as it does so. By one thread. */
final class Journal {

    private final List<Call> calls = new ArrayList<>();
    private int passes = 1;

    void add(Call call) {
        calls.add(call);
    }

    int nextPass() {
        return passes++;
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }

    static Map<String, String> hashes(Batch batch) {
        Map<String, String> hashes = new TreeMap<>();
        batch.inputs().forEach((name, tensor) -> hashes.put(name, Sha256.of(tensor)));
        return hashes;
    }

    static List<Integer> seeded(Matrix seed) {
        return IntStream.range(0, seed.rows())
                .filter(row -> !seed.isZero(row))
                .boxed()
                .toList();
    }
}
