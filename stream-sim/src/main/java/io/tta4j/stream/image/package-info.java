/** Images as Python's field sees them: decoded as PIL does, resized and cropped as torchvision does on PIL images. */
@NullMarked
package io.tta4j.stream.image;

import org.jspecify.annotations.NullMarked;
