package io.tta4j.stream.replay;

import java.util.List;

/**
 * What is the same for all methods on a stream.
 *
 * @param fingerprint of the labels and pixels that were shown
 * @param domainChanges where the corruption changes
 */
record StreamFacts(Cell cell, String fingerprint, List<DomainChange> domainChanges) {}
