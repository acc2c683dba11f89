/**
 * What streams have learned, kept where it survives the process: the file format
 * ({@link io.tta4j.snapshot.SnapshotFile}), and stores of such files ({@link io.tta4j.snapshot.SnapshotStore}).
 */
@NullMarked
package io.tta4j.snapshot;

import org.jspecify.annotations.NullMarked;
