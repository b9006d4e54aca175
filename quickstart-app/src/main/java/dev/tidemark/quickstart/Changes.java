package dev.tidemark.quickstart;

import java.sql.SQLException;

/** Random changes on one connection, which depend on nothing but a seed and what is there. */
interface Changes {

    /**
     * Runs one transaction. After an exception the connection and this object are of no more use.
     *
     * @param most rows that it may change, at least 1
     * @return how many rows it changed: 0 if it was rolled back
     */
    int transaction(int most) throws SQLException;
}
