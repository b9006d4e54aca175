package dev.tidemark.consumer.apply;

import dev.tidemark.model.TableId;

/** The destination has no such table. */
final class MissingTableException extends EnvironmentException {

    private static final long serialVersionUID = 1L;

    MissingTableException(TableId table) {
        super("The table " + table + " does not exist at the destination: create it there as it is at the source,"
                + " or set cdc.sink.create-tables=true and take a new snapshot of it");
    }
}
