/** The source database: the connection to it, moments of it, and the tables that are tracked there. */
@NullMarked
package dev.tidemark.producer.source;

import org.jspecify.annotations.NullMarked;
