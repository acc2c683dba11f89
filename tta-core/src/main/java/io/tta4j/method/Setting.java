package io.tta4j.method;

/**
 * A setting of a method, for help texts and validation.
 *
 * @param name such as {@code rho}; users write {@code sar.rho}
 * @param defaultValue the default in words or figures
 * @param description what it does and its range, in one line
 */
public record Setting(String name, String defaultValue, String description) {}
