package io.tta4j.examples.server;

import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A model behind the Open Inference Protocol v2 over HTTP/1.1. Owns the model.
 *
 * <p>A request is answered in a thread of its own; there are as many as may be in flight, and some for the other
 * routes. {@link #close} stops accepting, lets requests in flight end, closes the model.
 */
final class InferenceServer implements AutoCloseable {

    /** For what is not infer: selectors, health, metrics, refusals. */
    private static final int OTHER_THREADS = 16;

    private final org.eclipse.jetty.server.Server server;
    private final ServerConnector connector;
    private final ServedModel model;
    private final ServerMetrics metrics;

    private InferenceServer(String host, int port, String name, ServedModel model, Limits limits) {
        this.model = model;
        Admission admission = new Admission(limits);
        this.metrics = new ServerMetrics(admission, model);
        QueuedThreadPool threads = new QueuedThreadPool(limits.inFlight() + OTHER_THREADS, OTHER_THREADS);
        threads.setName("tta4j-server");
        this.server = new org.eclipse.jetty.server.Server(threads);
        this.connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(limits.time().toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(limits.connections(), connector));
        server.setErrorHandler(new ProtocolErrors());
        server.setStopTimeout(limits.stopTime().toMillis());
        InferRoute infer = new InferRoute(model, name, Routes.VERSION, limits, admission);
        server.setHandler(new GracefulHandler(new Routes(name, model, infer, metrics)));
    }

    private static HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setHttpCompliance(HttpCompliance.RFC9110);
        return http;
    }

    /**
     * Starts a server.
     *
     * @param port 0 for any that is free
     * @param name what the model is called in paths
     * @param model closed with the server, and where it does not start
     * @throws IllegalStateException if it cannot listen there
     */
    static InferenceServer start(String host, int port, String name, ServedModel model, Limits limits) {
        InferenceServer started = new InferenceServer(host, port, name, model, limits);
        try {
            started.server.start();
            return started;
        } catch (Exception e) {
            started.close();
            throw new IllegalStateException(
                    "the server must be able to listen at %s:%d, but: %s".formatted(host, port, e.getMessage()), e);
        }
    }

    /** Where it listens. */
    int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the server did not stop in order: " + e.getMessage(), e);
        } finally {
            model.close();
            metrics.close();
        }
    }
}
