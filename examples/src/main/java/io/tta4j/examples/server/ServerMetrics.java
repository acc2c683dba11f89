package io.tta4j.examples.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tta4j.Counters;
import java.io.IOException;
import java.time.Duration;
import java.util.function.ToLongFunction;

/** What Prometheus is told. No meter has a tag that comes from a client, so that none can make them many. */
final class ServerMetrics implements AutoCloseable {

    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    ServerMetrics(Admission admission) {
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

    /** Counts what the streams do. */
    void watch(Tenants tenants) {
        Gauge.builder("tta4j.streams", tenants, Tenants::size)
                .description("streams in memory")
                .register(registry);
        count("samples", "rows that streams were given", tenants, Counters::samples);
        count("steps", "adaptation steps that moved a state", tenants, Counters::steps);
        count("reliable.samples", "rows that passed the method's filter", tenants, Counters::reliableSamples);
        count("resets", "times that a method put a state back to the source", tenants, Counters::resets);
        count("rejected", "adaptations that were thrown away", tenants, Counters::rejected);
    }

    private void count(String name, String description, Tenants tenants, ToLongFunction<Counters> figure) {
        FunctionCounter.builder("tta4j." + name, tenants, all -> figure.applyAsLong(all.counters()))
                .description(description)
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
