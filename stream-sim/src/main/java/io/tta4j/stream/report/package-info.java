/** What a replay leaves behind: JSON, CSV, a console table and a self-contained HTML page. */
@NullMarked
package io.tta4j.stream.report;

import org.jspecify.annotations.NullMarked;
