package dev.tidemark.producer.admin;

import dev.tidemark.model.Operation;
import dev.tidemark.model.TableId;
import dev.tidemark.producer.capture.CaptureListener;
import dev.tidemark.producer.publish.TableProgress;
import dev.tidemark.run.EventTally;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Keeps what the capture tells, for health and status, and has it counted. */
@Component
class CaptureMonitor implements CaptureListener {

    private static final Logger LOG = LoggerFactory.getLogger(CaptureMonitor.class);

    private final CaptureMeters meters;
    private final Clock clock;
    private final Map<String, String> problems = new ConcurrentSkipListMap<>();
    private final Map<String, Snapshot> snapshots = new ConcurrentSkipListMap<>();
    private final Set<Integer> failedAudits = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Instant waitingSince;
    private volatile @Nullable LastError lastError;
    private volatile boolean caughtUp;
    private volatile boolean complete;
    private volatile @Nullable Instant kafkaAwaySince;

    CaptureMonitor(CaptureMeters meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
    }

    /** @return why tables are not captured, by table */
    Map<String, String> problems() {
        return new TreeMap<>(problems);
    }

    /** @return how far snapshots have come, by table */
    Map<String, Snapshot> snapshots() {
        return new TreeMap<>(snapshots);
    }

    /** @return the time slots of the change log that do not hold what was published from them */
    Set<Integer> failedAudits() {
        return Set.copyOf(failedAudits);
    }

    /** @return since when Kafka has not acknowledged what was sent, or null if it has */
    @Nullable
    Instant waitingSince() {
        return waitingSince;
    }

    /** @return whether all is published that a run which ends by itself is to publish, but for tables with a problem */
    boolean isCaughtUp() {
        return caughtUp;
    }

    /** @return whether that is so and no table has a problem */
    boolean isComplete() {
        return complete;
    }

    /** @return how many events were handed to Kafka, by table and operation */
    EventTally published() {
        return meters.published();
    }

    /** @return the same, over failures and new starts: null only when Kafka has answered */
    @Nullable
    Instant kafkaAwaySince() {
        return kafkaAwaySince;
    }

    @Override
    public void sent(TableId table, Operation operation, int count) {
        meters.published(table, operation, count);
    }

    @Override
    public void pagePublished(int rows, Duration took) {
        meters.pageSize.record(rows);
        meters.pageTime.record(took);
    }

    @Override
    public void tickPublished(Duration took) {
        meters.tickTime.record(took);
    }

    @Override
    public void sentAgain() {
        meters.retries.increment();
    }

    @Override
    public void publishingFailed() {
        meters.failures.increment();
        if (kafkaAwaySince == null) {
            kafkaAwaySince = clock.instant();
        }
    }

    /** @return what went wrong last, or null if nothing has since the start */
    @Nullable
    LastError lastError() {
        return lastError;
    }

    private void note(String message) {
        lastError = new LastError(message, clock.instant());
    }

    @Override
    public void failed(String problem) {
        note(problem);
    }

    @Override
    public void gap(TableId table) {
        String what = "The snapshot of " + table
                + " begins anew: changes were missed while it lacked triggers, or its key, its topic or what is chosen of it is another";
        LOG.warn("{}", what);
        note(what);
    }

    @Override
    public void acknowledged() {
        waitingSince = null;
        kafkaAwaySince = null;
    }

    @Override
    public void waitingForKafka() {
        if (waitingSince == null) {
            note("Kafka did not answer, or did not acknowledge what was sent");
            waitingSince = clock.instant();
        }
        if (kafkaAwaySince == null) {
            kafkaAwaySince = waitingSince;
        }
    }

    @Override
    public void snapshotProgress(TableProgress progress) {
        String name = progress.id().toString();
        Instant now = clock.instant();
        Snapshot before = snapshots.get(name);
        Snapshot snapshot = before == null ? Snapshot.of(progress, now) : before.after(progress, now);
        snapshots.put(name, snapshot);
        meters.know(progress.id());
    }

    @Override
    public void tableProblem(TableId table, @Nullable String reason) {
        if (reason == null) {
            problems.remove(table.toString());
        } else if (!reason.equals(problems.put(table.toString(), reason))) {
            note(reason);
        }
    }

    @Override
    public void caughtUp() {
        caughtUp = true;
        complete |= problems.isEmpty();
    }

    @Override
    public void released() {
        problems.clear();
        waitingSince = null;
        caughtUp = false;
    }

    @Override
    public void audited(int slot, boolean passed) {
        if (passed) {
            failedAudits.remove(slot);
        } else {
            failedAudits.add(slot);
        }
    }

    @Override
    public void slotTruncated() {
        meters.slotsTruncated.increment();
    }
}
