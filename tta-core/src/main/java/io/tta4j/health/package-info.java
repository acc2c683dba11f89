/** What an operator is told of the runtime: log lines that do not flood, and whether all is well. */
@NullMarked
package io.tta4j.health;

import org.jspecify.annotations.NullMarked;
