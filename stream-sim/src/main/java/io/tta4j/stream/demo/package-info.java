/** The image set of the embedded demo: procedural, seeded, and the same on every machine. */
@NullMarked
package io.tta4j.stream.demo;

import org.jspecify.annotations.NullMarked;
