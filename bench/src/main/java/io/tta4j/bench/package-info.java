/** JMH benchmarks. */
@NullMarked
package io.tta4j.bench;

import org.jspecify.annotations.NullMarked;
