package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.BacklogReader;
import dev.tidemark.producer.source.LogReader;
import dev.tidemark.producer.source.LogState;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Asks the source now and then what the meters show, so that a scrape asks nobody. All but {@link #look} may be called by any thread.
 *
 * <p>What cannot be known is null, or NaN.
 */
final class SourceWatch {

    private static final Logger LOG = LoggerFactory.getLogger(SourceWatch.class);

    private final LogReader logReader;
    private final BacklogReader backlogReader;
    private final TableViews views;
    private final Supplier<PollStatus> poller;
    private final BacklogTrack backlog;
    private final OpenWriters writers;
    private volatile boolean up;
    private volatile @Nullable LogState log;
    private volatile @Nullable Map<String, TableView> tables;

    SourceWatch(
            LogReader logReader,
            BacklogReader backlogReader,
            TableViews views,
            Supplier<PollStatus> poller,
            Clock clock) {
        this.logReader = logReader;
        this.backlogReader = backlogReader;
        this.views = views;
        this.poller = poller;
        this.backlog = new BacklogTrack(clock);
        this.writers = new OpenWriters(clock);
    }

    /** Whether the source has answered when last asked. */
    boolean isUp() {
        return up;
    }

    @Nullable
    LogState log() {
        return log;
    }

    /** The age of the oldest open transaction that has written to the change log; 0 if there is none. */
    double writerSeconds() {
        return writers.oldestSeconds();
    }

    BacklogTrack backlog() {
        return backlog;
    }

    /** The tables by name; null also while this producer stands by. */
    @Nullable
    Map<String, TableView> tables() {
        return tables;
    }

    /** Asks. Neither the source nor a table that is locked makes it throw. */
    void look() {
        PollStatus status = poller.get();
        try {
            LogState state = logReader.read();
            up = true;
            writers.see(state.writers());
            log = state;
            backlog.count(status, backlogReader::after);
        } catch (SQLException | DataAccessException e) {
            LOG.debug("The source cannot be asked", e);
            up = isAnswer(e);
            log = null;
            writers.lose();
            backlog.fail();
        }
        tables = up && status.state() != State.STANDBY ? viewsByName() : null;
    }

    private @Nullable Map<String, TableView> viewsByName() {
        try {
            return views.all().stream().collect(Collectors.toMap(TableView::table, view -> view));
        } catch (SQLException e) {
            LOG.debug("The source cannot be asked for the tables", e);
            return null;
        }
    }

    /** Whether it is the server that refuses, rather than nobody being there. */
    private static boolean isAnswer(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return !sql.getSQLState().startsWith("08") && !sql.getSQLState().startsWith("57P");
            }
        }
        return false;
    }
}
