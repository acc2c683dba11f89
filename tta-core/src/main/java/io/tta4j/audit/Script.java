package io.tta4j.audit;

import io.tta4j.model.Vector;
import java.util.Iterator;
import java.util.List;

/** What a method got in a recorded step, to be handed out again in the same order. By one thread. */
final class Script {

    private final Iterator<Call> calls;

    Script(List<Call> calls) {
        this.calls = calls.iterator();
    }

    /**
     * The next call, which must be this one.
     *
     * @throws AuditException if the recorded step went on otherwise
     */
    <C extends Call> C next(Class<C> type, int pass) {
        if (!calls.hasNext()) {
            throw new AuditException("the method asked for %s of pass %d where the recorded step had ended"
                    .formatted(type.getSimpleName(), pass));
        }
        Call call = calls.next();
        if (!type.isInstance(call) || call.pass() != pass) {
            throw new AuditException("the method asked for %s of pass %d where the recorded step had %s of pass %d"
                    .formatted(type.getSimpleName(), pass, call.getClass().getSimpleName(), call.pass()));
        }
        return type.cast(call);
    }

    /** @throws AuditException if the recorded step went on */
    void requireEnd() {
        if (calls.hasNext()) {
            Call call = calls.next();
            throw new AuditException("the method was done where the recorded step went on with %s of pass %d"
                    .formatted(call.getClass().getSimpleName(), call.pass()));
        }
    }

    static void requireSame(String what, Object recorded, Object given) {
        if (!recorded.equals(given)) {
            throw new AuditException("%s must be as recorded, %s, but was %s".formatted(what, recorded, given));
        }
    }

    static void requireTheta(String recorded, Vector theta) {
        requireSame("the hash of theta", recorded, Sha256.ofShort(theta));
    }
}
