package io.tta4j.examples.server;

import io.tta4j.RuntimeConfig;
import io.tta4j.guard.Guards;
import io.tta4j.method.Method;

/**
 * How a model is adapted. Immutable.
 *
 * @param runtime its mode is that of requests that do not say
 * @param readyOnlyWhenUp whether a server whose adaptation is in trouble says that it is not ready
 */
record AdaptingConfig(Method method, RuntimeConfig runtime, Guards guards, boolean readyOnlyWhenUp) {}
