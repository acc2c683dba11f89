/** The runtime's events in recordings of the JDK's Flight Recorder. */
@NullMarked
package io.tta4j.flight;

import org.jspecify.annotations.NullMarked;
