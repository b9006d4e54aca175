/** What both services have in common of a run that works off what is there and ends. Plain Java. */
@NullMarked
package dev.tidemark.run;

import org.jspecify.annotations.NullMarked;
