/** What a model wants of its images, as files beside it say: our own model card, timm's and transformers' settings. */
@NullMarked
package io.tta4j.stream.card;

import org.jspecify.annotations.NullMarked;
