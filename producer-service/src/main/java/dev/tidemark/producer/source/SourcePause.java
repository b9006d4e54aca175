package dev.tidemark.producer.source;

import dev.tidemark.producer.source.Control.Pause;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Has the active producer pause and go on, whichever it is; it follows within a second. Works on connections of the pool. */
@Component
public class SourcePause {

    private final DataSource source;

    SourcePause(DataSource source) {
        this.source = source;
    }

    /** @return the pause that is asked for, or null */
    public @Nullable Pause current() throws SQLException {
        return Transaction.run(source, ControlTable::read).pause();
    }

    /** @return whether it was not paused before; if it was, that pause stays as it is */
    public boolean pause(String by) throws SQLException {
        return Transaction.run(source, connection -> ControlTable.pause(connection, by));
    }

    /** @return whether it was paused before */
    public boolean resume() throws SQLException {
        return Transaction.run(source, ControlTable::resume);
    }
}
