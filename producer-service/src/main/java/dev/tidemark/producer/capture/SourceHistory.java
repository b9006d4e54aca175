package dev.tidemark.producer.capture;

import dev.tidemark.producer.publish.Intent;
import dev.tidemark.producer.source.PgSnapshot;
import dev.tidemark.producer.source.SourceConnection;
import dev.tidemark.producer.source.SourceIdentity;
import dev.tidemark.producer.source.UnusableSourceException;
import org.jspecify.annotations.Nullable;

/** A position means something only in the history of the server that it was taken from. */
final class SourceHistory {

    private SourceHistory() {}

    /** @throws UnusableSourceException if the source is not what was published from */
    static void refuseOther(SourceConnection source, @Nullable Intent intent) {
        if (intent == null) {
            return;
        }
        SourceIdentity now = source.identity();
        if (!intent.source().equals(now)) {
            throw startOver("The source is not the server that was published from (" + intent.source() + " then, " + now
                    + " now): after a failover or a restore, changes may be missing or new");
        }
    }

    /** @throws UnusableSourceException if transaction numbers have been taken back */
    static void refuseOlder(PgSnapshot now, PgSnapshot published) {
        if (now.xmax() < published.xmax()) {
            throw startOver("The source's transaction numbers went back from " + published + " to " + now
                    + ": it is not the server that it was");
        }
    }

    static UnusableSourceException startOver(String reason) {
        return new UnusableSourceException(
                reason
                        + ". The pipeline has to start over with a new snapshot of all tables: POST /admin/pause, DELETE /admin/offsets, POST /admin/resume");
    }
}
