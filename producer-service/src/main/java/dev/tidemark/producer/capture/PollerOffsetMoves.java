package dev.tidemark.producer.capture;

import dev.tidemark.producer.publish.Publisher;
import dev.tidemark.producer.publish.StoredState;
import dev.tidemark.producer.source.SourceConnection;
import java.sql.SQLException;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;

/** Looks on a connection of its own, and moves on the poller's thread and connection, which hold the lock. */
final class PollerOffsetMoves implements OffsetMoves {

    private final DataSource source;
    private final Publisher publisher;
    private final Poller poller;
    private final PollLoop loop;
    private final CaptureStarter starter;

    PollerOffsetMoves(DataSource source, Publisher publisher, Poller poller, PollLoop loop, CaptureStarter starter) {
        this.source = source;
        this.publisher = publisher;
        this.poller = poller;
        this.loop = loop;
        this.starter = starter;
    }

    @Override
    public StoredState current() {
        return publisher.peek(starter.deadline());
    }

    @Override
    public OffsetPlan plan(OffsetTarget target) throws SQLException {
        try (SourceConnection connection = SourceConnection.open(source)) {
            return OffsetPlanner.plan(connection, current(), target).plan();
        }
    }

    @Override
    public OffsetPlan move(OffsetTarget target) throws Exception {
        try {
            return loop.call(() -> poller.move(target));
        } catch (TimeoutException e) {
            throw new MoveRefusedException(e.getMessage()
                    + ": GET /admin/offsets tells whether the offset was moved in spite of that; if not, try again");
        }
    }
}
