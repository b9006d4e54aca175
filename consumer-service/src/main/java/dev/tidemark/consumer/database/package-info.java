/** The destination as a database: transactions, and what its errors mean. */
@NullMarked
package dev.tidemark.consumer.database;

import org.jspecify.annotations.NullMarked;
