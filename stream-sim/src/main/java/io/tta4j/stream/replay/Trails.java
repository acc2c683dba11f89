package io.tta4j.stream.replay;

import io.tta4j.audit.AuditTrail;
import io.tta4j.method.Method;
import java.io.IOException;
import java.util.Optional;

/** Where a replay writes its audit trails: one for each stream and method that adapts. */
@FunctionalInterface
public interface Trails {

    /** None are written. */
    Trails NONE = (cell, method) -> Optional.empty();

    /** The trail of a method on a stream; the replay closes it. */
    Optional<AuditTrail> of(Cell cell, Method method) throws IOException;
}
