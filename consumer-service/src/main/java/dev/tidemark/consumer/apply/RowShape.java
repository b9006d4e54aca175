package dev.tidemark.consumer.apply;

import dev.tidemark.model.Columns;

/** Which columns rows have: one set of statements serves all rows of a shape. */
record RowShape(Columns row, Columns key) {}
