package dev.tidemark.producer.source;

import javax.sql.DataSource;

/** Lets tests of other stages ask what operators ask. */
public record TestControl(SourceTables tables, SourcePause pause) {

    public TestControl(DataSource source) {
        this(new SourceTables(source), new SourcePause(source));
    }
}
