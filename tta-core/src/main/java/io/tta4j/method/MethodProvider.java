package io.tta4j.method;

import java.util.List;

/**
 * Makes a method from settings. Implementations are found by name through {@link java.util.ServiceLoader}; see
 * {@link Methods}.
 */
public interface MethodProvider {

    /** The method's name, such as {@code sar}. */
    String name();

    /** The settings that {@link #create} reads. */
    List<Setting> settings();

    /**
     * Makes the method.
     *
     * @throws IllegalArgumentException if a setting is not readable or out of range; the message names it in full
     */
    Method create(Settings settings);
}
