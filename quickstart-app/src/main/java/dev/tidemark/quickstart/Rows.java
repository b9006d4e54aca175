package dev.tidemark.quickstart;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Rows in the order of their keys, one at a time. */
@FunctionalInterface
interface Rows {

    /** @return null after the last one */
    @Nullable
    Row next() throws SQLException;
}
