package io.tta4j.djl;

import io.tta4j.model.ElementType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The element types and shapes of the example that a module was traced with, which PyTorch leaves in the file as a
 * pickle without data.
 *
 * <p>Reads what {@code torch.jit.save} writes of protocol 2, and nothing that would have to be run.
 */
final class TracedInputs {

    private static final Map<String, ElementType> TYPES = Map.of(
            "torch\nFloatStorage", ElementType.FLOAT32,
            "torch\nHalfStorage", ElementType.FLOAT16,
            "torch\nLongStorage", ElementType.INT64,
            "torch\nIntStorage", ElementType.INT32,
            "torch\nByteStorage", ElementType.UINT8,
            "torch\nBoolStorage", ElementType.BOOL);

    private static final Object MARK = new Object();

    private final ByteBuffer pickle;
    private final Deque<Object> stack = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private final List<Example> examples = new ArrayList<>();

    private TracedInputs(byte[] pickle) {
        this.pickle = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * One argument of the example.
     *
     * @param type the element type
     * @param shape the extents, those of the batch included
     */
    record Example(ElementType type, List<Long> shape) {}

    /** The example's tensors in the order of the arguments; empty if the pickle is of another make. */
    static List<Example> read(byte[] pickle) {
        TracedInputs reader = new TracedInputs(pickle);
        try {
            while (reader.step()) {
                // Each step is one opcode.
            }
            return List.copyOf(reader.examples);
        } catch (BufferUnderflowException | ClassCastException | NoSuchElementException e) {
            return List.of();
        }
    }

    private boolean step() {
        char opcode = (char) (pickle.get() & 0xff);
        switch (opcode) {
            case '\u0080' -> pickle.get();
            case 'c' -> stack.push(line() + "\n" + line());
            case 'q' -> memo.put(pickle.get() & 0xff, stack.element());
            case 'r' -> memo.put(pickle.getInt(), stack.element());
            case 'h' -> stack.push(remembered(pickle.get() & 0xff));
            case 'j' -> stack.push(remembered(pickle.getInt()));
            case 'X' -> stack.push(text(pickle.getInt()));
            case 'K' -> stack.push((long) (pickle.get() & 0xff));
            case 'M' -> stack.push((long) (pickle.getShort() & 0xffff));
            case 'J' -> stack.push((long) pickle.getInt());
            case '\u008a' -> stack.push(integer(pickle.get()));
            case '\u0088' -> stack.push(true);
            case '\u0089' -> stack.push(false);
            case 'N' -> stack.push(Optional.empty());
            case '}', ']', ')' -> stack.push(List.of());
            case '(' -> stack.push(MARK);
            case 't' -> stack.push(marked());
            case '\u0085' -> stack.push(last(1));
            case '\u0086' -> stack.push(last(2));
            case '\u0087' -> stack.push(last(3));
            case 'e', 'u' -> marked();
            case 'Q' -> {
                // The storage: its type stands second in the persistent id.
            }
            case 'R' -> stack.push(call((List<?>) stack.pop(), stack.pop()));
            case '.' -> {
                return false;
            }
            default -> throw new NoSuchElementException("opcode " + (int) opcode);
        }
        return true;
    }

    private Object call(List<?> arguments, Object function) {
        if (function.equals("torch._utils\n_rebuild_tensor_v2")) {
            ElementType type = TYPES.get(((List<?>) arguments.get(0)).get(1));
            if (type == null) {
                throw new NoSuchElementException("element type");
            }
            examples.add(new Example(
                    type,
                    ((List<?>) arguments.get(2)).stream().map(Long.class::cast).toList()));
        }
        return List.of();
    }

    private Object remembered(int key) {
        Object value = memo.get(key);
        if (value == null) {
            throw new NoSuchElementException("memo " + key);
        }
        return value;
    }

    private List<Object> marked() {
        List<Object> items = new ArrayList<>();
        for (Object item = stack.pop(); item != MARK; item = stack.pop()) {
            items.add(0, item);
        }
        return items;
    }

    private List<Object> last(int count) {
        Object[] items = new Object[count];
        for (int i = count - 1; i >= 0; i--) {
            items[i] = stack.pop();
        }
        return Arrays.asList(items);
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (char c = (char) pickle.get(); c != '\n'; c = (char) pickle.get()) {
            line.append(c);
        }
        return line.toString();
    }

    private String text(int bytes) {
        byte[] text = new byte[Math.min(bytes, pickle.remaining())];
        pickle.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private long integer(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (pickle.get() & 0xffL) << (8 * i);
        }
        return value;
    }
}
