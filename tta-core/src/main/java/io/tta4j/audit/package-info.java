/**
 * The audit trail: what every adaptation step was made of, written as it happens, from which the state is rebuilt bit
 * for bit without the inputs.
 *
 * <p>A method is a function of what a pass hands out. {@link io.tta4j.audit.AuditTrail} stands between the two and
 * keeps it; {@link io.tta4j.audit.AuditReplay} hands it out again. Neither knows any method or engine.
 */
@NullMarked
package io.tta4j.audit;

import org.jspecify.annotations.NullMarked;
