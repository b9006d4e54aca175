/** What both services have in common of runs that end by themselves: those that work off what is there (--once), and those that take a pipeline away (--reset). */
@NullMarked
package dev.tidemark.run;

import org.jspecify.annotations.NullMarked;
