package io.tta4j.onnx.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.tta4j.model.Batch;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The inputs of a run as native tensors, open until closed. */
public final class Feed implements AutoCloseable {

    private final Map<String, OnnxTensor> tensors;
    private final Runnable free;

    private Feed(Map<String, OnnxTensor> tensors, Runnable free) {
        this.tensors = tensors;
        this.free = free;
    }

    /** Views of a batch: the same memory, nothing copied. */
    public static Feed of(Batch batch) {
        Map<String, OnnxTensor> views = new HashMap<>();
        Feed feed = new Feed(views, () -> views.values().forEach(OnnxTensor::close));
        try {
            batch.inputs().forEach((name, tensor) -> views.put(name, NativeTensors.view(tensor)));
            return feed;
        } catch (RuntimeException e) {
            feed.close();
            throw e;
        }
    }

    /** The outputs of a run, which this feed owns from then on, under the names of inputs. */
    static Feed of(OrtSession.Result result, Map<String, String> outputByInput) {
        Map<String, OnnxTensor> outputs = new HashMap<>();
        outputByInput.forEach((input, output) -> outputs.put(input, NativeTensors.tensor(result, output)));
        return new Feed(outputs, result::close);
    }

    /** Some of these tensors; owns all that this feed owned, which need not be closed any more. */
    public Feed only(Set<String> names) {
        Map<String, OnnxTensor> selected = tensors();
        selected.keySet().retainAll(names);
        return new Feed(selected, free);
    }

    /** These tensors and all outputs of a run, owning both: this feed and the run need not be closed any more. */
    public Feed with(OrtSession.Result result, Set<String> outputs) {
        Map<String, OnnxTensor> joined = tensors();
        outputs.forEach(output -> joined.put(output, NativeTensors.tensor(result, output)));
        return new Feed(joined, () -> {
            result.close();
            free.run();
        });
    }

    /** The same tensors, which stay this feed's: closing what is returned frees nothing. */
    public Feed borrowed() {
        return new Feed(tensors, () -> {});
    }

    /** The tensors by input name; a copy that may be added to. */
    public Map<String, OnnxTensor> tensors() {
        return new HashMap<>(tensors);
    }

    @Override
    public void close() {
        free.run();
    }
}
