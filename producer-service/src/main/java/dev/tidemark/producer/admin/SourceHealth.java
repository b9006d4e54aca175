package dev.tidemark.producer.admin;

import dev.tidemark.producer.capture.PollStatus;
import dev.tidemark.producer.capture.PollStatus.State;
import dev.tidemark.producer.source.OpenTransaction;
import dev.tidemark.producer.source.OpenTransactions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** Looks now and then for what endangers changes at the source, whatever the poller does, so that health asks nobody. All but {@link #look} may be called by any thread. */
final class SourceHealth {

    private final TableViews tables;
    private final OpenTransactions transactions;
    private final Supplier<PollStatus> poller;
    private final Duration transactionAge;
    private final Clock clock;
    private final Map<String, Instant> firstSeen = new HashMap<>();
    private volatile Seen seen = Seen.NOTHING;

    SourceHealth(
            TableViews tables,
            OpenTransactions transactions,
            Supplier<PollStatus> poller,
            Duration transactionAge,
            Clock clock) {
        this.tables = tables;
        this.transactions = transactions;
        this.poller = poller;
        this.transactionAge = transactionAge;
        this.clock = clock;
    }

    /**
     * @param away why the source could not be asked, or null if it answered
     * @param losses the tables of which changes are lost, and why
     * @param old open transactions whose changes have waited for long
     */
    record Seen(@Nullable String away, Map<String, String> losses, List<OpenTransaction> old) {

        static final Seen NOTHING = new Seen(null, Map.of(), List.of());
    }

    /** What was seen last; nothing while this producer stands by. */
    Seen seen() {
        return seen;
    }

    /** Never throws. */
    void look() {
        State state = poller.get().state();
        if (state == State.STARTING || state == State.STANDBY) {
            seen = Seen.NOTHING;
            return;
        }
        try {
            seen = new Seen(null, tables.losses(), old(transactions.writersOfTheLog()));
        } catch (SQLException | DataAccessException e) {
            // A producer that has failed has said why, and there may be no schema yet.
            seen = state == State.FAILED ? Seen.NOTHING : new Seen(AdminErrors.describe(e), Map.of(), List.of());
        }
    }

    /** Of which the source does not tell the age, it is counted from when it is first seen. */
    private List<OpenTransaction> old(List<OpenTransaction> open) {
        Instant now = clock.instant();
        firstSeen.keySet().retainAll(open.stream().map(OpenTransaction::id).toList());
        open.forEach(transaction -> firstSeen.putIfAbsent(transaction.id(), now));
        return open.stream()
                .filter(transaction -> age(transaction, now).compareTo(transactionAge) >= 0)
                .toList();
    }

    private Duration age(OpenTransaction transaction, Instant now) {
        Double seconds = transaction.seconds();
        return seconds == null
                ? Duration.between(firstSeen.getOrDefault(transaction.id(), now), now)
                : Duration.ofMillis((long) (seconds * 1000));
    }
}
