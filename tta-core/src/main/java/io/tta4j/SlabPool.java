package io.tta4j;

import io.tta4j.model.Batch;
import io.tta4j.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory for copies of batches, used again and again: to allocate it costs more than to fill it, and it comes
 * back only when the collector gets round to it. Thread-safe.
 */
final class SlabPool {

    /** So that nothing that waits is smaller than what keeps track of it. */
    static final int LEAST_BYTES = 1024;

    /** Where inputs begin: the width of the widest vector instructions. */
    private static final int ALIGNMENT = 64;

    private final long keptBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final Map<Integer, ConcurrentLinkedDeque<ByteBuffer>> idle = new ConcurrentHashMap<>();

    /**
     * An empty pool.
     *
     * @param keptBytes how much is kept at most, in use or not; what is used beyond that is let go after its use
     */
    SlabPool(long keptBytes) {
        this.keptBytes = keptBytes;
    }

    /** A copy of a batch in memory of the pool. */
    record Copy(Batch batch, ByteBuffer slab) {

        int bytes() {
            return slab.capacity();
        }
    }

    Copy copy(Batch batch) {
        return join(List.of(batch));
    }

    /** The rows of batches of one trailing shape, one after the other. */
    Copy join(List<Batch> parts) {
        Batch first = parts.get(0);
        ByteBuffer slab = take(bytesOf(parts));
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        int offset = 0;
        for (String name : first.inputs().keySet()) {
            List<Tensor> tensors = tensors(parts, name);
            int size = bytesOfTensors(tensors);
            ByteBuffer target = slab.slice(offset, size).order(ByteOrder.nativeOrder());
            tensors.forEach(tensor -> target.put(tensor.data()));
            long[] shape = tensors.get(0).shape();
            shape[0] = tensors.stream().mapToInt(Tensor::rows).sum();
            inputs.put(name, Tensor.of(tensors.get(0).type(), target.flip(), shape));
            offset = aligned(offset + size);
        }
        return new Copy(Batch.of(inputs), slab);
    }

    /** How much memory of the pool a copy of a batch takes. */
    static int bytesOf(Batch batch) {
        return bytesOf(List.of(batch));
    }

    private static int bytesOf(List<Batch> parts) {
        int bytes = 0;
        for (String name : parts.get(0).inputs().keySet()) {
            bytes = aligned(Math.addExact(bytes, bytesOfTensors(tensors(parts, name))));
        }
        return slabBytes(bytes);
    }

    private static List<Tensor> tensors(List<Batch> parts, String name) {
        List<Tensor> tensors = new ArrayList<>(parts.size());
        for (Batch part : parts) {
            tensors.add(part.inputs().get(name));
        }
        return tensors;
    }

    private static int bytesOfTensors(List<Tensor> tensors) {
        int bytes = 0;
        for (Tensor tensor : tensors) {
            bytes = Math.addExact(bytes, tensor.data().remaining());
        }
        return bytes;
    }

    private static int aligned(int offset) {
        return Math.addExact(offset, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** The size that a slab for so many bytes has: few sizes, so that one fits the next request too. */
    static int slabBytes(int bytes) {
        int step = Math.max(LEAST_BYTES, Integer.highestOneBit(bytes) >>> 3);
        return (int) Math.min(Integer.MAX_VALUE, ((long) bytes + step - 1) / step * step);
    }

    private ByteBuffer take(int size) {
        ByteBuffer slab = poll(idle.get(size));
        if (slab != null) {
            return slab;
        }
        // Requests may have become of another size for good.
        for (ConcurrentLinkedDeque<ByteBuffer> others : idle.values()) {
            while (bytes.get() + size > keptBytes && (slab = poll(others)) != null) {
                bytes.addAndGet(-slab.capacity());
            }
        }
        ByteBuffer allocated = ByteBuffer.allocateDirect(size);
        bytes.addAndGet(size);
        return allocated;
    }

    private static @Nullable ByteBuffer poll(@Nullable ConcurrentLinkedDeque<ByteBuffer> slabs) {
        return slabs == null ? null : slabs.pollFirst();
    }

    /** Nobody reads the copy any more. */
    void give(Copy copy) {
        int size = copy.bytes();
        if (bytes.get() > keptBytes) {
            bytes.addAndGet(-size);
        } else {
            idle.computeIfAbsent(size, any -> new ConcurrentLinkedDeque<>()).addFirst(copy.slab());
        }
    }
}
