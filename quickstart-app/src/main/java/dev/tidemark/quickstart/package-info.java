/**
 * The whole pipeline on one machine, in one command: to look at, or to be checked. Databases, broker and services are processes of
 * their own; what is here starts them, makes changes at the source and watches the destination.
 */
@NullMarked
package dev.tidemark.quickstart;

import org.jspecify.annotations.NullMarked;
