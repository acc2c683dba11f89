package io.tta4j.examples.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Duration;

/** What Prometheus is told. No meter has a tag that comes from a client, so that none can make them many. */
final class ServerMetrics implements AutoCloseable {

    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    ServerMetrics(Admission admission, ServedModel model) {
        model.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        Gauge.builder("tta4j.server.requests.in.flight", admission, Admission::inFlight)
                .description("infer requests that are read or answered")
                .register(registry);
    }

    /** An infer request's answer. */
    @FunctionalInterface
    interface Answer {
        Reply get() throws IOException, InterruptedException;
    }

    /** Times an infer request, by the status that it ends with. */
    Reply timed(Answer answer) throws IOException, InterruptedException {
        Timer.Sample start = Timer.start(registry);
        int status = 500;
        try {
            Reply reply = answer.get();
            status = reply.status();
            return reply;
        } catch (Refusal e) {
            status = e.status();
            throw e;
        } finally {
            start.stop(timer(status));
        }
    }

    private Timer timer(int status) {
        return Timer.builder("tta4j.server.infer")
                .description("infer requests, from their headers to their answer")
                .tag("status", String.valueOf(status))
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(30))
                .register(registry);
    }

    String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        registry.close();
    }
}
