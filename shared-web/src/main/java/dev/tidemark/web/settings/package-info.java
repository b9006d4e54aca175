/** The settings of both services: what they do not know is refused. */
@NullMarked
package dev.tidemark.web.settings;

import org.jspecify.annotations.NullMarked;
