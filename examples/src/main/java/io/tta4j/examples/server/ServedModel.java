package io.tta4j.examples.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.tta4j.health.Health;
import io.tta4j.model.Batch;
import io.tta4j.model.InputSpec;
import java.util.List;
import java.util.Optional;

/** What the server serves. Safe for use by many threads; closed once no request is in flight. */
interface ServedModel extends AutoCloseable {

    /** The framework and format, as the protocol's metadata have it, such as {@code onnxruntime_onnx}. */
    String platform();

    List<InputSpec> inputs();

    List<OutputSpec> outputs();

    /** What a request that does not say gets. */
    TtaMode defaultMode();

    /**
     * Answers a request.
     *
     * @param batch fits {@link #inputs}
     * @throws Refusal if it asks for what this model does not do
     * @throws io.tta4j.model.ModelException if the model cannot run it
     */
    Inference infer(Batch batch, Adapting adapting);

    /** Whether all is well with adaptation; requests are answered either way. */
    Health health();

    /** Why no requests should be sent here; empty where they may be. */
    Optional<String> unready();

    /** Tells a registry what is measured of it. */
    void bindTo(MeterRegistry registry);

    @Override
    void close();
}
